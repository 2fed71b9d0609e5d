import type { Activity } from '@aws-sdk/client-auto-scaling';
import { failedSinceSuccess, isFromWarmPool } from '../../stack/facts/group/launches.ts';
import { minuteOf } from '../../terminal/minute.ts';
import { counted } from '../../terminal/text.ts';
import type { Finding } from '../findings/finding.ts';
import { LONGEST_BOOT_SECONDS } from './hooks.ts';

/** Launches that fail, and why the latest did. */
export interface FailingLaunches {
  /** When the first of them was begun. */
  readonly since: Date;
  readonly reason: string;
}

/** What tells whether a warm pool fills. */
export interface PoolFacts {
  readonly wanted: number;
  /** How many of its instances can be started. */
  readonly ready: number;
  /** Absent where the latest launch that has ended went well. */
  readonly failing?: FailingLaunches | undefined;
}

/** The launches of new instances that have failed since one succeeded; undefined where none has. Activities are newest first. */
export function failingLaunches(activities: readonly Activity[]): FailingLaunches | undefined {
  const failed = failedSinceSuccess(activities.filter((activity) => !isFromWarmPool(activity)));
  const [latest, first] = [failed[0], failed.at(-1)];
  if (latest === undefined || first === undefined) return undefined;
  return { since: new Date(first.at), reason: latest.reason };
}

/** A pool that stays empty: for longer than a boot takes, launches for it have failed. */
export function judgeWarmPool(
  { wanted, ready, failing }: PoolFacts,
  now: number,
  remedy: (reason: string) => string,
): Finding[] {
  if (wanted === 0 || ready > 0 || failing === undefined) return [];
  if (now - failing.since.getTime() < LONGEST_BOOT_SECONDS * 1000) return [];
  return [
    {
      code: 'warm-pool-empty',
      severity: 'error',
      message: `None of the ${counted(wanted, 'instance')} of the warm pool is ready; launches fail since ${minuteOf(failing.since.toISOString())}: ${failing.reason.replace(/\.$/, '')}`,
      meaning:
        'Jobs wait for a boot where a start would do, and new instances of the group may fail likewise.',
      fix: remedy(failing.reason),
    },
  ];
}
