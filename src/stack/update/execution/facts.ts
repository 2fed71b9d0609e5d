import { withRetry } from '../../../aws/retry.ts';
import type { RolloutGroup } from '../../rollout/survey.ts';
import type { Journal } from './journal/journal.ts';
import type { Replacement } from './replacement.ts';
import type { UpdateServices } from './services.ts';
import { executionStatus, type StackOutcome } from './stack-operation.ts';

/**
 * All that is known in a phase of an update: first what AWS says when the phase begins, or is resumed, then also what the phase's
 * actions have come to. Absent: it is not so, or not known yet.
 */
export interface UpdateFacts {
  /** The group's name: another one once CloudFormation has replaced the group. */
  readonly groupName?: string;
  readonly group?: RolloutGroup;
  /** How far the update's change set has been executed; absent for one that is gone. */
  readonly changeSet?: string;
  /** How far the change set that takes it back has been executed. */
  readonly undoSet?: string;
  readonly stackStatus?: string;
  /** The id of the instance refresh that is under way. */
  readonly refresh?: string;

  /** Whether the group is empty; `late` says what is left of it after the time it was given. */
  readonly drained?: 'empty' | { readonly late: string };
  /** The group's limits have room for those before and those after. */
  readonly roomy?: true;
  /** How CloudFormation's update ended, or its roll-back. */
  readonly outcome?: StackOutcome;
  /** How the update that takes it back ended. */
  readonly undoOutcome?: StackOutcome;
  /** The scaler may raise the minimum again, and the warm pool has the group's version. */
  readonly settled?: true;
  readonly replacement?: Replacement;
  readonly refreshCancelled?: true;
  /** CloudFormation was told to roll back. */
  readonly rollbackRequested?: true;
  /** The id of a change set that takes the update back, which the journal does not name yet. */
  readonly computedUndo?: string;
  /** The stack is as it was before, without any operation on it. */
  readonly restored?: true;
  /** Instances of the version that is taken back were told to end. */
  readonly straysEnded?: true;
  /** No refresh is being cancelled any more, or it was waited for long enough. */
  readonly refreshEnded?: true;
  /** The group has the size that it is to have in the end. */
  readonly sized?: true;
  /** The rollback point is this update's. */
  readonly remembered?: true;
}

/** Reads what `next` has to know where a phase begins, or is resumed. */
export async function readFacts(services: UpdateServices, journal: Journal): Promise<UpdateFacts> {
  const named = await readGroupName(services, journal);
  const group = named.groupName ?? journal.group;
  switch (journal.phase) {
    case 'updating':
      return { ...named, ...(await readChangeSet(services, journal)) };
    case 'replacing':
      if (group === undefined || journal.paused === true) return named;
      return {
        ...named,
        group: await withRetry(services.retry, () => services.survey.group(group)),
        ...(await readRefresh(services, group)),
      };
    case 'undoing':
      return {
        ...named,
        ...(await readRefresh(services, group)),
        ...(await readChangeSet(services, journal)),
        ...(await readUndoSet(services, journal)),
        stackStatus: await withRetry(services.retry, () => services.stacks.status(journal.stackId)),
      };
    default:
      return named;
  }
}

/**
 * Reads the name of the group. CloudFormation may have replaced it in an operation before, and the one that the journal names is gone.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
 */
export async function readGroupName(
  { stacks, retry }: Pick<UpdateServices, 'stacks' | 'retry'>,
  { group, stackId }: Pick<Journal, 'group' | 'stackId'>,
): Promise<Pick<UpdateFacts, 'groupName'>> {
  if (group === undefined) return {};
  const groupName = await withRetry(retry, () => stacks.group(stackId));
  return groupName === undefined ? {} : { groupName };
}

async function readRefresh(
  { refreshes, retry }: UpdateServices,
  group: string | undefined,
): Promise<Pick<UpdateFacts, 'refresh'>> {
  if (group === undefined) return {};
  const refresh = await withRetry(retry, () => refreshes.active(group));
  return refresh === undefined ? {} : { refresh };
}

async function readChangeSet(
  services: UpdateServices,
  { changeSetId }: Journal,
): Promise<Pick<UpdateFacts, 'changeSet'>> {
  const changeSet = await executionStatus(services, changeSetId);
  return changeSet === undefined ? {} : { changeSet };
}

async function readUndoSet(
  services: UpdateServices,
  { undoing }: Journal,
): Promise<Pick<UpdateFacts, 'undoSet'>> {
  const undoSet = undoing === undefined ? undefined : await executionStatus(services, undoing);
  return undoSet === undefined ? {} : { undoSet };
}
