import { ChangeSetFailure } from '../deployment/change-set.ts';

/**
 * Whether a change set failed for want of changes. CloudFormation has no code for it, and two texts.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
 */
export function isUnchanged(error: unknown): boolean {
  if (!(error instanceof ChangeSetFailure)) return false;
  return /didn't contain changes|No updates are to be performed/i.test(error.message);
}
