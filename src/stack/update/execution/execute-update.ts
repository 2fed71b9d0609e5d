import { translateAwsError } from '../../../aws/errors.ts';
import { withRetry } from '../../../aws/retry.ts';
import { isKnownFailure, OperationError } from '../../../errors.ts';
import { outdated } from '../../rollout/survey.ts';
import { perform } from './actions.ts';
import { readFacts, type UpdateFacts } from './facts.ts';
import type { Journal } from './journal/journal.ts';
import { withUpdateLock } from './journal/update-lock.ts';
import { next, type Stop } from './next.ts';
import type { UpdateObserver } from './observer.ts';
import type { UpdateServices } from './services.ts';

/** The end of an update that got there. */
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
 * Executes an update that is this bk-stack's, from the phase that its journal names to its end. The journal in AWS has each phase
 * before it begins: whoever is stopped at any point can be followed by another.
 * @throws OperationError where the update failed. Then it has been taken back, unless the error says otherwise
 * @throws OperationError where another bk-stack has taken it over
 * @throws InterruptedError when the signal is aborted; the journal stays
 */
export async function executeUpdate(
  unlocked: UpdateServices,
  begun: Journal,
  observer: UpdateObserver,
): Promise<UpdateEnd> {
  const services = withUpdateLock(unlocked, begun.stackName);
  let journal = begun;
  try {
    let facts = await enterPhase(services, journal, observer);
    for (;;) {
      journal = inNamedGroup(journal, facts);
      const action = next(journal, facts);
      if (action.do === 'finish') return await conclude(services, journal);
      if (action.do === 'stop') throw stopError(action.because);
      if (action.do === 'write') {
        const { phase } = journal;
        journal = action.journal;
        await withRetry(services.retry, () => services.journals.write(action.journal));
        if (journal.phase !== phase) facts = await enterPhase(services, journal, observer);
      } else {
        facts = { ...facts, ...(await perform({ services, journal, observer }, action)) };
      }
    }
  } catch (error) {
    throw services.signal.aborted ? error : withWaysOn(journal, error);
  } finally {
    observer.end();
  }
}

function enterPhase(
  services: UpdateServices,
  journal: Journal,
  observer: UpdateObserver,
): Promise<UpdateFacts> {
  if (journal.phase === 'undoing') {
    observer.say(`Taking the update back: ${journal.failure?.message ?? 'as asked for'}`);
  }
  return readFacts(services, journal);
}

function inNamedGroup(journal: Journal, { groupName }: UpdateFacts): Journal {
  return groupName === undefined ? journal : { ...journal, group: groupName };
}

function stopError({ message, hint, details }: Stop): OperationError {
  return new OperationError(message, {
    ...(hint !== undefined && { hint }),
    ...(details !== undefined && { details }),
  });
}

/** Adds to what AWS has refused how to go on: the update is where it is, until somebody does. */
function withWaysOn({ stackName, phase }: Journal, error: unknown): unknown {
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

async function conclude(services: UpdateServices, journal: Journal): Promise<UpdateEnd> {
  const { stackName, stackId, strategy, group, failure } = journal;
  const left =
    group === undefined ? undefined : await withRetry(services.retry, () => services.survey.group(group));
  // Last of all: until here another one can go on.
  await withRetry(services.retry, () => services.journals.close(stackName));
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
