import { setResourceStatus, tellResource } from '../events.ts';
import type { Step } from './operation.ts';
import { complete } from './outcome.ts';
import type { Run } from './run.ts';
import { announce } from './step.ts';
import { recordOf } from './work.ts';

/** Begins to delete a resource, or skips one that its policy keeps. */
export function beginRemove(run: Run, step: Step): void {
  const { scope, stack } = run;
  const { doomed } = step;
  if (doomed === undefined) throw new Error(`${step.logicalId} is not to be deleted`);
  if (doomed.keep) {
    const record = recordOf(run, step);
    if (record !== undefined) setResourceStatus(scope, record, 'DELETE_SKIPPED');
    tellResource(scope, stack, doomed, 'DELETE_SKIPPED');
    step.stage = 'done';
  } else if (doomed.physicalId === undefined) {
    complete(run, step);
  } else {
    announce(run, step);
  }
}
