import { text as readAll } from 'node:stream/consumers';
import { UsageError } from '../errors.ts';
import {
  checkParameters,
  type GivenParameters,
  parseParamFlags,
  readConfig,
  readTemplate,
} from '../stack/parameters/index.ts';
import { dailyShortages } from './market.ts';
import { officialPolicy, ownPolicy } from './policy.ts';
import { PROFILES, profileTrace } from './profiles.ts';
import { type Recommendation, recommend } from './recommend.ts';
import type { NamedResult } from './report.ts';
import { type Model, simulate } from './simulate.ts';
import { stackSettings } from './stack-settings.ts';
import { readTrace } from './trace-file.ts';

/** What `bk-stack simulate` is asked. */
export interface SimulationOrder {
  readonly profile?: string;
  readonly trace?: string;
  readonly jobs: number;
  readonly config?: string;
  readonly param: readonly string[];
  readonly compare: readonly string[];
  readonly bootSeconds: number;
  readonly price?: string;
  readonly interruptions?: string;
  /** Hours a day without spot capacity. */
  readonly spotShortage?: string;
  readonly seed: number;
  readonly recommend: boolean;
}

export interface Simulation {
  readonly about: string;
  readonly jobs: number;
  readonly results: readonly NamedResult[];
  readonly recommendation?: Recommendation;
}

const USUAL_PROFILE = 'office-hours';

/** @throws UsageError for parameters, files and numbers that cannot be used */
export async function runSimulation(order: SimulationOrder): Promise<Simulation> {
  const { profile = USUAL_PROFILE, config, compare } = order;
  const template = await readTemplate();
  const presets = template.definitions.map(({ name, preset }) => [name, preset ?? ''] as const);
  const flags = parseParamFlags(order.param);
  const parametersOf = async (file: string | undefined) => {
    const given: GivenParameters =
      file === undefined ? new Map() : await readConfig(file, () => readAll(process.stdin));
    return new Map([...presets, ...checkParameters(template, { file: given, flags })]);
  };
  const trace =
    order.trace === undefined ? profileTrace(profile, order.jobs, order.seed) : await readTrace(order.trace);
  const assumptions = {
    bootSeconds: order.bootSeconds,
    interruptionsPerHour:
      numberOf('--interruptions', order.interruptions) ??
      (order.trace === undefined ? PROFILES[profile]?.interruptionsPerHour : undefined) ??
      0,
    price: numberOf('--price', order.price),
    spotShortages: dailyShortages(
      hoursOf('--spot-shortage', order.spotShortage),
      trace.arrivals.at(-1) ?? 0,
      order.seed,
    ),
    seed: order.seed,
  };
  const run = (name: string, parameters: ReadonlyMap<string, string>) => {
    const { model, scaling } = stackSettings(parameters, assumptions);
    return { model, scaling, result: { name, ...simulate(trace, model, ownPolicy(scaling)) } };
  };
  const first = run(config ?? 'given', await parametersOf(config));
  const others = [];
  for (const file of compare) others.push(run(file, await parametersOf(file)).result);
  const official = simulate(trace, officialModel(first.model), officialPolicy(first.model));
  return {
    about: order.trace ?? `${profile}, ${PROFILES[profile]?.about ?? ''}`,
    jobs: trace.arrivals.length,
    results: [first.result, ...others, { name: 'its defaults', ...official }],
    ...(order.recommend && { recommendation: recommend(trace, first.model, first.scaling) }),
  };
}

/** ScaleInIdlePeriod of the official stack. */
const OFFICIAL_IDLE_SECONDS = 600;

/** It waits for spot, and never ends an instance by itself. */
function officialModel({ spot, ...model }: Model): Model {
  return {
    ...model,
    ...(spot && { spot: { ...spot, spotFallbackMinutes: 0 } }),
    idleSeconds: OFFICIAL_IDLE_SECONDS,
    endsOldest: false,
  };
}

/** @throws UsageError for what is no part of a day */
function hoursOf(flag: string, text: string | undefined): number {
  const hours = numberOf(flag, text) ?? 0;
  if (hours < 24) return hours;
  throw new UsageError(`${flag} is "${text ?? ''}", and no job would ever run`, {
    hint: `Hours a day, fewer than 24: ${flag} 2`,
  });
}

/** @throws UsageError for what is no number, or a negative one */
function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new UsageError(`${flag} is "${text}", which is no number`, { hint: `Like this: ${flag} 0.1` });
}
