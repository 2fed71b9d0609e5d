/** What the stack's parameters say about scaling. */
export interface ScalingSettings {
  readonly agentsPerInstance: number;
  /** Instances that are to be idle beside what jobs need. */
  readonly instanceBuffer: number;
  /** By which growth is multiplied. */
  readonly scaleOutFactor: number;
  /** Whether jobs behind a wait or block step count as well. */
  readonly scaleOutForWaitingJobs: boolean;
  /** Whether only the instances themselves make the group smaller. */
  readonly disableScaleIn: boolean;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
}

/** What Buildkite says of the queue. */
export interface QueueMetrics {
  readonly jobs: { readonly scheduled: number; readonly running: number; readonly waiting: number };
  readonly agents: { readonly idle: number; readonly busy: number; readonly total: number };
}

/** What Auto Scaling says of the group, in instances. */
export interface GroupFacts {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** Launching or booting: the launching hook holds an instance there until its agents are up. */
  readonly pending: number;
  readonly inService: number;
  /** Finishing their last jobs. They count for nothing that is to come. */
  readonly terminating: number;
  /** Whether bk-stack was told to leave the group alone. */
  readonly paused: boolean;
  /** What it does not go below for jobs that are expected, where that is more than `min`. */
  readonly held?: number;
}

export interface Observation extends QueueMetrics {
  readonly group: GroupFacts;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Instances that are to be up for jobs that are expected. None where it is left out. */
  readonly expected?: number;
}

/** What one decision leaves for the next. Losing it costs nothing but time: all of it is found out again. */
export interface Memory {
  /** Since when instances in service lack agents, in milliseconds since 1970. */
  readonly missingSince: number | undefined;
  /** Jobs that idle agents do not take: how many at least, and since when. */
  readonly blocked: { readonly jobs: number; readonly since: number } | undefined;
  /** Jobs that are known to be of no use to grow for, and when to try that again. */
  readonly stuck: { readonly jobs: number; readonly retryAt: number } | undefined;
  readonly scaledOutAt: number | undefined;
  readonly scaledInAt: number | undefined;
}

export const NOTHING_REMEMBERED: Memory = {
  missingSince: undefined,
  blocked: undefined,
  stuck: undefined,
  scaledOutAt: undefined,
  scaledInAt: undefined,
};

export interface Decision {
  readonly desired: number;
  /** Below which idle instances stay: for jobs that are expected, or the group's `min`. */
  readonly least: number;
  /** In words, for the log. */
  readonly reason: string;
  /** Agents that instances in service should have and do not have. */
  readonly missingAgents: number;
  /** Jobs that no idle agent takes. */
  readonly stuckJobs: number;
  readonly memory: Memory;
}

/** How long instances in service may be without agents and still count as about to have them. */
const ARRIVING_MS = 300_000;
/** Idle agents that leave jobs lying for so long cannot run them: wrong tags, or a concurrency limit. */
const STUCK_AFTER_MS = 60_000;
/** After which one instance tries whether such jobs can run now. */
const STUCK_RETRY_MS = 600_000;

/**
 * How many instances the group is to have: what jobs need, and at least as many as are expected to be of use. That is a
 * size and no growth, so it counts nothing twice, and jobs that come then find it.
 */
export function decide(observation: Observation, settings: ScalingSettings, memory: Memory): Decision {
  const { group, expected = 0 } = observation;
  const needed = decideOnNeed(observation, settings, memory);
  if (group.paused) return { ...needed, least: group.held ?? group.min };
  const least = clamp(expected, group);
  if (least <= needed.desired) return { ...needed, least };
  return { ...needed, least, desired: least, reason: `${least} instances are expected to be of use soon` };
}

/**
 * It grows by what waits and has neither an idle agent nor an instance on its
 * way; nothing is counted twice, so the same observation a second later changes nothing. It shrinks here only where the
 * instances do not do that themselves.
 */
function decideOnNeed(
  observation: Observation,
  settings: ScalingSettings,
  memory: Memory,
): Omit<Decision, 'least'> {
  const { jobs, agents, group, now } = observation;
  const perInstance = settings.agentsPerInstance;
  const missing = Math.max(0, group.inService * perInstance - agents.total);
  const missingSince = missing === 0 ? undefined : (memory.missingSince ?? now);
  const arriving = missingSince !== undefined && now - missingSince < ARRIVING_MS ? missing : 0;
  // What is wanted and not there yet is on its way, whether it has begun to launch or not.
  const coming = Math.max(0, group.desired - group.inService) * perInstance;
  const { blocked, stuck } = stuckJobs(observation, memory);

  const waiting = settings.scaleOutForWaitingJobs ? jobs.waiting : 0;
  const known = notGrownFor(stuck, jobs.scheduled, now);
  const wanted = jobs.scheduled - known + waiting + settings.instanceBuffer * perInstance;
  const there = agents.idle + coming + arriving;
  const told = {
    missingAgents: missingSince !== undefined && arriving === 0 ? missing : 0,
    stuckJobs: known,
  };
  const remembered = { ...memory, missingSince, blocked, stuck };
  const stay = (reason: string) => ({
    desired: group.desired,
    reason,
    ...told,
    memory: remembered,
  });

  if (group.paused) return stay('paused: the group is left as it is');
  if (wanted > there) {
    const grown = Math.ceil(((wanted - there) * settings.scaleOutFactor) / perInstance);
    // Instances that are protected stay when the group is to be smaller, and have their jobs.
    const present = Math.max(group.desired, group.inService + group.pending);
    const desired = clamp(present + grown, group);
    const need = `${wanted} jobs want an agent, ${there} agents are idle or on their way`;
    if (desired <= group.desired) return stay(`${need}: the group is at its most, ${group.max}`);
    const waits = cooling(memory.scaledOutAt, settings.scaleOutCooldownSeconds, now);
    if (waits > 0) return stay(`${need}: ScaleOutCooldownPeriod lasts ${waits} s more`);
    return { desired, reason: need, ...told, memory: { ...remembered, scaledOutAt: now } };
  }
  if (settings.disableScaleIn) {
    return stay(
      known > 0 ? `${known} jobs that no idle agent takes are not grown for` : 'enough agents for every job',
    );
  }
  const spare = Math.floor((agents.idle - wanted) / perInstance);
  const desired = clamp(group.desired - Math.max(0, spare), group);
  // With instances on their way the idle agents of today say nothing about tomorrow.
  if (desired >= group.desired || coming + arriving > 0) return stay('enough agents for every job');
  const since = Math.max(memory.scaledInAt ?? -Infinity, memory.scaledOutAt ?? -Infinity);
  const waits = cooling(since, settings.scaleInCooldownSeconds, now);
  if (waits > 0) return stay(`${spare} instances are idle: ScaleInCooldownPeriod lasts ${waits} s more`);
  return {
    desired,
    reason: `${spare} instances are idle`,
    ...told,
    memory: { ...remembered, scaledInAt: now },
  };
}

/** Never beyond the group's limits, and never a change that they alone would make: the group does that itself. */
function clamp(desired: number, { min, max }: GroupFacts): number {
  return Math.max(min, Math.min(max, desired));
}

/** Seconds that a cooldown still lasts. */
function cooling(since: number | undefined, seconds: number, now: number): number {
  return since === undefined ? 0 : Math.max(0, Math.ceil(seconds - (now - since) / 1000));
}

/**
 * Watches jobs that lie beside idle agents. Once they have for a while, growing for them is of no use; from time to time
 * one of them counts again, as a limit may have been lifted while no agent was there to show it.
 */
function stuckJobs({ jobs, agents, now }: Observation, memory: Memory): Pick<Memory, 'blocked' | 'stuck'> {
  const beside = Math.min(jobs.scheduled, agents.idle);
  const blocked =
    beside === 0
      ? undefined
      : memory.blocked === undefined
        ? { jobs: beside, since: now }
        : { jobs: Math.min(memory.blocked.jobs, beside), since: memory.blocked.since };
  if (blocked !== undefined && now - blocked.since >= STUCK_AFTER_MS) {
    // All that wait now may be like them: those beside an idle agent are, and nothing tells the others apart.
    return {
      blocked,
      stuck: { jobs: Math.max(blocked.jobs, memory.stuck?.jobs ?? 0), retryAt: now + STUCK_RETRY_MS },
    };
  }
  const { stuck } = memory;
  // Once some of them have run the others may too.
  return { blocked, stuck: stuck !== undefined && jobs.scheduled < stuck.jobs ? undefined : stuck };
}

function notGrownFor(stuck: Memory['stuck'], scheduled: number, now: number): number {
  if (stuck === undefined) return 0;
  return Math.min(now < stuck.retryAt ? stuck.jobs : stuck.jobs - 1, scheduled);
}
