import { OperationError } from '../../errors.ts';
import { adviceFor } from '../diagnosis/advice.ts';
import { nextPause, type RetryClock, withRetry } from '../../aws/retry.ts';
import type { ChangeSetCalls } from './change-set-calls.ts';

/** A change set's name: letters, digits and hyphens, and never one that was there before. */
export function changeSetName(verb: 'create' | 'update', now: Date, random: number): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const suffix = Math.floor(random * 0x1000000)
    .toString(16)
    .padStart(6, '0');
  return `bk-stack-${verb}-${time}-${suffix}`;
}

/** A change set that CloudFormation would not compute. */
export class ChangeSetFailure extends OperationError {}

/**
 * Waits until a change set has been computed, and returns how many resources it touches.
 * @throws ChangeSetFailure with AWS's reason when it cannot be.
 */
export async function changeSetReady(
  calls: Pick<ChangeSetCalls, 'changeSet'>,
  changeSetId: string,
  stack: { readonly stackName: string; readonly region: string },
  retry: RetryClock,
): Promise<number> {
  for (let wait = 0; ; wait = nextPause(wait, 'quiet', 0)) {
    const { status, reason, resources } = await withRetry(retry, () => calls.changeSet(changeSetId));
    if (status === 'CREATE_COMPLETE') return resources;
    if (status === 'FAILED') {
      throw new ChangeSetFailure(`CloudFormation refuses the change set: ${reason ?? 'no reason given'}`, {
        hint: [changeSetAdvice(reason ?? '', stack), 'Nothing was changed.'].filter(Boolean).join('\n'),
        details: { ...stack, changeSetId, reason },
      });
    }
    await retry.pause(wait === 0 ? 1 : wait);
  }
}

function changeSetAdvice(
  reason: string,
  stack: { readonly stackName: string; readonly region: string },
): string | undefined {
  if (/Requires capabilities/.test(reason)) {
    return 'The template makes IAM resources or uses macros that were not acknowledged: this is the template, not you.';
  }
  if (/Transform|macro/i.test(reason)) {
    return 'The template needs a macro that this account or region does not have.';
  }
  return adviceFor({ reason }, stack);
}
