import type {
  CreateLogGroupRequest,
  DeleteLogGroupRequest,
  DeleteRetentionPolicyRequest,
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  LogGroup,
  PutRetentionPolicyRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { checkTags, withoutTags } from '../common/tags.ts';
import { checkRange, checkText, required } from '../common/validation.ts';
import {
  existingGroup,
  groupArn,
  groupNameOf,
  invalidParameter,
  logsState,
  type GroupRecord,
} from './state.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const NAME = { least: 1, most: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+' };

/** @throws AwsError ResourceAlreadyExistsException, InvalidParameterException */
export function createLogGroup(input: CreateLogGroupRequest, scope: Scope): GroupRecord {
  const name = checkText(
    required(input.logGroupName, 'logGroupName', 'InvalidParameterException'),
    'logGroupName',
    NAME,
    'InvalidParameterException',
  );
  const { groups } = logsState(scope);
  if (own(groups, name) !== undefined) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
  }
  return put(groups, name, {
    name,
    createdAt: scope.world.now(),
    logClass: input.logGroupClass ?? 'STANDARD',
    ...(input.kmsKeyId !== undefined && { kmsKeyId: input.kmsKeyId }),
    deletionProtection: input.deletionProtectionEnabled ?? false,
    tags: { ...input.tags },
    streams: {},
    metricFilters: {},
    subscriptionFilters: {},
  });
}

/** @throws AwsError ResourceNotFoundException, ValidationException for a protected one */
export function deleteLogGroup(input: DeleteLogGroupRequest, scope: Scope): object {
  const group = existingGroup(scope, required(input.logGroupName, 'logGroupName'));
  if (group.deletionProtection) {
    throw new AwsError('ValidationException', 'The log group has deletion protection enabled.');
  }
  remove(logsState(scope).groups, group.name);
  return {};
}

/** @throws AwsError InvalidParameterException for a number of days that AWS does not offer */
export function putRetention(input: PutRetentionPolicyRequest, scope: Scope): object {
  const group = existingGroup(scope, required(input.logGroupName, 'logGroupName'));
  const days = required(input.retentionInDays, 'retentionInDays');
  if (!RETENTIONS.includes(days)) {
    throw invalidParameter(
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTIONS.join(', ')}]`,
    );
  }
  group.retentionInDays = days;
  return {};
}

function deleteRetention(input: DeleteRetentionPolicyRequest, scope: Scope): object {
  delete existingGroup(scope, required(input.logGroupName, 'logGroupName')).retentionInDays;
  return {};
}

function describeLogGroups(input: DescribeLogGroupsRequest, scope: Scope): DescribeLogGroupsResponse {
  const { logGroupNamePrefix, logGroupNamePattern, logGroupIdentifiers } = input;
  if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
    throw invalidParameter(
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    );
  }
  const named = logGroupIdentifiers?.map(groupNameOf);
  const pattern = logGroupNamePattern?.toLowerCase();
  const found = sorted(logsState(scope).groups).filter(
    ({ name }) =>
      name.startsWith(logGroupNamePrefix ?? '') &&
      (pattern === undefined || name.toLowerCase().includes(pattern)) &&
      (named === undefined || named.includes(name)),
  );
  const size = checkRange(input.limit ?? 50, 'limit', [1, 50]);
  const { items, nextToken } = pageOf(found, size, input.nextToken, invalidToken);
  return {
    logGroups: items.map((group) => described(group, scope)),
    ...(nextToken !== undefined && { nextToken }),
  };
}

function described(group: GroupRecord, scope: Scope): LogGroup {
  const { name, createdAt, retentionInDays, kmsKeyId } = group;
  const bytes = sorted(group.streams)
    .flatMap(({ events }) => events)
    .reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  return {
    logGroupName: name,
    creationTime: createdAt,
    ...(retentionInDays !== undefined && { retentionInDays }),
    metricFilterCount: Object.keys(group.metricFilters).length,
    arn: `${groupArn(scope, name)}:*`,
    logGroupArn: groupArn(scope, name),
    storedBytes: bytes,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    logGroupClass: group.logClass as LogGroup['logGroupClass'],
    deletionProtectionEnabled: group.deletionProtection,
  };
}

export function invalidToken(): AwsError {
  return invalidParameter('The specified nextToken is invalid.');
}

export const groupOperations = {
  CreateLogGroup: (input: CreateLogGroupRequest, scope: Scope) => {
    checkTags(input.tags ?? {});
    createLogGroup(input, scope);
    return {};
  },
  DeleteLogGroup: deleteLogGroup,
  DescribeLogGroups: describeLogGroups,
  PutRetentionPolicy: putRetention,
  DeleteRetentionPolicy: deleteRetention,
  TagResource: (input: TagResourceRequest, scope: Scope) => {
    const group = existingGroup(scope, required(input.resourceArn, 'resourceArn'));
    const tags = input.tags ?? {};
    checkTags(tags);
    group.tags = { ...group.tags, ...tags };
    return {};
  },
  UntagResource: (input: UntagResourceRequest, scope: Scope) => {
    const group = existingGroup(scope, required(input.resourceArn, 'resourceArn'));
    group.tags = withoutTags(group.tags, input.tagKeys);
    return {};
  },
  ListTagsForResource: (input: ListTagsForResourceRequest, scope: Scope): ListTagsForResourceResponse => ({
    tags: existingGroup(scope, required(input.resourceArn, 'resourceArn')).tags,
  }),
};
