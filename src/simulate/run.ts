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
import { dailyWindows, type Troubles } from './engine/troubles.ts';
import type { Model } from './engine/model.ts';
import { oracleBound } from './engine/oracle.ts';
import { type Policy, simulate } from './engine/simulate.ts';
import { type StackPast, stackPast } from './jobs/from-stack.ts';
import { ownPolicy } from './policy.ts';
import { officialPolicy, trackingPolicy } from './rivals.ts';
import { PROFILES, profileTrace, type ProfileTroubles, profileWithPast } from './jobs/profiles.ts';
import { type Recommendation, recommend } from './recommend.ts';
import type { NamedResult, SimulationBounds } from './report.ts';
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
  /** Shares of the boots, in percent. */
  readonly failingBoots?: string;
  readonly hungBoots?: string;
  /** Hours a day in which the queue is paused, and in which the scaler sees nothing. */
  readonly pausedQueue?: string;
  readonly outage?: string;
  readonly foreignAgents?: number;
  readonly seed: number;
  readonly recommend: boolean;
}

export interface Simulation extends SimulationBounds {
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
  const shaped = isOfProfile(order) ? PROFILES[order.profile ?? USUAL_PROFILE] : undefined;
  const parametersOf = async (file: string | undefined) => {
    const given: GivenParameters =
      file === undefined ? new Map() : await readConfig(file, () => readAll(process.stdin));
    const checked = checkParameters(template, { file: given, flags });
    const parameters = new Map([
      ...presets,
      ...Object.entries(shaped?.parameters ?? {}),
      ...(file === undefined ? (past?.parameters ?? []) : []),
      ...checked,
    ]);
    // What a profile needs is not known before its jobs are.
    if (shaped !== undefined && !checked.has('MaxSize')) parameters.delete('MaxSize');
    return parameters;
  };
  const first = await parametersOf(config);
  const others = await Promise.all(compare.map(async (file) => [file, await parametersOf(file)] as const));
  const predicts = [first, ...others.map(([, each]) => each)].some(
    (each) => each.get('PredictiveScaling') === 'on',
  );
  const { trace, warmUpSeconds = 0, about, shape } = await jobsOf(order, past, predicts);
  const troubles = troublesOf(order, PROFILES[shape ?? '']?.troubles ?? {}, trace);
  const assumptions = {
    troubles,
    bootSeconds: order.bootSeconds,
    startSeconds: order.startSeconds,
    interruptionsPerHour:
      numberOf('--interruptions', order.interruptions) ?? PROFILES[shape ?? '']?.interruptionsPerHour ?? 0,
    price: numberOf('--price', order.price),
    spotShortages: dailyWindows(
      hoursOf('--spot-shortage', order.spotShortage),
      trace.arrivals.at(-1) ?? 0,
      order.seed,
    ),
    seed: order.seed,
  };
  const run = (name: string, parameters: ReadonlyMap<string, string>) => {
    const { model, scaling, foreseeing } = stackSettings(parameters, assumptions);
    const { instances } = oracleBound(trace, model);
    const max = parameters.has('MaxSize') ? model.max : Math.max(LEAST_MAX_SIZE, 2 * instances);
    const counted = { ...model, max, warmUpSeconds };
    return {
      ...{ model: counted, scaling },
      result: { name, ...simulate(trace, counted, ownPolicy(scaling, foreseeing)) },
    };
  };
  const given = run(config ?? order.fromStack?.stackName ?? 'given', first);
  const beside = others.map(([file, parameters]) => run(file, parameters));
  const { model } = given;
  const { agentsPerInstance } = model;
  const rival = (name: string, rivals: Model, policy: Policy) => ({
    name,
    ...simulate(trace, rivals, policy),
  });
  const defaults = officialModel(model, OFFICIAL_IDLE_SECONDS);
  const rivals = [
    rival('its defaults', defaults, officialPolicy({ agentsPerInstance })),
    rival(
      'your settings',
      officialModel(model, model.idleSeconds),
      officialPolicy({
        ...{ agentsPerInstance, cooldownSeconds: given.scaling.scaleOutCooldownSeconds },
        instanceBuffer: given.scaling.instanceBuffer,
      }),
    ),
    rival('its defaults', defaults, trackingPolicy()),
  ];
  const own = [given, ...beside];
  return {
    about,
    jobs: given.result.jobs,
    bootSeconds: order.bootSeconds,
    results: [...own.map(({ result }) => result), ...rivals],
    oracle: oracleBound(trace, model),
    limited: own
      .filter(({ result, model: { max } }) => result.peakInstances >= max)
      .map(({ result: { name }, model: { max: maxSize } }) => ({ name, maxSize })),
    ...(order.recommend && { recommendation: recommend(trace, model, given.scaling) }),
  };
}

/** Of a profile, where nothing else says what it may be. */
const LEAST_MAX_SIZE = 10;

function isOfProfile({ trace, fromStack }: SimulationRequest): boolean {
  return trace === undefined && fromStack === undefined;
}

/**
 * What goes wrong: what is asked for, or what the profile says.
 * @throws UsageError for shares and hours that can't be
 */
function troublesOf(order: SimulationRequest, usual: ProfileTroubles, { arrivals }: Trace): Troubles {
  const lastJobAt = arrivals.at(-1) ?? 0;
  const share = (flag: string, text: string | undefined) => {
    const percent = numberOf(flag, text);
    if (percent === undefined || percent < 100) return percent === undefined ? undefined : percent / 100;
    throw new UsageError(`${flag} is "${text ?? ''}", and no instance would ever start`, {
      hint: `Percent of the boots, less than 100: ${flag} 10`,
    });
  };
  const failingBoots = share('--failing-boots', order.failingBoots) ?? usual.failingBoots ?? 0;
  const hungBoots = share('--hung-boots', order.hungBoots) ?? usual.hungBoots ?? 0;
  if (failingBoots + hungBoots >= 1) {
    throw new UsageError('--failing-boots and --hung-boots are 100 % or more together', {
      hint: 'No instance would ever start. Their sum has to be less than 100',
    });
  }
  const hours = (flag: string, text: string | undefined, preset = 0) =>
    text === undefined ? preset : hoursOf(flag, text);
  return {
    ...{ failingBoots, hungBoots },
    pauses: dailyWindows(
      hours('--paused-queue', order.pausedQueue, usual.pausedHours),
      lastJobAt,
      order.seed + 1,
    ),
    outages: dailyWindows(hours('--outage', order.outage, usual.outageHours), lastJobAt, order.seed + 2),
    foreignAgents: order.foreignAgents ?? usual.foreignAgents ?? 0,
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

/** It waits for spot, replaces idle instances at its minimum, never ends a busy one, and has no warm pool. */
function officialModel({ spot, ...model }: Model, idleSeconds: number): Model {
  return {
    ...model,
    ...(spot && { spot: { ...spot, spotFallbackMinutes: 0 } }),
    ...(model.warm && { warm: { ...model.warm, size: 0 } }),
    idleSeconds,
    replacesIdle: true,
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
