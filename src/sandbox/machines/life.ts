import { actionText } from '../../host/lifecycle/action-text.ts';
import { handleAgentExit } from '../../host/lifecycle/agent-exit.ts';
import { type Action, INITIAL_PROGRESS, decide } from '../../host/lifecycle/decide.ts';
import type { GroupCalls } from '../../host/lifecycle/group.ts';
import { LAUNCHING_HOOK, TERMINATING_HOOK } from '../../host/contract/hooks.ts';
import type { Notices } from '../../host/lifecycle/metadata.ts';
import { isAtMinimum } from '../../host/contract/refusal.ts';
import { agentsOfInstance, disconnectAgent, registerAgent } from '../buildkite/agents.ts';
import { finishJob } from '../buildkite/dispatch.ts';
import { buildkiteState, type AgentRecord } from '../buildkite/state.ts';
import { AwsError } from '../kernel/errors.ts';
import type { Scope, Task } from '../kernel/world.ts';
import { groupOfInstance, memberOf } from '../services/autoscaling/state.ts';
import { ec2State } from '../services/ec2/state/state.ts';
import { machineSays } from './logging.ts';
import { targetStateOf } from './metadata.ts';
import { LIFE_TASK } from './power.ts';
import { machinesOf, type MachineRecord } from './state.ts';

/** As often as the host program looks. */
const LOOK_MS = 5_000;

/** Has the machines of a region looked after, from the time on when one of them is up. */
export function lookAfterMachines({ world, region }: Scope): void {
  world.wake(LIFE_TASK, region, world.now() + LOOK_MS);
}

/** What the host program does on each machine that is up, by its own decisions. */
export const runLives: Task = (world, region) => {
  const scope = world.scope(region);
  const up = Object.values(machinesOf(scope)).filter(({ phase }) => phase === 'up');
  for (const machine of up) live(scope, machine);
  if (up.length > 0) lookAfterMachines(scope);
};

function live(scope: Scope, machine: MachineRecord): void {
  const { world } = scope;
  const { instanceId, lifecycle = INITIAL_PROGRESS } = machine;
  if (ec2State(scope).instances[instanceId]?.state !== 'running') return;
  for (const agent of agentsOfInstance(world, instanceId)) {
    if (agent.stopping && agent.jobId === undefined) disconnectAgent(world, agent);
  }
  const agents = agentsOfInstance(world, instanceId);
  const notices = noticesOf(scope, machine);
  const agentRuns = agents.length > 0;
  const next = decide({ ...notices, agentRuns, now: world.now() }, lifecycle);
  machine.lifecycle = next.progress;
  for (const action of next.actions) carryOut(scope, machine, action, agents);
  if (next.progress.ending === undefined && isIdle(scope, machine, agents))
    endIdle(scope, machine, notices, agents);
}

/** The group's will reaches the host program alone. */
function noticesOf(scope: Scope, { instanceId, foreign }: MachineRecord): Notices {
  return {
    targetState: foreign ? undefined : targetStateOf(scope, instanceId),
    interruptionAt: ec2State(scope).instances[instanceId]?.interruptionAt,
    rebalance: false,
  };
}

function carryOut(
  scope: Scope,
  machine: MachineRecord,
  action: Action,
  agents: readonly AgentRecord[],
): void {
  const { instanceId } = machine;
  const group = groupCallsOf(scope, instanceId);
  machineSays(scope, machine, 'lifecycle', actionText(action));
  switch (action.kind) {
    case 'stop-agent':
      for (const agent of agents) agent.stopping = true;
      return;
    case 'cancel-jobs':
      for (const { jobId } of agents) {
        const job = buildkiteState(scope.world).jobs[jobId ?? ''];
        if (job !== undefined) finishJob(scope.world, job, '-1');
      }
      return;
    case 'heartbeat':
      quietly(scope, group.heartbeat());
      return;
    case 'complete':
      quietly(scope, group.complete());
      return;
    case 'replace':
      quietly(scope, group.terminate({ decrement: false }));
      return;
  }
}

/** Agents disconnect when all of an instance have been idle for the stack's idle period. */
function isIdle({ world }: Scope, { idleSeconds }: MachineRecord, agents: readonly AgentRecord[]): boolean {
  return (
    idleSeconds !== undefined &&
    agents.length > 0 &&
    agents.every(
      ({ jobId, idleSince }) => jobId === undefined && world.now() - idleSince >= idleSeconds * 1000,
    )
  );
}

function endIdle(
  scope: Scope,
  machine: MachineRecord,
  notices: Notices,
  agents: readonly AgentRecord[],
): void {
  const { world } = scope;
  const group = groupCallsOf(scope, machine.instanceId);
  for (const agent of agents) agent.stopping = true;
  const say = (line: string) => {
    machineSays(scope, machine, 'lifecycle', line);
  };
  const start = () => {
    const up = machinesOf(scope)[machine.instanceId]?.phase === 'up';
    for (const agent of agents) {
      if (buildkiteState(world).agents[agent.id] !== undefined) {
        Object.assign(agent, { stopping: false, idleSince: world.now() });
      } else if (up) {
        // It has disconnected while the group was asked.
        const { name, tags, hostname } = agent;
        registerAgent(world, { name, tags, hostname, modelled: true });
      }
    }
    return Promise.resolve();
  };
  quietly(
    scope,
    handleAgentExit(
      { serviceResult: 'success', notices, shuttingDown: false, endsByItself: false },
      { group, agent: { start }, say, flush: () => Promise.resolve() },
    ),
  );
}

/** The group by the sandbox's own Auto Scaling. */
function groupCallsOf(scope: Scope, instanceId: string): GroupCalls {
  const call = (operation: string, input: object) =>
    scope.world.call(scope, 'autoscaling', operation, { InstanceId: instanceId, ...input });
  const inHook = (LifecycleHookName: string) => ({
    LifecycleHookName,
    AutoScalingGroupName: groupOfInstance(scope, instanceId)?.name,
  });
  return {
    lifecycleState: () => {
      const group = groupOfInstance(scope, instanceId);
      return Promise.resolve(group && memberOf(group, instanceId)?.lifecycle);
    },
    async heartbeat() {
      await call('RecordLifecycleActionHeartbeat', inHook(TERMINATING_HOOK));
    },
    async complete() {
      await call('CompleteLifecycleAction', {
        ...inHook(TERMINATING_HOOK),
        LifecycleActionResult: 'CONTINUE',
      });
    },
    async heartbeatLaunch() {
      await call('RecordLifecycleActionHeartbeat', inHook(LAUNCHING_HOOK));
    },
    async completeLaunch(LifecycleActionResult) {
      await call('CompleteLifecycleAction', { ...inHook(LAUNCHING_HOOK), LifecycleActionResult });
    },
    async terminate({ decrement }) {
      try {
        await call('TerminateInstanceInAutoScalingGroup', { ShouldDecrementDesiredCapacity: decrement });
        return true;
      } catch (error) {
        if (decrement && error instanceof AwsError && isAtMinimum(error.code, error.message)) return false;
        throw error;
      }
    },
    async unprotect() {
      const group = groupOfInstance(scope, instanceId);
      if (!group?.members[instanceId]?.protectedFromScaleIn) return;
      await scope.world.call(scope, 'autoscaling', 'SetInstanceProtection', {
        AutoScalingGroupName: group.name,
        InstanceIds: [instanceId],
        ProtectedFromScaleIn: false,
      });
    },
    async markUnhealthy() {
      await call('SetInstanceHealth', { HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false });
    },
  };
}

/** Lets an instance enter service, or the warm pool, that its group's launching hook holds. */
export function endLaunch(scope: Scope, { instanceId, foreign }: MachineRecord): void {
  if (foreign) return;
  const group = groupOfInstance(scope, instanceId);
  const member = group && memberOf(group, instanceId);
  if (member !== undefined && LAUNCHING_HOOK in member.actions) {
    quietly(scope, groupCallsOf(scope, instanceId).completeLaunch('CONTINUE'));
  }
}

/** What Auto Scaling refuses, a host program would log and look at again. */
function quietly({ world }: Scope, work: Promise<unknown>): void {
  world.background(
    work.then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof AwsError)) throw error;
      },
    ),
  );
}
