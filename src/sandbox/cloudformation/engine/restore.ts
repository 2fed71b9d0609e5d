import { setResourceStatus, tellResource } from '../stacks/events.ts';
import type { ResourceRecord } from '../stacks/records.ts';
import { pendingDeletion, keeps } from '../stacks/pending-deletion.ts';
import type { Operation, Phase, Step } from '../stacks/operation.ts';
import type { Run } from '../stacks/run.ts';
import { announce } from './steps/step.ts';
import { updatePolicyOf } from '../evaluation/target.ts';

/**
 * The steps that take back an update: each resource it changed becomes again what it was. Those it made go with the
 * clean-up that follows.
 */
export function restoration({ stack, operation }: Run): Phase {
  for (const [logicalId, before] of Object.entries(operation.before)) {
    if (before === null) forget(stack.resources, operation, logicalId);
  }
  const ids = new Set(Object.keys(operation.before));
  const steps = Object.values(operation.before).flatMap((before): [string, Step][] =>
    before === null
      ? []
      : [
          [
            before.logicalId,
            {
              logicalId: before.logicalId,
              needs: before.needs.filter((need) => ids.has(need)),
              stage: 'waiting',
              action: 'update',
              memory: {},
            },
          ],
        ],
  );
  return { kind: 'restore', steps: Object.fromEntries(steps) };
}

/** A resource that the update made: it goes with the clean-up, unless its policy keeps it. */
function forget(resources: Record<string, ResourceRecord>, operation: Operation, logicalId: string): void {
  const record = resources[logicalId];
  Reflect.deleteProperty(operation.before, logicalId);
  if (record === undefined) return;
  const keep = operation.retainExceptOnCreate ? false : keeps(record.deletionPolicy, { inCreation: true });
  operation.obsolete.push(pendingDeletion(record, { keep, current: true }));
}

/** Begins to take back what was done to a resource. */
export function beginRestore(run: Run, step: Step): void {
  const { stack, operation } = run;
  const before = operation.before[step.logicalId];
  if (before === null || before === undefined) throw new Error(`${step.logicalId} was not there before`);
  const record = stack.resources[step.logicalId];
  if (record === undefined || record.physicalId !== before.physicalId) {
    takeOldOne(run, step, before, record);
    return;
  }
  const { type, properties, applied, metadata, needs, deletionPolicy, updateReplacePolicy } = before;
  step.target = { type, properties, applied, metadata, needs, deletionPolicy, updateReplacePolicy };
  step.updatePolicy = updatePolicyOf(run, step.logicalId);
  announce(run, step);
}

/** The resource was replaced, and the old one is still there. */
function takeOldOne(run: Run, step: Step, before: ResourceRecord, record: ResourceRecord | undefined): void {
  const { scope, stack, operation } = run;
  operation.obsolete = operation.obsolete.filter(
    ({ logicalId, physicalId }) => logicalId !== step.logicalId || physicalId !== before.physicalId,
  );
  if (record?.physicalId !== undefined) {
    operation.obsolete.push(pendingDeletion(record, { keep: false, current: false }));
  }
  const restored = structuredClone(before);
  stack.resources[step.logicalId] = restored;
  setResourceStatus(scope, restored, 'UPDATE_COMPLETE');
  tellResource(scope, stack, restored, 'UPDATE_COMPLETE');
  step.stage = 'done';
}
