import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decide, NOTHING_REMEMBERED } from '../src/scaler/sizing/decide.ts';
import type { ScalingSettings } from '../src/scaler/sizing/observation.ts';
import type { Model } from '../src/simulate/engine/model.ts';
import { oracleBound } from '../src/simulate/engine/oracle.ts';
import { type Policy, simulate } from '../src/simulate/engine/simulate.ts';
import { ownPolicy } from '../src/simulate/policy.ts';
import { officialPolicy } from '../src/simulate/rivals.ts';
import { PROFILES, profileWithPast } from '../src/simulate/jobs/profiles.ts';
import { slowBoot } from '../src/simulate/stack-settings.ts';
import { volumePrice } from '../src/simulate/volumes.ts';
import { PLAIN_SCALING } from '../test/support/scaling.ts';

/** The defaults of either stack. */
const OWN_IDLE = 420;
const OFFICIAL_IDLE = 600;
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

/** What did best on each profile at no more than the official stack's cost with its defaults, of what was tried. */
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

/** One scaler with its settings on a profile. */
export interface Contender {
  readonly name: string;
  /** 95th percentile of the waits, in seconds. */
  readonly p95: number;
  /** Dollars. */
  readonly cost: number;
  readonly launches: number;
  readonly milliseconds: number;
}

/** The contenders on the jobs of a profile, the official scaler first, and the bound that none of them can beat. */
export interface Comparison {
  readonly profile: string;
  readonly jobs: number;
  readonly contenders: readonly Contender[];
}

/** Seconds from the request for an instance to its first agent, for every contender but those that say otherwise. */
export const BOOT = 90;

/** Runs the jobs of a profile under both scalers: the same jobs, boots, prices and interruptions. */
export function compare(profile: string, jobs: number): Comparison {
  // The weeks before are for the forecast to learn from; no policy is measured in them.
  const { trace, warmUpSeconds } = profileWithPast(profile, jobs, SEED);
  const model: Model = {
    ...{ agentsPerInstance: 1, min: 0, max: 2000, idleSeconds: OWN_IDLE },
    ...{ bootSeconds: BOOT, bootSpread: 0.2, apiSeconds: 2, price: 0.0832, seed: SEED, warmUpSeconds },
    interruptionsPerHour: PROFILES[profile]?.interruptionsPerHour ?? 0,
  };
  const agentsPerInstance = 1;
  const theirs = { ...model, replacesIdle: true };
  const tuning = TUNED[profile] ?? { ScaleInIdlePeriod: OWN_IDLE };
  const tuned = { ...model, idleSeconds: tuning.ScaleInIdlePeriod };
  const run = (name: string, given: Model, policy: Policy): Contender & { readonly jobs: number } => {
    const began = performance.now();
    const { waits, cost, launches, jobs: counted } = simulate(trace, given, policy);
    const milliseconds = performance.now() - began;
    return { name, p95: waits.p95, cost, launches, milliseconds, jobs: counted };
  };
  const own = run('bk-stack, defaults', model, ownPolicy(PLAIN_SCALING));
  const bound = oracleBound(trace, model);
  return {
    profile,
    jobs: own.jobs,
    contenders: [
      run(
        'official, its defaults',
        { ...theirs, idleSeconds: OFFICIAL_IDLE },
        officialPolicy({ agentsPerInstance }),
      ),
      run('official, our settings', theirs, officialPolicy({ agentsPerInstance, cooldownSeconds: 0 })),
      own,
      run(`bk-stack, boots of ${BOOT / 2} s`, { ...model, bootSeconds: BOOT / 2 }, ownPolicy(PLAIN_SCALING)),
      run(
        'official, tuned settings',
        { ...theirs, idleSeconds: tuning.ScaleInIdlePeriod },
        officialPolicy({ agentsPerInstance, cooldownSeconds: 0 }),
      ),
      run('bk-stack, tuned', { ...tuned, ...warmPool(tuning) }, tunedPolicy(tuning, model)),
      { name: 'oracle', p95: 0, cost: bound.cost, launches: bound.launches, milliseconds: 0 },
    ],
  };
}

/** The table of docs/scaling.md: waits in seconds, and costs beside the official scaler's with our settings. */
export function comparisonRows({ profile, contenders }: Comparison): string[] {
  const equal = contenders.find(({ name }) => name === 'official, our settings')?.cost ?? NaN;
  return contenders.map(({ name, p95, cost, launches }) =>
    ['', `\`${profile}\``, name, `${p95.toFixed(0)} s`, (cost / equal).toFixed(2), String(launches), '']
      .join(' | ')
      .trim(),
  );
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
