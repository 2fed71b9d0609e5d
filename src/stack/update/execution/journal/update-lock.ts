import { OperationError } from '../../../../errors.ts';
import { passingFailure, withRetry } from '../../../../aws/retry.ts';
import type { RetryClock } from '../../../../aws/retry.ts';
import type { Holder, Journal } from './journal.ts';
import type { JournalStore } from './journal-store.ts';

/** Seconds, in the stack's own time, between two looks at the lock while an update waits. */
const LOOK_EVERY = 10;

/**
 * Parameter Store gives a parameter's first value the version 1, and each further one the next.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html
 */
const FIRST_VERSION = 1;

/** The services that an update is locked by: its journal names its holder. */
export interface LockServices {
  readonly journals: JournalStore;
  /** This bk-stack, as journals name it. */
  readonly holder: Holder;
  readonly retry: RetryClock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Takes an update over, whoever has executed it until now: one that still runs stops when it looks next. So an update can be
 * resumed at once after a kill, of which nobody could tell how long ago it was.
 * @returns the journal as it has been written
 * @throws OperationError where the update has ended meanwhile
 */
export async function takeOver(services: LockServices, journal: Journal): Promise<Journal> {
  const taken = { ...journal, holder: services.holder };
  await withRetry(services.retry, () => write(services, taken));
  return taken;
}

/**
 * Services that work only as long as the journal names this bk-stack: that is looked at before each writing of the journal, before
 * its end, and while waiting. One that was taken over, asleep meanwhile perhaps, would else write over the journal of its
 * successor, or of the next update.
 * @throws OperationError in what waits and writes, where another has taken over
 */
export function withUpdateLock<Services extends LockServices>(
  services: Services,
  stackName: string,
): Services {
  const { journals, retry, holder, now } = services;
  let looked = now();
  const isOpen = async (): Promise<boolean> => {
    const journal = await journals.read(stackName);
    looked = now();
    if (journal !== undefined && journal.holder?.id !== holder.id) throw takenOver(journal);
    return journal !== undefined;
  };
  const look = async (): Promise<void> => {
    if (!(await isOpen())) throw ended(stackName);
  };
  return {
    ...services,
    journals: {
      ...journals,
      async write(journal) {
        await look();
        return write(services, journal);
      },
      async close() {
        // Where it is not: a lost answer makes us ask twice.
        if (await isOpen()) await journals.close(stackName);
      },
    },
    retry: {
      ...retry,
      async pause(seconds) {
        await retry.pause(seconds);
        if (now() - looked < LOOK_EVERY * 1000) return;
        await look().catch((error: unknown) => {
          // A connection that is lost for a while does not end the watching.
          if (passingFailure(error) === undefined) throw error;
        });
      },
    },
  };
}

/** Writes a journal that is there already. Where it is not, that is known only when it has been made anew. */
async function write({ journals, retry }: LockServices, journal: Journal): Promise<number> {
  const version = await journals.write(journal);
  if (version !== FIRST_VERSION) return version;
  await withRetry(retry, () => journals.close(journal.stackName));
  throw ended(journal.stackName);
}

function ended(stackName: string): OperationError {
  return new OperationError(
    `No update of ${stackName} is under way any more: another bk-stack has brought it to its end`,
    { hint: `See how it ended: bk-stack status ${stackName}`, details: { stackName } },
  );
}

function takenOver({ stackName, holder }: Journal): OperationError {
  const who =
    holder === undefined ? 'Another bk-stack' : `A bk-stack on ${holder.host}, since ${holder.since},`;
  return new OperationError(
    `An update of ${stackName} is under way, and this bk-stack carries it out no more. ${who} does`,
    {
      hint: [
        `Wait for its end: bk-stack status ${stackName} --wait`,
        `Where that one runs no more, go on with the update: bk-stack update ${stackName} --resume`,
      ].join('\n'),
      details: { stackName, ...(holder !== undefined && { host: holder.host, since: holder.since }) },
    },
  );
}
