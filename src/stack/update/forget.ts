import type { AwsContext } from '../../aws/context.ts';
import { OperationError } from '../../errors.ts';
import { withRetry } from '../../aws/retry.ts';
import { findStack } from '../facts/stack/find-stack.ts';
import { type GroupState } from '../facts/group/state.ts';
import { StackFacts } from '../facts/stack-facts.ts';
import type { Journal } from './journal.ts';
import type { UpdateServices } from './site.ts';
import { changeSetState } from './stack-step.ts';
import { readJournalState } from './void.ts';

/** An update that was dropped, and its stack as it is now. */
export interface Forgotten {
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
 * CloudFormation has carried out counts for `rollback`; what is remembered of an earlier stack of the name does not any more.
 * @throws OperationError for an update that can go on
 */
export async function forgetUpdate(
  aws: AwsContext,
  site: UpdateServices,
  journal: Journal,
): Promise<Forgotten> {
  const { stackName, phase, strategy, startedAt, by } = journal;
  const state = await readJournalState(aws, journal);
  if (state.kind !== 'void') throw notVoid(journal, state.kind === 'blocked' ? state.remedy : undefined);
  const stack = await findStack(aws, stackName);
  if (stack?.StackId === journal.stackId) await settle(site, journal);
  else await withRetry(site.retry, () => site.formers.forget(stackName));
  await withRetry(site.retry, () => site.journals.close(stackName));
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
}: GroupState): NonNullable<NonNullable<Forgotten['stack']>['group']> {
  return {
    ...{ autoScalingGroupName, minSize, maxSize, desiredCapacity, instances: instances.length },
    ...(paused !== undefined && { paused }),
  };
}

/** Leaves behind what the update would have: no change set that nobody executes, and the way back from one that was executed. */
async function settle(
  site: UpdateServices,
  { stackName, changeSetId, undoing, former }: Journal,
): Promise<void> {
  const { sets, formers, retry } = site;
  const [made, undone] = await Promise.all([
    changeSetState(site, changeSetId),
    undoing === undefined ? undefined : changeSetState(site, undoing),
  ]);
  if (made?.executionStatus === 'EXECUTE_COMPLETE' && undone?.executionStatus !== 'EXECUTE_COMPLETE') {
    await withRetry(retry, () => formers.remember(stackName, former));
  }
  for (const [id, set] of [
    [changeSetId, made],
    [undoing, undone],
  ] as const) {
    if (id === undefined || set?.executionStatus !== 'AVAILABLE') continue;
    await withRetry(retry, () => sets.deleteChangeSet(id));
  }
}

function notVoid({ stackName, phase, startedAt }: Journal, remedy: string | undefined): OperationError {
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
