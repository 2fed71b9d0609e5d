import { sizeWithoutForecast } from '../scaler/sizing/buffer.ts';
import { type Observation, type ScalingSettings } from '../scaler/sizing/observation.ts';
import { decide, type Memory, NOTHING_REMEMBERED } from '../scaler/sizing/decide.ts';
import { Foresight } from '../scaler/forecast/foresight.ts';
import { Minutes } from '../scaler/forecast/minutes.ts';
import { LEARNT_MINUTES } from '../scaler/forecast/past.ts';
import type { Policy } from './engine/simulate.ts';

/** bk-stack's own scaler: the very function that its Lambda runs. */
export function ownPolicy(settings: ScalingSettings, foreseeing?: PredictiveScaling): Policy {
  let memory: Memory = NOTHING_REMEMBERED;
  let forecastMinSize = 0;
  const foreseen = foreseeing && foreseenBy(settings, foreseeing);
  return {
    name: foreseeing === undefined ? 'bk-stack' : 'bk-stack, predictive',
    pollSeconds: 10,
    desired(observation) {
      const decision = decide(
        foreseen === undefined
          ? observation
          : { ...observation, expected: foreseen.expected(observation, memory.busy) },
        settings,
        memory,
      );
      ({ memory, forecastMinSize } = decision);
      return decision.desired;
    },
    get forecastMinSize() {
      return forecastMinSize;
    },
    ...(foreseen && { sleepsUntil: (now: number) => foreseen.sleepsUntil(now) }),
  };
}

/** What a forecast needs to know beside the demand that it sees. */
export interface PredictiveScaling {
  /** Instance-hours a day that instances may be up for expected jobs alone. */
  readonly idleHours: number;
  /** How long nearly all boots take. */
  readonly bootSeconds: number;
}

const MINUTE_MS = 60_000;
/** As often as the Lambda reads what it has published. */
const LEARN_MS = 60 * MINUTE_MS;
const MINUTE_SECONDS = 60;

/** The Lambda's own foresight, which learns from what the simulated looks have seen instead of what was published of them. */
function foreseenBy(settings: ScalingSettings, { idleHours, bootSeconds }: PredictiveScaling) {
  const { agentsPerInstance } = settings;
  const foresight = new Foresight({ agentsPerInstance, idleHours }, { usualSeconds: bootSeconds });
  const demand = new Minutes(LEARNT_MINUTES + 60);
  let [first, minute, sum, looks, learntAt] = [-1, -1, 0, 0, 0];
  return {
    expected({ now, jobs, group }: Observation, busy: Memory['busy']): number {
      const current = Math.floor(now / MINUTE_MS);
      if (current !== minute) {
        if (looks > 0) demand.set(minute, sum / looks);
        if (first < 0) [first, learntAt] = [current, now];
        [minute, sum, looks] = [current, 0, 0];
      }
      sum += jobs.scheduled + jobs.running;
      looks += 1;
      if (now - learntAt >= LEARN_MS) {
        learntAt = now;
        // Nothing is looked at while nothing is there, which the Lambda does not leave out.
        foresight.learn((at) => (at < first || at >= minute ? NaN : demand.at(at) || 0), now);
      }
      const { held = 0, inService } = group;
      foresight.book(now, Math.min(held, inService), sizeWithoutForecast({ jobs, group }, busy, settings));
      return foresight.expected(now, held);
    },
    /** Until more comes into view. */
    sleepsUntil(now: number): number {
      const ahead = foresight.aheadMs / 1000;
      return (Math.floor((now + ahead) / MINUTE_SECONDS) + 1) * MINUTE_SECONDS - ahead;
    },
  };
}
