import type { AwsContext } from '../../../../aws/context.ts';
import { OperationError } from '../../../../errors.ts';
import { isDenied } from '../../../../aws/errors.ts';
import { type RetryClock, withRetry } from '../../../../aws/retry.ts';
import type { Journal } from './journal.ts';
import { journalStore } from './journal-store.ts';
import { requireStack } from '../../../facts/stack/find-stack.ts';
import { readJournalState } from './journal-state.ts';

/** Says that an update is under way: who began it, and how to go on with it. */
export function activeUpdateError({ stackName, by, startedAt, phase, strategy }: Journal): OperationError {
  return new OperationError(
    `An update of ${stackName} is under way: ${by} began it at ${startedAt}, and it is ${phase} (${strategy})`,
    {
      hint: [
        `Where nobody watches it any more, go on with it: bk-stack update ${stackName} --resume`,
        `Or take it back: bk-stack update ${stackName} --cancel`,
        `Where it can do neither, drop it: bk-stack update ${stackName} --forget`,
      ].join('\n'),
      details: { stackName, by, startedAt, phase, strategy },
    },
  );
}

/** The update of a stack that is under way, if there is one; also undefined for whoever may not read it. */
export async function runningUpdate(aws: AwsContext, stackName: string): Promise<Journal | undefined> {
  try {
    return await journalStore(aws).read(stackName);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

/** Seconds, in the stack's own time, between two looks at an update that somebody else executes. */
const LOOK_EVERY = 10;

/**
 * Waits for the end of an update that somebody else executes, if one is under way. Each of its phases is told.
 * @throws OperationError for one that nobody can bring to its end
 */
export async function awaitUpdate(
  aws: AwsContext,
  stackName: string,
  retry: RetryClock,
  say: (line: string) => void,
): Promise<void> {
  let told: string | undefined;
  for (;;) {
    const journal = await withRetry(retry, () => runningUpdate(aws, stackName));
    if (journal === undefined) return;
    if (told === undefined) {
      await requireNotStale(aws, journal);
      say(
        `An update by ${journal.by} is under way. Where nobody watches it: bk-stack update ${stackName} --resume`,
      );
    }
    if (journal.phase !== told) say(`The update is ${journal.phase}`);
    told = journal.phase;
    await retry.pause(LOOK_EVERY);
  }
}

async function requireNotStale(aws: AwsContext, journal: Journal): Promise<void> {
  const state = await readJournalState(aws, journal).catch((error: unknown) => {
    // Whoever may only look waits all the same.
    if (!isDenied(error)) throw error;
    return undefined;
  });
  if (state?.kind !== 'stale') return;
  const { stackName } = journal;
  throw new OperationError(`The update of ${stackName} never ends: ${state.reason}`, {
    hint: `Drop it: bk-stack update ${stackName} --forget`,
    details: { stackName, reason: state.reason },
  });
}

/** @throws OperationError where an update of the stack is under way, with which its group must be left alone */
export async function requireNoUpdate(aws: AwsContext, stackName: string): Promise<void> {
  const journal = await runningUpdate(aws, stackName);
  if (journal !== undefined) throw activeUpdateError(journal);
}

/** Says that no update of a stack is under way, and how to begin one. */
export async function noActiveUpdateError(aws: AwsContext, stackName: string): Promise<OperationError> {
  const { StackStatus } = await requireStack(aws, stackName);
  return new OperationError(`No update of ${stackName} is under way (${StackStatus ?? '?'})`, {
    hint: `Begin one: bk-stack update ${stackName}\nOr make it what it was before its last: bk-stack rollback ${stackName}`,
  });
}
