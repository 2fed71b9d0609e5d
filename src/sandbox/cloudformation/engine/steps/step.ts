import { resourceRefusal } from '../../../faults/index.ts';
import { setResourceStatus, tellResource } from '../../stacks/events.ts';
import { EngineFault, failureReason } from '../../resources/failure.ts';
import { appliedProperties } from '../../resources/provided.ts';
import { driverOf } from '../../resources/registry.ts';
import type { ResourceRecord } from '../../stacks/records.ts';
import { inBackground } from '../../stacks/wake.ts';
import { lookUp, unknownReferences, withReferences } from './dynamic-references.ts';
import type { Step } from '../../stacks/operation.ts';
import { complete, fail } from './outcome.ts';
import type { Run } from '../../stacks/run.ts';
import { listen, signalsHeard } from './signals.ts';
import { statusOf } from './status.ts';
import { adopt, driverAction, identityOf, keepWork, recordOf, shownOf, typeOf, workOf } from './work.ts';

/** How long after a step is told its handler is called, at most: AWS shows these as two events. */
const INITIATION_SECONDS = 1;
/** A look-up is begun again when nothing has come of it, as after a restart. */
const LOOK_UP_SECONDS = 5;

/** Tells that a step begins and has its handler called a little later. Dynamic references are looked up before. */
export function announce(run: Run, step: Step): void {
  if (lookUpFirst(run, step)) return;
  const { scope, stack } = run;
  const now = scope.world.now();
  const seconds = driverOf(scope.world, typeOf(step)).seconds(driverAction(step));
  step.stage = 'begun';
  step.told = true;
  step.dueAt = now + Math.min(INITIATION_SECONDS, seconds / 2) * 1000;
  step.readyAt = now + seconds * 1000;
  if (step.action === 'create') stack.resources[step.logicalId] = newRecord(run, step);
  const status = statusOf(step, 'IN_PROGRESS');
  const reason = step.action === 'replace' ? REPLACING : undefined;
  const record = recordOf(run, step);
  if (record !== undefined) setResourceStatus(scope, record, status, reason);
  tellResource(scope, stack, identityOf(run, step), status, { reason, properties: shownOf(step) });
}

const REPLACING = 'Requested update requires the creation of a new physical resource; hence creating one.';

function newRecord({ scope }: Run, { logicalId, target }: Step): ResourceRecord {
  if (target === undefined) throw new Error(`${logicalId} has no target`);
  const record: ResourceRecord = {
    logicalId,
    type: target.type,
    status: 'CREATE_IN_PROGRESS',
    updatedAt: scope.world.now(),
    properties: {},
    metadata: {},
    needs: [],
  };
  adopt(record, target);
  return record;
}

function lookUpFirst(run: Run, step: Step): boolean {
  const { scope, stack, operation } = run;
  const unknown = step.target === undefined ? [] : unknownReferences(step.target.properties, operation);
  if (unknown.length === 0) return false;
  step.stage = 'preparing';
  step.dueAt = scope.world.now() + LOOK_UP_SECONDS * 1000;
  inBackground(scope, stack.stackId, `references of ${step.logicalId}`, async () => {
    await lookUp(scope, operation, unknown);
    step.dueAt = scope.world.now();
  });
  return true;
}

/**
 * Looks at a step that is due.
 * @returns whether it has moved
 */
export function look(run: Run, step: Step): boolean {
  try {
    switch (step.stage) {
      case 'preparing':
        announce(run, step);
        return (step.stage as Step['stage']) !== 'preparing';
      case 'begun':
        start(run, step);
        return true;
      default:
        return poll(run, step);
    }
  } catch (error) {
    fail(run, step, failureReason(run.scope, error, typeOf(step)));
    return true;
  }
}

function start(run: Run, step: Step): void {
  const { scope, operation } = run;
  if (step.target !== undefined) {
    const applied = withReferences(step.target.properties, operation);
    if (applied !== undefined) step.target = { ...step.target, applied };
    refuse(run, step);
  }
  const record = recordOf(run, step);
  if (record !== undefined) step.previous = appliedProperties(record);
  const work = workOf(run, step);
  step.stage = 'working';
  step.dueAt = Math.max(scope.world.now(), step.readyAt ?? 0);
  driverOf(scope.world, typeOf(step)).start(work);
  // From here on the service has the new properties, whatever becomes of them.
  if (record !== undefined && step.target !== undefined && step.action !== 'replace')
    adopt(record, step.target);
  keepWork(run, step, work);
  listen(run, step);
}

/** @throws EngineFault when the sandbox was told to refuse this resource */
function refuse({ scope }: Run, step: Step): void {
  const refusal = resourceRefusal(scope.world, typeOf(step), step.logicalId);
  if (refusal !== undefined) throw new EngineFault(refusal);
}

function poll(run: Run, step: Step): boolean {
  const { scope } = run;
  const driver = driverOf(scope.world, typeOf(step));
  const work = workOf(run, step);
  let over: boolean;
  try {
    over = driver.poll(work);
  } finally {
    keepWork(run, step, work);
  }
  const heard = isCreation(step) ? signalsHeard(run, step) : true;
  if (over && heard) {
    complete(run, step, driver.note);
    return true;
  }
  const now = scope.world.now();
  const deadlines = [step.deadline, step.signals?.deadline].filter((at) => at !== undefined && at > now);
  step.dueAt = Math.min(now + driver.pollSeconds * 1000, ...(deadlines as number[]));
  return false;
}

/** Calls off a step that is under way because another has failed. */
export function callOff(run: Run, step: Step): void {
  if (step.stage === 'preparing') {
    step.stage = 'cancelled';
    return;
  }
  if (step.stage === 'working') {
    const work = workOf(run, step);
    driverOf(run.scope.world, typeOf(step)).abandon?.(work);
    keepWork(run, step, work);
  }
  fail(run, step, `Resource ${isCreation(step) ? 'creation' : 'update'} cancelled`);
  step.stage = 'cancelled';
}

function isCreation({ action }: Step): boolean {
  return action === 'create' || action === 'replace';
}
