import { text as readAll } from 'node:stream/consumers';
import type { AwsContext } from '../aws/context.ts';
import { UsageError } from '../errors.ts';
import {
  checkParameters,
  type GivenParameters,
  parseParamFlags,
  readConfig,
  readTemplate,
} from '../stack/parameters/index.ts';
import { dailyShortages } from './engine/market.ts';
import type { Model } from './engine/model.ts';
import { simulate } from './engine/simulate.ts';
import { type StackPast, stackPast } from './jobs/from-stack.ts';
import { officialPolicy, ownPolicy, trackingPolicy } from './policy.ts';
import { PROFILES, profileTrace, profileWithPast } from './jobs/profiles.ts';
import { type Recommendation, recommend } from './recommend.ts';
import type { NamedResult } from './report.ts';
import { stackSettings } from './stack-settings.ts';
import { readTrace } from './jobs/trace-file.ts';
import type { Trace } from './engine/trace.ts';

/** What `bk-stack simulate` is asked. */
export interface SimulationRequest {
  readonly profile?: string;
  readonly trace?: string;
  /** The stack whose past and settings are taken, and the connection to find it. */
  readonly fromStack?: { readonly aws: AwsContext; readonly stackName: string };
  readonly jobs: number;
  readonly config?: string;
  readonly param: readonly string[];
  readonly compare: readonly string[];
  readonly bootSeconds: number;
  readonly startSeconds: number;
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

/** @throws UsageError for parameters, files and numbers that cannot be used; OperationError for a stack's past */
export async function runSimulation(order: SimulationRequest): Promise<Simulation> {
  const { config, compare } = order;
  const template = await readTemplate();
  const past =
    order.fromStack && (await stackPast(order.fromStack.aws, order.fromStack.stackName, Date.now()));
  const presets = template.definitions.map(({ name, preset }) => [name, preset ?? ''] as const);
  const flags = parseParamFlags(order.param);
  const parametersOf = async (file: string | undefined) => {
    const given: GivenParameters =
      file === undefined ? new Map() : await readConfig(file, () => readAll(process.stdin));
    return new Map([
      ...presets,
      ...(file === undefined ? (past?.parameters ?? []) : []),
      ...checkParameters(template, { file: given, flags }),
    ]);
  };
  const first = await parametersOf(config);
  const others = await Promise.all(compare.map(async (file) => [file, await parametersOf(file)] as const));
  const predicts = [first, ...others.map(([, each]) => each)].some(
    (each) => each.get('PredictiveScaling') === 'on',
  );
  const { trace, warmUpSeconds = 0, about, shape } = await jobsOf(order, past, predicts);
  const assumptions = {
    bootSeconds: order.bootSeconds,
    startSeconds: order.startSeconds,
    interruptionsPerHour:
      numberOf('--interruptions', order.interruptions) ?? PROFILES[shape ?? '']?.interruptionsPerHour ?? 0,
    price: numberOf('--price', order.price),
    spotShortages: dailyShortages(
      hoursOf('--spot-shortage', order.spotShortage),
      trace.arrivals.at(-1) ?? 0,
      order.seed,
    ),
    seed: order.seed,
  };
  const run = (name: string, parameters: ReadonlyMap<string, string>) => {
    const { model, scaling, foreseeing } = stackSettings(parameters, assumptions);
    const counted = { ...model, warmUpSeconds };
    return {
      ...{ model: counted, scaling },
      result: { name, ...simulate(trace, counted, ownPolicy(scaling, foreseeing)) },
    };
  };
  const given = run(config ?? order.fromStack?.stackName ?? 'given', first);
  const beside = others.map(([file, parameters]) => run(file, parameters).result);
  const theirs = officialModel(given.model);
  const rivals = [officialPolicy(theirs), trackingPolicy(theirs)].map((policy) => ({
    name: 'its defaults',
    ...simulate(trace, theirs, policy),
  }));
  return {
    about,
    jobs: given.result.jobs,
    results: [given.result, ...beside, ...rivals],
    ...(order.recommend && { recommendation: recommend(trace, given.model, given.scaling) }),
  };
}

interface Jobs {
  readonly trace: Trace;
  readonly about: string;
  /** The profile that they are of. */
  readonly shape?: string;
  readonly warmUpSeconds?: number;
}

/** @param predicts whether something is to be learnt from weeks before */
async function jobsOf(
  { trace, profile = USUAL_PROFILE, jobs, seed }: SimulationRequest,
  past: StackPast | undefined,
  predicts: boolean,
): Promise<Jobs> {
  if (past !== undefined) return past;
  if (trace !== undefined) return { trace: await readTrace(trace), about: trace };
  const made = predicts ? profileWithPast(profile, jobs, seed) : { trace: profileTrace(profile, jobs, seed) };
  return { ...made, about: `${profile}, ${PROFILES[profile]?.about ?? ''}`, shape: profile };
}

/** ScaleInIdlePeriod of the official stack. */
const OFFICIAL_IDLE_SECONDS = 600;

/** It waits for spot, never ends an instance by itself, and has no warm pool. */
function officialModel({ spot, ...model }: Model): Model {
  return {
    ...model,
    ...(spot && { spot: { ...spot, spotFallbackMinutes: 0 } }),
    ...(model.warm && { warm: { ...model.warm, size: 0 } }),
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
