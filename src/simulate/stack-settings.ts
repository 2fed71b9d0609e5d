import { UsageError } from '../errors.ts';
import type { ScalingSettings } from '../scaler/sizing/observation.ts';
import { overdueSeconds } from '../scaler/forecast/boot-times.ts';
import type { SpotModel } from './engine/market.ts';
import type { Troubles } from './engine/troubles.ts';
import type { Model } from './engine/model.ts';
import { mixedPrice, onDemandPrice } from './prices.ts';
import type { PredictiveScaling } from './policy.ts';
import { volumePrice } from './volumes.ts';

/** What no parameter says. */
export interface Assumptions {
  readonly bootSeconds: number;
  /** Of an instance of the warm pool. */
  readonly startSeconds: number;
  readonly interruptionsPerHour: number;
  /** Dollars an hour and instance; undefined for the list price of the first type. */
  readonly price: number | undefined;
  /** When spot has no capacity. */
  readonly spotShortages: SpotModel['shortages'];
  readonly troubles: Troubles;
  readonly seed: number;
}

/** The spread of boots around their median, and the delay of Auto Scaling, as seen in such groups. */
const BOOT_SPREAD = 0.2;
const API_SECONDS = 2;

/**
 * A stack's parameters as the simulation needs them.
 * @param parameters every parameter's value by the template's names
 * @throws UsageError where the price of the instance type is not known
 */
export function stackSettings(
  parameters: ReadonlyMap<string, string>,
  { bootSeconds, startSeconds, interruptionsPerHour, price, spotShortages, troubles, seed }: Assumptions,
): {
  readonly model: Model;
  readonly scaling: ScalingSettings;
  readonly foreseeing: PredictiveScaling | undefined;
} {
  const number = (name: string) => Number(parameters.get(name) ?? 0);
  const on = (name: string) => parameters.get(name) === 'true';
  const [type = ''] = (parameters.get('InstanceTypes') ?? '').split(',');
  const listed = price ?? onDemandPrice(type);
  if (listed === undefined) {
    throw new UsageError(`The price of ${type} is not known`, {
      hint: 'Say it in dollars an hour: --price 0.12',
    });
  }
  const agentsPerInstance = number('AgentsPerInstance');
  const spot = spotShortages.length > 0 && {
    spot: {
      onDemandPercentage: number('OnDemandPercentage'),
      spotFallbackMinutes: number('SpotFallbackMinutes'),
      // One that is given holds for both, as nothing says how it is made up.
      prices: { 'on-demand': listed, spot: price ?? mixedPrice(listed, 0) },
      interruptionsPerHour,
      shortages: spotShortages,
    },
  };
  return {
    model: {
      agentsPerInstance,
      min: number('MinSize'),
      max: number('MaxSize'),
      idleSeconds: number('ScaleInIdlePeriod'),
      bootSeconds,
      bootSpread: BOOT_SPREAD,
      apiSeconds: API_SECONDS,
      // Only spot instances are taken back.
      interruptionsPerHour: interruptionsPerHour * (1 - number('OnDemandPercentage') / 100),
      price: price ?? mixedPrice(listed, number('OnDemandPercentage')),
      ...spot,
      // AWS gives none to a group that launches spot instances.
      ...(number('OnDemandPercentage') === 100 && {
        warm: { size: number('WarmPoolSize'), startSeconds, volumePrice: volumePrice(parameters) },
      }),
      troubles: { ...troubles, overdueSeconds: overdueSeconds(slowBoot(bootSeconds, BOOT_SPREAD)) },
      endsOldest: !on('InstanceScaleInProtection'),
      seed,
    },
    foreseeing:
      parameters.get('PredictiveScaling') === 'on'
        ? {
            idleHours: number('PredictiveScalingMaxIdleHours'),
            bootSeconds: slowBoot(bootSeconds, BOOT_SPREAD),
          }
        : undefined,
    scaling: {
      agentsPerInstance,
      instanceBuffer: number('InstanceBuffer'),
      scaleOutFactor: number('ScaleOutFactor'),
      scaleOutForWaitingJobs: on('ScaleOutForWaitingJobs'),
      disableScaleIn: on('DisableScaleIn'),
      scaleOutCooldownSeconds: number('ScaleOutCooldownPeriod'),
      scaleInCooldownSeconds: number('ScaleInCooldownPeriod'),
      apartMostMs: 90_000,
    },
  };
}

/** The slowest of twenty boots, which is what the scaler remembers of them. */
export function slowBoot(bootSeconds: number, spread: number): number {
  return bootSeconds * Math.exp(1.87 * spread);
}
