import { bufferedSize, busyLately, type BusyMinute, noteBusy } from './buffer.ts';
import { agentsInService, type GroupFacts, type Observation, type ScalingSettings } from './observation.ts';
import {
  agentsByOwner,
  attempted,
  hasLostSight,
  isRetryDue,
  stuckCount,
  type StuckJobs,
  untriedJobs,
  type Watch,
  watchedInVain,
  watchJobs,
} from './stuck-jobs.ts';

/**
 * What one decision leaves for the next. Losing it costs nothing but time: all of it is found out again, but for the
 * stuck jobs, which the group keeps in a tag.
 */
export interface Memory extends Watch {
  /** Since when instances in service lack agents, in milliseconds since 1970. */
  readonly missingSince: number | undefined;
  /** In the latest minutes, the newest last. */
  readonly busy: readonly BusyMinute[];
  readonly scaledOutAt: number | undefined;
  readonly scaledInAt: number | undefined;
}

export const NOTHING_REMEMBERED: Memory = {
  missingSince: undefined,
  overlooked: undefined,
  stuck: undefined,
  lookedAt: undefined,
  running: 0,
  scheduled: 0,
  busy: [],
  scaledOutAt: undefined,
  scaledInAt: undefined,
};

export interface Decision {
  readonly desired: number;
  /** Below which idle instances stay: for jobs that are expected, for InstanceBuffer, or the group's `min`. */
  readonly forecastMinSize: number;
  /** In words, for the log. */
  readonly reason: string;
  /** Agents that instances in service should have and do not have. */
  readonly missingAgents: number;
  readonly memory: Memory;
}

/** How long instances in service may be without agents and still count as about to have them. */
const ARRIVING_MS = 300_000;

/**
 * How many instances the group is to have: what jobs need, and at forecastMinSize as many as are expected to be of use. That is a
 * size and no growth, so it counts nothing twice, and jobs that come then find it. Below it, and below what is busy and
 * InstanceBuffer, idle instances stay: ended and launched again they would be missing for a boot.
 */
export function decide(observation: Observation, settings: ScalingSettings, memory: Memory): Decision {
  const { group, expected = 0 } = observation;
  const needed = decideOnNeed(observation, settings, memory);
  if (group.paused) return { ...needed, forecastMinSize: group.held ?? group.min };
  const buffered = Math.min(needed.desired, bufferedSize(needed.memory.busy, settings));
  const forecastMinSize = clamp(Math.max(expected, buffered), group);
  if (forecastMinSize <= needed.desired) {
    const { desired, reason, missingAgents, memory: remembered } = needed;
    return { desired, forecastMinSize, reason, missingAgents, memory: remembered };
  }
  return {
    ...needed,
    forecastMinSize,
    desired: forecastMinSize,
    reason: `${counted(forecastMinSize, 'instance')} expected to be of use soon`,
  };
}

/**
 * It grows by what waits and has neither an idle agent nor an instance on its way; nothing is counted twice, so the same
 * observation a second later changes nothing. Jobs that idle agents leave waiting are grown for as well, once, and then
 * from time to time by one instance. It shrinks here only where the instances do not do that themselves.
 */
function decideOnNeed(
  observation: Observation,
  settings: ScalingSettings,
  memory: Memory,
): Omit<Decision, 'forecastMinSize'> {
  const { jobs, agents, group, now } = observation;
  const perInstance = settings.agentsPerInstance;
  const launched = agentsInService(group, perInstance);
  const missing = Math.max(0, launched - agents.total);
  const missedBefore = hasLostSight(memory, now, settings.apartMostMs) ? undefined : memory.missingSince;
  const missingSince = missing === 0 ? undefined : (missedBefore ?? now);
  const arriving = missingSince !== undefined && now - missingSince < ARRIVING_MS ? missing : 0;
  const coming = comingInstances(group) * perInstance;
  const owners = agentsByOwner(observation, perInstance);
  const watch = watchJobs(observation, owners, memory);
  const stuck = watch.stuck && { ...watch.stuck, starting: Math.min(watch.stuck.starting, coming) };

  const waiting = settings.scaleOutForWaitingJobs ? jobs.waiting : 0;
  const buffer = settings.instanceBuffer * perInstance;
  // Agents that start for stuck jobs are not there for others.
  const onTheWay = coming - (stuck?.starting ?? 0) + arriving;
  const waitingJobs = jobs.scheduled - stuckCount(stuck, jobs) + waiting;
  // The buffer is of this group's own; any idle agent may take a job.
  const wanted = Math.max(0, waitingJobs - owners.foreignIdle) + buffer;
  const lacking = Math.max(0, wanted - owners.ownIdle.most - onTheWay);
  const found = owners.ownIdle.least + onTheWay + lacking;
  const untried = Math.max(0, untriedJobs(watch.overlooked, now) - found);
  // At its maximum the group can't make an attempt, and one that is due must not keep idle instances.
  const retries = group.desired < group.max && isRetryDue(stuck, now);
  const missingAgents = arriving === 0 ? missing : 0;
  const busy = noteBusy(memory.busy, observation, perInstance);
  const overlooked = untried > 0 ? watch.overlooked : watchedInVain(watch.overlooked, now);
  // Written out: spread objects make up most of what a decision costs a simulation of millions.
  const { lookedAt, running, scheduled } = watch;
  const { scaledOutAt, scaledInAt } = memory;
  const remembered: Memory = {
    overlooked,
    stuck,
    lookedAt,
    running,
    scheduled,
    missingSince,
    busy,
    scaledOutAt,
    scaledInAt,
  };
  const stay = (reason: string) => ({
    desired: group.desired,
    reason,
    missingAgents,
    memory: remembered,
  });

  if (group.paused) return stay('paused: the group is left as it is');
  if (lacking + untried > 0 || retries) {
    const grown = Math.ceil((lacking * settings.scaleOutFactor + untried) / perInstance) + (retries ? 1 : 0);
    // Instances that are protected stay when the group is to be smaller, and have their jobs. What boots beyond the desired
    // size takes the place of another.
    const present = Math.max(group.desired, group.inService);
    const desired = clamp(present + grown, group);
    const need = needText({ waitingJobs, lacking, untried, retries }, observation, onTheWay, settings);
    if (desired <= group.desired) return stay(`${need}: the group is at its maximum, ${group.max}`);
    const waits = cooling(memory.scaledOutAt, settings.scaleOutCooldownSeconds, now);
    if (waits > 0) return stay(`${need}: ScaleOutCooldownPeriod lasts ${waits} s more`);
    const starting = untried + (retries ? perInstance : 0);
    return {
      desired,
      reason: need,
      missingAgents,
      memory: {
        ...remembered,
        ...(starting > 0 && { overlooked: undefined, stuck: attempted(stuck, untried, starting, now) }),
        scaledOutAt: now,
      },
    };
  }
  if (settings.disableScaleIn) return stay(restText(stuck, observation));
  // Only what is certainly this group's. As long as stuck jobs wait, an instance that has come for them keeps its time.
  const idle = owners.ownIdle.least - jobs.scheduled - waiting - buffer;
  const spare = Math.floor(idle / Math.max(perInstance, launched / Math.max(1, group.inService)));
  // What was busy a moment ago will be again, and Auto Scaling can't tell which instances are busy.
  const kept = Math.min(group.desired, busyLately(busy) + settings.instanceBuffer);
  // AWS refuses a size below MinSize, which is lowered first where it is raised.
  const desired = Math.max(clamp(group.desired - Math.max(0, spare), group), kept, group.held ?? 0);
  // With instances on their way the idle agents of today say nothing about tomorrow.
  if (desired >= group.desired || coming + arriving > 0) return stay(restText(stuck, observation));
  const since = Math.max(memory.scaledInAt ?? -Infinity, memory.scaledOutAt ?? -Infinity);
  const waits = cooling(since, settings.scaleInCooldownSeconds, now);
  if (waits > 0)
    return stay(`${counted(spare, 'instance')} idle: ScaleInCooldownPeriod lasts ${waits} s more`);
  return {
    desired,
    reason: `${counted(spare, 'instance')} idle`,
    missingAgents,
    memory: { ...remembered, scaledInAt: now },
  };
}

/**
 * What is wanted and not there yet is on its way, whether it has begun to launch or not, but for instances that may hang. Those
 * beyond the desired size take the place of others.
 */
function comingInstances({ desired, inService, pending, overdue = 0 }: GroupFacts): number {
  const missing = Math.max(0, desired - inService);
  return Math.min(missing, Math.max(missing, pending) - overdue);
}

/** Why the group should grow. */
function needText(
  need: {
    readonly waitingJobs: number;
    readonly lacking: number;
    readonly untried: number;
    readonly retries: boolean;
  },
  { jobs, agents, group: { overdue = 0 } }: Observation,
  onTheWay: number,
  { instanceBuffer }: ScalingSettings,
): string {
  const idle = `${counted(agents.idle, 'agent')} idle`;
  if (need.lacking > 0) {
    const { waitingJobs } = need;
    const wanting = [
      ...(waitingJobs > 0
        ? [`${counted(waitingJobs, 'job')} ${waitingJobs === 1 ? 'needs' : 'need'} an agent`]
        : []),
      ...(instanceBuffer > 0 ? [`InstanceBuffer is ${instanceBuffer}`] : []),
    ];
    const hanging = overdue > 0 ? `, ${counted(overdue, 'instance')} overdue` : '';
    return `${wanting.join(', ')}; ${idle}, ${onTheWay} starting${hanging}`;
  }
  return `${counted(jobs.scheduled, 'job')} waiting though ${idle}: ${need.untried > 0 ? "they aren't this group's" : 'another attempt'}`;
}

/** Why the group stays as it is. */
function restText(stuck: StuckJobs | undefined, { group, now }: Observation): string {
  if (stuck === undefined) return 'enough agents for every job';
  // An attempt that is due is made, but for a group at its maximum.
  const next = isRetryDue(stuck, now)
    ? `the group is at its maximum, ${group.max}`
    : `next attempt at ${new Date(stuck.retryAt).toISOString()}`;
  return `${counted(stuck.jobs, 'job')} that no agent takes; ${next}`;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** Never beyond the group's limits, and never a change that they alone would make: the group does that itself. */
function clamp(desired: number, { min, max }: GroupFacts): number {
  return Math.max(min, Math.min(max, desired));
}

/** Seconds that a cooldown still lasts. */
function cooling(since: number | undefined, seconds: number, now: number): number {
  return since === undefined ? 0 : Math.max(0, Math.ceil(seconds - (now - since) / 1000));
}
