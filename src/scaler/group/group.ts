import {
  type Activity,
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  type InstancesDistribution,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { GroupFacts } from '../sizing/observation.ts';
import { FORECAST_MIN_SIZE_TAG, type MinSizeNote, minSizesOf, minSizeTagValue } from './forecast-min-size.ts';
import { isFailedLaunch } from './launch-activity.ts';
import { AGENTS_TAG, type AgentsByVersion, agentsTagValue } from './launched-agents.ts';
import { isPaused, PAUSED_TAG } from './paused-tag.ts';
import {
  type SpotFallback,
  SPOT_FALLBACK_TAG,
  type SpotFallbackFacts,
  spotFallbackOf,
  spotFallbackTagValue,
} from '../spot/fallback.ts';
import { type GroupActivity, shortageIn, type SpotShortage } from '../spot/shortage.ts';
import { STUCK_TAG, type StuckJobs, stuckTagValue } from '../sizing/stuck-jobs.ts';

/** A launch that failed, as the group tells it. */
export interface LaunchFailure {
  readonly id: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The group's instances by how far they are. */
export interface GroupMembers {
  readonly pending: readonly string[];
  readonly inService: readonly string[];
  readonly terminating: readonly string[];
}

/** What the group's latest activities tell. */
export interface Launches {
  /** Those that failed, the newest first. */
  readonly failures: readonly LaunchFailure[];
  readonly shortage: SpotShortage | undefined;
}

/** How a group buys, and its distribution as AWS gives it, of which a change has to say everything. */
export interface GroupPurchase extends SpotFallbackFacts {
  readonly distribution: InstancesDistribution | undefined;
}

/** The group, as far as scaling concerns it. Each is one request. */
export interface Group {
  read(): Promise<{
    readonly facts: GroupFacts;
    readonly members: GroupMembers;
    readonly buying: GroupPurchase;
    /** The scaler's notes in the group's tags. */
    readonly noted: {
      readonly held: string | undefined;
      readonly stuck: string | undefined;
      readonly agents: string | undefined;
    };
    /** Of the launch template, for each instance in service and for all; empty where an instance has none. */
    readonly versions: { readonly inService: readonly string[]; readonly all: readonly string[] };
    /** Whether Auto Scaling replaces instances in service to even out the zones. */
    readonly balancesZones: boolean;
  }>;
  setDesired(desired: number): Promise<void>;
  /** Below which idle instances stay. */
  hold(minSize: number): Promise<void>;
  /** Writes down the group's own minimum, and what MinSize is about to be. */
  rememberHeld(note: MinSizeNote): Promise<void>;
  rememberStuck(stuck: StuckJobs | undefined): Promise<void>;
  /** Writes down how many agents instances have. */
  rememberAgents(agents: AgentsByVersion): Promise<void>;
  /** @param now milliseconds since 1970 */
  launches(now: number): Promise<Launches>;
  markUnhealthy(instanceId: string): Promise<void>;
  /** Ends the waiting for an instance that has nothing to finish. */
  release(instanceId: string): Promise<void>;
  /** Writes down how instances are to be bought. */
  remember(purchase: SpotFallback): Promise<void>;
  /** @param onDemandPercentage of what is above the group's base */
  distribute(buying: GroupPurchase, onDemandPercentage: number): Promise<void>;
  /** Suspends that replacing for balance. Launches are still spread over the zones. May be repeated. */
  suspendBalancing(): Promise<void>;
}

/**
 * Replaces instances in service where the zones differ by two or more. Launches and scale-ins go by the zones without it, and
 * Capacity Rebalancing of spot instances doesn't depend on it.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-how-suspending-processes-affects-other-processes.html
 */
const BALANCING = 'AZRebalance';

/** The hook of template/bk-stack.yml that holds instances until their jobs are done. */
const TERMINATING_HOOK = 'bk-stack-terminating';

/** Of the activities that a group remembers, a page: a try that fails leaves one for each zone. */
const ACTIVITIES_READ = 100;

/** @throws Error of the SDK, after its own attempts */
export function autoScalingGroup(name: string, client: Pick<AutoScalingClient, 'send'>): Group {
  const target = { AutoScalingGroupName: name };
  const note = async (Key: string, Value: string) => {
    const resource = { ResourceId: name, ResourceType: 'auto-scaling-group', PropagateAtLaunch: false };
    await client.send(new CreateOrUpdateTagsCommand({ Tags: [{ ...resource, Key, Value }] }));
  };
  return {
    async read() {
      const { AutoScalingGroups: [group] = [] } = await client.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
      );
      if (group === undefined) throw new Error(`There is no Auto Scaling group ${name}`);
      const instances = group.Instances ?? [];
      const inState = (pattern: RegExp) =>
        instances
          .filter(({ LifecycleState = '' }) => pattern.test(LifecycleState))
          .flatMap(({ InstanceId }) => InstanceId ?? []);
      const members = {
        pending: inState(/^Pending/),
        inService: inState(/^InService$/),
        terminating: inState(/^Terminating/),
      };
      const versionsOf = (some: typeof instances) =>
        some.map(({ LaunchTemplate }) => LaunchTemplate?.Version ?? '');
      const versions = {
        inService: versionsOf(instances.filter(({ LifecycleState }) => LifecycleState === 'InService')),
        all: versionsOf(instances),
      };
      const tagged = (key: string) => group.Tags?.find(({ Key }) => Key === key)?.Value;
      const noted = {
        held: tagged(FORECAST_MIN_SIZE_TAG),
        stuck: tagged(STUCK_TAG),
        agents: tagged(AGENTS_TAG),
      };
      const facts = {
        ...minSizesOf(noted.held, group.MinSize ?? 0),
        max: group.MaxSize ?? 0,
        desired: group.DesiredCapacity ?? 0,
        pending: members.pending.length,
        inService: members.inService.length,
        terminating: members.terminating.length,
        paused: isPaused(tagged(PAUSED_TAG)),
      };
      const distribution = group.MixedInstancesPolicy?.InstancesDistribution;
      const buying = {
        purchase: spotFallbackOf(tagged(SPOT_FALLBACK_TAG)),
        onDemandPercentage: distribution && (distribution.OnDemandPercentageAboveBaseCapacity ?? 100),
        paused: facts.paused,
        distribution,
      };
      const balancesZones = !group.SuspendedProcesses?.some(({ ProcessName }) => ProcessName === BALANCING);
      return { facts, members, buying, noted, versions, balancesZones };
    },
    async setDesired(DesiredCapacity) {
      await client.send(new SetDesiredCapacityCommand({ ...target, DesiredCapacity, HonorCooldown: false }));
    },
    async hold(MinSize) {
      await client.send(new UpdateAutoScalingGroupCommand({ ...target, MinSize }));
    },
    rememberHeld: (held) => note(FORECAST_MIN_SIZE_TAG, minSizeTagValue(held)),
    rememberStuck: (stuck) => note(STUCK_TAG, stuckTagValue(stuck)),
    rememberAgents: (agents) => note(AGENTS_TAG, agentsTagValue(agents)),
    async launches(now) {
      const { Activities = [] } = await client.send(
        new DescribeScalingActivitiesCommand({ ...target, MaxRecords: ACTIVITIES_READ }),
      );
      return {
        failures: Activities.filter(isFailedLaunch).map(failureOf),
        shortage: shortageIn(Activities.map(activityOf), now),
      };
    },
    remember: (purchase) => note(SPOT_FALLBACK_TAG, spotFallbackTagValue(purchase)),
    // Without the launch template, which is optional in a change, so that the role needs no right to launch from it. What is
    // left out of a distribution is set to its default.
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
    async distribute({ distribution }, OnDemandPercentageAboveBaseCapacity) {
      const InstancesDistribution = { ...distribution, OnDemandPercentageAboveBaseCapacity };
      await client.send(
        new UpdateAutoScalingGroupCommand({ ...target, MixedInstancesPolicy: { InstancesDistribution } }),
      );
    },
    async suspendBalancing() {
      await client.send(new SuspendProcessesCommand({ ...target, ScalingProcesses: [BALANCING] }));
    },
    async release(InstanceId) {
      const action = { LifecycleHookName: TERMINATING_HOOK, LifecycleActionResult: 'CONTINUE' };
      await client.send(new CompleteLifecycleActionCommand({ ...target, ...action, InstanceId }));
    },
    async markUnhealthy(InstanceId) {
      await client.send(
        new SetInstanceHealthCommand({
          InstanceId,
          HealthStatus: 'Unhealthy',
          ShouldRespectGracePeriod: false,
        }),
      );
    },
  };
}

function activityOf(activity: Activity): GroupActivity {
  const { Description: description = '', StatusMessage: message = '', StartTime } = activity;
  return { description, message, failed: isFailedLaunch(activity), at: StartTime?.getTime() ?? 0 };
}

function failureOf({ ActivityId = '', StatusMessage, Description = '', StartTime }: Activity): LaunchFailure {
  return { id: ActivityId, message: StatusMessage ?? Description, at: StartTime?.getTime() ?? 0 };
}
