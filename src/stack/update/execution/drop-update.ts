import type { AwsContext } from '../../../aws/context.ts';
import { OperationError } from '../../../errors.ts';
import { withRetry } from '../../../aws/retry.ts';
import { findStack } from '../../facts/stack/find-stack.ts';
import type { GroupState } from '../../facts/group/state.ts';
import { StackFacts } from '../../facts/stack-facts.ts';
import type { Journal } from './journal/journal.ts';
import { type UpdateServices, updateServices } from './services.ts';
import { executionStatus } from './stack-operation.ts';
import { noActiveUpdateError } from './journal/active-update.ts';
import { readJournalState } from './journal/journal-state.ts';

/** An update that was dropped, and its stack as it is now. */
export interface DroppedUpdate {
  readonly stackName: string;
  readonly dropped: Pick<Journal, 'phase' | 'strategy' | 'startedAt' | 'by'>;
  readonly reason: string;
  /** Absent where there is no such stack. */
  readonly stack?: {
    readonly status: string;
    readonly group?: Pick<
      GroupState,
      'autoScalingGroupName' | 'minSize' | 'maxSize' | 'desiredCapacity' | 'paused'
    > & { readonly instances: number };
  };
}

/**
 * Drops the journal of an update that can neither go on nor be taken back. Stack and group stay as they are. An update that
 * CloudFormation has executed counts for `rollback`; what is remembered of an earlier stack of the name does not any more.
 * @throws OperationError where none is under way, or it can go on
 */
export async function dropUpdate(
  aws: AwsContext,
  stackName: string,
  signal: AbortSignal,
): Promise<DroppedUpdate> {
  const services = await updateServices(aws, signal);
  const journal = await services.journals.read(stackName);
  if (journal === undefined) throw await noActiveUpdateError(aws, stackName);
  return drop(aws, services, journal);
}

async function drop(aws: AwsContext, services: UpdateServices, journal: Journal): Promise<DroppedUpdate> {
  const { stackName, phase, strategy, startedAt, by } = journal;
  const state = await readJournalState(aws, journal);
  if (state.kind !== 'stale') throw notStale(journal, state.kind === 'blocked' ? state.remedy : undefined);
  const stack = await findStack(aws, stackName);
  if (stack?.StackId === journal.stackId) await leaveChangeSets(services, journal);
  else await withRetry(services.retry, () => services.rollbacks.forget(stackName));
  await withRetry(services.retry, () => services.journals.close(stackName));
  const group = stack && (await new StackFacts(aws, stack).groupState());
  return {
    stackName,
    dropped: { phase, strategy, startedAt, by },
    reason: state.reason,
    ...(stack && {
      stack: {
        status: stack.StackStatus ?? '',
        ...(group && { group: summary(group) }),
      },
    }),
  };
}

function summary({
  autoScalingGroupName,
  minSize,
  maxSize,
  desiredCapacity,
  paused,
  instances,
}: GroupState): NonNullable<NonNullable<DroppedUpdate['stack']>['group']> {
  return {
    ...{ autoScalingGroupName, minSize, maxSize, desiredCapacity, instances: instances.length },
    ...(paused !== undefined && { paused }),
  };
}

/** Leaves behind what the update would have: no change set that nobody executes, and the rollback point of one that was executed. */
export async function leaveChangeSets(
  services: Pick<UpdateServices, 'sets' | 'rollbacks' | 'retry'>,
  { stackName, changeSetId, undoing, former }: Journal,
): Promise<void> {
  const { rollbacks, retry } = services;
  const sets = await Promise.all(
    [changeSetId, ...(undoing === undefined ? [] : [undoing])].map(async (id) => ({
      id,
      status: await executionStatus(services, id),
    })),
  );
  const [made, undone] = sets;
  if (made?.status === 'EXECUTE_COMPLETE' && undone?.status !== 'EXECUTE_COMPLETE') {
    await withRetry(retry, () => rollbacks.remember(stackName, former));
  }
  for (const { id } of sets.filter(({ status }) => status === 'AVAILABLE')) {
    await withRetry(retry, () => services.sets.deleteChangeSet(id));
  }
}

function notStale({ stackName, phase, startedAt }: Journal, remedy: string | undefined): OperationError {
  return new OperationError(
    `The update of ${stackName} that began at ${startedAt} is not dropped: it is ${phase}, and can end properly`,
    {
      hint: [
        'Nothing was changed.',
        ...(remedy === undefined
          ? [
              `Go on with it: bk-stack update ${stackName} --resume`,
              `Or take it back: bk-stack update ${stackName} --cancel`,
            ]
          : [remedy]),
      ].join('\n'),
      details: { stackName, startedAt, phase },
    },
  );
}
