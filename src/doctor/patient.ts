import type { Activity, AutoScalingGroup, LifecycleHook } from '@aws-sdk/client-auto-scaling';
import type { Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../aws/context.ts';
import { awsErrorCode } from '../aws/errors.ts';
import { lifecycleHooks } from '../stack/reading/hooks.ts';
import { describedGroup } from '../stack/reading/group.ts';
import { type QueueState, queueState } from '../stack/reading/queue.ts';
import { originOf, type StackOrigin } from '../stack/reading/summary.ts';

/** What instances are launched from. */
export interface Launch {
  readonly version: string;
  readonly data: ResponseLaunchTemplateData;
  /** The types that the group may launch, in its order. */
  readonly types: readonly string[];
}

/** A stack under examination. What several checks need is asked for once. */
export class Patient {
  readonly origin: StackOrigin;
  readonly stackName: string;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(
    readonly aws: AwsContext,
    readonly stack: Stack,
  ) {
    this.origin = originOf(stack);
    this.stackName = stack.StackName ?? '';
  }

  get region(): string {
    return this.aws.region;
  }

  /** For commands that a person is to type. */
  get place(): string {
    return `${this.stackName} --region ${this.region}`;
  }

  /** A parameter's value; undefined for one that is empty, or that the template does not have. */
  parameter(key: string): string | undefined {
    return (
      this.stack.Parameters?.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue || undefined
    );
  }

  output(key: string): string | undefined {
    return this.stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  }

  /** Its own resources and those of the stacks nested in it, which is where the official template has its scaler. */
  resources(): Promise<readonly StackResourceSummary[]> {
    return this.#once('resources', async () => {
      const own = await this.#resourcesOf(this.stack.StackId ?? this.stackName);
      const nested = own.filter(
        ({ ResourceType, PhysicalResourceId }) =>
          ResourceType === 'AWS::CloudFormation::Stack' && PhysicalResourceId !== undefined,
      );
      const inner = await Promise.all(
        nested.map(({ PhysicalResourceId = '' }) => this.#resourcesOf(PhysicalResourceId)),
      );
      return [...own, ...inner.flat()];
    });
  }

  async #resourcesOf(stackId: string): Promise<StackResourceSummary[]> {
    const { ListStackResourcesCommand } = await import('../aws/sdk/cloudformation.ts');
    const client = await this.aws.clients.cloudFormation();
    const found: StackResourceSummary[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(new ListStackResourcesCommand({ StackName: stackId, NextToken: token }));
      found.push(...(page.StackResourceSummaries ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return found.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
  }

  /** The ids of its resources of a type. */
  async physicalIds(type: string): Promise<string[]> {
    return (await this.resources()).flatMap(({ ResourceType, PhysicalResourceId }) =>
      ResourceType === type && PhysicalResourceId !== undefined ? [PhysicalResourceId] : [],
    );
  }

  /** Undefined where the stack names no group, or it is gone. */
  group(): Promise<AutoScalingGroup | undefined> {
    return this.#once('group', async () => {
      const name = this.output('AutoScalingGroupName');
      if (name === undefined) return undefined;
      const group = await describedGroup(this.aws, name);
      // One that says how it is, is being deleted.
      return group?.Status === undefined ? group : undefined;
    });
  }

  hooks(group: string): Promise<readonly LifecycleHook[]> {
    return this.#once('hooks', () => lifecycleHooks(this.aws, group));
  }

  /** What the group did lately, newest first. */
  activities(group: string): Promise<readonly Activity[]> {
    return this.#once('activities', async () => {
      const { DescribeScalingActivitiesCommand } = await import('../aws/sdk/auto-scaling.ts');
      const client = await this.aws.clients.autoScaling();
      const { Activities } = await client.send(
        new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: 50 }),
      );
      return Activities ?? [];
    });
  }

  /** Undefined for a group without a launch template, or whose template is gone. */
  launch(group: AutoScalingGroup): Promise<Launch | undefined> {
    return this.#once('launch', async () => {
      const policy = group.MixedInstancesPolicy?.LaunchTemplate;
      const wanted = policy?.LaunchTemplateSpecification ?? group.LaunchTemplate;
      if (wanted?.LaunchTemplateId === undefined) return undefined;
      const { DescribeLaunchTemplateVersionsCommand } = await import('../aws/sdk/ec2.ts');
      const client = await this.aws.clients.ec2();
      try {
        const { LaunchTemplateVersions } = await client.send(
          new DescribeLaunchTemplateVersionsCommand({
            LaunchTemplateId: wanted.LaunchTemplateId,
            Versions: [wanted.Version ?? '$Default'],
            ResolveAlias: true,
          }),
        );
        const [found] = LaunchTemplateVersions ?? [];
        if (found?.LaunchTemplateData === undefined) return undefined;
        const overrides = (policy?.Overrides ?? []).flatMap(({ InstanceType }) => InstanceType ?? []);
        const own = found.LaunchTemplateData.InstanceType;
        return {
          version: String(found.VersionNumber ?? ''),
          data: found.LaunchTemplateData,
          types: overrides.length > 0 || own === undefined ? overrides : [own],
        };
      } catch (error) {
        if (/^InvalidLaunchTemplateId/.test(awsErrorCode(error) ?? '')) return undefined;
        throw error;
      }
    });
  }

  /** What Buildkite says of the queue. */
  queue(): Promise<QueueState> {
    return this.#once('queue', () => queueState(this.aws, this.stack));
  }

  #once<Fact>(name: string, ask: () => Promise<Fact>): Promise<Fact> {
    let known = this.#known.get(name) as Promise<Fact> | undefined;
    known ??= ask();
    this.#known.set(name, known);
    return known;
  }
}
