import { exponential, logNormal, type Random, seeded } from '../engine/random.ts';
import { type Trace, traceOf } from '../engine/trace.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

type Jobs = [arrival: number, duration: number][];

/** What goes wrong with a profile. */
export interface ProfileTroubles {
  readonly failingBoots?: number;
  readonly hungBoots?: number;
  /** Hours a day, at a time of its own each day. */
  readonly pausedHours?: number;
  readonly outageHours?: number;
  readonly foreignAgents?: number;
}

interface Profile {
  readonly about: string;
  /** Jobs of a day, about. */
  readonly perDay: number;
  /** Makes about this many jobs. */
  readonly make: (random: Random, jobs: number) => Jobs;
  /** How often EC2 takes a spot instance back, an hour and instance. */
  readonly interruptionsPerHour?: number;
  /** Parameters of the stack that it is about, unless others are given. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly troubles?: ProfileTroubles;
}

/** Builds of `parallelism` jobs each, at these times. */
function builds(random: Random, times: readonly number[], parallelism: number, seconds: number): Jobs {
  return times.flatMap((time) =>
    Array.from({ length: parallelism }, (): [number, number] => [time, logNormal(random, seconds, 0.5)]),
  );
}

/** Times at random over whole days, as likely as `weight` says of the hour of the day (0 to 24). */
function timesOfDays(
  random: Random,
  count: number,
  perDay: number,
  weight: (hour: number) => number,
): number[] {
  const most = Math.max(...Array.from({ length: 96 }, (_, quarter) => weight(quarter / 4)));
  const days = Math.max(1, Math.round(count / perDay));
  const times: number[] = [];
  while (times.length < count) {
    const time = random() * days * DAY;
    if (random() * most < weight((time % DAY) / HOUR)) times.push(time);
  }
  return times;
}

/** A working day with its peaks before noon and in the afternoon, and a little at night. */
const office = (hour: number) =>
  0.03 + Math.exp(-(((hour - 10.5) / 1.8) ** 2)) + 0.9 * Math.exp(-(((hour - 15) / 2.2) ** 2));

function officeBuilds(random: Random, jobs: number): Jobs {
  return timesOfDays(random, Math.ceil(jobs / 4.5), 400, office).flatMap((time) =>
    builds(random, [time], 1 + Math.floor(random() * 8), 180),
  );
}

/** Office hours in which something goes wrong. */
const troubled = (about: string, troubles: ProfileTroubles): Profile => ({
  ...{ about: `office hours, and ${about}`, perDay: 1800, make: officeBuilds, troubles },
});

/** What queues look like, by name. */
export const PROFILES: Readonly<Record<string, Profile>> = {
  'office-hours': {
    about: 'builds of 1 to 8 jobs of some minutes in working hours, few at night',
    perDay: 1800,
    make: officeBuilds,
  },
  'monorepo-bursts': {
    about: 'builds of 75 jobs at once in working hours',
    perDay: 4500,
    make: (random, jobs) => builds(random, timesOfDays(random, Math.ceil(jobs / 75), 60, office), 75, 240),
  },
  'nightly-batch': {
    about: '300 jobs at two at night, and a few by day',
    perDay: 340,
    make(random, jobs) {
      const nights = Math.max(1, Math.round(jobs / 340));
      const night = Array.from({ length: nights }, (_, index) => index * DAY + 2 * HOUR);
      const day = timesOfDays(random, nights * 40, 40, office);
      return [...builds(random, night, 300, 600), ...builds(random, day, 1, 300)];
    },
  },
  steady: {
    about: 'two jobs a minute, day and night',
    perDay: 2880,
    make(random, jobs) {
      let time = 0;
      return Array.from({ length: jobs }, (): [number, number] => {
        time += exponential(random, 30);
        return [time, logNormal(random, 150, 0.4)];
      });
    },
  },
  'spot-storm': {
    about: 'office hours on spot instances that EC2 takes back every other hour',
    perDay: 1800,
    interruptionsPerHour: 0.5,
    parameters: { OnDemandPercentage: '0' },
    make: officeBuilds,
  },
  'bad-boots': troubled('one boot of ten fails, one of fifty hangs', { failingBoots: 0.1, hungBoots: 0.02 }),
  'paused-queue': troubled('the queue is paused for two hours a day', { pausedHours: 2 }),
  'foreign-agents': troubled("20 idle agents of others that can't take the jobs", { foreignAgents: 20 }),
  outages: troubled("Buildkite or AWS can't be reached for an hour a day", { outageHours: 1 }),
};

/** Those that both scalers are measured on. */
export const MEASURED_PROFILES = ['office-hours', 'monorepo-bursts', 'nightly-batch', 'steady', 'spot-storm'];

/** The jobs of a profile. The same seed gives the same jobs. */
export function profileTrace(name: string, jobs: number, seed: number): Trace {
  const profile = PROFILES[name];
  if (profile === undefined) throw new Error(`there is no profile ${name}`);
  return traceOf(profile.make(seeded(seed), jobs));
}

/** Days before those that count, which a forecast learns from: two weeks, and a day to become used to it. */
const PAST_DAYS = 15;

/** The jobs of a profile after weeks like it. Waits and costs count from the end of these weeks on. */
export function profileWithPast(
  name: string,
  jobs: number,
  seed: number,
): { readonly trace: Trace; readonly warmUpSeconds: number } {
  const past = PAST_DAYS * (PROFILES[name]?.perDay ?? 0);
  return { trace: profileTrace(name, past + jobs, seed), warmUpSeconds: PAST_DAYS * DAY };
}
