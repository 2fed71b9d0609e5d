import type { ScalingSettings } from '../scaler/sizing/observation.ts';
import type { Model } from './engine/model.ts';
import type { Result } from './engine/result.ts';
import { simulate } from './engine/simulate.ts';
import { ownPolicy } from './policy.ts';
import type { Trace } from './engine/trace.ts';

/** Settings that were tried, by the names of the template. */
export interface Candidate {
  readonly parameters: Readonly<Record<string, number>>;
  readonly result: Result;
}

export interface Recommendation {
  /** Those that no other beats in both, from the cheapest to the quickest. */
  readonly frontier: readonly Candidate[];
  /** The one where a little more money no longer buys much less waiting. */
  readonly pick: Candidate;
}

const IDLE_SECONDS = [60, 120, 180, 300, 420, 600, 900, 1800];
const BUFFERS = [0, 1, 2, 5];
const WARM_SIZES = [2, 5, 10];

/**
 * Tries the settings that trade waiting for money on the same jobs: first how long instances stay, and how many idle ones are
 * kept; then what a warm pool adds to the best of these, where the group may have one.
 */
export function recommend(trace: Trace, model: Model, scaling: ScalingSettings): Recommendation {
  const { warm } = model;
  const tryOut = (idleSeconds: number, instanceBuffer: number, warmSize: number): Candidate => ({
    parameters: {
      ScaleInIdlePeriod: idleSeconds,
      InstanceBuffer: instanceBuffer,
      ...(warm && { WarmPoolSize: warmSize }),
    },
    result: simulate(
      trace,
      { ...model, idleSeconds, ...(warm && { warm: { ...warm, size: warmSize } }) },
      ownPolicy({ ...scaling, instanceBuffer }),
    ),
  });
  const without = frontierOf(
    IDLE_SECONDS.flatMap((idle) => BUFFERS.map((buffer) => tryOut(idle, buffer, 0))),
  );
  const beside = (warm === undefined ? [] : WARM_SIZES).flatMap((size) =>
    without.map(({ parameters: { ScaleInIdlePeriod = 0, InstanceBuffer = 0 } }) =>
      tryOut(ScaleInIdlePeriod, InstanceBuffer, size),
    ),
  );
  const frontier = frontierOf([...without, ...beside]);
  const [cheapest] = frontier;
  if (cheapest === undefined) throw new Error('nothing was tried');
  const quickest = frontier.at(-1) ?? cheapest;
  // Nobody feels a second of waiting, which also keeps the shares finite.
  const wait = ({ result }: Candidate) => Math.max(1, result.waits.p95);
  const score = (candidate: Candidate) =>
    candidate.result.cost / cheapest.result.cost + wait(candidate) / wait(quickest);
  const pick = frontier.reduce((best, candidate) => (score(candidate) < score(best) ? candidate : best));
  return { frontier, pick };
}

/** By cost, each quicker than all that cost less. */
export function frontierOf(candidates: readonly Candidate[]): Candidate[] {
  const byCost = [...candidates].sort(
    (left, right) => left.result.cost - right.result.cost || left.result.waits.p95 - right.result.waits.p95,
  );
  const frontier: Candidate[] = [];
  for (const candidate of byCost) {
    if (candidate.result.waits.p95 < (frontier.at(-1)?.result.waits.p95 ?? Infinity))
      frontier.push(candidate);
  }
  return frontier;
}
