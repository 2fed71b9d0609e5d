import { providersOf } from '../../../providers/service.ts';
import type {
  DescribeStackDriftDetectionStatusInput,
  DescribeStackDriftDetectionStatusOutput,
  DescribeStackResourceDriftsInput,
  DescribeStackResourceDriftsOutput,
  DetectStackDriftInput,
  DetectStackDriftOutput,
  DetectStackResourceDriftInput,
  DetectStackResourceDriftOutput,
  PropertyDifference,
  StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { resourceContext } from '../../evaluation/resource-context.ts';
import type { Properties } from '../../../providers/provider.ts';
import { appliedProperties } from '../../resources/provided.ts';
import { defineSlice } from '../../../kernel/slice.ts';
import { own, put, remove, type Table } from '../../../kernel/table.ts';
import type { Instant } from '../../../kernel/time.ts';
import type { ResourceRecord } from '../../stacks/records.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { findLiveStack } from '../../stacks/state.ts';
import { page, required } from '../input.ts';

/**
 * Compares what a resource is with what the stack has made of it, for the properties that its provider can look up.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackResourceDrift.html
 */
export function detectStackResourceDrift(
  input: DetectStackResourceDriftInput,
  scope: Scope,
): DetectStackResourceDriftOutput {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  const logicalId = required('logicalResourceId', input.LogicalResourceId);
  const record = own(stack.resources, logicalId);
  if (record === undefined || record.status === 'DELETE_COMPLETE') {
    throw new AwsError(
      'ValidationError',
      `Resource ${logicalId} does not exist for stack ${stack.stackName}`,
    );
  }
  return { StackResourceDrift: driftOf(stack, record, scope) };
}

function driftOf(stack: StackRecord, record: ResourceRecord, scope: Scope): StackResourceDrift {
  const { logicalId } = record;
  const expected = appliedProperties(record);
  const actual = providersOf(scope.world)
    .find(({ type }) => type === record.type)
    ?.present?.(
      record.physicalId ?? '',
      expected,
      resourceContext(scope, stack, stack.deployment?.tags ?? {}, logicalId),
    );
  const differences = actual === undefined ? [] : differencesOf(expected, actual);
  return {
    StackId: stack.stackId,
    LogicalResourceId: logicalId,
    PhysicalResourceId: record.physicalId,
    ResourceType: record.type,
    ExpectedProperties: JSON.stringify(expected),
    ActualProperties: JSON.stringify({ ...expected, ...actual }),
    PropertyDifferences: differences,
    StackResourceDriftStatus:
      actual === undefined ? 'NOT_CHECKED' : differences.length === 0 ? 'IN_SYNC' : 'MODIFIED',
    Timestamp: new Date(scope.world.now()),
  };
}

/** How long a detection over a whole stack takes, in milliseconds. */
const DETECTION_TAKES = 10_000;

interface Detection {
  readonly stackId: string;
  readonly startedAt: Instant;
  readonly drifts: readonly StackResourceDrift[];
}

/** Detections by their ids, and for each stack the newest. */
const detections = defineSlice<{ readonly byId: Table<Detection>; readonly newest: Table<string> }>(
  'cloudformation.drift',
  () => ({ byId: {}, newest: {} }),
);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html */
export function detectStackDrift(input: DetectStackDriftInput, scope: Scope): DetectStackDriftOutput {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  if (!/^(CREATE|UPDATE|ROLLBACK|UPDATE_ROLLBACK|IMPORT)_(COMPLETE|FAILED)$/.test(stack.status)) {
    throw new AwsError(
      'ValidationError',
      `Drift detection cannot be performed on stack [${stack.stackId}] while it is in ${stack.status} state.`,
    );
  }
  const wanted = input.LogicalResourceIds;
  const drifts = Object.values(stack.resources)
    .filter(({ status }) => status !== 'DELETE_COMPLETE')
    .filter(({ logicalId }) => wanted === undefined || wanted.includes(logicalId))
    .map((record) => driftOf(stack, record, scope));
  const id = scope.world.ids.uuid();
  const { byId, newest } = detections(scope);
  const before = own(newest, stack.stackId);
  if (before !== undefined) remove(byId, before);
  put(byId, id, { stackId: stack.stackId, startedAt: scope.world.now(), drifts });
  put(newest, stack.stackId, id);
  return { StackDriftDetectionId: id };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackDriftDetectionStatus.html */
export function describeStackDriftDetectionStatus(
  input: DescribeStackDriftDetectionStatusInput,
  scope: Scope,
): DescribeStackDriftDetectionStatusOutput {
  const StackDriftDetectionId = required('stackDriftDetectionId', input.StackDriftDetectionId);
  const detection = own(detections(scope).byId, StackDriftDetectionId);
  if (detection === undefined) {
    throw new AwsError('ValidationError', `Drift detection ${StackDriftDetectionId} does not exist`);
  }
  const { stackId: StackId, startedAt, drifts } = detection;
  const common = { StackId, StackDriftDetectionId, Timestamp: new Date(startedAt) };
  if (scope.world.now() < startedAt + DETECTION_TAKES) {
    return { ...common, DetectionStatus: 'DETECTION_IN_PROGRESS' };
  }
  const drifted = drifts.filter(
    ({ StackResourceDriftStatus }) => StackResourceDriftStatus === 'MODIFIED',
  ).length;
  return {
    ...common,
    DetectionStatus: 'DETECTION_COMPLETE',
    StackDriftStatus: drifted === 0 ? 'IN_SYNC' : 'DRIFTED',
    DriftedStackResourceCount: drifted,
  };
}

/**
 * Tells what the newest detection has found, without the resources that cannot be checked.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResourceDrifts.html
 */
export function describeStackResourceDrifts(
  input: DescribeStackResourceDriftsInput,
  scope: Scope,
): DescribeStackResourceDriftsOutput {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  const { byId, newest } = detections(scope);
  const wanted = input.StackResourceDriftStatusFilters;
  const found = (own(byId, own(newest, stack.stackId))?.drifts ?? [])
    .filter(({ StackResourceDriftStatus }) => StackResourceDriftStatus !== 'NOT_CHECKED')
    .filter(
      ({ StackResourceDriftStatus: status }) =>
        wanted === undefined || (status !== undefined && wanted.includes(status)),
    );
  const { items, NextToken } = page(found, input.NextToken, input.MaxResults ?? 100);
  return { StackResourceDrifts: items, NextToken };
}

/** Properties that the template does not set are nobody's drift. */
function differencesOf(expected: Properties, actual: Properties): PropertyDifference[] {
  return Object.entries(actual).flatMap(([name, value]): PropertyDifference[] => {
    const wanted = expected[name];
    if (wanted === undefined) return [];
    const [ExpectedValue, ActualValue] = [shown(wanted), value === undefined ? '' : shown(value)];
    if (ExpectedValue === ActualValue) return [];
    return [
      {
        PropertyPath: `/${name}`,
        ExpectedValue,
        ActualValue,
        DifferenceType: value === undefined ? 'REMOVE' : 'NOT_EQUAL',
      },
    ];
  });
}

/** A scalar as templates and services write it alike, anything else as JSON. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
