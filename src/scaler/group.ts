import {
  type Activity,
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { GroupFacts } from './decide.ts';
import { HELD_TAG, heldOf, heldTagValue } from './held-tag.ts';
import { PAUSED_TAG } from './paused-tag.ts';

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

/** The group, as far as scaling concerns it. Each is one request. */
export interface Group {
  read(): Promise<{
    readonly facts: GroupFacts;
    readonly members: GroupMembers;
    /** What was written down of the least size. */
    readonly noted: string | undefined;
  }>;
  setDesired(desired: number): Promise<void>;
  /** Below which idle instances stay. */
  hold(least: number): Promise<void>;
  /** Writes down what the least is without a forecast, and what it is about to be with it. */
  rememberHeld(min: number, held: number): Promise<void>;
  /** The latest that failed, the newest first. */
  failures(): Promise<readonly LaunchFailure[]>;
  markUnhealthy(instanceId: string): Promise<void>;
  /** Ends the waiting for an instance that has nothing to finish. */
  release(instanceId: string): Promise<void>;
}

/** The hook of template/bk-stack.yml that holds instances until their jobs are done. */
const TERMINATING_HOOK = 'bk-stack-terminating';

/** Of the launches that a group remembers, more than enough for what has failed since the last look. */
const FAILURES_READ = 20;

/** @throws Error of the SDK, after its own attempts */
export function autoScalingGroup(name: string, client: Pick<AutoScalingClient, 'send'>): Group {
  const target = { AutoScalingGroupName: name };
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
      const noted = (group.Tags ?? []).find(({ Key }) => Key === HELD_TAG)?.Value;
      const facts = {
        ...heldOf(noted, group.MinSize ?? 0),
        max: group.MaxSize ?? 0,
        desired: group.DesiredCapacity ?? 0,
        pending: members.pending.length,
        inService: members.inService.length,
        terminating: members.terminating.length,
        paused: (group.Tags ?? []).some(({ Key, Value }) => Key === PAUSED_TAG && Value !== 'false'),
      };
      return { facts, members, noted };
    },
    async setDesired(DesiredCapacity) {
      await client.send(new SetDesiredCapacityCommand({ ...target, DesiredCapacity, HonorCooldown: false }));
    },
    async hold(MinSize) {
      await client.send(new UpdateAutoScalingGroupCommand({ ...target, MinSize }));
    },
    async rememberHeld(min, held) {
      const resource = { ResourceId: name, ResourceType: 'auto-scaling-group', PropagateAtLaunch: false };
      await client.send(
        new CreateOrUpdateTagsCommand({
          Tags: [{ ...resource, Key: HELD_TAG, Value: heldTagValue(min, held) }],
        }),
      );
    },
    async failures() {
      const { Activities = [] } = await client.send(
        new DescribeScalingActivitiesCommand({ ...target, MaxRecords: FAILURES_READ }),
      );
      return Activities.filter(({ StatusCode }) => StatusCode === 'Failed' || StatusCode === 'Cancelled').map(
        failureOf,
      );
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

function failureOf({ ActivityId = '', StatusMessage, Description = '', StartTime }: Activity): LaunchFailure {
  return { id: ActivityId, message: StatusMessage ?? Description, at: StartTime?.getTime() ?? 0 };
}
