import { withRetry } from '../../../aws/retry.ts';
import { OperationError } from '../../../errors.ts';
import { counted } from '../../../terminal/text.ts';
import { unlockMinimum, widenLimits } from '../../capacity/limits.ts';
import { awaitZero } from '../../capacity/await-zero.ts';
import { resumeGroup, scaleToZero } from '../../capacity/scale-to-zero.ts';
import { replaceOutdatedWarm } from '../../rollout/warm-pool.ts';
import { computeChangeSet } from '../plan/change-set.ts';
import { readGroupName, type UpdateFacts } from './facts.ts';
import type { Journal } from './journal/journal.ts';
import type { Action } from './next.ts';
import type { UpdateObserver } from './observer.ts';
import { awaitRefreshEnd, watchReplacement } from './replacement.ts';
import type { UpdateServices } from './services.ts';
import { executeAndWatch, watchRunning } from './stack-operation.ts';
import { undoRequest } from './undo-request.ts';

/** The update that an action is part of. */
export interface Update {
  readonly services: UpdateServices;
  readonly journal: Journal;
  readonly observer: UpdateObserver;
}

/** Actions that change or watch something in AWS, other than the journal. */
export type Operation = Exclude<Action, { readonly do: 'write' | 'stop' | 'finish' }>;

/**
 * Performs an action.
 * @returns what is known by it
 */
export function perform(update: Update, action: Operation): Promise<UpdateFacts> {
  const run = RUN[action.do] as (update: Update, action: Operation) => Promise<UpdateFacts>;
  return run(update, action);
}

type Runs = {
  readonly [Kind in Operation['do']]: (
    update: Update,
    action: Extract<Operation, { readonly do: Kind }>,
  ) => Promise<UpdateFacts>;
};

const RUN: Runs = {
  drain,
  'make room': async ({ services: { capacity, retry, now } }, { group, sizes }) => {
    await withRetry(retry, () => widenLimits(capacity, group, sizes, now()));
    return { roomy: true };
  },
  execute: async ({ services, journal, observer }, { changeSetId, learns }) => {
    const outcome = await executeAndWatch(services, journal, changeSetId, await observer.stack());
    return { [learns]: outcome, ...(await readGroupName(services, journal)) };
  },
  watch: async ({ services, journal, observer }, { learns }) => {
    const outcome = await watchRunning(services, journal, await observer.stack());
    return { [learns]: outcome, ...(await readGroupName(services, journal)) };
  },
  settle,
  'start refresh': async ({ services: { refreshes, retry }, observer }, { group, preferences }) => {
    observer.say('Replacing the instances: each ends when its jobs are done');
    return { refresh: await withRetry(retry, () => refreshes.start(group, preferences)) };
  },
  'watch refresh': async ({ services, journal, observer }, refresh) => ({
    replacement: await watchReplacement(services, journal, refresh, observer),
  }),
  'cancel refresh': async ({ services: { refreshes, retry } }, { group }) => {
    await withRetry(retry, () => refreshes.cancel(group));
    return { refreshCancelled: true };
  },
  'await refresh end': async ({ services, observer }, { group }) => {
    await awaitRefreshEnd(services, group, observer);
    return { refreshEnded: true };
  },
  'delete change set': async ({ services: { sets, retry } }, { changeSetId }) => {
    await withRetry(retry, () => sets.deleteChangeSet(changeSetId));
    return { restored: true };
  },
  'cancel stack update': async ({ services: { stacks }, journal }) => {
    // It may have come to its end meanwhile: watching tells.
    await stacks.cancelUpdate(journal.stackId).catch(() => undefined);
    return { rollbackRequested: true };
  },
  'continue rollback': async ({ services: { stacks }, journal }) => {
    await stacks.continueRollback(journal.stackId);
    return { rollbackRequested: true };
  },
  'compute undo': async ({ services, journal }) => {
    const request = await undoRequest(services, journal);
    const computed = await computeChangeSet(services, journal.stackName, request);
    return computed === undefined
      ? { restored: true }
      : { computedUndo: computed.changeSetId, undoSet: 'AVAILABLE' };
  },
  'end instances': async ({ services: { survey, retry }, observer }, { instanceIds }) => {
    const count = counted(instanceIds.length, 'instance');
    observer.say(`${count} of the version that is taken back end when their jobs are done`);
    await withRetry(retry, () => survey.replace(instanceIds));
    return { straysEnded: true };
  },
  pause: async ({ services: { capacity, retry } }, { group, size }) => {
    await withRetry(retry, () => scaleToZero(capacity, group, size));
    return { sized: true };
  },
  resume: async ({ services: { capacity, retry } }, { group, size }) => {
    await withRetry(retry, () => resumeGroup(capacity, group, size));
    return { sized: true };
  },
  remember: async ({ services: { rollbacks, retry }, journal }, { location }) => {
    await withRetry(retry, () => rollbacks.remember(journal.stackName, location));
    return { remembered: true };
  },
};

/** @returns nothing new where a person wants to wait as long again */
async function drain(
  { services: { capacity, retry }, observer }: Update,
  { group, size, seconds }: Extract<Action, { readonly do: 'drain' }>,
): Promise<UpdateFacts> {
  observer.say('Draining: instances finish their jobs and end, and none is launched');
  await withRetry(retry, () => scaleToZero(capacity, group, size));
  try {
    await awaitZero(capacity, group, retry, {
      timeoutSeconds: seconds,
      force: false,
      changed: (left) => {
        observer.draining(left);
      },
    });
    return { drained: 'empty' };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return (await observer.longer?.()) === true ? {} : { drained: { late: error.message } };
  }
}

/** Before the group launches anything: it would take instances of the former version from its warm pool. */
async function settle(
  { services: { capacity, survey, pool, retry }, observer }: Update,
  { group: name }: Extract<Action, { readonly do: 'settle' }>,
): Promise<UpdateFacts> {
  await withRetry(retry, () => unlockMinimum(capacity, name));
  const group = await withRetry(retry, () => survey.group(name));
  if (group.warm) {
    const renewed = await withRetry(retry, () =>
      replaceOutdatedWarm(pool, { group: name, version: group.version }),
    );
    if (renewed > 0) observer.say(`The warm pool is made anew: ${counted(renewed, 'instance')}`);
  }
  return { settled: true, group };
}
