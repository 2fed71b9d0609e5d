import { withRetry } from '../../../aws/retry.ts';
import { safe } from '../../../terminal/safe.ts';
import { adviceFor } from '../../diagnosis/advice.ts';
import { POLL_SECONDS, type RefreshState } from '../../rollout/refresh.ts';
import { hasEnded } from '../../facts/group/refreshes.ts';
import {
  faultOf,
  outdated,
  type RolloutActivity,
  type RolloutFault,
  type RolloutGroup,
  rolloutProgress,
} from '../../rollout/survey.ts';
import type { Journal } from './journal/journal.ts';
import type { UpdateObserver } from './observer.ts';
import type { UpdateServices } from './services.ts';

/** How the replacing of a group's instances ended. */
export type Replacement =
  | { readonly kind: 'replaced' }
  /** New instances do not come up. */
  | { readonly kind: 'faulty'; readonly message: string; readonly hint?: string }
  /** Others have ended it; `left` instances run the former version. */
  | { readonly kind: 'stopped'; readonly status: string; readonly reason?: string; readonly left: number };

/** A refresh and its group at one moment. */
export interface RefreshLook {
  readonly refresh: RefreshState;
  readonly group: RolloutGroup;
  /** Newest first. */
  readonly activities: readonly RolloutActivity[];
  /** When the update began: counts where a refresh does not say when it did. */
  readonly updateStartedAt: Date;
}

/** Whether a refresh has ended, and how; a version whose instances do not come up is given up before. */
export function judgeRefresh({
  refresh,
  group,
  activities,
  updateStartedAt,
}: RefreshLook):
  | { readonly kind: 'waiting' }
  | { readonly kind: 'fault'; readonly fault: RolloutFault }
  | Exclude<Replacement, { kind: 'faulty' }> {
  const { status, reason, startedAt: since = updateStartedAt } = refresh;
  if (status === 'Successful') return { kind: 'replaced' };
  const fault = faultOf(activities.filter(({ startedAt }) => startedAt >= since));
  if (fault !== undefined) return { kind: 'fault', fault };
  if (!hasEnded(status)) return { kind: 'waiting' };
  const left = outdated(group).length;
  if (left === 0) return { kind: 'replaced' };
  return { kind: 'stopped', status, left, ...(reason !== undefined && { reason }) };
}

/** Watches an instance refresh to its end, and that new instances come up. */
export async function watchReplacement(
  services: Pick<UpdateServices, 'retry' | 'refreshes' | 'survey' | 'region'>,
  { stackName, startedAt }: Pick<Journal, 'stackName' | 'startedAt'>,
  { group, refreshId }: { readonly group: string; readonly refreshId: string },
  observer: Pick<UpdateObserver, 'rollout'>,
): Promise<Replacement> {
  const { retry, refreshes, survey } = services;
  let told = '';
  for (;;) {
    const [refresh, now, activities] = await Promise.all([
      withRetry(retry, () => refreshes.describe(group, refreshId)),
      withRetry(retry, () => survey.group(group)),
      withRetry(retry, () => survey.activities(group)),
    ]);
    const progress = {
      ...rolloutProgress(now, activities),
      ...(refresh.leftWarm !== undefined && { oldWarm: refresh.leftWarm }),
    };
    const text = JSON.stringify(progress);
    if (text !== told) observer.rollout(progress);
    told = text;
    const updateStartedAt = new Date(startedAt);
    const judged = judgeRefresh({ refresh, group: now, activities, updateStartedAt });
    if (judged.kind === 'fault') return faulty(services, stackName, judged.fault);
    if (judged.kind !== 'waiting') return judged;
    if (now.warm) await withRetry(retry, () => refreshes.releaseWarm(group));
    await retry.pause(POLL_SECONDS);
  }
}

async function faulty(
  { survey, region }: Pick<UpdateServices, 'survey' | 'region'>,
  stackName: string,
  { message, instanceId }: RolloutFault,
): Promise<Replacement> {
  const lines =
    instanceId === undefined
      ? []
      : await survey.bootLog(`/buildkite/${stackName}/boot`, instanceId).catch(() => []);
  const log =
    lines.length === 0
      ? ''
      : `\nThe last lines of ${instanceId ?? ''}:\n${lines.map((line) => `  ${safe(line)}`).join('\n')}`;
  const hint = adviceFor({ reason: message }, { stackName, region });
  return {
    kind: 'faulty',
    message: `New instances do not come up: ${message}${log}`,
    ...(hint !== undefined && { hint }),
  };
}

/** Seconds. An instance that does not come up is given up after 13 minutes, by the hook of the launches. */
const CANCELLED_WITHIN = 15 * 60;

/**
 * Waits for the end of a refresh that was cancelled: what was being replaced then still is, which takes as long as an instance boots,
 * and another update has to wait. Where none boots any more it would have no end, and the stack is what it was before by then.
 */
export async function awaitRefreshEnd(
  { refreshes, retry }: Pick<UpdateServices, 'refreshes' | 'retry'>,
  group: string,
  observer: Pick<UpdateObserver, 'say'>,
): Promise<void> {
  for (let waited = 0; waited < CANCELLED_WITHIN; waited += POLL_SECONDS) {
    if ((await withRetry(retry, () => refreshes.active(group))) === undefined) return;
    await retry.pause(POLL_SECONDS);
  }
  observer.say('The replacing is still being cancelled: AWS waits for instances that do not come up');
}
