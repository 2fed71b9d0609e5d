import { AwsError } from '../../../kernel/errors.ts';
import type { Scope, Task } from '../../../kernel/world.ts';
import type { Instant } from '../../../kernel/time.ts';
import { hardwareOf } from './hardware.ts';
import { publicAddress } from '../routing/addresses.ts';
import type { Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import type { InstanceRecord, InstanceStateName } from '../state/instance.ts';
import { dropVolume } from './volumes.ts';

/** The task that moves the instances of a region on; its key is the region. */
export const TRANSITIONS_TASK = 'ec2.transitions';

/** How long a state that passes by itself lasts, from and to, in milliseconds: what AWS takes, about. */
const LASTS: Readonly<Partial<Record<InstanceStateName, readonly [number, number]>>> = {
  pending: [8_000, 13_000],
  'shutting-down': [25_000, 40_000],
  stopping: [20_000, 35_000],
  // "Terminated instances remain visible after termination (for approximately one hour)."
  terminated: [3_600_000, 3_600_000],
};

/** Puts an instance into a state and plans the next one. */
export function enterState(
  state: Ec2State,
  scope: Scope,
  instance: InstanceRecord,
  name: InstanceStateName,
): void {
  const { world, region } = scope;
  instance.state = name;
  const [least, most] = LASTS[name] ?? [];
  if (least === undefined || most === undefined) {
    Reflect.deleteProperty(state.transitions, instance.instanceId);
    return;
  }
  // Whole seconds, so that a thousand instances started together take a handful of wakes.
  const at = Math.ceil((world.now() + least + world.random() * (most - least)) / 1000) * 1000;
  state.transitions[instance.instanceId] = at;
  world.wake(TRANSITIONS_TASK, region, at);
}

/** Runs what is due, and asks to be woken for what comes next. */
export const runTransitions: Task = (world, region) => {
  const scope = world.scope(region);
  const state = ec2State(scope);
  const now = world.now();
  let next: Instant | undefined;
  for (const [id, at] of Object.entries(state.transitions)) {
    if (at > now) {
      next = Math.min(next ?? at, at);
      continue;
    }
    const instance = state.instances[id];
    if (instance === undefined) Reflect.deleteProperty(state.transitions, id);
    else moveOn(state, scope, instance);
  }
  for (const at of Object.values(state.transitions)) next = Math.min(next ?? at, at);
  if (next !== undefined) world.wake(TRANSITIONS_TASK, region, next);
};

function moveOn(state: Ec2State, scope: Scope, instance: InstanceRecord): void {
  switch (instance.state) {
    case 'pending':
      enterState(state, scope, instance, 'running');
      hardwareOf(scope.world).powerOn(scope, instance.instanceId);
      break;
    case 'stopping':
      enterState(state, scope, instance, 'stopped');
      break;
    case 'shutting-down':
      releaseVolumes(state, instance);
      enterState(state, scope, instance, 'terminated');
      break;
    case 'terminated':
      Reflect.deleteProperty(state.instances, instance.instanceId);
      Reflect.deleteProperty(state.transitions, instance.instanceId);
      Reflect.deleteProperty(state.tags, instance.instanceId);
      hardwareOf(scope.world).forget(scope, instance.instanceId);
      return;
    case 'running':
      Reflect.deleteProperty(state.transitions, instance.instanceId);
      if (instance.interruptionAt !== undefined) endInstance(state, scope, instance, INTERRUPTED);
      return;
    case 'stopped':
      Reflect.deleteProperty(state.transitions, instance.instanceId);
      return;
  }
  tellGroup(state, scope, instance.instanceId, 0);
}

function releaseVolumes(state: Ec2State, instance: InstanceRecord): void {
  for (const { volumeId, deleteOnTermination } of instance.volumes) {
    if (deleteOnTermination) dropVolume(state, volumeId);
    else Reflect.deleteProperty(state.volumes[volumeId] ?? {}, 'attachment');
  }
}

/** Lets the instance's Auto Scaling group look at it. Only Auto Scaling can give an instance this tag. */
function tellGroup(state: Ec2State, { world, region }: Scope, instanceId: string, afterMs: number): void {
  const group = state.tags[instanceId]?.['aws:autoscaling:groupName'];
  if (group !== undefined) world.wake('autoscaling.reconcile', `${region}/${group}`, world.now() + afterMs);
}

/** How long Auto Scaling takes to notice an instance that ended without it: its EC2 health checks run each minute. */
const NOTICED_AFTER_MS = 30_000;

export interface Ending {
  /** As in `User initiated (2026-01-01 00:00:00 GMT)`. */
  readonly transitionReason: string;
  readonly stateReason: { readonly code: string; readonly message: string };
}

/** The words EC2 has for an end that somebody asked for. */
export function userInitiated(scope: Scope, action: 'shutdown' | 'stop' = 'shutdown'): Ending {
  const at = new Date(scope.world.now()).toISOString().slice(0, 19).replace('T', ' ');
  return {
    transitionReason: `User initiated (${at} GMT)`,
    stateReason: {
      code: 'Client.UserInitiatedShutdown',
      message: `Client.UserInitiatedShutdown: User initiated ${action === 'stop' ? 'shutdown' : action}`,
    },
  };
}

/** Ends an instance; one that has ended already stays as it is. */
export function endInstance(state: Ec2State, scope: Scope, instance: InstanceRecord, ending: Ending): void {
  if (instance.state === 'shutting-down' || instance.state === 'terminated') return;
  stopRunning(scope, instance, ending);
  enterState(state, scope, instance, 'shutting-down');
  tellGroup(state, scope, instance.instanceId, NOTICED_AFTER_MS);
}

const INTERRUPTED: Ending = {
  transitionReason: 'Server.SpotInstanceTermination',
  stateReason: {
    code: 'Server.SpotInstanceTermination',
    message: 'Server.SpotInstanceTermination: Spot instance termination',
  },
};

/** Gives notice to a spot instance, which EC2 then takes back. @returns false for one that is no running spot instance */
export function interruptInstance(scope: Scope, instanceId: string, noticeSeconds: number): boolean {
  const state = ec2State(scope);
  const instance = state.instances[instanceId];
  if (instance?.state !== 'running' || !instance.spot) return false;
  const at = scope.world.now() + noticeSeconds * 1000;
  instance.interruptionAt = at;
  state.transitions[instanceId] = at;
  scope.world.wake(TRANSITIONS_TASK, scope.region, at);
  return true;
}

/** @throws AwsError IncorrectInstanceState, UnsupportedOperation for a spot instance */
export function stopInstance(state: Ec2State, scope: Scope, instance: InstanceRecord): void {
  const { instanceId } = instance;
  if (instance.state === 'stopped' || instance.state === 'stopping') return;
  if (instance.spot) {
    throw new AwsError(
      'UnsupportedOperation',
      `You can't stop the Spot Instance '${instanceId}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`,
    );
  }
  if (instance.state !== 'running') throw incorrectState(instance, 'stopped');
  stopRunning(scope, instance, userInitiated(scope, 'stop'));
  enterState(state, scope, instance, 'stopping');
  tellGroup(state, scope, instanceId, NOTICED_AFTER_MS);
}

function stopRunning(scope: Scope, instance: InstanceRecord, ending: Ending): void {
  instance.stateTransitionReason = ending.transitionReason;
  instance.stateReason = ending.stateReason;
  Reflect.deleteProperty(instance, 'publicIp');
  hardwareOf(scope.world).powerOff(scope, instance.instanceId);
}

/** @throws AwsError IncorrectInstanceState */
export function startInstance(state: Ec2State, scope: Scope, instance: InstanceRecord): void {
  if (instance.state === 'running' || instance.state === 'pending') return;
  if (instance.state !== 'stopped') throw incorrectState(instance, 'started');
  instance.launchTime = scope.world.now();
  instance.stateTransitionReason = '';
  Reflect.deleteProperty(instance, 'stateReason');
  if (instance.hasPublicIp) instance.publicIp = publicAddress(scope);
  enterState(state, scope, instance, 'pending');
}

function incorrectState({ instanceId, state }: InstanceRecord, wanted: string): AwsError {
  return new AwsError(
    'IncorrectInstanceState',
    `The instance '${instanceId}' is not in a state from which it can be ${wanted}. (current state: ${state})`,
  );
}
