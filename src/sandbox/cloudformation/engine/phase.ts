import type { Instant } from '../../kernel/time.ts';
import { beginDeploy } from './deploy.ts';
import { isOver, type Phase, type Step } from '../stacks/operation.ts';
import { beginRemove } from './remove.ts';
import { beginRestore } from './restore.ts';
import type { Run } from '../stacks/run.ts';
import { callOff, look } from './steps/step.ts';

const BEGIN = { deploy: beginDeploy, restore: beginRestore, remove: beginRemove } as const;

/**
 * Moves a phase on as far as the time allows: begins each step whose needs are done, and looks at each that is due.
 * @returns whether the phase is over
 */
export function runPhase(run: Run, phase: Phase): boolean {
  const steps = Object.values(phase.steps);
  for (let moved = true; moved;) {
    moved = false;
    if (stopsAtFailure(run, phase) && steps.some(({ stage }) => stage === 'failed')) callOffAll(run, steps);
    for (const step of steps) {
      if (step.stage === 'waiting') {
        if (!step.needs.every((need) => phase.steps[need]?.stage === 'done')) continue;
        BEGIN[phase.kind](run, step);
        moved = true;
      } else if (!isOver(step.stage) && (step.dueAt ?? 0) <= run.scope.world.now()) {
        moved = look(run, step) || moved;
      }
    }
    if (!moved && isStuck(steps)) {
      for (const step of steps) if (step.stage === 'waiting') BEGIN[phase.kind](run, step);
      moved = true;
    }
  }
  return steps.every(({ stage }) => isOver(stage) || (stage === 'waiting' && !isAnyRunning(steps)));
}

/** When the phase has to be looked at again. */
export function nextLook({ steps }: Phase): Instant | undefined {
  const dues = Object.values(steps)
    .filter(({ stage }) => stage === 'begun' || stage === 'working' || stage === 'preparing')
    .map(({ dueAt = 0 }) => dueAt);
  return dues.length === 0 ? undefined : Math.min(...dues);
}

/** A creation or an update that is to be rolled back stops at the first failure; whatever else goes on as far as it can. */
function stopsAtFailure({ stack, operation }: Run, { kind }: Phase): boolean {
  return kind === 'deploy' && !stack.disableRollback && operation.onFailure !== 'DO_NOTHING';
}

/** Calls off whatever is under way. What waits never begins. */
export function callOffAll(run: Run, steps: readonly Step[]): void {
  for (const step of steps) {
    if (step.stage === 'waiting') step.stage = 'cancelled';
    else if (!isOver(step.stage)) callOff(run, step);
  }
}

function isAnyRunning(steps: readonly Step[]): boolean {
  return steps.some(({ stage }) => stage !== 'waiting' && !isOver(stage));
}

/** Needs of two generations of a template can wait for each other. */
function isStuck(steps: readonly Step[]): boolean {
  return (
    steps.some(({ stage }) => stage === 'waiting') &&
    !isAnyRunning(steps) &&
    steps.every(({ stage }) => stage === 'waiting' || stage === 'done')
  );
}
