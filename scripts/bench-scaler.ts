import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decide, NOTHING_REMEMBERED } from '../src/scaler/sizing/decide.ts';
import type { ScalingSettings } from '../src/scaler/sizing/observation.ts';
import type { Model } from '../src/simulate/engine/model.ts';
import { simulate } from '../src/simulate/engine/simulate.ts';
import { ownPolicy } from '../src/simulate/policy.ts';
import { officialPolicy, trackingPolicy } from '../src/simulate/rivals.ts';
import { PROFILES, profileWithPast } from '../src/simulate/jobs/profiles.ts';
import { slowBoot } from '../src/simulate/stack-settings.ts';
import { volumePrice } from '../src/simulate/volumes.ts';
import { PLAIN_SCALING } from '../test/support/scaling.ts';

/** The defaults of either stack. */
const OWN_IDLE = 420;
const OFFICIAL_IDLE = 600;
const BURSTY = ['monorepo-bursts', 'nightly-batch'];
const SEED = 1;

/** Settings of a stack, by the names of the template. */
interface Tuning {
  readonly ScaleInIdlePeriod: number;
  readonly ScaleOutFactor?: number;
  readonly InstanceBuffer?: number;
  readonly PredictiveScalingMaxIdleHours?: number;
  readonly WarmPoolSize?: number;
  /** GiB. A stopped instance costs its volume. */
  readonly RootVolumeSize?: number;
}

/** What does best on each profile at no more than the official stack's cost, of what was tried. */
const TUNED: Readonly<Record<string, Tuning>> = {
  'office-hours': { ScaleInIdlePeriod: 60, WarmPoolSize: 20, RootVolumeSize: 40 },
  'monorepo-bursts': { ScaleInIdlePeriod: 45, ScaleOutFactor: 3 },
  'nightly-batch': { ScaleInIdlePeriod: 180, PredictiveScalingMaxIdleHours: 60 },
  steady: { ScaleInIdlePeriod: 180, PredictiveScalingMaxIdleHours: 60 },
  'spot-storm': {
    ...{ ScaleInIdlePeriod: 60, ScaleOutFactor: 2 },
    PredictiveScalingMaxIdleHours: 50,
  },
};

/** A profile under both scalers, on the same jobs. */
export interface Duel {
  readonly profile: string;
  readonly jobs: number;
  /** 95th percentile of the waits, in seconds. */
  readonly p95: { readonly own: number; readonly official: number };
  /** With settings for this profile instead of the defaults. */
  readonly tuned: { readonly settings: string; readonly p95: number; readonly costRatio: number };
  /** Target tracking, beside the official scaler. */
  readonly tracking: { readonly p95: number; readonly costRatio: number };
  /** Of ours to theirs. */
  readonly costRatio: number;
  /** Of ours to theirs at the idle period at which ours waits no longer than theirs; undefined off the bursty profiles. */
  readonly costAtEqualWait: number | undefined;
  readonly milliseconds: number;
}

export function duels(jobs: number): Duel[] {
  return Object.keys(PROFILES).map((profile) => {
    // The weeks before are for the forecast to learn from; no policy is measured in them.
    const { trace, warmUpSeconds } = profileWithPast(profile, jobs, SEED);
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
      warmUpSeconds,
    };
    const began = performance.now();
    const own = simulate(trace, model, ownPolicy(PLAIN_SCALING));
    const milliseconds = performance.now() - began;
    const theirs = { ...model, idleSeconds: OFFICIAL_IDLE };
    const official = simulate(trace, theirs, officialPolicy(model));
    const tracking = simulate(trace, theirs, trackingPolicy());
    const tuning = TUNED[profile] ?? { ScaleInIdlePeriod: OWN_IDLE };
    const tuned = simulate(
      trace,
      { ...model, idleSeconds: tuning.ScaleInIdlePeriod, ...warmPool(tuning) },
      tunedPolicy(tuning, model),
    );
    const equal = () =>
      [60, 90, 120, 180, 240, 300, 420]
        .map((idleSeconds) => simulate(trace, { ...model, idleSeconds }, ownPolicy(PLAIN_SCALING)))
        .find(({ waits }) => waits.p95 <= official.waits.p95);
    return {
      profile,
      jobs: own.jobs,
      p95: { own: own.waits.p95, official: official.waits.p95 },
      costRatio: own.cost / official.cost,
      tuned: {
        settings: Object.entries(tuning)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
        p95: tuned.waits.p95,
        costRatio: tuned.cost / official.cost,
      },
      tracking: { p95: tracking.waits.p95, costRatio: tracking.cost / official.cost },
      costAtEqualWait: BURSTY.includes(profile) ? (equal()?.cost ?? NaN) / official.cost : undefined,
      milliseconds,
    };
  });
}

/** Seconds from a start to the agents, as `simulate` takes it. */
const START = 45;

function warmPool({ WarmPoolSize: size, RootVolumeSize = 250 }: Tuning): Pick<Model, 'warm'> {
  if (size === undefined) return {};
  const parameters = new Map([
    ['RootVolumeType', 'gp3'],
    ['RootVolumeSize', String(RootVolumeSize)],
  ]);
  return { warm: { size, startSeconds: START, volumePrice: volumePrice(parameters) } };
}

function tunedPolicy(
  { ScaleOutFactor = 1, InstanceBuffer = 0, PredictiveScalingMaxIdleHours: idleHours }: Tuning,
  { bootSeconds, bootSpread }: Model,
) {
  const settings: ScalingSettings = {
    ...PLAIN_SCALING,
    scaleOutFactor: ScaleOutFactor,
    instanceBuffer: InstanceBuffer,
  };
  const foreseeing =
    idleHours === undefined ? undefined : { idleHours, bootSeconds: slowBoot(bootSeconds, bootSpread) };
  return ownPolicy(settings, foreseeing);
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
