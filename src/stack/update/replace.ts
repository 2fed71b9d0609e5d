import { OperationError } from '../../errors.ts';
import { safe } from '../../terminal/safe.ts';
import { adviceFor } from '../diagnosis/advice.ts';
import { withRetry } from '../../aws/retry.ts';
import { hasEnded } from '../facts/group/refreshes.ts';
import { LOOK_EVERY, type RefreshState } from '../rollout/refresh.ts';
import { faultOf, outdated, type RolloutFault, rolloutProgress } from '../rollout/survey.ts';
import type { UpdateObserver } from './observer.ts';
import type { Journal } from './journal.ts';
import type { UpdateServices } from './site.ts';

export type Replacement =
  | { readonly kind: 'replaced' }
  /** New instances do not come up. */
  | { readonly kind: 'faulty'; readonly message: string; readonly hint?: string };

/**
 * Has a group's instances replaced by an instance refresh, each when its jobs are done, and watches that new ones come up.
 * One that is under way is watched on.
 * @throws OperationError where it was stopped by others; it can be gone on with
 */
export async function replaceInstances(
  site: UpdateServices,
  journal: Journal & { readonly group: string },
  observer: UpdateObserver,
): Promise<Replacement> {
  const { retry, refreshes, survey, journals } = site;
  const { group, stackName } = journal;
  const refreshId = await start(site, journal, observer);
  await withRetry(retry, () => journals.write({ ...journal, refreshId }));
  let before = '';
  for (;;) {
    const [state, now, activities] = await Promise.all([
      withRetry(retry, () => refreshes.describe(group, refreshId)),
      withRetry(retry, () => survey.group(group)),
      withRetry(retry, () => survey.activities(group)),
    ]);
    const standing = {
      ...rolloutProgress(now, activities),
      ...(state.leftWarm !== undefined && { oldWarm: state.leftWarm }),
    };
    const told = JSON.stringify(standing);
    if (told !== before) observer.standing(standing);
    before = told;
    if (state.status === 'Successful') return { kind: 'replaced' };
    const since = state.startedAt ?? new Date(journal.startedAt);
    const fault = faultOf(activities.filter(({ startedAt }) => startedAt >= since));
    if (fault !== undefined) return faulty(site, journal, fault);
    if (hasEnded(state.status)) {
      if (outdated(now).length === 0) return { kind: 'replaced' };
      throw stopped(stackName, state, outdated(now).length);
    }
    if (now.warm) await withRetry(retry, () => refreshes.releaseWarm(group));
    await retry.pause(LOOK_EVERY);
  }
}

async function start(
  { retry, refreshes }: UpdateServices,
  { group, refresh, refreshId }: Journal & { readonly group: string },
  observer: UpdateObserver,
): Promise<string> {
  if (refreshId !== undefined) {
    const { status } = await withRetry(retry, () => refreshes.describe(group, refreshId));
    if (!hasEnded(status)) return refreshId;
  }
  const active = await withRetry(retry, () => refreshes.active(group));
  if (active !== undefined) return active;
  observer.say('Replacing the instances: each ends when its jobs are done');
  const preferences = refresh ?? { minHealthy: 100, batch: 10, skipMatching: true };
  return withRetry(retry, () => refreshes.start(group, preferences));
}

async function faulty(
  { survey, region }: UpdateServices,
  { stackName }: Journal,
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

function stopped(stackName: string, { status, reason }: RefreshState, left: number): OperationError {
  return new OperationError(
    `The replacing of instances was stopped by others (${status}${reason === undefined ? '' : `: ${reason}`}); ${left} of them still run the former version`,
    {
      hint: `Go on with it: bk-stack update ${stackName} --resume\nOr take the update back: bk-stack update ${stackName} --cancel`,
      details: { stackName, left, status },
    },
  );
}
