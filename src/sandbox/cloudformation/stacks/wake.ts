import type { Scope, World } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { cloudFormation } from './state.ts';

const running = new WeakMap<World, Set<string>>();

/** Has the stack's operation looked at again, by default at once. */
export function wakeStack(scope: Scope, stackId: string, at = scope.world.now()): void {
  scope.world.wake('cloudformation.advance', `${scope.region}/${stackId}`, at);
}

/** As `wakeStack`, when something has come that a step may wait for: each is looked at, whenever it was due. */
export function nudgeStack(scope: Scope, stackId: string): void {
  const phase = own(cloudFormation(scope).stacks, stackId)?.operation?.phase;
  const now = scope.world.now();
  for (const step of Object.values(phase?.steps ?? {})) {
    if (step.stage === 'working')
      step.dueAt = Math.min(step.dueAt ?? now, Math.max(now, step.readyAt ?? now));
  }
  wakeStack(scope, stackId);
}

/**
 * Does work that takes real time, once at a time for a key, and then has the stack looked at. It is not kept over a restart:
 * whoever waits for it calls this again whenever the stack is looked at and the result is not there.
 * @param work keeps its outcome in the state; it catches its own failures
 */
export function inBackground(scope: Scope, stackId: string, key: string, work: () => Promise<void>): void {
  const { world } = scope;
  const keys = running.get(world) ?? new Set();
  running.set(world, keys);
  const full = `${stackId} ${key}`;
  if (keys.has(full)) return;
  keys.add(full);
  world.background(
    work().finally(() => {
      keys.delete(full);
      nudgeStack(scope, stackId);
    }),
  );
}
