import type {
  Activity,
  AutoScalingGroup,
  InstanceRefresh,
  LaunchTemplateSpecification,
  LifecycleHook,
} from '@aws-sdk/client-auto-scaling';
import type { Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../aws/context.ts';
import { isDenied } from '../../aws/errors.ts';
import { OperationError } from '../../errors.ts';
import type { GroupActivities } from './group/activities.ts';
import { type Draining, drainingOfGroup } from './group/draining.ts';
import { type Launch, launchOf, launchTemplatesOf } from './group/launch-template.ts';
import { hasEnded } from './group/refreshes.ts';
import { type GroupState, groupState } from './group/state.ts';
import type { WarmInstance } from './group/warm-pool.ts';
import { logGroupsOf, type StackLogGroups } from './service/log-groups.ts';
import { type QueueState, queueState } from './service/queue.ts';
import type { StoredToken } from './service/token.ts';
import { awsFacts, type FactSource } from './source.ts';
import { requireStack } from './stack/find-stack.ts';
import { isPresent, physicalIds, resourceTree } from './stack/resources.ts';
import { type StackSummary, summaryOf } from './stack/summary.ts';
import { groupNameOf, outputOf, parameterOf, tokenPathOf, withoutGroup } from './stack/values.ts';

/** How many activities of a group tell how it fares now, and how many are its history. */
const [LATELY, HISTORY] = [50, 1000];

/** Tells how to change a parameter that instances depend on, given as `Name=value`. */
export type ChangeAdvice = (assignment: string) => string;

/**
 * The facts about one stack, each asked for when it is first needed and then kept: a command makes one of these, and whatever it
 * calls shares it. One that reads again what may have changed takes `fresh()`.
 */
export class StackFacts {
  readonly stackName: string;
  readonly summary: StackSummary;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(
    readonly aws: AwsContext,
    readonly stack: Stack,
    private readonly source: FactSource = awsFacts(aws),
  ) {
    this.stackName = stack.StackName ?? '';
    this.summary = summaryOf(stack, aws.region);
  }

  /** The facts about the same stack, read anew. */
  fresh(): StackFacts {
    return new StackFacts(this.aws, this.stack, this.source);
  }

  get region(): string {
    return this.aws.region;
  }

  get stackId(): string {
    return this.stack.StackId ?? this.stackName;
  }

  /** The stack as commands that a person types name it. */
  get target(): string {
    return `${this.stackName} --region ${this.region}`;
  }

  /** A parameter's value; undefined for one that is empty, or that the template does not have. */
  parameter(key: string): string | undefined {
    return parameterOf(this.stack, key);
  }

  output(key: string): string | undefined {
    return outputOf(this.stack, key);
  }

  /** The log groups of its instances and its scaler; undefined for a stack that has to do with no agents. */
  get logGroups(): StackLogGroups | undefined {
    return logGroupsOf(this.stack);
  }

  /** Its template as it was given. */
  template(): Promise<string> {
    return this.#once('template', () => this.source.template(this.stackId));
  }

  /** Its own resources and those of the stacks nested in it, with those that CloudFormation has deleted. */
  resourceHistory(): Promise<readonly StackResourceSummary[]> {
    return this.#once('resources', () => resourceTree(this.source.resources, this.stackId));
  }

  /** Its own resources and those of the stacks nested in it. */
  async resources(): Promise<readonly StackResourceSummary[]> {
    return (await this.resourceHistory()).filter(isPresent);
  }

  /** The ids of its resources of a type. */
  async physicalIds(type: string): Promise<string[]> {
    return physicalIds(await this.resourceHistory(), type);
  }

  /** The name of its group: its outputs tell it, and while it is being made, only its resources do. */
  async groupName(): Promise<string | undefined> {
    return groupNameOf(this.stack) ?? (await this.physicalIds('AWS::AutoScaling::AutoScalingGroup'))[0];
  }

  /** @throws OperationError for a stack without a group */
  async requireGroupName(): Promise<string> {
    const name = await this.groupName();
    if (name !== undefined) return name;
    throw withoutGroup(this.stack);
  }

  /** The group as AWS describes it; undefined where the stack has none, or it is gone. */
  describedGroup(): Promise<AutoScalingGroup | undefined> {
    return this.#once('group', async () => {
      const name = await this.groupName();
      return name === undefined ? undefined : this.source.group(name);
    });
  }

  /** @throws OperationError for a stack without a group, and for one whose group is gone */
  async requireGroup(): Promise<AutoScalingGroup> {
    const name = await this.requireGroupName();
    const group = await this.describedGroup();
    if (group !== undefined) return group;
    throw new OperationError(`There is no Auto Scaling group ${name} any more`);
  }

  /** The group that works: undefined also for one that is being deleted, the only one to which AWS gives a status. */
  async group(): Promise<AutoScalingGroup | undefined> {
    const group = await this.describedGroup();
    return group?.Status === undefined ? group : undefined;
  }

  /** The group with its failed launches and its warm pool. */
  groupState(): Promise<GroupState | undefined> {
    return this.#once('group state', async () => {
      const [group, activities] = await Promise.all([this.describedGroup(), this.activities()]);
      return group && groupState(group, activities, await this.visibleWarmPool(group));
    });
  }

  hooks(): Promise<readonly LifecycleHook[]> {
    return this.#ofGroup('hooks', (name) => this.source.hooks(name));
  }

  /** What the group did and tried lately, newest first. */
  activities(): Promise<readonly Activity[]> {
    return this.#ofGroup(
      'activities',
      async (name) => (await this.source.activities(name, LATELY)).activities,
    );
  }

  /** As much as support may need of what the group ever did, newest first. */
  activityHistory(): Promise<GroupActivities> {
    return this.#once('activity history', async () =>
      this.source.activities(await this.requireGroupName(), HISTORY),
    );
  }

  /** The latest instance refreshes of the group, newest first. */
  refreshes(): Promise<readonly InstanceRefresh[]> {
    return this.#ofGroup('refreshes', (name) => this.source.refreshes(name));
  }

  /** Whether an instance refresh replaces instances now, of an update or of a new token. */
  async isRefreshing(): Promise<boolean> {
    return (await this.refreshes()).some(({ Status }) => !hasEnded(Status));
  }

  /** Everything in the group's warm pool; empty where it has none. */
  warmPool(): Promise<readonly WarmInstance[]> {
    return this.#ofGroup('warm pool', (name) => this.source.warmPool(name));
  }

  /** Undefined for a group without a warm pool, and where the caller may not read it. */
  private async visibleWarmPool({
    WarmPoolConfiguration,
  }: AutoScalingGroup): Promise<readonly WarmInstance[] | undefined> {
    if (WarmPoolConfiguration === undefined) return undefined;
    return this.warmPool().catch((error: unknown) => {
      if (!isDenied(error)) throw error;
      return undefined;
    });
  }

  /** Whether instances of the group finish their jobs when it terminates them. */
  draining(group: AutoScalingGroup): Promise<Draining> {
    return this.#once('draining', () =>
      drainingOfGroup(
        group,
        () => this.hooks(),
        (template) => this.#launchTemplate(template),
      ),
    );
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

  async changeAdvice(): Promise<ChangeAdvice> {
    return (await this.isForeign())
      ? (assignment) =>
          `empty the stack by hand (docs/updates.md), then have CloudFormation update it with ${assignment}`
      : (assignment) => `bk-stack update ${this.target} --param ${assignment}`;
  }

  /** Undefined for a group without a launch template, or whose template is gone. */
  async launch(group: AutoScalingGroup): Promise<Launch | undefined> {
    const [template] = launchTemplatesOf(group);
    const version = template && (await this.#launchTemplate(template));
    return version && launchOf(group, version);
  }

  /**
   * The SSM parameter that holds the agent token: the one that the stack was told of, else one that it made itself, as the
   * official template does with a token that is passed as a parameter.
   */
  async tokenPath(): Promise<string | undefined> {
    return tokenPathOf(this.stack) ?? (await this.physicalIds('AWS::SSM::Parameter'))[0];
  }

  /** Undefined where the parameter is gone. */
  token(path: string): Promise<StoredToken | undefined> {
    return this.#once(`token ${path}`, () => this.source.token(path));
  }

  /** What Buildkite says of the queue. */
  queue(): Promise<QueueState> {
    return this.#once('queue', async () => {
      const path = await this.tokenPath().catch(() => undefined);
      return queueState(this.aws, this.stack, path, (name) => this.token(name));
    });
  }

  /** The newest version of its launch template, then the default one where that is another; none where it has no template. */
  async launchTemplates(): Promise<readonly LaunchTemplateVersion[]> {
    const id = this.output('LaunchTemplateId') ?? (await this.physicalIds('AWS::EC2::LaunchTemplate'))[0];
    if (id === undefined) return [];
    const versions = await this.#versions({ LaunchTemplateId: id }, ['$Latest', '$Default']);
    return [...versions].sort((a, b) => (b.VersionNumber ?? 0) - (a.VersionNumber ?? 0));
  }

  async #launchTemplate(template: LaunchTemplateSpecification): Promise<LaunchTemplateVersion | undefined> {
    return (await this.#versions(template, [template.Version ?? '$Default']))[0];
  }

  #versions(
    template: LaunchTemplateSpecification,
    versions: readonly string[],
  ): Promise<readonly LaunchTemplateVersion[]> {
    return this.#once(`launch template ${JSON.stringify([template, versions])}`, () =>
      this.source.launchTemplates(template, versions),
    );
  }

  /** Facts of the group by its name; none where the stack has no group. */
  #ofGroup<Item>(name: string, ask: (group: string) => Promise<readonly Item[]>): Promise<readonly Item[]> {
    return this.#once(name, async () => {
      const group = await this.groupName();
      return group === undefined ? [] : ask(group);
    });
  }

  #once<Fact>(name: string, ask: () => Promise<Fact>): Promise<Fact> {
    const known = (this.#known.get(name) as Promise<Fact> | undefined) ?? ask();
    this.#known.set(name, known);
    return known;
  }
}

/**
 * The facts about the stack with this name.
 * @throws OperationError that names the stacks there are, when there is no such one
 */
export async function requireStackFacts(aws: AwsContext, stackName: string): Promise<StackFacts> {
  return new StackFacts(aws, await requireStack(aws, stackName));
}
