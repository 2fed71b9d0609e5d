import { randomBytes } from 'node:crypto';
import type { World } from '../kernel/world.ts';
import { dispatchSoon, endJob } from './dispatch.ts';
import { buildkiteState, type AgentRecord } from './state.ts';

export interface Registration {
  readonly name: string;
  readonly tags: readonly string[];
  readonly hostname: string;
  readonly modelled?: boolean;
}

/** Registers an agent, which serves the queue of its `queue` tag, or `default`. */
export function registerAgent(
  world: World,
  { name, tags, hostname, modelled = false }: Registration,
): AgentRecord {
  const tag = (key: string) => tags.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1);
  const queue = tag('queue') ?? 'default';
  const instanceId = tag('aws:instance-id');
  const agent: AgentRecord = {
    id: world.ids.uuid(),
    name,
    queue,
    tags: [...tags],
    hostname,
    // Not drawn from the world's seed, as whoever has it acts as the agent.
    accessToken: randomBytes(20).toString('hex'),
    ...(instanceId !== undefined && { instanceId }),
    modelled,
    registeredAt: world.now(),
    lastSeenAt: world.now(),
    idleSince: world.now(),
    stopping: false,
  };
  const { agents, onInstances } = buildkiteState(world);
  agents[agent.id] = agent;
  if (instanceId !== undefined) (onInstances[instanceId] ??= []).push(agent.id);
  dispatchSoon(world, queue);
  return agent;
}

/** The agents on an instance. */
export function agentsOfInstance(world: World, instanceId: string): AgentRecord[] {
  const { agents, onInstances } = buildkiteState(world);
  return (onInstances[instanceId] ?? []).flatMap((id) => agents[id] ?? []);
}

export function agentOfToken(world: World, accessToken: string): AgentRecord | undefined {
  return Object.values(buildkiteState(world).agents).find((agent) => agent.accessToken === accessToken);
}

/** Lets an agent go that ends of its own will. What it has not finished by then is lost. */
export function disconnectAgent(world: World, agent: AgentRecord): void {
  loseAgent(world, agent);
}

/** Takes an agent away with the ground under it; the job that it had is lost. */
export function loseAgent(world: World, agent: AgentRecord): void {
  const { agents, jobs, onInstances } = buildkiteState(world);
  const job = agent.jobId === undefined ? undefined : jobs[agent.jobId];
  if (job !== undefined) {
    // A job that nobody has started yet goes back to its queue.
    if (job.state === 'assigned' || job.state === 'accepted') {
      job.state = 'scheduled';
      Reflect.deleteProperty(job, 'agentId');
    } else if (job.state === 'running') {
      endJob(world, job, 'lost');
    }
  }
  Reflect.deleteProperty(agents, agent.id);
  if (agent.instanceId !== undefined) {
    const left = (onInstances[agent.instanceId] ?? []).filter((id) => id !== agent.id);
    if (left.length > 0) onInstances[agent.instanceId] = left;
    else Reflect.deleteProperty(onInstances, agent.instanceId);
  }
  if (job !== undefined) dispatchSoon(world, job.queue);
}
