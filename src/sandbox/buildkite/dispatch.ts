import type { Task, World } from '../kernel/world.ts';
import type { Instant } from '../kernel/time.ts';
import { buildkiteState, type AgentRecord, type BuildkiteState, type JobRecord } from './state.ts';

/** The task that gives jobs to modelled agents and ends those that are done. There is one, with an empty key. */
export const DISPATCH_TASK = 'buildkite.dispatch';

/** How long it takes, at most, until an idle agent's next ping brings it a job. */
const PING_MS = 2_000;

/** Has the jobs of a queue looked at, if there are any that wait. */
export function dispatchSoon(world: World, queue: string): void {
  const waiting = Object.values(buildkiteState(world).jobs).some(
    (job) => job.state === 'scheduled' && job.queue === queue,
  );
  if (waiting) world.wake(DISPATCH_TASK, '', world.now() + PING_MS);
}

/** The oldest job that an agent could take. */
export function nextJobFor(state: BuildkiteState, agent: AgentRecord): JobRecord | undefined {
  if (!isFree(agent)) return undefined;
  return Object.values(state.jobs).find(
    (job) => job.state === 'scheduled' && job.queue === agent.queue && mayRun(agent, job),
  );
}

/** Whether an agent has every tag that a job asks for. */
function mayRun({ tags }: AgentRecord, { agentQueryRules = [] }: JobRecord): boolean {
  return agentQueryRules.every((rule) =>
    rule.endsWith('=*') ? tags.some((tag) => tag.startsWith(rule.slice(0, -1))) : tags.includes(rule),
  );
}

function isFree({ stopping, jobId }: AgentRecord): boolean {
  return !stopping && jobId === undefined;
}

/** Jobs that wait for an agent, the oldest first, by queue: for many agents at once. */
function waitingJobs({ jobs }: BuildkiteState): Map<string, JobRecord[]> {
  const waiting = new Map<string, JobRecord[]>();
  for (const job of Object.values(jobs)) {
    if (job.state !== 'scheduled') continue;
    const queue = waiting.get(job.queue);
    if (queue === undefined) waiting.set(job.queue, [job]);
    else queue.push(job);
  }
  return waiting;
}

/** Takes the first job that an agent may run out of those that wait. */
function takeJob(agent: AgentRecord, waiting: JobRecord[] | undefined): JobRecord | undefined {
  const first = waiting?.findIndex((job) => mayRun(agent, job)) ?? -1;
  return first < 0 ? undefined : waiting?.splice(first, 1)[0];
}

export function assign(job: JobRecord, agent: AgentRecord): void {
  job.state = 'assigned';
  job.agentId = agent.id;
  agent.jobId = job.id;
}

/** Ends a job, which frees its agent. */
export function finishJob(world: World, job: JobRecord, exitStatus: string): void {
  const agent = buildkiteState(world).agents[job.agentId ?? ''];
  job.exitStatus = exitStatus;
  endJob(world, job, 'finished');
  if (agent === undefined) return;
  Reflect.deleteProperty(agent, 'jobId');
  agent.idleSince = world.now();
}

/** Puts a job with those that are over. What becomes of its agent is for who ends it. */
export function endJob(world: World, job: JobRecord, state: 'finished' | 'lost'): void {
  const { jobs, ended } = buildkiteState(world);
  job.state = state;
  job.finishedAt = world.now();
  Reflect.deleteProperty(job, 'doneAt');
  Reflect.deleteProperty(jobs, job.id);
  ended[job.id] = job;
}

/** Ends what is done, then starts what can be started. Agents that speak HTTP ask for themselves. */
export const runDispatch: Task = (world) => {
  const state = buildkiteState(world);
  const now = world.now();
  for (const job of Object.values(state.jobs)) {
    if (job.doneAt !== undefined && job.doneAt <= now) finishJob(world, job, '0');
  }
  const waiting = waitingJobs(state);
  for (const agent of Object.values(state.agents)) {
    const job = agent.modelled && isFree(agent) ? takeJob(agent, waiting.get(agent.queue)) : undefined;
    if (job === undefined) continue;
    assign(job, agent);
    job.state = 'running';
    job.startedAt = now;
    job.doneAt = now + job.seconds * 1000;
  }
  const next = Object.values(state.jobs).reduce<Instant | undefined>(
    (soonest, { doneAt }) => (doneAt === undefined ? soonest : Math.min(soonest ?? doneAt, doneAt)),
    undefined,
  );
  if (next !== undefined) world.wake(DISPATCH_TASK, '', next);
};
