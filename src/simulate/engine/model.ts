import type { SpotModel } from './market.ts';
import type { Troubles } from './troubles.ts';
import type { WarmModel } from './warm-pool.ts';

/** What the simulated group is like. Times are in seconds. */
export interface Model {
  readonly agentsPerInstance: number;
  readonly min: number;
  readonly max: number;
  /** After which an idle instance ends. */
  readonly idleSeconds: number;
  /** From the request for an instance to its first agent: the median, and the spread of its logarithm. */
  readonly bootSeconds: number;
  readonly bootSpread: number;
  /** From a decision to its effect. */
  readonly apiSeconds: number;
  /** How often EC2 takes an instance back, an hour and instance; it gives two minutes' notice. */
  readonly interruptionsPerHour: number;
  /** Dollars an hour and instance. */
  readonly price: number;
  /** Where spot has no capacity at times; its prices and interruptions are then what counts. */
  readonly spot?: SpotModel;
  /** Absent where the group may have no warm pool. */
  readonly warm?: WarmModel;
  /**
   * Whether Auto Scaling may end instances when the group is to be smaller: the oldest, whose jobs finish first. Otherwise
   * they stay until they are idle.
   */
  readonly endsOldest?: boolean;
  /** Whether an instance that is idle at the group's minimum ends all the same, and another is launched in its place. */
  readonly replacesIdle?: boolean;
  readonly troubles?: Troubles;
  readonly seed: number;
  /** Seconds at the start of which jobs and costs are not counted: the past that a forecast learns from. */
  readonly warmUpSeconds?: number;
}
