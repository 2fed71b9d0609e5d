import type { Instant } from '../kernel/time.ts';
import { defineSlice } from '../kernel/slice.ts';
import type { World } from '../kernel/world.ts';

export interface AgentRecord {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** As agents register them: `queue=default`. */
  readonly tags: readonly string[];
  readonly hostname: string;
  /** What the agent shows in `Authorization` once it is registered. */
  readonly accessToken: string;
  /** The instance that it runs on, by its tag `aws:instance-id`. */
  readonly instanceId?: string;
  /** Whether it is part of a modelled instance, and not a program that speaks HTTP. */
  readonly modelled: boolean;
  readonly registeredAt: Instant;
  lastSeenAt: Instant;
  /** Since when it has had no job; meaningless while it has one. */
  idleSince: Instant;
  /** An agent that stops takes no further job; when it has none it disconnects. */
  stopping: boolean;
  jobId?: string;
}

export type JobState = 'scheduled' | 'assigned' | 'accepted' | 'running' | 'finished' | 'lost';

export interface JobRecord {
  readonly id: string;
  readonly queue: string;
  readonly env: Readonly<Record<string, string>>;
  /** Tags that an agent needs for it beside the queue: `os=windows`, or `os=*` for any value. */
  readonly agentQueryRules?: readonly string[];
  readonly scheduledAt: Instant;
  /** How long a modelled agent takes for it, in seconds. */
  readonly seconds: number;
  state: JobState;
  agentId?: string;
  startedAt?: Instant;
  finishedAt?: Instant;
  /** When the modelled agent that runs it will be done. */
  doneAt?: Instant;
  exitStatus?: string;
  /** Pieces of the log by their sequence number, as blobs. */
  log: Record<string, string>;
}

export interface BuildkiteState {
  agents: Record<string, AgentRecord>;
  /** The ids of the agents on each instance. */
  onInstances: Record<string, string[]>;
  /** Those that wait or run, the oldest first. */
  jobs: Record<string, JobRecord>;
  /** Those that are over, in the order of their ends: apart, as they are many, and every dispatch goes through the others. */
  ended: Record<string, JobRecord>;
  /** Registration tokens that were valid once. */
  revokedTokens: string[];
  /** By the id of the build, then by key. */
  metaData: Record<string, Record<string, string>>;
}

const slice = defineSlice<BuildkiteState>('buildkite', () => ({
  agents: {},
  onInstances: {},
  jobs: {},
  ended: {},
  revokedTokens: [],
  metaData: {},
}));

/** Buildkite is one for all regions. */
export function buildkiteState(world: World): BuildkiteState {
  return slice(world.scope('global'));
}

/** A job that waits, runs or is over. */
export function jobOf({ jobs, ended }: BuildkiteState, id: string): JobRecord | undefined {
  return jobs[id] ?? ended[id];
}

export const ORGANIZATION = 'sandbox';
