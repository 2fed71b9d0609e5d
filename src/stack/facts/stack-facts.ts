import type { Activity, AutoScalingGroup, LifecycleHook } from '@aws-sdk/client-auto-scaling';
import type { Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../aws/context.ts';
import { type Draining, readDraining } from './group/draining.ts';
import { lifecycleHooks } from './group/hooks.ts';
import { describedGroup } from './group/group.ts';
import { launchTemplateVersion } from './group/launch-template.ts';
import { type QueueState, queueState } from './service/queue.ts';
import { stackResources } from './stack/resources.ts';
import { originOf, type StackOrigin } from './stack/summary.ts';

/** What instances are launched from. */
export interface Launch {
  readonly version: string;
  readonly data: ResponseLaunchTemplateData;
  /** The types that the group may launch, in its order. */
  readonly types: readonly string[];
}

export type ChangeAdvice = (parameter: string) => string;

/** A stack under examination. What several checks need is asked for once. */
export class StackFacts {
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
  get target(): string {
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

  /** Its own resources and those of the stacks nested in it. */
  resources(): Promise<readonly StackResourceSummary[]> {
    return this.#once('resources', () => stackResources(this.aws, this.stack.StackId ?? this.stackName));
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

  /** Whether instances of the group finish their jobs when it terminates them. */
  draining(group: AutoScalingGroup): Promise<Draining> {
    return this.#once('draining', () => readDraining(this.aws, group));
  }

  /**
   * Whether the instances run another program than ours: bk-stack then terminates none of them, and leaves their group and
   * launch template alone.
   */
  async isForeign(): Promise<boolean> {
    const group = await this.group();
    const draining = group && (await this.draining(group));
    return draining?.drains === false && draining.lacks === 'host program';
  }

  /** Tells how to give a parameter that instances depend on another value: `Name=value`. */
  async changeAdvice(): Promise<ChangeAdvice> {
    return (await this.isForeign())
      ? (parameter) =>
          `empty the stack by hand (docs/updates.md), then have CloudFormation update it with ${parameter}`
      : (parameter) => `bk-stack update ${this.target} --param ${parameter}`;
  }

  /** What the group did lately, newest first. */
  activities(group: string): Promise<readonly Activity[]> {
    return this.#once('activities', async () => {
      const { DescribeScalingActivitiesCommand } = await import('../../aws/sdk/auto-scaling.ts');
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
      const found = wanted && (await launchTemplateVersion(this.aws, wanted));
      if (found?.LaunchTemplateData === undefined) return undefined;
      const overrides = (policy?.Overrides ?? []).flatMap(({ InstanceType }) => InstanceType ?? []);
      const own = found.LaunchTemplateData.InstanceType;
      return {
        version: String(found.VersionNumber ?? ''),
        data: found.LaunchTemplateData,
        types: overrides.length > 0 || own === undefined ? overrides : [own],
      };
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
