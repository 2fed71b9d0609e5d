import type {
  MetricGranularityType,
  MixedInstancesPolicy,
  PutScalingPolicyType,
  RefreshPreferences,
  DesiredConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../kernel/world.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';

export type LifecycleState =
  | 'Pending'
  | 'Pending:Wait'
  | 'Pending:Proceed'
  | 'InService'
  | 'EnteringStandby'
  | 'Standby'
  | 'Terminating'
  | 'Terminating:Wait'
  | 'Terminating:Proceed'
  | 'Warmed:Pending'
  | 'Warmed:Pending:Wait'
  | 'Warmed:Pending:Proceed'
  | 'Warmed:Stopped'
  | 'Warmed:Terminating'
  | 'Warmed:Terminating:Wait'
  | 'Warmed:Terminating:Proceed';

export type Transition = 'autoscaling:EC2_INSTANCE_LAUNCHING' | 'autoscaling:EC2_INSTANCE_TERMINATING';

/** A launch template's version as it was resolved for one launch. */
export interface TemplateVersion {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** A lifecycle action under way: what holds an instance in a Wait state. */
export interface LifecycleAction {
  readonly token: string;
  deadline: Instant;
  /** Heartbeats cannot move the deadline past this. */
  readonly globalDeadline: Instant;
}

/** An instance of a group. */
export interface MemberRecord {
  readonly instanceId: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly spot: boolean;
  /** Units of capacity that it counts for; shown only where the group has weights. */
  readonly weight: number;
  readonly template?: TemplateVersion;
  readonly launchedAt: Instant;
  lifecycle: LifecycleState;
  healthy: boolean;
  /** Whether somebody said that it is unhealthy, or EC2. */
  unhealthyBy?: 'user' | 'ec2';
  protectedFromScaleIn: boolean;
  inServiceAt?: Instant;
  /** The activity that launches or terminates it. */
  activityId: string;
  /** Lifecycle actions under way, by the name of their hook. */
  actions: Record<string, LifecycleAction>;
}

export interface HookRecord {
  readonly name: string;
  transition: Transition;
  heartbeatSeconds: number;
  defaultResult: 'CONTINUE' | 'ABANDON';
  metadata?: string;
  targetArn?: string;
  roleArn?: string;
}

export type ActivityStatus =
  'PreInService' | 'InProgress' | 'MidLifecycleAction' | 'Successful' | 'Failed' | 'Cancelled';

export interface ActivityRecord {
  readonly id: string;
  readonly description: string;
  readonly cause: string;
  readonly startedAt: Instant;
  endedAt?: Instant;
  status: ActivityStatus;
  message?: string;
  progress: number;
  /** JSON text: the subnet and the zone. */
  readonly details: string;
}

export interface GroupTag {
  readonly key: string;
  readonly value: string;
  readonly propagate: boolean;
}

export interface ScheduledRecord {
  readonly name: string;
  readonly arn: string;
  startAt?: Instant;
  endAt?: Instant;
  recurrence?: string;
  timeZone?: string;
  min?: number;
  max?: number;
  desired?: number;
  /** When it is to run next; absent when it never will. */
  nextAt?: Instant;
}

export interface RefreshRecord {
  readonly id: string;
  status:
    | 'Pending'
    | 'InProgress'
    | 'Successful'
    | 'Failed'
    | 'Cancelling'
    | 'Cancelled'
    | 'RollbackInProgress'
    | 'RollbackSuccessful';
  statusReason?: string;
  readonly startedAt: Instant;
  endedAt?: Instant;
  readonly preferences: RefreshPreferences;
  readonly desired?: DesiredConfiguration;
  /** What the group launched from before, for a rollback. */
  readonly previous: { readonly launchTemplate?: GroupTemplate; readonly mixed?: MixedInstancesPolicy };
  /** The members still to be replaced, of the group and of its warm pool. */
  remaining: string[];
  readonly total: number;
  /** How many of them were in the warm pool; absent where there was none. */
  readonly totalWarm?: number;
  /** The checkpoint it waits at, until when. */
  pausedUntil?: Instant;
  checkpointsPassed: number;
}

/** How launches go: those that failed in a row, and when the next may be tried. */
export interface Launching {
  failures: number;
  retryAt?: Instant;
}

/** Instances beside a group that have been launched before they are needed, and are stopped. */
export interface WarmPoolRecord extends Launching {
  minSize: number;
  /** Of the group and the pool together; where it equals `minSize`, of the pool alone. */
  maxPrepared?: number;
  /** Set once its deletion is under way. */
  deleting: boolean;
  readonly members: Record<string, MemberRecord>;
}

/** The launch template that a group names: a version may be `$Latest` or `$Default`. */
export interface GroupTemplate {
  readonly id: string;
  readonly name: string;
  readonly version?: string;
}

export interface GroupRecord extends Launching {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Instant;
  min: number;
  max: number;
  desired: number;
  defaultCooldown: number;
  defaultWarmup?: number;
  zones: string[];
  subnetIds: string[];
  launchTemplate?: GroupTemplate;
  mixed?: MixedInstancesPolicy;
  healthCheckType: string;
  healthCheckGrace: number;
  tags: GroupTag[];
  terminationPolicies: string[];
  protectNew: boolean;
  maxInstanceLifetime?: number;
  capacityRebalance: boolean;
  serviceLinkedRoleArn: string;
  context?: string;
  desiredCapacityType?: string;
  metrics: { name: string; granularity: MetricGranularityType['Granularity'] }[];
  suspended: { name: string; reason: string }[];
  hooks: Record<string, HookRecord>;
  scheduled: Record<string, ScheduledRecord>;
  policies: Record<string, PutScalingPolicyType & { arn: string }>;
  members: Record<string, MemberRecord>;
  warmPool?: WarmPoolRecord;
  /** The newest last. */
  activities: ActivityRecord[];
  refreshes: RefreshRecord[];
  /** Set once a deletion is under way. */
  deleting: boolean;
  /** Why the wanted capacity is what it is, in the words of activities' causes, since the last scaling. */
  reasons: string[];
  /** Launches still to be made for unhealthy instances that were ended. */
  replacements: number;
  /** The wanted capacity that protected instances kept the group from; said once. */
  stuckAt?: number;
}

interface AutoScalingState {
  groups: Record<string, GroupRecord>;
  /** The activities of groups that are gone, by the group's name, for IncludeDeletedGroups. */
  history: Record<string, { readonly arn: string; readonly activities: ActivityRecord[] }>;
}

export const autoScalingState = defineSlice<AutoScalingState>('autoscaling', () => ({
  groups: {},
  history: {},
}));

/** The groups of a region, by name. */
export function groupsOf(scope: Scope): Record<string, GroupRecord> {
  return autoScalingState(scope).groups;
}

/** The members of a group, and those of its warm pool. */
export function everyMember({ members, warmPool }: GroupRecord): MemberRecord[] {
  return [...Object.values(members), ...Object.values(warmPool?.members ?? {})];
}

/** A member of the group, or of its warm pool. */
export function memberOf({ members, warmPool }: GroupRecord, instanceId: string): MemberRecord | undefined {
  return members[instanceId] ?? warmPool?.members[instanceId];
}

/** The group whose member an instance is, or a member of its warm pool. */
export function groupOfInstance(scope: Scope, instanceId: string): GroupRecord | undefined {
  return Object.values(groupsOf(scope)).find((group) => memberOf(group, instanceId) !== undefined);
}

/** Whether a member is in the warm pool, or on its way into it or out of it for good. */
export function isWarm({ lifecycle }: Pick<MemberRecord, 'lifecycle'>): boolean {
  return lifecycle.startsWith('Warmed:');
}

/** The units of capacity that a group has or is getting: what counts against the desired capacity. */
export function countedMembers(group: GroupRecord): MemberRecord[] {
  return Object.values(group.members).filter(
    ({ lifecycle }) => lifecycle === 'InService' || lifecycle.startsWith('Pending'),
  );
}

export function unitsOf(members: readonly { readonly weight: number }[]): number {
  return members.reduce((sum, { weight }) => sum + weight, 0);
}

export function isSuspended(group: GroupRecord, process: string): boolean {
  return group.suspended.some(({ name }) => name === process);
}
