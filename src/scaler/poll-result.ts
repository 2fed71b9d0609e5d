import type { LaunchFailure } from './group/group.ts';
import type { Decision } from './sizing/decide.ts';
import type { Observation } from './sizing/observation.ts';
import type { SpotFallback, SpotFallbackDecision } from './spot/fallback.ts';
import type { SpotShortage } from './spot/shortage.ts';

/** The findings and the changes of one look. */
export interface Poll {
  readonly observation: Observation;
  readonly decision: Decision;
  readonly organization: string;
  /** Launches that have failed since the last look. */
  readonly failures: readonly LaunchFailure[];
  /** Marked unhealthy, as no agent came of them. */
  readonly replaced: readonly string[];
  /** Let go, as their boot never ended. */
  readonly released: readonly string[];
  readonly buying: Buying;
  /** Undefined where balancing the zones was not to be suspended, or not at this look. */
  readonly balancing: BalancingFacts | undefined;
  readonly forecast: ForecastFacts | undefined;
  /** Why the minimum could not be raised or given back, or the stuck jobs written down. The size does not depend on it. */
  readonly noteError: unknown;
  /** Until the next look, in milliseconds. */
  readonly pauseMs: number;
  /** What deciding took beside the requests, in milliseconds. */
  readonly decisionMs: number;
}

/** How instances are bought, and what a look has found out and changed about that. */
export interface Buying {
  readonly purchase: SpotFallback;
  readonly shortage: SpotShortage | undefined;
  /** In words, at the look at which a shortage has lasted long enough to be told. */
  readonly told: string | undefined;
  /** What was changed. */
  readonly change: SpotFallbackDecision | undefined;
  /** What became of a change that failed. The size of the group does not depend on it. */
  readonly error: unknown;
}

/** That balancing the zones was suspended. */
export interface BalancingFacts {
  /** Why it could not be. The size does not depend on it. */
  readonly error: unknown;
}

/** What a look had to do with jobs that are expected. */
export interface ForecastFacts {
  /** Instances that are up for such jobs alone. */
  readonly ahead: number;
  /** Whether a piece of the past was read. */
  readonly read: boolean;
  /** Why the past could not be read, where that was tried. The size does not depend on it. */
  readonly error: unknown;
}
