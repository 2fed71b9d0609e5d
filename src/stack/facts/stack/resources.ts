import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../../aws/context.ts';

/** A stack's own resources and those of the stacks nested in it, which is where the official template has its scaler. */
export async function stackResources(aws: AwsContext, stackId: string): Promise<StackResourceSummary[]> {
  const own = await ownResources(aws, stackId);
  const nested = own.flatMap(({ ResourceType, PhysicalResourceId }) =>
    ResourceType === 'AWS::CloudFormation::Stack' && PhysicalResourceId !== undefined
      ? [PhysicalResourceId]
      : [],
  );
  const inner = await Promise.all(nested.map((id) => ownResources(aws, id)));
  return [...own, ...inner.flat()];
}

async function ownResources(aws: AwsContext, stackId: string): Promise<StackResourceSummary[]> {
  const { ListStackResourcesCommand } = await import('../../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const found: StackResourceSummary[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: stackId, NextToken: token }));
    found.push(...(page.StackResourceSummaries ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return found.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
}

/** The EventBridge rule that starts a stack's scaler, by its logical id in our template and in the official one's. */
export function scalerRule(resources: readonly StackResourceSummary[]): StackResourceSummary | undefined {
  return resources.find(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::Events::Rule' && /schedule|timer/i.test(LogicalResourceId),
  );
}
