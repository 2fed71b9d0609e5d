import type { Scope } from '../kernel/world.ts';
import type { Instant } from '../kernel/time.ts';
import { agentsOfInstance, loseAgent } from '../buildkite/agents.ts';
import type { Hardware } from '../services/ec2/compute/hardware.ts';
import { consoleText } from './console.ts';
import { machinesOf } from './state.ts';

/** The task that carries the machines of a region through their boots; its key is the region. */
export const BOOT_TASK = 'machines.boot';
/** The task that looks after the machines of a region that are up; its key is the region. */
export const LIFE_TASK = 'machines.life';

/** From running to the end of cloud-init, in milliseconds: what Amazon Linux 2023 takes, about. */
const BOOT_MS = [38_000, 62_000] as const;
/** From running to agents, in milliseconds, for an instance of the warm pool: the system starts, and Docker anew. */
const WAKE_MS = [14_000, 22_000] as const;

/** Starts the system of an instance that has begun to run. */
function powerOn(scope: Scope, instanceId: string): void {
  const { world, region } = scope;
  const before = machinesOf(scope)[instanceId];
  const prepared = before !== undefined && (before.prepared || before.phase === 'warm');
  const [least, most] = prepared ? WAKE_MS : BOOT_MS;
  const dueAt = Math.ceil((world.now() + least + world.random() * (most - least)) / 1000) * 1000;
  machinesOf(scope)[instanceId] = {
    instanceId,
    phase: 'booting',
    poweredAt: world.now(),
    prepared,
    dueAt,
    remarks: [],
  };
  world.wake(BOOT_TASK, region, dueAt);
}

/** Takes the power from an instance: its agents are gone, and the jobs that they ran are lost. */
function powerOff(scope: Scope, instanceId: string): void {
  for (const agent of agentsOfInstance(scope.world, instanceId)) loseAgent(scope.world, agent);
  const machine = machinesOf(scope)[instanceId];
  if (machine !== undefined) Reflect.deleteProperty(machine, 'dueAt');
}

/** Leaves a machine to programs that run outside of the model, its agents among them, until it loses its power. */
export function takeMachine(scope: Scope, instanceId: string): boolean {
  const machine = machinesOf(scope)[instanceId];
  if (machine === undefined) return false;
  for (const agent of agentsOfInstance(scope.world, instanceId)) loseAgent(scope.world, agent);
  machine.phase = 'taken';
  Reflect.deleteProperty(machine, 'dueAt');
  return true;
}

/** Forgets a machine whose instance is gone for good. */
function forgetMachine(scope: Scope, instanceId: string): void {
  Reflect.deleteProperty(machinesOf(scope), instanceId);
}

/** What a machine has written to its console so far, and when it was last written to. */
function consoleOf(scope: Scope, instanceId: string): { text: string; at: Instant } {
  const machine = machinesOf(scope)[instanceId];
  if (machine === undefined) return { text: '', at: scope.world.now() };
  return { text: consoleText(machine), at: machine.poweredAt };
}

/** Whether a machine answers EC2's status checks. A boot that failed in the user data still answers. */
function isReachable(scope: Scope, instanceId: string): boolean {
  return machinesOf(scope)[instanceId] !== undefined;
}

/** The hardware of EC2's instances, as machines modelled in time. */
export const hardware: Hardware = {
  powerOn,
  powerOff,
  forget: forgetMachine,
  console: consoleOf,
  isReachable,
};
