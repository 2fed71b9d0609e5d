import pLimit from 'p-limit';
import type { AwsContext } from '../../../../aws/context.ts';
import { awsErrorCode } from '../../../../aws/errors.ts';
import { isDenied } from '../../../../aws/errors.ts';
import { isTagsOnly, type PlannedChange } from './changes.ts';

/** A property that somebody has changed past the stack. */
export interface Drift {
  readonly logicalId: string;
  readonly property: string;
  /** As the stack has made it. */
  readonly expected: string;
  readonly actual: string;
}

const AT_ONCE = 4;
/** An update of all resources of a large stack is not held up by this. */
const MOST = 40;

/**
 * What has been changed past the stack on the resources that an update would change. Types that CloudFormation cannot look
 * at, and resources that the caller may not, count as unchanged.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackResourceDrift.html
 */
export async function driftOf(
  aws: AwsContext,
  stackId: string,
  changes: readonly PlannedChange[],
): Promise<Drift[]> {
  const { DetectStackResourceDriftCommand } = await import('../../../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const touched = changes.filter((change) => /change|replace/.test(change.kind) && !isTagsOnly(change));
  const found = await pLimit(AT_ONCE).map(touched.slice(0, MOST), async ({ logicalId }) => {
    try {
      const { StackResourceDrift: drift } = await client.send(
        new DetectStackResourceDriftCommand({ StackName: stackId, LogicalResourceId: logicalId }),
      );
      return (drift?.PropertyDifferences ?? []).map((difference) => ({
        logicalId,
        property: (difference.PropertyPath ?? '').replace(/^\//, ''),
        expected: difference.ExpectedValue ?? '',
        actual: difference.ActualValue ?? '',
      }));
    } catch (error) {
      // A type without drift detection is a ValidationError.
      if (isDenied(error) || awsErrorCode(error) === 'ValidationError') return [];
      throw error;
    }
  });
  return found.flat();
}
