import { tellResource } from '../../stacks/events.ts';
import type { Work } from '../../resources/driver.ts';
import { appliedProperties } from '../../resources/provided.ts';
import type { ResourceRecord } from '../../stacks/records.ts';
import { resourceContext } from '../../evaluation/resource-context.ts';
import type { Step, Target } from '../../stacks/operation.ts';
import type { Run } from '../../stacks/run.ts';
import { statusOf } from './status.ts';

/** A step as the driver of its type sees it. */
export function workOf(run: Run, step: Step): Work {
  const { scope, stack, operation } = run;
  const record = recordOf(run, step);
  const subject = step.pendingDeletion ?? step.target;
  if (subject === undefined) throw new Error(`nothing to do for ${step.logicalId}`);
  const action = driverAction(step);
  return {
    context: resourceContext(scope, stack, stack.deployment?.tags ?? {}, step.logicalId),
    stack,
    operation,
    step,
    type: typeOf(step),
    action,
    restoring: operation.phase?.kind === 'restore',
    properties: appliedProperties(subject),
    previous: step.previous ?? {},
    physicalId: knownId(run, step),
    data: step.pendingDeletion === undefined ? record?.data : step.pendingDeletion.data,
    tell(reason) {
      tellResource(scope, stack, identityOf(run, step), statusOf(step, 'IN_PROGRESS'), {
        reason,
        properties: shownOf(step),
      });
    },
  };
}

/** To a service a replacement is a creation. */
export function driverAction({ action }: Step): Work['action'] {
  return action === 'replace' ? 'create' : (action ?? 'create');
}

export function typeOf({ pendingDeletion, target }: Step): string {
  return (pendingDeletion ?? target)?.type ?? '';
}

export function shownOf({ target }: Step): number | undefined {
  return target?.shown;
}

/** The stack's record of the resource that a step is about. */
export function recordOf({ stack }: Run, { logicalId, pendingDeletion }: Step): ResourceRecord | undefined {
  return pendingDeletion?.current === false ? undefined : stack.resources[logicalId];
}

/** Whom an event of the step is about. While a replacement is not made yet, the resource is still the old one. */
export function identityOf(run: Run, step: Step): Pick<ResourceRecord, 'logicalId' | 'type' | 'physicalId'> {
  const physicalId = step.pendingDeletion === undefined ? recordOf(run, step)?.physicalId : step.pendingDeletion.physicalId;
  return { logicalId: step.logicalId, type: typeOf(step), physicalId };
}

function knownId(run: Run, step: Step): string | undefined {
  if (step.pendingDeletion !== undefined) return step.pendingDeletion.physicalId;
  if (step.action === 'replace' && step.initiated !== true) return undefined;
  return recordOf(run, step)?.physicalId;
}

/** Keeps what a driver has done to its work in the stack's record, and tells a new physical id. */
export function keepWork(run: Run, step: Step, work: Work): void {
  const record = recordOf(run, step);
  if (step.pendingDeletion !== undefined || record === undefined) return;
  if (work.data !== record.data) record.data = work.data;
  if (work.physicalId === undefined || work.physicalId === knownId(run, step)) return;
  record.physicalId = work.physicalId;
  if (step.action === 'replace' && step.target !== undefined) adopt(record, step.target);
  step.initiated = true;
  work.tell(step.action === 'update' ? REQUIRED_BY_PROVIDER : 'Resource creation Initiated');
}

const REQUIRED_BY_PROVIDER = 'Requested update required the provider to create a new physical resource';

/** From now on the resource is what the step made of it. */
export function adopt(record: ResourceRecord, target: Target): void {
  const { properties, applied, metadata, needs, deletionPolicy, updateReplacePolicy } = target;
  Object.assign(record, { properties, applied, metadata, needs, deletionPolicy, updateReplacePolicy });
}
