import { setResourceStatus, tellResource } from '../stacks/events.ts';
import type { Step } from '../stacks/operation.ts';
import { complete } from './steps/outcome.ts';
import type { Run } from '../stacks/run.ts';
import { announce } from './steps/step.ts';
import { recordOf } from './steps/work.ts';

/** Begins to delete a resource, or skips one that its policy keeps. */
export function beginRemove(run: Run, step: Step): void {
  const { scope, stack } = run;
  const { pendingDeletion } = step;
  if (pendingDeletion === undefined) throw new Error(`${step.logicalId} is not to be deleted`);
  if (pendingDeletion.keep) {
    const record = recordOf(run, step);
    if (record !== undefined) setResourceStatus(scope, record, 'DELETE_SKIPPED');
    tellResource(scope, stack, pendingDeletion, 'DELETE_SKIPPED');
    step.stage = 'done';
  } else if (pendingDeletion.physicalId === undefined) {
    complete(run, step);
  } else {
    announce(run, step);
  }
}
