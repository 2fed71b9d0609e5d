import type { World } from '../kernel/world.ts';
import { DISPATCH_TASK, dispatchSoon } from './dispatch.ts';
import { buildkiteState, type JobRecord } from './state.ts';

export interface JobRequest {
  readonly queue: string;
  /** How long a modelled agent takes for it. Default 60. */
  readonly seconds?: number;
  /** Beside what every job has. `BUILDKITE_COMMAND` is what an agent that speaks HTTP runs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Tags that an agent needs for it beside the queue, as Buildkite's REST API names them: `os=windows`. */
  readonly agentQueryRules?: readonly string[];
}

/** Puts a job into a queue. */
export function pushJob(
  world: World,
  { queue, seconds = 60, env = {}, agentQueryRules }: JobRequest,
): JobRecord {
  const id = world.ids.uuid();
  const job: JobRecord = {
    id,
    queue,
    seconds,
    ...(agentQueryRules && { agentQueryRules }),
    env: {
      BUILDKITE: 'true',
      CI: 'true',
      BUILDKITE_JOB_ID: id,
      BUILDKITE_ORGANIZATION_SLUG: 'sandbox',
      BUILDKITE_PIPELINE_SLUG: 'sandbox',
      BUILDKITE_PIPELINE_PROVIDER: 'git',
      BUILDKITE_BUILD_ID: world.ids.uuid(),
      BUILDKITE_BUILD_NUMBER: '1',
      BUILDKITE_REPO: '',
      BUILDKITE_COMMIT: 'HEAD',
      BUILDKITE_BRANCH: 'main',
      BUILDKITE_AGENT_META_DATA_QUEUE: queue,
      BUILDKITE_COMMAND: 'true',
      ...env,
    },
    scheduledAt: world.now(),
    state: 'scheduled',
    log: {},
  };
  buildkiteState(world).jobs[id] = job;
  dispatchSoon(world, queue);
  return job;
}

/** Has every job that a modelled agent runs be done now, however long it would take. @returns how many there are */
export function finishJobs(world: World): number {
  const running = Object.values(buildkiteState(world).jobs).filter(({ doneAt }) => doneAt !== undefined);
  for (const job of running) job.doneAt = world.now();
  if (running.length > 0) world.wake(DISPATCH_TASK, '', world.now());
  return running.length;
}

/** A job as a person looks at it. */
export interface DescribedJob {
  readonly id: string;
  readonly queue: string;
  readonly state: JobRecord['state'];
  readonly exitStatus: string | undefined;
  readonly agent: string | undefined;
  /** All that has arrived of it. */
  readonly log: string;
}

/** All that there were, the oldest first. */
export function describeJobs(world: World): DescribedJob[] {
  const { agents, jobs, ended } = buildkiteState(world);
  const all = [...Object.values(ended), ...Object.values(jobs)];
  all.sort((one, other) => one.scheduledAt - other.scheduledAt);
  return all.map(({ id, queue, state, exitStatus, agentId, log }) => ({
    id,
    queue,
    state,
    exitStatus,
    agent: agents[agentId ?? '']?.name,
    log: Object.keys(log)
      .sort((left, right) => Number(left) - Number(right))
      .map((sequence) => Buffer.from(world.blobs.get(log[sequence] ?? '')).toString('utf8'))
      .join(''),
  }));
}

/** The jobs that ended because what they ran on vanished: the number that shall be 0. */
export function lostJobs(world: World): JobRecord[] {
  return Object.values(buildkiteState(world).ended).filter(({ state }) => state === 'lost');
}
