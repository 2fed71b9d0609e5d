import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decide, NOTHING_REMEMBERED } from '../src/scaler/decide.ts';
import { officialPolicy, ownPolicy } from '../src/simulate/policy.ts';
import { PROFILES, profileTrace } from '../src/simulate/profiles.ts';
import { type Model, simulate } from '../src/simulate/simulate.ts';
import { PLAIN_SCALING } from '../test/support/scaling.ts';

/** The defaults of either stack. */
const OWN_IDLE = 420;
const OFFICIAL_IDLE = 600;
const BURSTY = ['monorepo-bursts', 'nightly-batch'];
const SEED = 1;

/** A profile under both scalers, on the same jobs. */
export interface Duel {
  readonly profile: string;
  readonly jobs: number;
  /** 95th percentile of the waits, in seconds. */
  readonly p95: { readonly own: number; readonly official: number };
  /** Of ours to theirs. */
  readonly costRatio: number;
  /** Of ours to theirs at the idle period at which ours waits no longer than theirs; undefined off the bursty profiles. */
  readonly costAtEqualWait: number | undefined;
  readonly milliseconds: number;
}

export function duels(jobs: number): Duel[] {
  return Object.keys(PROFILES).map((profile) => {
    const trace = profileTrace(profile, jobs, SEED);
    const model: Model = {
      agentsPerInstance: 1,
      min: 0,
      max: 2000,
      idleSeconds: OWN_IDLE,
      bootSeconds: 90,
      bootSpread: 0.2,
      apiSeconds: 2,
      interruptionsPerHour: PROFILES[profile]?.interruptionsPerHour ?? 0,
      price: 0.0832,
      seed: SEED,
    };
    const began = performance.now();
    const own = simulate(trace, model, ownPolicy(PLAIN_SCALING));
    const milliseconds = performance.now() - began;
    const official = simulate(trace, { ...model, idleSeconds: OFFICIAL_IDLE }, officialPolicy(model));
    const equal = () =>
      [60, 90, 120, 180, 240, 300, 420]
        .map((idleSeconds) => simulate(trace, { ...model, idleSeconds }, ownPolicy(PLAIN_SCALING)))
        .find(({ waits }) => waits.p95 <= official.waits.p95);
    return {
      profile,
      jobs: trace.arrivals.length,
      p95: { own: own.waits.p95, official: official.waits.p95 },
      costRatio: own.cost / official.cost,
      costAtEqualWait: BURSTY.includes(profile) ? (equal()?.cost ?? NaN) / official.cost : undefined,
      milliseconds,
    };
  });
}

/** Median microseconds of a decision, once the code is warm. */
export function decisionMicroseconds(): number {
  const observation = {
    jobs: { scheduled: 40, running: 10, waiting: 0 },
    agents: { idle: 3, busy: 10, total: 13 },
    group: { min: 0, max: 100, desired: 20, pending: 4, inService: 13, terminating: 3, paused: false },
    now: 1,
  };
  const times = Array.from({ length: 2000 }, () => {
    const began = performance.now();
    decide(observation, PLAIN_SCALING, NOTHING_REMEMBERED);
    return (performance.now() - began) * 1000;
  });
  return times.sort((left, right) => left - right)[1000] ?? NaN;
}

/** The scaler as Lambda gets it, in bytes. */
export function scalerBytes(): number {
  return statSync(join(resolve(import.meta.dirname, '..'), 'dist/scaler/scaler.zip')).size;
}
