import type { Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../aws/context.ts';
import type { StackStatus } from '../stack/status/describe-stack.ts';
import { OperationError } from '../errors.ts';
import type { TailClock } from '../logs/tailing/options.ts';

/** What is looked at. */
export interface Site {
  readonly aws: AwsContext;
  readonly stack: Stack;
  readonly stackName: string;
  /** Milliseconds since 1970, in the stack's own time. */
  readonly since: number;
  readonly until: number;
  readonly clock: TailClock;
  /** Ends requests. */
  readonly signal: AbortSignal;
  readonly template: () => Promise<string>;
  readonly resources: () => Promise<readonly StackResourceSummary[]>;
  readonly status: () => Promise<StackStatus>;
}

/** Each of these is read once, by whoever asks first; the others get the same, also where it fails. */
export function openSite(known: Omit<Site, 'template' | 'resources' | 'status'>): Site {
  const { aws, stack, stackName } = known;
  const id = stack.StackId ?? stackName;
  return {
    ...known,
    template: once(() => templateText(aws, id)),
    resources: once(() => resourcesBelow(aws, id)),
    status: once(async () => {
      const { describeStack } = await import('../stack/status/describe-stack.ts');
      return describeStack(aws, stackName);
    }),
  };
}

function once<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= read());
}

async function templateText(aws: AwsContext, id: string): Promise<string> {
  const { GetTemplateCommand } = await import('../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const { TemplateBody } = await client.send(
    new GetTemplateCommand({ StackName: id, TemplateStage: 'Original' }),
  );
  return TemplateBody ?? '';
}

/** The resources of a stack and of those nested in it: the official template keeps its scaler in one. */
async function resourcesBelow(aws: AwsContext, id: string): Promise<StackResourceSummary[]> {
  const { ListStackResourcesCommand } = await import('../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const resources: StackResourceSummary[] = [];
  const stacks = [id];
  for (const StackName of stacks) {
    let token: string | undefined;
    do {
      const page = await client.send(new ListStackResourcesCommand({ StackName, NextToken: token }));
      for (const resource of page.StackResourceSummaries ?? []) {
        resources.push(resource);
        const { ResourceType, ResourceStatus, PhysicalResourceId } = resource;
        const nested = ResourceType === 'AWS::CloudFormation::Stack' && ResourceStatus !== 'DELETE_COMPLETE';
        if (nested && PhysicalResourceId !== undefined) stacks.push(PhysicalResourceId);
      }
      token = page.NextToken;
    } while (token !== undefined);
  }
  return resources;
}

/** The physical ids of the resources of a type that are there. */
export async function idsOf({ resources }: Site, type: string): Promise<string[]> {
  return (await resources()).flatMap(({ ResourceType, ResourceStatus, PhysicalResourceId }) =>
    ResourceType === type && ResourceStatus !== 'DELETE_COMPLETE' && PhysicalResourceId
      ? [PhysicalResourceId]
      : [],
  );
}

export function outputOf({ Outputs }: Stack, key: string): string | undefined {
  return Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue || undefined;
}

export function parameterOf({ Parameters }: Stack, key: string): string | undefined {
  return Parameters?.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue || undefined;
}

/**
 * The name of the stack's group; while the stack is being made, only its resources tell.
 * @throws OperationError for a stack without one
 */
export async function groupName(site: Site): Promise<string> {
  const name =
    outputOf(site.stack, 'AutoScalingGroupName') ??
    (await idsOf(site, 'AWS::AutoScaling::AutoScalingGroup'))[0];
  if (name !== undefined) return name;
  throw new OperationError(`The stack ${site.stackName} has no Auto Scaling group`);
}
