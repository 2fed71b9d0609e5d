import type {
  DescribeStacksInput,
  DescribeStacksOutput,
  ListStacksInput,
  ListStacksOutput,
  Stack,
  StackSummary,
} from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../../kernel/world.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { cloudFormation, findStack, liveStacks, noStack } from '../../stacks/state.ts';
import { describeParameters } from '../../template/index.ts';
import { page, tagList } from '../input.ts';

/** AWS gives pages of up to 1 MB; a page of its own size keeps the paging of clients honest. */
const STACKS_PER_PAGE = 50;
const SUMMARIES_PER_PAGE = 100;
const OPERATIONS_TOLD = 2;
const DELETED_KEPT_MS = 90 * 24 * 3600 * 1000;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export function describeStacks(input: DescribeStacksInput, scope: Scope): DescribeStacksOutput {
  if (input.StackName !== undefined && input.StackName !== '') {
    const stack = findStack(scope, input.StackName);
    if (isForgotten(scope, stack)) throw noStack(input.StackName);
    return { Stacks: [describe(stack)] };
  }
  const { items, NextToken } = page(newestFirst(liveStacks(scope)), input.NextToken, STACKS_PER_PAGE);
  return { Stacks: items.map(describe), NextToken };
}

function describe(stack: StackRecord): Stack {
  const { deployment, parent } = stack;
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    ChangeSetId: stack.changeSetId,
    Description: stack.description,
    Parameters: describeParameters(deployment?.parameters ?? []),
    CreationTime: new Date(stack.createdAt),
    DeletionTime: date(stack.deletedAt),
    LastUpdatedTime: date(stack.updatedAt),
    RollbackConfiguration: deployment?.rollbackConfiguration ?? {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: [...(deployment?.notificationArns ?? [])],
    TimeoutInMinutes: stack.timeoutInMinutes,
    Capabilities: [...(deployment?.capabilities ?? [])],
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: deployment?.roleArn,
    Tags: tagList(deployment?.tags ?? {}),
    EnableTerminationProtection: stack.terminationProtection,
    ParentId: parent?.stackId,
    RootId: parent?.rootId,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
    RetainExceptOnCreate: stack.retainExceptOnCreate,
    DeletionMode: stack.deletionMode,
    LastOperations: lastOperations(stack),
  };
}

/** Deleted stacks are listed too, for 90 days. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html */
export function listStacks(input: ListStacksInput, scope: Scope): ListStacksOutput {
  const wanted = new Set<string>(input.StackStatusFilter ?? []);
  const stacks = newestFirst(Object.values(cloudFormation(scope).stacks)).filter(
    (stack) => !isForgotten(scope, stack) && (wanted.size === 0 || wanted.has(stack.status)),
  );
  const { items, NextToken } = page(stacks, input.NextToken, SUMMARIES_PER_PAGE);
  return { StackSummaries: items.map(summarize), NextToken };
}

function summarize(stack: StackRecord): StackSummary {
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    TemplateDescription: stack.description,
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: date(stack.updatedAt),
    DeletionTime: date(stack.deletedAt),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    ParentId: stack.parent?.stackId,
    RootId: stack.parent?.rootId,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
    LastOperations: lastOperations(stack),
  };
}

function lastOperations({ operations }: StackRecord) {
  return operations
    .slice(0, OPERATIONS_TOLD)
    .map(({ type, id }) => ({ OperationType: type, OperationId: id }));
}

function newestFirst(stacks: readonly StackRecord[]): StackRecord[] {
  return [...stacks].reverse();
}

function isForgotten({ world }: Scope, { deletedAt }: StackRecord): boolean {
  return deletedAt !== undefined && world.now() - deletedAt > DELETED_KEPT_MS;
}

function date(instant: number | undefined): Date | undefined {
  return instant === undefined ? undefined : new Date(instant);
}
