import { translateAwsError } from '../../aws/errors.ts';
import { isKnownFailure, OperationError } from '../../errors.ts';
import { counted } from '../../terminal/text.ts';
import { letHold, makeRoom } from '../capacity/scale.ts';
import { awaitZero, resumeGroup, scaleToZero } from '../capacity/scale-to-zero.ts';
import { changeSetName, changeSetReady } from '../deployment/change-set.ts';
import { isSettled } from '../events/event.ts';
import { withRetry } from '../../aws/retry.ts';
import { LOOK_EVERY } from '../rollout/refresh.ts';
import { outdated, strays } from '../rollout/survey.ts';
import { renewPool } from '../rollout/warm-pool.ts';
import { held } from './hold.ts';
import type { Journal, UpdatePhase } from './journal.ts';
import { isUnchanged } from './nothing-to-do.ts';
import type { UpdateObserver } from './observer.ts';
import { replaceInstances } from './replace.ts';
import type { UpdateServices } from './site.ts';
import { changeSetState, executeAndWatch, type StackEnd, watchRunning } from './stack-step.ts';
import { undoRequest } from './undo-request.ts';

/** How an update ended that got to its end. */
export interface UpdateEnd {
  readonly stackName: string;
  readonly stackId: string;
  readonly strategy: Journal['strategy'];
  /** Instances that run the new version. */
  readonly instances: number;
  /** Instances that run an earlier one, and will until they end. */
  readonly outdated: number;
  /** The group is at zero by a person's will. */
  readonly paused: boolean;
  /** It was taken back, as asked for: the stack is as it was before. */
  readonly cancelled: boolean;
}

/**
 * Carries an update that is this bk-stack's on from where its journal says it stands, to its end. After every step the journal
 * in AWS says so: whoever is stopped at any point can be followed by another.
 * @throws OperationError where the update failed. Then it has been taken back, unless the error says otherwise
 * @throws OperationError where another bk-stack has taken it over
 * @throws InterruptedError when the signal is aborted; the journal stays
 */
export async function executeUpdate(
  free: UpdateServices,
  begun: Journal,
  observer: UpdateObserver,
): Promise<UpdateEnd> {
  const site = held(free, begun.stackName);
  let journal = begun;
  try {
    for (;;) {
      journal = await inPresentGroup(site, journal);
      const next = await STEPS[journal.phase](site, journal, observer);
      if (next === undefined) break;
      journal = next;
      await withRetry(site.retry, () => site.journals.write(next));
    }
    return await conclude(site, journal);
  } catch (error) {
    throw site.signal.aborted ? error : standsStill(journal, error);
  } finally {
    observer.end();
  }
}

/**
 * The group has another name when CloudFormation has replaced it in the step before, and the one of that name is gone.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
 */
async function inPresentGroup({ stacks, retry }: UpdateServices, journal: Journal): Promise<Journal> {
  if (journal.group === undefined) return journal;
  const group = await withRetry(retry, () => stacks.group(journal.stackId));
  return group === undefined ? journal : { ...journal, group };
}

/** What AWS refuses on the way ends the watching alone: the update is where it is, until somebody goes on with it. */
function standsStill({ stackName, phase }: Journal, error: unknown): unknown {
  const refused = isKnownFailure(error) ? undefined : translateAwsError(error);
  if (!isKnownFailure(refused)) return error;
  const ways = [
    `When that is mended, go on with it: bk-stack update ${stackName} --resume`,
    `Or take it back: bk-stack update ${stackName} --cancel`,
  ];
  return new OperationError(`The update of ${stackName} stands still, ${phase}: ${refused.message}`, {
    cause: error,
    hint: [...(refused.hint === undefined ? [] : [refused.hint]), ...ways].join('\n'),
    details: { ...refused.details, stackName, phase },
  });
}

/** A step returns the journal as it is to go on from; undefined after the last. */
type Step = (
  site: UpdateServices,
  journal: Journal,
  observer: UpdateObserver,
) => Promise<Journal | undefined>;

const STEPS: Readonly<Record<UpdatePhase, Step>> = {
  draining: drain,
  updating: update,
  replacing: replace,
  undoing: undo,
  ending: end,
};

async function drain(site: UpdateServices, journal: Journal, observer: UpdateObserver): Promise<Journal> {
  const { group, sizes, drainSeconds = Infinity } = journal;
  if (group === undefined) return { ...journal, phase: 'updating' };
  observer.say('Draining: instances finish their jobs and end, and none is launched');
  await withRetry(site.retry, () => scaleToZero(site.capacity, group, sizes?.before));
  try {
    await awaitZero(site.capacity, group, site.retry, {
      timeoutSeconds: drainSeconds,
      force: false,
      changed: (left) => {
        observer.draining(left);
      },
    });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    if ((await observer.longer?.()) === true) return journal;
    return failed(journal, `It was not drained in time: ${error.message}`, {
      hint: `Give it longer (--drain-timeout), or see what still runs: bk-stack instances ${journal.stackName}`,
    });
  }
  return { ...journal, phase: 'updating' };
}

/** Makes room for the limits before the update and for those after it, until `settleLimits`. */
async function roomForLimits(
  { capacity, retry, now }: UpdateServices,
  { group, sizes }: Journal,
): Promise<void> {
  if (group === undefined || sizes === undefined) return;
  await withRetry(retry, () => makeRoom(capacity, group, sizes, now()));
}

/** CloudFormation has set the limits, or set them back. */
async function settleLimits({ capacity, retry }: UpdateServices, { group }: Journal): Promise<void> {
  if (group === undefined) return;
  await withRetry(retry, () => letHold(capacity, group));
}

async function update(site: UpdateServices, journal: Journal, observer: UpdateObserver): Promise<Journal> {
  await roomForLimits(site, journal);
  const ended = await executeAndWatch(site, journal, journal.changeSetId, await observer.stack());
  if (ended.kind === 'updated') {
    const updated = await inPresentGroup(site, journal);
    await settleLimits(site, updated);
    await renewWarm(site, updated, observer);
    return { ...updated, phase: journal.strategy === 'rolling' ? 'replacing' : 'ending' };
  }
  requireNotStuck(journal, ended);
  return failed(
    journal,
    `CloudFormation could not carry it out, and has rolled it back. First cause: ${ended.why}`,
    ended.advice === undefined ? {} : { hint: ended.advice },
  );
}

/** Before the group launches anything: it would take instances of the former version from its warm pool. */
async function renewWarm(
  { retry, survey, pool }: UpdateServices,
  { group }: Journal,
  observer: UpdateObserver,
): Promise<void> {
  if (group === undefined) return;
  const { warm, version } = await withRetry(retry, () => survey.group(group));
  if (!warm) return;
  const renewed = await withRetry(retry, () => renewPool(pool, { group, version }));
  if (renewed > 0) observer.say(`The warm pool is made anew: ${counted(renewed, 'instance')}`);
}

async function replace(site: UpdateServices, journal: Journal, observer: UpdateObserver): Promise<Journal> {
  const { group, formerVersion, paused } = journal;
  const ending: Journal = { ...journal, phase: 'ending' };
  if (group === undefined || paused) return ending;
  const now = await withRetry(site.retry, () => site.survey.group(group));
  // Instances of an earlier version may be left from an update in place; without a new version they are not touched.
  if (now.version === formerVersion || outdated(now).length === 0) return ending;
  const outcome = await replaceInstances(site, { ...journal, group }, observer);
  if (outcome.kind === 'replaced') return ending;
  return failed(journal, outcome.message, { ...(outcome.hint !== undefined && { hint: outcome.hint }) });
}

function failed(journal: Journal, message: string, { hint }: { readonly hint?: string } = {}): Journal {
  const failure = {
    message: message.slice(0, 1200),
    ...(hint !== undefined && { hint: hint.slice(0, 600) }),
  };
  return { ...journal, phase: 'undoing', failure };
}

/** Takes back whatever has been done; where nothing has, that is found out here. */
async function undo(site: UpdateServices, journal: Journal, observer: UpdateObserver): Promise<Journal> {
  observer.say(`Taking the update back: ${journal.failure?.message ?? 'as asked for'}`);
  if (journal.group !== undefined) await stopReplacing(site, journal.group);
  const undone = await inPresentGroup(site, await undoStack(site, journal, observer));
  const { group, formerVersion } = undone;
  await settleLimits(site, undone);
  await renewWarm(site, undone, observer);
  if (group !== undefined && !journal.paused) {
    const now = await withRetry(site.retry, () => site.survey.group(group));
    const left = strays(now, formerVersion);
    if (left.length > 0) {
      observer.say(
        `${counted(left.length, 'instance')} of the version that is taken back end when their jobs are done`,
      );
      await withRetry(site.retry, () => site.survey.replace(left.map(({ instanceId }) => instanceId)));
    }
  }
  if (group !== undefined) await replacingStopped(site, group, observer);
  return { ...undone, phase: 'ending' };
}

async function stopReplacing({ refreshes, retry }: UpdateServices, group: string): Promise<void> {
  const active = await withRetry(retry, () => refreshes.active(group));
  if (active === undefined) return;
  await withRetry(retry, () => refreshes.cancel(group));
}

/** Seconds. An instance that does not come up is given up after 13 minutes, by the hook of the launches. */
const REPLACED_WITHIN = 15 * 60;

/**
 * What was being replaced when it was cancelled still is, which takes as long as an instance boots: another update waits. Where
 * none boots any more it would have no end, and the stack is what it was before by then.
 */
async function replacingStopped(
  { refreshes, retry }: UpdateServices,
  group: string,
  observer: UpdateObserver,
): Promise<void> {
  for (let waited = 0; waited < REPLACED_WITHIN; waited += LOOK_EVERY) {
    if ((await withRetry(retry, () => refreshes.active(group))) === undefined) return;
    await retry.pause(LOOK_EVERY);
  }
  observer.say('The replacing is still being cancelled: AWS waits for instances that do not come up');
}

async function undoStack(site: UpdateServices, journal: Journal, observer: UpdateObserver): Promise<Journal> {
  const { stackId, changeSetId } = journal;
  const set = await changeSetState(site, changeSetId);
  if (set?.executionStatus === 'AVAILABLE') {
    await withRetry(site.retry, () => site.sets.deleteChangeSet(changeSetId));
    return journal;
  }
  const status = await withRetry(site.retry, () => site.stacks.status(stackId));
  if (!isSettled(status) || status === 'UPDATE_ROLLBACK_FAILED') {
    if (status === 'UPDATE_IN_PROGRESS' && journal.undoing === undefined) {
      await site.stacks.cancelUpdate(stackId).catch(() => undefined);
    }
    if (status === 'UPDATE_ROLLBACK_FAILED') await site.stacks.continueRollback(stackId);
    const ended = await watchRunning(site, journal, await observer.stack());
    requireNotStuck(journal, ended);
    // It may have come to its end before it could be stopped.
    if (ended.kind === 'rolled back') return journal;
  } else if (set?.executionStatus === 'EXECUTE_FAILED') {
    return journal;
  }
  return undoByUpdate(site, journal, observer);
}

/** The update is in effect: another one makes the stack what it was. */
async function undoByUpdate(
  site: UpdateServices,
  journal: Journal,
  observer: UpdateObserver,
): Promise<Journal> {
  const { stackId, stackName } = journal;
  const { retry, sets, journals } = site;
  let undoing = journal.undoing;
  if (undoing === undefined || (await changeSetState(site, undoing)) === undefined) {
    const request = await undoRequest(site, journal);
    const name = changeSetName('update', new Date(site.now()), retry.random());
    const made = await withRetry(retry, () => sets.createChangeSet(request, name));
    try {
      await changeSetReady(sets, made.changeSetId, { stackName, region: site.region }, retry);
    } catch (error) {
      if (!isUnchanged(error)) throw error;
      await withRetry(retry, () => sets.deleteChangeSet(made.changeSetId));
      return journal;
    }
    undoing = made.changeSetId;
    await withRetry(retry, () => journals.write({ ...journal, undoing: made.changeSetId }));
  }
  const journalled = { ...journal, undoing };
  await roomForLimits(site, journal);
  const subject = { stackId, stackName, resources: journal.resources };
  const ended = await executeAndWatch(site, subject, undoing, await observer.stack());
  requireNotStuck(journal, ended);
  if (ended.kind === 'rolled back') {
    throw new OperationError(`${stackName} could not be made what it was before: ${ended.why}`, {
      hint: `It is as the update has made it. When the cause is mended: bk-stack update ${stackName} --cancel`,
    });
  }
  return journalled;
}

function requireNotStuck(
  { stackName }: Journal,
  ended: StackEnd,
): asserts ended is Exclude<StackEnd, { kind: 'stuck' }> {
  if (ended.kind !== 'stuck') return;
  throw new OperationError(`${stackName} could not be rolled back: ${ended.why}`, {
    hint: `When the cause is mended, go on with it: bk-stack update ${stackName} --cancel`,
  });
}

async function end(site: UpdateServices, journal: Journal): Promise<undefined> {
  const { group, sizes, paused, strategy, failure, cancelled, stackName, former } = journal;
  const undone = failure !== undefined || cancelled === true;
  const { retry, capacity } = site;
  if (group !== undefined && sizes !== undefined && (paused || strategy === 'drain')) {
    const size = undone ? sizes.before : sizes.after;
    await withRetry(retry, async () => {
      // An update of the group may have set its size and tags to what the template says.
      if (paused) await scaleToZero(capacity, group, size);
      else await resumeGroup(capacity, group, size);
    });
  }
  if (!undone) await withRetry(retry, () => site.formers.remember(stackName, former));
  return undefined;
}

async function conclude(site: UpdateServices, journal: Journal): Promise<UpdateEnd> {
  const { stackName, stackId, strategy, group, failure } = journal;
  const left = group === undefined ? undefined : await withRetry(site.retry, () => site.survey.group(group));
  // Last of all: until here another one can go on.
  await withRetry(site.retry, () => site.journals.close(stackName));
  if (failure !== undefined) {
    throw new OperationError(`${stackName} was not updated, and is as it was before.\n${failure.message}`, {
      ...(failure.hint !== undefined && { hint: failure.hint }),
      details: { stackName, stackId, strategy },
    });
  }
  const old = left === undefined ? [] : outdated(left);
  return {
    stackName,
    stackId,
    strategy,
    instances: (left?.instances.length ?? 0) - old.length,
    outdated: old.length,
    paused: journal.paused === true,
    cancelled: journal.cancelled === true,
  };
}
