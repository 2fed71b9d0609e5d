import { withRetry } from '../../../aws/retry.ts';
import { ChangeSetFailure, changeSetName, changeSetReady } from '../../deployment/change-set.ts';
import type { ChangeSetRequest } from '../../deployment/request.ts';
import type { PlanServices } from './services.ts';

/** A change set that CloudFormation has computed and nobody has executed. */
export interface ComputedChangeSet {
  readonly name: string;
  readonly changeSetId: string;
  /** Resources that it touches. */
  readonly resources: number;
}

/**
 * Has CloudFormation compute an update. A change set that can't be used is deleted.
 * @returns undefined where nothing would change
 * @throws ChangeSetFailure with CloudFormation's reason where it refuses
 */
export async function computeChangeSet(
  { sets, retry, region, now }: Pick<PlanServices, 'sets' | 'retry' | 'region' | 'now'>,
  stackName: string,
  request: ChangeSetRequest,
): Promise<ComputedChangeSet | undefined> {
  const name = changeSetName('update', new Date(now()), retry.random());
  const { changeSetId } = await withRetry(retry, () => sets.createChangeSet(request, name));
  try {
    const resources = await changeSetReady(sets, changeSetId, { stackName, region }, retry);
    return { name, changeSetId, resources };
  } catch (error) {
    await sets.deleteChangeSet(changeSetId).catch(() => undefined);
    if (isUnchanged(error)) return undefined;
    throw error;
  }
}

/**
 * Whether a change set failed for want of changes. CloudFormation has no code for it, and two texts.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
 */
export function isUnchanged(error: unknown): boolean {
  if (!(error instanceof ChangeSetFailure)) return false;
  return /didn't contain changes|No updates are to be performed/i.test(error.message);
}
