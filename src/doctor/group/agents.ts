import { agentsByInstance } from '../../stack/instances/agents.ts';
import { machinesOf } from '../../stack/instances/list.ts';
import { counted } from '../../terminal/text.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** Instances in service without a single agent for this long are dead, whatever their health says; as the scaler has it. */
const DEAD_AFTER_SECONDS = 600;

/**
 * An instance that ends itself has no agent either, for as long as it takes to ship its last logs and be let go. A zombie is
 * still one after that.
 */
const LOOK_AGAIN_SECONDS = 30;

/** What tells which instances have no agent. */
export interface AgentFacts {
  /** In service, with how long they have been running, in seconds. */
  readonly inService: readonly { readonly instanceId: string; readonly seconds: number }[];
  /** Agents connected on the queue, wherever they run. */
  readonly onQueue: number;
  /** How many agents each instance has; undefined where only Buildkite's REST API would know, and there is no token for it. */
  readonly byInstance?: ReadonlyMap<string, { readonly total: number }> | undefined;
}

/** Whether the instances have agents. A zombie costs money, counts as capacity, and runs no job. */
export function agentsCheck(facts: StackFacts, restToken: string | undefined, signal: AbortSignal): Check {
  return {
    title: 'Agents',
    run: async () => {
      const [agents, queue, group] = await Promise.all([
        agentFacts(facts, restToken),
        facts.queue(),
        facts.group(),
      ]);
      // Why Buildkite is not known to say anything is told by the check of the token.
      if (agents === undefined || group === undefined || !queue.known) return examined('not known');
      const { drains: safe } = await facts.draining(group);
      const zombies = await lastingZombies(facts, zombiesOf(agents), restToken, signal);
      const { total, busy } = queue.report.agents;
      return examined(
        `${counted(total, 'agent')} connected, ${busy} busy`,
        judgeZombies(zombies, facts.region, safe && ((ids) => markUnhealthy(facts, ids, restToken))),
      );
    },
  };
}

/** Those that are zombies at another look a while later too. */
async function lastingZombies(
  facts: StackFacts,
  suspects: readonly string[],
  restToken: string | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  if (suspects.length === 0) return [];
  await facts.aws.wait(LOOK_AGAIN_SECONDS, signal);
  const agents = await agentFacts(facts.fresh(), restToken);
  const still = agents === undefined ? [] : zombiesOf(agents);
  return suspects.filter((id) => still.includes(id));
}

async function agentFacts(facts: StackFacts, restToken: string | undefined): Promise<AgentFacts | undefined> {
  const [group, queue] = await Promise.all([facts.group(), facts.queue()]);
  if (group === undefined || !queue.known) return undefined;
  const [machines, byInstance, now] = await Promise.all([
    machinesOf(facts.aws, group.AutoScalingGroupName ?? ''),
    agentsByInstance(facts.aws, facts.stack, restToken).catch(() => undefined),
    facts.aws.clock(),
  ]);
  const members = (group.Instances ?? []).filter(
    ({ LifecycleState, HealthStatus = '' }) =>
      LifecycleState === 'InService' && HealthStatus.toLowerCase() === 'healthy',
  );
  return {
    inService: members.map(({ InstanceId = '' }) => {
      const launched = machines.get(InstanceId)?.LaunchTime?.getTime();
      return { instanceId: InstanceId, seconds: launched === undefined ? 0 : (now() - launched) / 1000 };
    }),
    onQueue: queue.report.agents.total,
    byInstance,
  };
}

/** A person may have thought for a while: those that have an agent by now are left alone. */
async function markUnhealthy(
  facts: StackFacts,
  instanceIds: readonly string[],
  restToken: string | undefined,
): Promise<void> {
  const agents = await agentFacts(facts.fresh(), restToken);
  const still = agents === undefined ? [] : zombiesOf(agents);
  const { SetInstanceHealthCommand } = await import('../../aws/sdk/auto-scaling.ts');
  const client = await facts.aws.clients.autoScaling();
  for (const InstanceId of instanceIds.filter((id) => still.includes(id))) {
    await client.send(
      new SetInstanceHealthCommand({
        InstanceId,
        HealthStatus: 'Unhealthy',
        ShouldRespectGracePeriod: false,
      }),
    );
  }
}

/** Instances in service for a while that have no agent: for certain, and not because of what is not known. */
export function zombiesOf({ inService, onQueue, byInstance }: AgentFacts): string[] {
  const settled = inService.filter(({ seconds }) => seconds >= DEAD_AFTER_SECONDS);
  // An agent anywhere on the queue may be of any of them.
  if (byInstance === undefined) return onQueue > 0 ? [] : settled.map(({ instanceId }) => instanceId);
  return settled
    .filter(({ instanceId }) => (byInstance.get(instanceId)?.total ?? 0) === 0)
    .map(({ instanceId }) => instanceId);
}

export function judgeZombies(
  zombies: readonly string[],
  region: string,
  /** False where nothing would make an ending instance wait for its jobs. */
  mark: false | ((instanceIds: readonly string[]) => Promise<void>),
): Finding | undefined {
  if (zombies.length === 0) return undefined;
  const list = zombies.join(', ');
  return {
    code: 'instances-without-agents',
    severity: 'error',
    message: `${counted(zombies.length, 'instance')} in service without an agent: ${list}`,
    meaning: 'They cost money and count as capacity, but no job ever runs on them.',
    fix: zombies
      .map(
        (id) =>
          `aws autoscaling set-instance-health --instance-id ${id} --health-status Unhealthy --no-should-respect-grace-period --region ${region}`,
      )
      .join('\n'),
    ...(mark !== false && {
      repair: {
        does: `Marks ${list} unhealthy, so that the group replaces ${zombies.length === 1 ? 'it' : 'them'}.`,
        carryOut: () => mark(zombies),
      },
    }),
  };
}
