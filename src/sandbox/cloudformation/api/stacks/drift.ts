import { providersOf } from '../../../providers/service.ts';
import type {
  DetectStackResourceDriftInput,
  DetectStackResourceDriftOutput,
  PropertyDifference,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { resourceContext } from '../../evaluation/resource-context.ts';
import type { Properties } from '../../../providers/provider.ts';
import { appliedProperties } from '../../resources/provided.ts';
import { own } from '../../../kernel/table.ts';
import { findLiveStack } from '../../stacks/state.ts';
import { required } from '../input.ts';

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
    StackResourceDrift: {
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
    },
  };
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
