import type { World } from '../kernel/world.ts';
import { dispatchSoon } from './dispatch.ts';
import { buildkiteState, type JobRecord } from './state.ts';

export interface JobRequest {
  readonly queue: string;
  /** How long a modelled agent takes for it. Default 60. */
  readonly seconds?: number;
  /** Beside what every job has. `BUILDKITE_COMMAND` is what an agent that speaks HTTP runs. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Puts a job into a queue. */
export function pushJob(world: World, { queue, seconds = 60, env = {} }: JobRequest): JobRecord {
  const id = world.ids.uuid();
  const job: JobRecord = {
    id,
    queue,
    seconds,
    env: {
      BUILDKITE: 'true',
      CI: 'true',
      BUILDKITE_JOB_ID: id,
      BUILDKITE_ORGANIZATION_SLUG: 'sandbox',
      BUILDKITE_PIPELINE_SLUG: 'sandbox',
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

/** The jobs that ended because what they ran on vanished: the number that shall be 0. */
export function lostJobs(world: World): JobRecord[] {
  return Object.values(buildkiteState(world).jobs).filter(({ state }) => state === 'lost');
}
