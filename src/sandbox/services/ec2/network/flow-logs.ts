import type {
  CreateFlowLogsRequest,
  CreateFlowLogsResult,
  DeleteFlowLogsRequest,
  DeleteFlowLogsResult,
  DescribeFlowLogsRequest,
  DescribeFlowLogsResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byIds, page, selected, type Filters } from '../common/describing.ts';
import { missingParameter, required } from '../common/errors.ts';
import type { FlowLogRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { subnetOf } from './subnets.ts';
import { vpcOf } from './vpcs.ts';

const FORMAT =
  '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}';

/** Makes a flow log for each resource. Nothing flows here, so the logs stay empty. @throws AwsError FlowLogAlreadyExists, ... */
export function createFlowLogs(
  input: CreateFlowLogsRequest,
  scope: Scope,
): CreateFlowLogsResult & { FlowLogIds: string[] } {
  const state = ec2State(scope);
  const tags = requestedTags(input.TagSpecifications, 'vpc-flow-log');
  const type = input.LogDestinationType ?? 'cloud-watch-logs';
  if (type === 'cloud-watch-logs' && input.DeliverLogsPermissionArn === undefined) {
    throw missingParameter('DeliverLogsPermissionArn');
  }
  if (input.LogGroupName === undefined && input.LogDestination === undefined)
    throw missingParameter('LogDestination');
  const ids = required(input.ResourceIds, 'ResourceId');
  for (const id of ids) {
    if (input.ResourceType === 'VPC') vpcOf(state, id);
    if (input.ResourceType === 'Subnet') subnetOf(state, id);
    const same = Object.values(state.flowLogs).some(
      (log) =>
        log.ResourceId === id &&
        log.TrafficType === input.TrafficType &&
        log.LogDestination === input.LogDestination &&
        log.LogGroupName === input.LogGroupName,
    );
    if (same) {
      throw new AwsError(
        'FlowLogAlreadyExists',
        'Error. There is an existing Flow Log with the same configuration and log destination.',
      );
    }
  }
  const FlowLogIds = ids.map((ResourceId) => {
    const FlowLogId = scope.world.ids.hex('fl-');
    state.flowLogs[FlowLogId] = {
      FlowLogId,
      ResourceId,
      FlowLogStatus: 'ACTIVE',
      DeliverLogsStatus: 'SUCCESS',
      TrafficType: input.TrafficType,
      LogDestinationType: type,
      LogFormat: input.LogFormat ?? FORMAT,
      MaxAggregationInterval: input.MaxAggregationInterval ?? 600,
      ...(input.LogDestination !== undefined && { LogDestination: input.LogDestination }),
      ...(input.LogGroupName !== undefined && { LogGroupName: input.LogGroupName }),
      ...(input.DeliverLogsPermissionArn !== undefined && {
        DeliverLogsPermissionArn: input.DeliverLogsPermissionArn,
      }),
      createdAt: scope.world.now(),
    };
    setTags(state, FlowLogId, tags);
    return FlowLogId;
  });
  return { FlowLogIds, Unsuccessful: [] };
}

const flowLogsMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidFlowLogId.NotFound',
    `These flow log ids in the input list are not found: [TotalCount: ${ids.length}] ${ids.join(', ')}`,
  );

export function deleteFlowLogs(input: DeleteFlowLogsRequest, scope: Scope): DeleteFlowLogsResult {
  const state = ec2State(scope);
  for (const { FlowLogId } of byIds(
    state.flowLogs,
    required(input.FlowLogIds, 'FlowLogId'),
    flowLogsMissing,
  )) {
    Reflect.deleteProperty(state.flowLogs, FlowLogId);
    Reflect.deleteProperty(state.tags, FlowLogId);
  }
  return { Unsuccessful: [] };
}

const filters: Filters<FlowLogRecord> = {
  'flow-log-id': (log) => log.FlowLogId,
  'resource-id': (log) => log.ResourceId,
  'traffic-type': (log) => log.TrafficType,
  'log-group-name': (log) => log.LogGroupName,
  'log-destination-type': (log) => log.LogDestinationType,
  'deliver-log-status': (log) => log.DeliverLogsStatus,
};

function describeFlowLogs(input: DescribeFlowLogsRequest, scope: Scope): DescribeFlowLogsResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.flowLogs, input.FlowLogIds, flowLogsMissing),
    input.Filter,
    filters,
    (log) => state.tags[log.FlowLogId] ?? {},
  );
  const { items, nextToken } = page(found, input, 1);
  return {
    FlowLogs: items.map(({ createdAt, ...log }) => ({
      ...log,
      CreationTime: new Date(createdAt),
      Tags: tagList(state, log.FlowLogId),
    })),
    NextToken: nextToken,
  };
}

export const flowLogOperations = {
  CreateFlowLogs: createFlowLogs,
  DeleteFlowLogs: deleteFlowLogs,
  DescribeFlowLogs: describeFlowLogs,
};
