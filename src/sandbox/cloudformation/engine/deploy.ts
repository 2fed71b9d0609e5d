import { setResourceStatus, tellResource } from '../stacks/events.ts';
import { EngineFault, failureReason } from '../resources/failure.ts';
import { compareProperties, recreation, taggingOf } from '../specification/index.ts';
import { changesInstances, willReplace } from '../resources/update-policy.ts';
import { deniedByPolicy } from '../stacks/stack-policy.ts';
import type { Deployment, ResourceRecord } from '../stacks/records.ts';
import { dependencies, sameValue } from '../template/index.ts';
import { customNameHeld } from './custom-name.ts';
import { pendingDeletion } from '../stacks/pending-deletion.ts';
import { evaluationOf } from '../evaluation/evaluation.ts';
import type { Action, Phase, Step, Target } from '../stacks/operation.ts';
import { fail } from './steps/outcome.ts';
import type { Run } from '../stacks/run.ts';
import { announce } from './steps/step.ts';
import { definitionOf, targetOf, updatePolicyOf } from '../evaluation/target.ts';

/**
 * The steps that make the stack what its deployment says: one for every resource there is to be.
 * @throws AwsError ValidationError for a graph with cycles
 */
export function deployment({ scope, stack }: Pick<Run, 'scope' | 'stack'>, next: Deployment): Phase {
  const graph = dependencies(evaluationOf(scope, stack, next));
  const steps = [...graph].map(([logicalId, needs]): [string, Step] => [
    logicalId,
    { logicalId, needs: [...needs], stage: 'waiting', memory: {} },
  ]);
  return { kind: 'deploy', steps: Object.fromEntries(steps) };
}

/** Begins to make, change or replace a resource, or leaves it alone when nothing about it differs. */
export function beginDeploy(run: Run, step: Step): void {
  const { scope, stack } = run;
  const next = stack.deployment;
  if (next === undefined) throw new Error(`${stack.stackName} has no deployment`);
  const record = stack.resources[step.logicalId];
  const fresh = record === undefined || record.status === 'CREATE_FAILED' || isGone(record);
  step.action = fresh ? 'create' : 'update';
  try {
    step.target = targetOf(run, next, step.logicalId, step.needs);
    if (fresh) makeRoom(run, step.logicalId);
    else {
      step.updatePolicy = updatePolicyOf(run, step.logicalId);
      const action = changeOf(run, step, record, step.target);
      if (action === undefined) {
        step.stage = 'done';
        step.target = undefined;
        return;
      }
      step.action = action;
      refuseChange(run, step, record, step.target);
    }
    remember(run, step.logicalId);
    announce(run, step);
  } catch (error) {
    failAtOnce(run, step, next, failureReason(scope, error, record?.type ?? ''));
  }
}

function isGone({ status }: ResourceRecord): boolean {
  return status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED';
}

/** What a failed creation left behind is to go once the update is done. */
function makeRoom({ stack, operation }: Run, logicalId: string): void {
  const left = stack.resources[logicalId];
  if (left?.physicalId !== undefined && !isGone(left)) {
    operation.obsolete.push(pendingDeletion(left, { keep: false, current: false }));
  }
}

/** Keeps what the resource was before this operation touched it, for a rollback. */
function remember({ stack, operation }: Run, logicalId: string): void {
  if (operation.goal !== 'update' || Object.hasOwn(operation.before, logicalId)) return;
  const record = stack.resources[logicalId];
  const wasThere = record !== undefined && record.status !== 'CREATE_FAILED' && !isGone(record);
  operation.before[logicalId] = wasThere ? structuredClone(record) : null;
}

/** What becoming the target means for a resource that is there; undefined when nothing differs. */
function changeOf(
  { operation }: Run,
  { updatePolicy }: Step,
  record: ResourceRecord,
  target: Target,
): Action | undefined {
  const differences = compareProperties(record.type, record.properties, target.properties);
  if (recreation(differences) === 'Always') return 'replace';
  if (willReplace(updatePolicy) && changesInstances(record.properties, target.properties)) return 'replace';
  const changed =
    differences.length > 0 ||
    record.status.endsWith('_FAILED') ||
    // The template of a nested stack may differ under the same URL: only looking at it tells.
    record.type === 'AWS::CloudFormation::Stack' ||
    !sameValue(record.metadata, target.metadata) ||
    (operation.retagged && taggingOf(record.type) !== undefined);
  return changed ? 'update' : undefined;
}

function refuseChange({ stack, operation }: Run, step: Step, record: ResourceRecord, target: Target): void {
  const denied = deniedByPolicy(operation.stackPolicy ?? stack.stackPolicy, {
    action: step.action === 'replace' ? 'Update:Replace' : 'Update:Modify',
    logicalId: step.logicalId,
    type: target.type,
  });
  if (denied !== undefined) throw new EngineFault(denied);
  const name =
    step.action === 'replace' ? customNameHeld(target.type, record.properties, target.properties) : undefined;
  if (name !== undefined) {
    throw new EngineFault(
      'CloudFormation cannot update a stack when a custom-named resource requires replacing. ' +
        `Rename ${name} and update the stack again.`,
    );
  }
}

/** Fails before anything is done: with properties that can't be resolved, or a change that is not allowed. */
function failAtOnce(run: Run, step: Step, next: Deployment, reason: string): void {
  const { scope, stack } = run;
  const type = definitionOf(evaluationOf(scope, stack, next), step.logicalId).type;
  const status = step.action === 'create' ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS';
  const known = stack.resources[step.logicalId];
  if (known === undefined || step.action === 'create') {
    remember(run, step.logicalId);
    stack.resources[step.logicalId] = {
      logicalId: step.logicalId,
      type,
      status,
      updatedAt: scope.world.now(),
      properties: {},
      metadata: {},
      needs: step.needs,
    };
  } else {
    remember(run, step.logicalId);
    setResourceStatus(scope, known, status);
  }
  tellResource(scope, stack, { logicalId: step.logicalId, type, physicalId: known?.physicalId }, status, {
    properties: step.target?.shown,
  });
  step.target ??= { type, properties: {}, metadata: {}, needs: step.needs };
  fail(run, step, reason);
}
