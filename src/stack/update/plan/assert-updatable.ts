import { OperationError } from '../../../errors.ts';
import { isSettled } from '../../events/event.ts';

/** The state of a stack before an update. */
export interface UpdatableStack {
  readonly stackName: string;
  readonly region: string;
  readonly status: string;
  readonly reason?: string;
}

/**
 * Checks that a stack can be updated as it stands.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 * @throws OperationError that says why not, and the way out of that state
 */
export function assertUpdatable({ stackName, region, status, reason }: UpdatableStack): void {
  if (/^(CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE$/.test(status)) return;
  const at = `${stackName} --region ${region}`;
  const [why, hint] = wayOut(status, at);
  throw new OperationError(`${stackName} cannot be updated: ${why} (${status})`, {
    hint: `Nothing was changed. ${hint}`,
    details: { stackName, region, status, ...(reason !== undefined && { reason }) },
  });
}

function wayOut(status: string, at: string): readonly [why: string, hint: string] {
  if (status === 'REVIEW_IN_PROGRESS') {
    return [
      'it was never made, as its first change set was never executed',
      `Make it: bk-stack create ${at}`,
    ];
  }
  if (/^DELETE_(IN_PROGRESS|FAILED)$/.test(status)) {
    return ['it is being removed', `See how that goes, or end it: bk-stack delete ${at}`];
  }
  if (!isSettled(status)) {
    return ['an operation on it is under way', `Watch it, and try again then: bk-stack status ${at} --wait`];
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    return [
      'rolling back its last update has failed',
      `See why: bk-stack status ${at}. When that is mended, go on with it: bk-stack update ${at} --cancel`,
    ];
  }
  if (/^(CREATE_FAILED|ROLLBACK_)/.test(status)) {
    return ['it was never made, and only keeps its name', `Remove it: bk-stack delete ${at}`];
  }
  return ['its last operation has failed half way', `See why: bk-stack status ${at}`];
}
