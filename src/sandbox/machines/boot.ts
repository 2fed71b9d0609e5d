import { isRefusedToken } from '../buildkite/tokens.ts';
import { registerAgent } from '../buildkite/agents.ts';
import { failingBoot } from '../faults/index.ts';
import { AwsError } from '../kernel/errors.ts';
import type { Scope, Task } from '../kernel/world.ts';
import type { Instant } from '../kernel/time.ts';
import type { InstanceRecord } from '../services/ec2/state/instance.ts';
import { ec2State } from '../services/ec2/state/state.ts';
import { machineSays } from './logging.ts';
import { entersWarmPool } from '../../host/boot/stages.ts';
import { endLaunch, lookAfterMachines } from './life.ts';
import { targetStateOf } from './metadata.ts';
import { BOOT_TASK } from './power.ts';
import { machinesOf, type MachineRecord } from './state.ts';
import { readUserData, type Boot, type SignalTarget } from './user-data.ts';

/** How long a start may take before it counts as lost with the server that ran it, and is done again. */
const RETRIED_AFTER_MS = 120_000;
const MOST_AGENTS = 100;

/** Carries every machine on whose boot is due, and asks to be woken for the next. */
export const runBoots: Task = (world, region) => {
  const scope = world.scope(region);
  const machines = machinesOf(scope);
  const now = world.now();
  for (const machine of Object.values(machines)) {
    if (machine.dueAt !== undefined && machine.dueAt <= now) proceed(scope, machine);
  }
  const next = Object.values(machines).reduce<Instant | undefined>(
    (soonest, { dueAt }) => (dueAt === undefined ? soonest : Math.min(soonest ?? dueAt, dueAt)),
    undefined,
  );
  if (next !== undefined) world.wake(BOOT_TASK, region, next);
};

function proceed(scope: Scope, machine: MachineRecord): void {
  const { world } = scope;
  const instance = ec2State(scope).instances[machine.instanceId];
  Reflect.deleteProperty(machine, 'dueAt');
  if (instance?.state !== 'running') return;
  const prefix = bootOf(scope, instance).settings['BK_STACK_LOG_GROUP_PREFIX'];
  if (prefix !== undefined) machine.logGroupPrefix = prefix;
  const failure = machine.phase === 'booting' ? failingBoot(world, machine.instanceId) : undefined;
  if (failure !== undefined) {
    machine.phase = 'failed';
    machine.failure = failure;
    machineSays(scope, machine, 'boot', `failed: ${failure}`);
    return;
  }
  machine.phase = 'starting';
  machine.dueAt = world.now() + RETRIED_AFTER_MS;
  world.background(start(scope, machine, instance));
}

/** What the user data does once the network is there: it starts the agents and tells CloudFormation. */
async function start(scope: Scope, machine: MachineRecord, instance: InstanceRecord): Promise<void> {
  const boot = bootOf(scope, instance);
  if (!boot.startsHostProgram) machine.foreign = true;
  const token = await agentToken(scope, boot);
  // The instance may have been ended while its token was read.
  if (instance.state !== 'running') return;
  Reflect.deleteProperty(machine, 'dueAt');
  if (entersWarmPool(targetStateOf(scope, machine.instanceId))) {
    machineSays(scope, machine, 'boot', 'this instance waits in the warm pool, without agents');
    machine.phase = 'warm';
    endLaunch(scope, machine);
    return;
  }
  startAgents(scope, machine, instance, boot, token);
  machineSays(scope, machine, 'boot', 'the agent is started');
  machine.phase = 'up';
  const idleSeconds = Number(boot.settings['BUILDKITE_SCALE_IN_IDLE_PERIOD']);
  if (idleSeconds > 0) machine.idleSeconds = idleSeconds;
  lookAfterMachines(scope);
  endLaunch(scope, machine);
  const target = signalTarget(scope, instance, boot);
  if (target === undefined) return;
  try {
    await scope.world.call(scope, 'cloudformation', 'SignalResource', {
      StackName: target.stackName,
      LogicalResourceId: target.logicalResourceId,
      UniqueId: instance.instanceId,
      Status: 'SUCCESS',
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    machine.remarks.push(
      `An error occurred (${error.code}) when calling the SignalResource operation: ${error.message}`,
    );
  }
}

function bootOf({ world }: Scope, { userData }: InstanceRecord): Boot {
  return readUserData(userData === undefined ? '' : Buffer.from(world.blobs.get(userData)).toString());
}

/** Scripts that say neither stack nor resource signal for what CloudFormation tagged the instance with. */
function signalTarget(scope: Scope, { instanceId }: InstanceRecord, boot: Boot): SignalTarget | undefined {
  if (!boot.signals) return undefined;
  const tags = ec2State(scope).tags[instanceId] ?? {};
  const stackName = boot.target.stackName ?? tags['aws:cloudformation:stack-name'];
  const logicalResourceId = boot.target.logicalResourceId ?? tags['aws:cloudformation:logical-id'];
  return stackName === undefined || logicalResourceId === undefined
    ? undefined
    : { stackName, logicalResourceId };
}

/** The token as the script would read it from the Parameter Store; undefined where it names none. */
async function agentToken(scope: Scope, { settings }: Boot): Promise<string | undefined> {
  if (settings['BUILDKITE_AGENT_TOKEN']) return settings['BUILDKITE_AGENT_TOKEN'];
  const Name = settings['BUILDKITE_AGENT_TOKEN_PATH'];
  if (!Name || scope.world.service('ssm') === undefined) return undefined;
  try {
    const { Parameter } = await scope.world.call<{ Parameter?: { Value?: string } }>(
      scope,
      'ssm',
      'GetParameter',
      {
        Name,
        WithDecryption: true,
      },
    );
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

function startAgents(
  scope: Scope,
  machine: MachineRecord,
  instance: InstanceRecord,
  { settings }: Boot,
  token: string | undefined,
): void {
  const queue = settings['BUILDKITE_QUEUE'];
  if (queue === undefined) return;
  if (token === undefined || isRefusedToken(scope.world, token)) {
    const refusal = 'buildkite-agent: POST /v3/register: 401 Unauthorized: Invalid access token';
    machine.remarks.push(refusal);
    machineSays(scope, machine, 'agent', refusal);
    return;
  }
  const count = Math.min(
    Math.max(1, Number(settings['BUILDKITE_AGENTS_PER_INSTANCE'] ?? 1) || 1),
    MOST_AGENTS,
  );
  const further = (settings['BUILDKITE_AGENT_TAGS'] ?? '').split(',').filter((tag) => tag.includes('='));
  for (let spawn = 1; spawn <= count; spawn++) {
    const name = `${settings['BK_STACK_NAME'] ?? 'agent'}-${instance.instanceId}-${spawn}`;
    machineSays(scope, machine, 'agent', `${name} is registered, and serves the queue ${queue}`);
    registerAgent(scope.world, {
      name,
      tags: [`queue=${queue}`, `aws:instance-id=${instance.instanceId}`, ...further],
      hostname: `ip-${instance.privateIp.replaceAll('.', '-')}`,
      modelled: true,
    });
  }
}
