import type { StackStatus } from '@aws-sdk/client-cloudformation';
import { setStackStatus } from '../stacks/events.ts';
import { exportConflict } from '../stacks/exports.ts';
import { AwsError } from '../../kernel/errors.ts';
import type { StackRecord } from '../stacks/stack.ts';
import { cloudFormation } from '../stacks/state.ts';
import { resolveOutputs } from '../template/index.ts';
import { evaluationOf } from '../evaluation/evaluation.ts';
import { cleanUp } from './open.ts';
import type { Operation, Phase, Step } from '../stacks/operation.ts';
import { callOffAll } from './phase.ts';
import type { Run } from '../stacks/run.ts';
import { refreshPolicies } from '../evaluation/target.ts';

/** Turns an operation round at once that was known to be wrong when it began. @returns whether it was */
export function fault(run: Run): boolean {
  const { operation } = run;
  if (operation.fault === undefined || (operation.goal !== 'create' && operation.goal !== 'update'))
    return false;
  giveUp(run, operation.fault);
  return true;
}

/** Gives a creation up that takes longer than TimeoutInMinutes allows. @returns whether it does */
export function overdue(run: Run): boolean {
  const { scope, operation } = run;
  const { deadline, goal, phase } = operation;
  if (goal !== 'create' || phase === undefined || deadline === undefined || scope.world.now() < deadline)
    return false;
  callOffAll(run, Object.values(phase.steps));
  giveUp(run, 'Stack creation time exceeded the specified timeout.');
  return true;
}

/** A phase is over: opens the next one, or ends the operation. */
export function conclude(run: Run): void {
  const { operation } = run;
  switch (operation.phase?.kind) {
    case 'deploy':
      concludeDeploy(run, operation.phase);
      break;
    case 'restore':
      concludeRestore(run, operation.phase);
      break;
    case 'remove':
      concludeRemove(run, operation.phase);
      break;
    case undefined:
      break;
  }
}

function concludeDeploy(run: Run, phase: Phase): void {
  const reason = failures(phase, ['create', 'replace'], 'create')
    .concat(failures(phase, ['update'], 'update'))
    .join(' ');
  if (reason !== '') {
    giveUp(run, reason);
    return;
  }
  const conflict = settleOutputs(run);
  if (conflict !== undefined) {
    giveUp(run, conflict);
    return;
  }
  const { scope, stack, operation } = run;
  if (operation.goal === 'create') {
    end(run, 'CREATE_COMPLETE');
    return;
  }
  refreshPolicies(run);
  stack.unfinished = undefined;
  setStackStatus(scope, stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  operation.phase = cleanUp(run, new Set(Object.keys(phase.steps)));
}

/** The outputs as they are from now on, unless exports or imports forbid them. @returns why not */
function settleOutputs({ scope, stack }: Run): string | undefined {
  if (stack.deployment === undefined) return undefined;
  try {
    const outputs = resolveOutputs(evaluationOf(scope, stack, stack.deployment));
    const conflict = exportConflict(scope, stack, outputs);
    if (conflict === undefined) stack.outputs = outputs;
    return conflict;
  } catch (error) {
    if (error instanceof AwsError) return error.message;
    throw error;
  }
}

/** A creation or an update has failed: what then is as the caller has said. */
function giveUp(run: Run, reason: string): void {
  const { scope, stack, operation } = run;
  const stays = stack.disableRollback || operation.onFailure === 'DO_NOTHING';
  if (operation.goal === 'create') {
    if (stays) {
      end(run, 'CREATE_FAILED', reason);
    } else {
      const deleting = operation.onFailure === 'DELETE';
      turnTo(run, deleting ? 'delete' : 'rollback');
      setStackStatus(
        scope,
        stack,
        deleting ? 'DELETE_IN_PROGRESS' : 'ROLLBACK_IN_PROGRESS',
        `${reason} ${deleting ? 'Delete' : 'Rollback'} requested by user.`,
      );
    }
  } else if (stays) {
    stack.unfinished = operation;
    end(run, 'UPDATE_FAILED', reason);
  } else {
    rollBackUpdate(run, reason);
  }
}

/** Takes back an update that is under way. */
export function rollBackUpdate(run: Run, reason?: string): void {
  const { scope, stack, operation } = run;
  turnTo(run, 'update-rollback');
  stack.deployment = operation.previous;
  setStackStatus(scope, stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
}

function turnTo({ operation }: Run, goal: Operation['goal']): void {
  operation.goal = goal;
  operation.phase = undefined;
}

function concludeRestore(run: Run, phase: Phase): void {
  const { scope, stack, operation } = run;
  for (const [key, step] of Object.entries(phase.steps)) {
    if (step.stage === 'done') Reflect.deleteProperty(operation.before, key);
  }
  const reason = failures(phase, ['update'], 'update').join(' ');
  if (reason !== '') {
    stack.unfinished = {
      previous: operation.previous,
      before: operation.before,
      obsolete: operation.obsolete,
    };
    end(run, 'UPDATE_ROLLBACK_FAILED', reason);
    return;
  }
  stack.unfinished = undefined;
  setStackStatus(scope, stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  operation.phase = cleanUp(run, new Set(Object.keys(stack.resources)));
}

function concludeRemove(run: Run, phase: Phase): void {
  const { stack, operation } = run;
  const reason = failures(phase, ['delete'], 'delete').join(' ');
  switch (operation.goal) {
    case 'update':
    case 'update-rollback':
      // Whatever could not be deleted is no part of the stack any more.
      for (const { pendingDeletion } of Object.values(phase.steps)) {
        if (pendingDeletion?.current === true) Reflect.deleteProperty(stack.resources, pendingDeletion.logicalId);
      }
      end(
        run,
        operation.goal === 'update' ? 'UPDATE_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE',
        reason === '' || operation.goal === 'update-rollback'
          ? undefined
          : 'Update successful. One or more resources could not be deleted.',
      );
      break;
    case 'rollback':
      stack.outputs = [];
      end(run, reason === '' ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED', reason || undefined);
      break;
    default:
      if (reason !== '' && !operation.force) end(run, 'DELETE_FAILED', reason);
      else endDeletion(run);
  }
}

function endDeletion(run: Run): void {
  const { scope, stack } = run;
  const { names, changeSets } = cloudFormation(scope);
  stack.deletedAt = scope.world.now();
  stack.outputs = [];
  end(run, 'DELETE_COMPLETE');
  if (names[stack.stackName] === stack.stackId) Reflect.deleteProperty(names, stack.stackName);
  for (const set of Object.values(changeSets)) {
    if (set.stackId === stack.stackId) Reflect.deleteProperty(changeSets, set.changeSetId);
  }
}

/** The stack's new status comes with the operation's id, and the operation is over. */
function end(
  { scope, stack }: Pick<Run, 'scope'> & { stack: StackRecord },
  status: StackStatus,
  reason?: string,
): void {
  setStackStatus(scope, stack, status, reason);
  stack.operation = undefined;
  for (const set of Object.values(cloudFormation(scope).changeSets)) {
    if (set.stackId === stack.stackId && set.executionStatus === 'EXECUTE_IN_PROGRESS') {
      set.executionStatus = /FAILED|ROLLBACK/.test(status) ? 'EXECUTE_FAILED' : 'EXECUTE_COMPLETE';
    }
  }
}

/** "The following resource(s) failed to create: [A, B]." Those called off count. */
function failures(phase: Phase, actions: readonly Step['action'][], verb: string): string[] {
  const failed = Object.values(phase.steps).filter(
    ({ stage, action, told }) =>
      actions.includes(action) && (stage === 'failed' || (stage === 'cancelled' && told)),
  );
  return failed.length === 0
    ? []
    : [
        `The following resource(s) failed to ${verb}: [${failed.map(({ logicalId }) => logicalId).join(', ')}].`,
      ];
}
