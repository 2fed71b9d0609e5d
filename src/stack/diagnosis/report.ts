import { OperationError } from '../../errors.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import type { Progress } from '../events/progress.ts';
import type { FirstCause } from './first-cause.ts';

const OUTCOMES: Readonly<Record<string, string>> = {
  CREATE_FAILED: 'could not be created',
  ROLLBACK_COMPLETE: 'could not be created, and was rolled back',
  ROLLBACK_FAILED: 'could not be created, and its rollback failed too',
  DELETE_COMPLETE: 'could not be created, and was removed again',
  DELETE_FAILED: 'could not be deleted',
  UPDATE_FAILED: 'could not be updated',
  UPDATE_ROLLBACK_COMPLETE: 'could not be updated, and is as it was before',
  UPDATE_ROLLBACK_FAILED: 'could not be updated, and its rollback failed too',
};

/** An operation that ended other than it should, told with its first cause and the next command to type. */
export function operationFailure(
  stack: { readonly stackName: string; readonly stackId: string; readonly region: string },
  progress: Pick<Progress, 'status' | 'reason' | 'elapsedSeconds'>,
  cause: FirstCause | undefined,
): OperationError {
  const { status, reason, elapsedSeconds } = progress;
  const outcome = OUTCOMES[status] ?? 'did not get where it should';
  const why = cause === undefined ? (reason ?? '') : `First cause: ${causeLine(cause)}`;
  const hint = [cause?.advice, nextStep(status, stack.stackName, stack.region)].filter(Boolean).join('\n');
  return new OperationError([`${stack.stackName} ${outcome} (${status}).`, why].filter(Boolean).join('\n'), {
    ...(hint !== '' && { hint }),
    details: { ...stack, status, elapsedSeconds, ...(cause !== undefined && { firstCause: cause }) },
  });
}

/** A first cause in one line: `Vpc (AWS::EC2::VPC, line 12 of the template): The maximum number ...` */
export function causeLine(cause: FirstCause): string {
  const place = [cause.type, cause.line && `line ${cause.line} of the template`].filter(Boolean).join(', ');
  const also =
    cause.alsoFailed.length === 0 ? '' : `\nOf themselves failed too: ${cause.alsoFailed.join(', ')}`;
  const behind =
    cause.launchFailure === undefined ? '' : `\nNo instance could be launched: ${cause.launchFailure}`;
  return `${cause.path} (${place}): ${cause.reason}${behind}${also}`;
}

function nextStep(status: string, stackName: string, region: string): string | undefined {
  switch (status) {
    case 'ROLLBACK_COMPLETE':
    case 'CREATE_FAILED':
      return `Then remove what is left, and create it again: bk-stack delete ${stackName} --region ${region}`;
    case 'ROLLBACK_FAILED':
    case 'DELETE_FAILED':
      return `To delete what is left, with its instances: bk-stack delete ${stackName} --region ${region}`;
    case 'DELETE_COMPLETE':
      return `Nothing is left of it: bk-stack create ${stackName} --region ${region} ${AS_GIVEN}`;
    case 'UPDATE_ROLLBACK_FAILED':
      return `When that is mended, go on with it: bk-stack update ${stackName} --cancel --region ${region}`;
    default:
      return undefined;
  }
}
