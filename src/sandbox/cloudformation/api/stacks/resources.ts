import type {
  DescribeStackResourceInput,
  DescribeStackResourceOutput,
  DescribeStackResourcesInput,
  DescribeStackResourcesOutput,
  ListStackResourcesInput,
  ListStackResourcesOutput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import type { ResourceRecord } from '../../stacks/records.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { own } from '../../../kernel/table.ts';
import { findStack, liveStacks } from '../../stacks/state.ts';
import { page, required } from '../input.ts';

const SUMMARIES_PER_PAGE = 100;
/** DescribeStackResources knows no pages. */
const MOST_RESOURCES = 100;
const DRIFT = { StackResourceDriftStatus: 'NOT_CHECKED' } as const;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
export function listStackResources(input: ListStackResourcesInput, scope: Scope): ListStackResourcesOutput {
  const stack = findStack(scope, required('stackName', input.StackName));
  const { items, NextToken } = page(sortedResources(stack), input.NextToken, SUMMARIES_PER_PAGE);
  return {
    StackResourceSummaries: items.map((record) => ({
      ...identity(record),
      LastUpdatedTimestamp: new Date(record.updatedAt),
      ...condition(record),
    })),
    NextToken,
  };
}

/**
 * The resources of a stack, or the one with a logical id; by physical id, all those of the stack that it is in.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
 */
export function describeStackResources(
  input: DescribeStackResourcesInput,
  scope: Scope,
): DescribeStackResourcesOutput {
  const { StackName, PhysicalResourceId, LogicalResourceId } = input;
  if ((StackName === undefined) === (PhysicalResourceId === undefined)) {
    throw new AwsError(
      'ValidationError',
      'Exactly one of StackName and PhysicalResourceId must be specified.',
    );
  }
  const stack =
    PhysicalResourceId === undefined
      ? findStack(scope, required('stackName', StackName))
      : stackWith(scope, PhysicalResourceId);
  const records = sortedResources(stack).filter(
    ({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId,
  );
  if (LogicalResourceId !== undefined && records.length === 0) throw noResource(stack, LogicalResourceId);
  return {
    StackResources: records.slice(0, MOST_RESOURCES).map((record) => ({
      StackName: stack.stackName,
      StackId: stack.stackId,
      ...identity(record),
      Timestamp: new Date(record.updatedAt),
      ...condition(record),
    })),
  };
}

/** By logical id, as AWS lists them. */
function sortedResources({ resources }: StackRecord): ResourceRecord[] {
  return Object.values(resources).sort((left, right) => (left.logicalId < right.logicalId ? -1 : 1));
}

function stackWith(scope: Scope, physicalId: string): StackRecord {
  const stack = liveStacks(scope).find(({ resources }) =>
    Object.values(resources).some(
      (record) => record.physicalId === physicalId && record.status !== 'DELETE_COMPLETE',
    ),
  );
  if (stack === undefined) throw new AwsError('ValidationError', `Stack for ${physicalId} does not exist`);
  return stack;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html */
export function describeStackResource(
  input: DescribeStackResourceInput,
  scope: Scope,
): DescribeStackResourceOutput {
  const stack = findStack(scope, required('stackName', input.StackName));
  const logicalId = required('logicalResourceId', input.LogicalResourceId);
  const record = own(stack.resources, logicalId);
  if (record === undefined) throw noResource(stack, logicalId);
  return {
    StackResourceDetail: {
      StackName: stack.stackName,
      StackId: stack.stackId,
      ...identity(record),
      LastUpdatedTimestamp: new Date(record.updatedAt),
      ...condition(record),
      Metadata: JSON.stringify(record.metadata),
    },
  };
}

function identity({ logicalId, physicalId, type }: ResourceRecord) {
  return { LogicalResourceId: logicalId, PhysicalResourceId: physicalId, ResourceType: type };
}

function condition({ status, statusReason }: ResourceRecord) {
  return { ResourceStatus: status, ResourceStatusReason: statusReason, DriftInformation: DRIFT };
}

function noResource({ stackName }: StackRecord, logicalId: string): AwsError {
  return new AwsError('ValidationError', `Resource ${logicalId} does not exist for stack ${stackName}`);
}
