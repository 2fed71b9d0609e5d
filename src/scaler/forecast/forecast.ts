/** Jobs that were scheduled or running in a minute since 1970, on average; NaN where nothing was published. */
export type DemandAt = (minute: number) => number;

/** How many instances are to be up for jobs that are expected, over a day. */
export interface Forecast {
  /** The most of any moment between two, which are in milliseconds since 1970. */
  most(from: number, until: number): number;
}

const MINUTE_MS = 60_000;
/** Minutes that are taken together for what is usual. */
const SLOT = 5;
const WEEK = 7 * 24 * 60;
const DAY = 24 * 60;
/** Minutes before and after a slot that tell what is usual at that time of the week. */
const AROUND = 30;
/** Fewer minutes than this of those around a slot say nothing of its week. */
const KNOWN_AT_LEAST = 30;
/** How many minutes apart a rush may begin in two weeks and be the same one. */
const APART = 2;
/** After which a rush is no more ahead: its jobs hold the instances. */
const RISING = 5;
/** Minutes that an instance is there before a rush, as a boot is seldom as slow as the slowest. */
const EARLY = 1;
/** Of the hours that may be idle, so many are planned with: a day that is worse than usual still keeps to them. */
const PLANNED_SHARE = 0.8;

/**
 * How often an instance must have been of use at a time of the week to be brought up for it: from the surest, which costs
 * the least, to the least sure.
 */
const SHARES = [
  ...[0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.33, 0.27, 0.22, 0.18],
  ...[0.15, 0.12, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01],
];

/** What the weeks before say of a slot. */
interface Slot {
  /** Instances that are usual, for each of SHARES. */
  readonly usual: readonly number[];
  /** Instances at the beginning of a rush, by the minute. */
  readonly rush: readonly number[];
  /** Instance-hours without a job that both would have had, for each of SHARES. */
  readonly idleHours: readonly number[];
}

/** Learns the weekly shape of demand. What a slot of the past looks like does not change, so each is looked at once. */
export class Forecaster {
  readonly #slots = new Map<number, Slot>();

  /** @param idleHours instance-hours that may go by without a job in a day */
  constructor(
    private readonly agentsPerInstance: number,
    private readonly idleHours: number,
  ) {}

  /**
   * The day that begins now. An instance is expected at a time of the week when it was of use then often enough, and how
   * often that is follows from the hours that may be idle: the surest are brought up first.
   */
  plan(demandAt: DemandAt, now: number): Forecast {
    const first = Math.floor(now / MINUTE_MS / SLOT);
    for (const number of this.#slots.keys()) if (number < first) this.#slots.delete(number);
    const slots = Array.from({ length: DAY / SLOT }, (_, index) => this.#slot(demandAt, first + index));
    const { level, part } = this.#affordable(slots);
    const minutes = slots.flatMap(({ usual, rush }) =>
      rush.map((instances) => Math.floor(part * Math.max(usual[level] ?? 0, instances))),
    );
    return {
      most(from, until) {
        let most = 0;
        const last = Math.floor(until / MINUTE_MS);
        for (let minute = Math.floor(from / MINUTE_MS); minute <= last; minute++) {
          most = Math.max(most, minutes[minute - first * SLOT] ?? 0);
        }
        return most;
      },
    };
  }

  #slot(demandAt: DemandAt, number: number): Slot {
    const known = this.#slots.get(number);
    if (known !== undefined) return known;
    const slot = slotOf((minute) => instancesOf(demandAt(minute), this.agentsPerInstance), number * SLOT);
    this.#slots.set(number, slot);
    return slot;
  }

  /** The least sure of SHARES whose idle hours are within what may be spent, or a part of what is surest. */
  #affordable(slots: readonly Slot[]): { readonly level: number; readonly part: number } {
    const most = this.idleHours * PLANNED_SHARE;
    const hoursOf = (level: number) => slots.reduce((sum, { idleHours }) => sum + (idleHours[level] ?? 0), 0);
    const dear = SHARES.findIndex((_, level) => hoursOf(level) > most);
    if (dear === 0) return { level: 0, part: most / hoursOf(0) };
    return { level: dear < 0 ? SHARES.length - 1 : dear - 1, part: 1 };
  }
}

/** An average of looks is hardly ever a whole number. */
function instancesOf(jobs: number, agentsPerInstance: number): number {
  return Math.ceil(jobs / agentsPerInstance - 0.001);
}

/**
 * What the same time of the week was like, one and two weeks ago. An instance is usual where it was of use often enough both
 * in what leads to the slot and in what follows, so that what is usual ends as sharply as it did. What begins in both
 * weeks within the same minutes is expected again, however short it is: a nightly batch.
 */
function slotOf(instancesAt: DemandAt, start: number): Slot {
  const [before, after, around]: [number[], number[], number[]] = [[], [], []];
  let weeks = 0;
  for (const back of [WEEK, 2 * WEEK]) {
    const leading = knownOf(instancesAt, start - back - AROUND, AROUND);
    const within = knownOf(instancesAt, start - back, SLOT);
    const following = knownOf(instancesAt, start - back + SLOT, AROUND);
    if (leading.length + within.length + following.length < KNOWN_AT_LEAST) continue;
    weeks += 1;
    before.push(...leading, ...within);
    after.push(...within, ...following);
    around.push(...leading, ...within, ...following);
  }
  const [earlier, later] = [usualIn(before), usualIn(after)];
  const usual = earlier.map((instances, level) => Math.min(instances, later[level] ?? 0));
  const rush = Array.from({ length: SLOT }, (_, minute) =>
    weeks < 2 ? 0 : rushAt(instancesAt, start + minute),
  );
  const idleMinutes = (count: number) =>
    idleAround(around, count) + idleInRush(instancesAt, start, rush, count);
  return { usual, rush, idleHours: usual.map((count) => idleMinutes(count) / 60) };
}

function knownOf(instancesAt: DemandAt, from: number, minutes: number): number[] {
  return Array.from({ length: minutes }, (_, index) => instancesAt(from + index)).filter(
    (instances) => !Number.isNaN(instances),
  );
}

/** For each of SHARES, how many instances were in use for at least that share of the minutes. */
function usualIn(instances: number[]): number[] {
  instances.sort((left, right) => right - left);
  return SHARES.map((share) => instances[Math.max(0, Math.ceil(share * instances.length) - 1)] ?? 0);
}

/** What both weeks had within a few minutes of this one, where it is more than just before. */
function rushAt(instancesAt: DemandAt, minute: number): number {
  const both = (from: number) =>
    Math.min(...[WEEK, 2 * WEEK].map((back) => mostOf(instancesAt, from - back, APART)));
  const instances = both(minute);
  return instances > both(minute - RISING) ? instances : 0;
}

function mostOf(instancesAt: DemandAt, from: number, minutes: number): number {
  let most = 0;
  for (let minute = from; minute < from + minutes; minute++) most = Math.max(most, instancesAt(minute) || 0);
  return most;
}

/** Instance-minutes of a slot in which so many would have had no job. */
function idleAround(around: readonly number[], count: number): number {
  const idle = around.reduce((sum, used) => sum + Math.max(0, count - used), 0);
  return (idle / Math.max(1, around.length)) * SLOT;
}

/** Instance-minutes in which what is up for a rush would have had no job, beside what is usual. */
function idleInRush(instancesAt: DemandAt, start: number, rush: readonly number[], usual: number): number {
  return rush.reduce((sum, instances, index) => {
    const more = instances - Math.max(usual, rush[index - 1] ?? 0);
    const idle = [WEEK, 2 * WEEK].map((back) => {
      const used = instancesAt(start + index - back) || 0;
      return Math.max(0, instances - Math.max(usual, used));
    });
    return sum + Math.max(0, more) * EARLY + idle.reduce((all, each) => all + each, 0) / 2;
  }, 0);
}
