import { agentsInService, type Observation } from './observation.ts';

/** On a group: the jobs that it doesn't grow for and when it tries them next, for a function that starts cold. */
export const STUCK_TAG = 'bk-stack:stuck';

/** Jobs for which capacity has been brought up in vain, as far as anybody can tell. */
export interface StuckJobs {
  readonly jobs: number;
  /** When one more instance tries them, in milliseconds since 1970. */
  readonly retryAt: number;
  /** Until the attempt after that one, in milliseconds. */
  readonly pauseMs: number;
  /** Agents of the latest attempt that may still be starting. */
  readonly starting: number;
  /**
   * Whether nothing has started since this group's idle agents left them waiting: a paused queue, perhaps. Jobs that come
   * then wait for the next attempt too.
   */
  readonly nothingStarts: boolean;
}

/** Jobs that wait although agents are idle, at every look. */
export interface Overlooked {
  /** The first of those looks, in milliseconds since 1970. */
  readonly since: number;
  /** Since when no job has started or ended, as far as the numbers tell, and the looks since then. */
  readonly quietSince: number;
  readonly quietLooks: number;
  /** At least so many jobs, none of them known to be stuck. */
  readonly jobs: number;
  /** At least so many of the idle agents were this group's. */
  readonly ownIdle: number;
}

/** The agents of a queue, as far as the metrics tell whose they are. */
export interface AgentsByOwner {
  /** Idle agents of this group: between these two. */
  readonly ownIdle: { readonly least: number; readonly most: number };
  /** Idle agents that aren't this group's, at least. */
  readonly foreignIdle: number;
}

/** The memory of watching the jobs, for the next look. */
export interface Watch {
  readonly overlooked: Overlooked | undefined;
  readonly stuck: StuckJobs | undefined;
  /** When the look before was, in milliseconds since 1970, and the jobs that it saw. */
  readonly lookedAt: number | undefined;
  readonly running: number;
  readonly scheduled: number;
}

/**
 * An idle agent takes a job that it may run within seconds. After this time the job isn't for those agents. It has to fit
 * into one invocation, as a function that starts cold begins to watch anew.
 */
const OVERLOOKED_AFTER_MS = 40_000;
/** After which jobs beside idle agents of others count even though other jobs come and go. */
const BUSY_AFTER_MS = 100_000;
/** One look before an outage and one after it don't tell what was between them. */
const QUIET_LOOKS = 3;
/** Looks further apart say nothing of the jobs between them. An invocation looks more often. */
const APART_MOST_MS = 90_000;
/** From the first attempt to the second. Each pause is twice the one before, up to the longest. */
const FIRST_PAUSE_MS = 120_000;
/** With two boots, of what tries and of what follows where that helps, about ten minutes. */
const LONGEST_PAUSE_MS = 330_000;

/**
 * Buildkite's metrics only count agents. Those beyond what the instances in service have are somebody else's, or finish
 * the last jobs of instances that are terminating; which of all are idle isn't known.
 */
export function agentsByOwner(
  {
    agents,
    group,
  }: Pick<Observation, 'agents'> & {
    readonly group: Pick<Observation['group'], 'inService' | 'agentsInService'>;
  },
  agentsPerInstance: number,
): AgentsByOwner {
  const own = agentsInService(group, agentsPerInstance);
  const others = Math.max(0, agents.total - own);
  const most = Math.min(agents.idle, own);
  return {
    ownIdle: { least: Math.max(0, agents.idle - others), most },
    foreignIdle: agents.idle - most,
  };
}

/** Tells whether the look before was so long ago that it says nothing of the time since. */
export function hasLostSight(
  { lookedAt = Infinity }: Pick<Watch, 'lookedAt'>,
  now: number,
  apartMostMs: number,
): boolean {
  return now - lookedAt > apartMostMs;
}

/**
 * Watches jobs that wait although agents are idle. Where those agents are this group's, more of the same won't take the
 * jobs either: they are stuck.
 */
export function watchJobs(
  { jobs, agents, now }: Pick<Observation, 'jobs' | 'agents' | 'now'>,
  { ownIdle }: AgentsByOwner,
  before: Watch,
): Watch {
  const known = stillStuck(jobs, before);
  const unknown = jobs.scheduled - stuckCount(known, jobs);
  // On a busy queue some agent is idle for a moment at every look. Where jobs start and end, that proves little.
  const moving = jobs.running !== before.running || jobs.scheduled < before.scheduled;
  const watched = hasLostSight(before, now, APART_MOST_MS) ? undefined : before.overlooked;
  const waits = stillOverlooked(watched, unknown, agents.idle, ownIdle.least, now);
  const overlooked = waits && moving ? { ...waits, quietSince: now, quietLooks: 1 } : waits;
  const seen = { lookedAt: now, running: jobs.running, scheduled: jobs.scheduled };
  const refused = isOverlookedForLong(overlooked, now) ? Math.min(overlooked.jobs, overlooked.ownIdle) : 0;
  if (refused === 0) return { overlooked, stuck: known, ...seen };
  return { overlooked: undefined, stuck: moreStuck(known, refused, now), ...seen };
}

/** Jobs that nothing is launched for before the next attempt. */
export function stuckCount(
  stuck: StuckJobs | undefined,
  { scheduled }: Pick<Observation['jobs'], 'scheduled'>,
): number {
  if (stuck === undefined) return 0;
  return stuck.nothingStarts ? scheduled : stuck.jobs;
}

/**
 * Jobs that idle agents of others have left waiting for so long that those agents can't run them. This group's may, so
 * each of these jobs gets one attempt. What its own have left waiting is stuck by now.
 */
export function untriedJobs(overlooked: Overlooked | undefined, now: number): number {
  return isOverlookedForLong(overlooked, now) ? overlooked.jobs : 0;
}

/**
 * Ends a time of watching that led to no attempt, so that the next look begins anew: its fewest jobs and idle agents say
 * nothing of those that came later.
 */
export function watchedInVain(overlooked: Overlooked | undefined, now: number): Overlooked | undefined {
  return isOverlookedForLong(overlooked, now) ? undefined : overlooked;
}

/** Whether an instance should try the stuck jobs again. */
export function isRetryDue(stuck: StuckJobs | undefined, now: number): boolean {
  return stuck !== undefined && now >= stuck.retryAt;
}

/**
 * What is known once instances have been asked for: for `untried` jobs, or for another try of those that are stuck.
 * @param starting agents that were asked for because of them
 */
export function attempted(
  stuck: StuckJobs | undefined,
  untried: number,
  starting: number,
  now: number,
): StuckJobs {
  const pauseMs = stuck?.pauseMs ?? FIRST_PAUSE_MS;
  const tried = stuck === undefined || isRetryDue(stuck, now);
  return {
    jobs: (stuck?.jobs ?? 0) + untried,
    starting: (stuck?.starting ?? 0) + starting,
    nothingStarts: stuck?.nothingStarts ?? false,
    retryAt: tried ? now + pauseMs : stuck.retryAt,
    pauseMs: tried ? Math.min(2 * pauseMs, LONGEST_PAUSE_MS) : pauseMs,
  };
}

/** A job that has started since the look before shows that the others may start too. Those that are gone were canceled. */
function stillStuck({ scheduled, running }: Observation['jobs'], before: Watch): StuckJobs | undefined {
  const { stuck } = before;
  if (stuck === undefined) return undefined;
  const nothingStarts = stuck.nothingStarts && running <= before.running;
  if (scheduled >= stuck.jobs) return { ...stuck, nothingStarts };
  if (scheduled === 0 || running > before.running) return undefined;
  return { ...stuck, nothingStarts, jobs: scheduled };
}

function stillOverlooked(
  before: Overlooked | undefined,
  jobs: number,
  idle: number,
  ownIdle: number,
  now: number,
): Overlooked | undefined {
  if (jobs <= 0 || idle === 0) return undefined;
  if (before === undefined) return { since: now, quietSince: now, quietLooks: 1, jobs, ownIdle };
  return {
    ...before,
    quietLooks: before.quietLooks + 1,
    jobs: Math.min(before.jobs, jobs),
    ownIdle: Math.min(before.ownIdle, ownIdle),
  };
}

function isOverlookedForLong(overlooked: Overlooked | undefined, now: number): overlooked is Overlooked {
  if (overlooked === undefined) return false;
  const { since, quietSince, quietLooks, ownIdle } = overlooked;
  const quiet = quietLooks >= QUIET_LOOKS && now - quietSince >= OVERLOOKED_AFTER_MS;
  return quiet || (ownIdle === 0 && now - since >= BUSY_AFTER_MS);
}

/** The first of them are tried at once; more of them don't put off the next attempt. */
function moreStuck(known: StuckJobs | undefined, jobs: number, now: number): StuckJobs {
  if (known !== undefined) return { ...known, jobs: known.jobs + jobs, nothingStarts: true };
  return { jobs, retryAt: now, pauseMs: FIRST_PAUSE_MS, starting: 0, nothingStarts: true };
}

/** The value of the tag: `3 until 2026-11-25T11:00:00.000Z then 240 s`, with `and nothing starts` where that is so, or `none`. */
export function stuckTagValue(stuck: StuckJobs | undefined): string {
  if (stuck === undefined) return 'none';
  const { jobs, retryAt, pauseMs, nothingStarts } = stuck;
  const value = `${jobs} until ${new Date(retryAt).toISOString()} then ${pauseMs / 1000} s`;
  return nothingStarts ? `${value} and nothing starts` : value;
}

/** Anything that can't be read counts as nothing known. */
export function stuckOf(tag: string | undefined): StuckJobs | undefined {
  const [, jobs, at = '', pause, nothing] =
    /^(\d+) until (\S+) then (\d+) s( and nothing starts)?$/.exec(tag ?? '') ?? [];
  const retryAt = Date.parse(at);
  if (Number.isNaN(retryAt)) return undefined;
  return {
    ...{ jobs: Number(jobs), retryAt, pauseMs: Number(pause) * 1000, starting: 0 },
    nothingStarts: nothing !== undefined,
  };
}
