import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../../aws/context.ts';

/** The resources of one stack, without those of the stacks nested in it: also those that are deleted. */
export type ResourceLister = (stackId: string) => Promise<readonly StackResourceSummary[]>;

/** Lists the resources of stacks on AWS. */
export function resourceLister(aws: AwsContext): ResourceLister {
  return async (StackName) => {
    const { ListStackResourcesCommand } = await import('../../../aws/sdk/cloudformation.ts');
    const client = await aws.clients.cloudFormation();
    const found: StackResourceSummary[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new ListStackResourcesCommand({ StackName, NextToken }));
      found.push(...(page.StackResourceSummaries ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  };
}

/** A stack's resources and, after them, those of the stacks nested in it, however deep: the official template nests its scaler. */
export async function resourceTree(list: ResourceLister, stackId: string): Promise<StackResourceSummary[]> {
  const own = await list(stackId);
  const nested = physicalIds(own, 'AWS::CloudFormation::Stack');
  const inner = await Promise.all(nested.map((id) => resourceTree(list, id)));
  return [...own, ...inner.flat()];
}

/** Reads the resources of a stack and of those nested in it that are there now. */
export async function stackResources(aws: AwsContext, stackId: string): Promise<StackResourceSummary[]> {
  return (await resourceTree(resourceLister(aws), stackId)).filter(isPresent);
}

/** Tells whether a resource is there now: CloudFormation lists what it has deleted as well. */
export function isPresent({ ResourceStatus }: Pick<StackResourceSummary, 'ResourceStatus'>): boolean {
  return ResourceStatus !== 'DELETE_COMPLETE';
}

/** The ids of the resources of a type that are there. One whose creation has only begun has none yet. */
export function physicalIds(resources: readonly StackResourceSummary[], type: string): string[] {
  return resources.flatMap((resource) =>
    resource.ResourceType === type && isPresent(resource) && resource.PhysicalResourceId
      ? [resource.PhysicalResourceId]
      : [],
  );
}

/** The EventBridge rule that starts a stack's scaler, by its logical id in our template and in the official one's. */
export function scalerRule(resources: readonly StackResourceSummary[]): StackResourceSummary | undefined {
  return resources.find(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::Events::Rule' && /schedule|timer/i.test(LogicalResourceId),
  );
}

/** The scaler's function of the official template, which lies in a stack nested in it: the one function that scales. */
export function scalerFunction(resources: readonly StackResourceSummary[]): string | undefined {
  return resources.find(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::Lambda::Function' && /autoscaling|scaler/i.test(LogicalResourceId),
  )?.PhysicalResourceId;
}
