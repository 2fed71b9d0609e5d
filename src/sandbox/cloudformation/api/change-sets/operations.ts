import type {
  DeleteChangeSetInput,
  DescribeChangeSetInput,
  DescribeChangeSetOutput,
  ExecuteChangeSetInput,
  ListChangeSetsInput,
  ListChangeSetsOutput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { withoutValues } from '../../changes/describe.ts';
import { beginCreate, beginUpdate } from '../../engine/begin.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { cloudFormation, findLiveStack, findStack, type ChangeSetRecord } from '../../stacks/state.ts';
import { describeParameters } from '../../template/index.ts';
import { findChangeSet } from '../find-change-set.ts';
import { isRepeated, keepToken, page, required, tagList } from '../input.ts';
import { checkUpdatable } from '../stacks/update.ts';

const CHANGES_PER_PAGE = 100;
const SETS_PER_PAGE = 100;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html */
export function describeChangeSet(input: DescribeChangeSetInput, scope: Scope): DescribeChangeSetOutput {
  const set = findChangeSet(scope, input);
  const { items, NextToken } = page(set.changes, input.NextToken, CHANGES_PER_PAGE);
  const { deployment } = set;
  return {
    ...summary(set),
    Parameters: describeParameters(deployment.parameters),
    NotificationARNs: [...deployment.notificationArns],
    RollbackConfiguration: deployment.rollbackConfiguration ?? {},
    Capabilities: [...deployment.capabilities],
    Tags: tagList(deployment.tags),
    Changes: input.IncludePropertyValues === true ? items : items.map(withoutValues),
    NextToken,
    OnStackFailure: set.onStackFailure,
  };
}

function summary(set: ChangeSetRecord) {
  return {
    ChangeSetName: set.name,
    ChangeSetId: set.changeSetId,
    StackId: set.stackId,
    StackName: set.stackName,
    Description: set.description,
    CreationTime: new Date(set.createdAt),
    ExecutionStatus: set.executionStatus,
    Status: set.status,
    StatusReason: set.statusReason,
    IncludeNestedStacks: set.includeNestedStacks,
    ImportExistingResources: false,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html */
export function listChangeSets(input: ListChangeSetsInput, scope: Scope): ListChangeSetsOutput {
  const { stackId } = findStack(scope, required('stackName', input.StackName));
  const sets = Object.values(cloudFormation(scope).changeSets).filter(
    // Those that were executed are told by id only.
    (set) => set.stackId === stackId && !set.executionStatus.startsWith('EXECUTE_'),
  );
  const { items, NextToken } = page(sets.reverse(), input.NextToken, SETS_PER_PAGE);
  return { Summaries: items.map(summary), NextToken };
}

/** One that is not there counts as deleted. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html */
export function deleteChangeSet(input: DeleteChangeSetInput, scope: Scope): Record<string, never> {
  let set: ChangeSetRecord;
  try {
    set = findChangeSet(scope, input);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ChangeSetNotFound') return {};
    throw error;
  }
  if (set.executionStatus === 'EXECUTE_IN_PROGRESS') throw wrongStatus(set, 'deleted');
  Reflect.deleteProperty(cloudFormation(scope).changeSets, set.changeSetId);
  return {};
}

function wrongStatus({ changeSetId, status, executionStatus }: ChangeSetRecord, verb: string): AwsError {
  const current = status === 'CREATE_COMPLETE' ? executionStatus : status;
  return new AwsError(
    'InvalidChangeSetStatus',
    `ChangeSet [${changeSetId}] cannot be ${verb} in its current status of [${current}]`,
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html */
export function executeChangeSet(input: ExecuteChangeSetInput, scope: Scope): Record<string, never> {
  const set = findChangeSet(scope, input);
  const stack = findLiveStack(scope, set.stackId);
  if (isRepeated(stack, input.ClientRequestToken, set.changeSetId)) return {};
  if (set.executionStatus !== 'AVAILABLE') throw wrongStatus(set, 'executed');
  if (set.onStackFailure !== undefined && input.DisableRollback !== undefined) {
    throw new AwsError(
      'ValidationError',
      'DisableRollback cannot be specified for a change set that was created with OnStackFailure.',
    );
  }
  if (set.type === 'UPDATE') checkUpdatable(stack);
  keepToken(stack, input.ClientRequestToken, set.changeSetId);
  execute(scope, stack, set, input);
  return {};
}

function execute(scope: Scope, stack: StackRecord, set: ChangeSetRecord, input: ExecuteChangeSetInput): void {
  const { onStackFailure } = set;
  stack.changeSetId = set.changeSetId;
  stack.description = set.templateDescription;
  stack.disableRollback = input.DisableRollback ?? onStackFailure === 'DO_NOTHING';
  const options = {
    token: input.ClientRequestToken,
    onFailure: onStackFailure,
    retainExceptOnCreate: input.RetainExceptOnCreate,
  };
  if (set.type === 'CREATE') beginCreate(scope, stack, set.deployment, options);
  else beginUpdate(scope, stack, set.deployment, options);
  // What was computed for the stack as it was holds no more; the executed one goes from the list when it is done.
  for (const other of Object.values(cloudFormation(scope).changeSets)) {
    if (other.stackId === stack.stackId && other !== set)
      Reflect.deleteProperty(cloudFormation(scope).changeSets, other.changeSetId);
  }
  set.executionStatus = 'EXECUTE_IN_PROGRESS';
}
