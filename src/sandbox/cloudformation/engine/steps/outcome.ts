import { setResourceStatus, tellResource } from '../../stacks/events.ts';
import { pendingDeletion, keeps } from '../../stacks/pending-deletion.ts';
import type { Step } from '../../stacks/operation.ts';
import type { Run } from '../../stacks/run.ts';
import { statusOf } from './status.ts';
import { adopt, identityOf, recordOf, shownOf } from './work.ts';

/** A step has done what it was to do. */
export function complete(run: Run, step: Step, reason?: string): void {
  step.stage = 'done';
  if (step.pendingDeletion === undefined) completeTarget(run, step);
  end(run, step, 'COMPLETE', reason);
  step.target = undefined;
  step.previous = undefined;
}

function completeTarget(run: Run, step: Step): void {
  const { operation } = run;
  const record = recordOf(run, step);
  if (record === undefined || step.target === undefined) return;
  adopt(record, step.target);
  const before = operation.before[step.logicalId];
  if (
    operation.phase?.kind === 'deploy' &&
    before?.physicalId !== undefined &&
    before.physicalId !== record.physicalId
  ) {
    operation.obsolete.push(pendingDeletion(before, { keep: keeps(record.updateReplacePolicy), current: false }));
  }
}

/** A step has failed, for this reason. */
export function fail(run: Run, step: Step, reason: string): void {
  step.stage = 'failed';
  end(run, step, 'FAILED', reason);
  step.target = undefined;
  step.previous = undefined;
}

function end(run: Run, step: Step, how: 'COMPLETE' | 'FAILED', reason?: string): void {
  const { scope, stack } = run;
  const status = statusOf(step, how);
  const record = recordOf(run, step);
  if (record !== undefined) setResourceStatus(scope, record, status, reason);
  tellResource(scope, stack, identityOf(run, step), status, { reason, properties: shownOf(step) });
}
