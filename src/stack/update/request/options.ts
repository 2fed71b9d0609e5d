import { UsageError } from '../../../errors.ts';
import type { RefreshPreferences } from '../../rollout/refresh.ts';

/**
 * How instances get an update:
 * - `rolling`: an instance refresh replaces them
 * - `drain`: the group goes to zero meanwhile
 * - `in-place`: running ones keep what they have
 */
export type Strategy = 'rolling' | 'drain' | 'in-place';

/** Flags that say how an update is rolled out. */
export interface RolloutFlags {
  readonly strategy: string;
  readonly 'min-healthy': number;
  readonly batch: number;
  readonly checkpoint?: string | undefined;
  readonly 'checkpoint-delay': number;
  readonly 'drain-timeout': number;
  readonly 'allow-replacement'?: readonly string[] | undefined;
}

/** How an update is rolled out. */
export interface RolloutOptions {
  readonly strategy: Strategy;
  readonly refresh: RefreshPreferences;
  /** For the strategy `drain`: how long instances may take for their jobs, in seconds. */
  readonly drainSeconds: number;
  /** Logical ids of resources that may be replaced or removed although they hold data. */
  readonly allowed: ReadonlySet<string>;
}

/**
 * Reads the flags of a rollout.
 * @throws UsageError for shares that Auto Scaling would refuse
 */
export function rolloutOptions(flags: RolloutFlags): RolloutOptions {
  const { batch, 'min-healthy': minHealthy } = flags;
  if (batch === 0 && minHealthy === 100) {
    throw new UsageError('With --batch 0 and --min-healthy 100 no instance could ever be replaced', {
      hint: 'Launch some before others end (--batch 10), or let some end before (--min-healthy 90).',
    });
  }
  if (batch > minHealthy) {
    throw new UsageError(`--batch ${batch} is more than --min-healthy ${minHealthy}`, {
      hint: 'Auto Scaling lets the two shares be 100 percent apart at most: lower --batch, or raise --min-healthy.',
    });
  }
  const checkpoints = flags.checkpoint === undefined ? undefined : checkpointsOf(flags.checkpoint);
  return {
    strategy: flags.strategy as Strategy,
    refresh: {
      minHealthy,
      batch,
      ...(checkpoints !== undefined && { checkpoints, checkpointDelay: flags['checkpoint-delay'] }),
      skipMatching: true,
    },
    drainSeconds: flags['drain-timeout'],
    allowed: new Set(flags['allow-replacement'] ?? []),
  };
}

/** Auto Scaling replaces no more after the last one, so that it has to be 100. */
function checkpointsOf(text: string): number[] {
  const shares = text.split(',').map((each) => Number(each.trim()));
  const rising = shares.every((share, index) => share > (shares[index - 1] ?? 0));
  if (!rising || shares.some((share) => !Number.isInteger(share) || share < 1 || share > 100)) {
    throw new UsageError(`--checkpoint ${text} is no list of rising percents`, {
      hint: 'For example: --checkpoint 10,50',
    });
  }
  return shares.at(-1) === 100 ? shares : [...shares, 100];
}
