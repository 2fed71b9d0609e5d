import type { Stack } from '@aws-sdk/client-cloudformation';
import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { counted } from '../../../terminal/text.ts';
import { batchesOf, protectionCommands } from './protection.ts';
import { parameterOf } from '../stack/values.ts';
import type { GroupState } from './state.ts';

/** One minute of the scaler's metrics: the fewest instances that there were, and the most that were desired or busy. */
export interface Minute {
  readonly inService: number;
  readonly desired: number;
  /** Each on an instance of its own, for all that is known. */
  readonly busyAgents: number;
}

/** Instances in service that nobody wants, that have no jobs, and that should have ended by now. */
export interface Surplus {
  readonly instances: number;
  readonly minutes: number;
  /** Why Auto Scaling doesn't end them. */
  readonly cause: 'terminate-suspended' | 'protected' | 'unknown';
  /** The protected ones among those in service, with jobs or without. */
  readonly protectedInstances: readonly string[];
}

/** What of a group tells how many instances it has, and how many it is to have. */
export type SizedGroup = Pick<GroupState, 'desiredCapacity' | 'instances' | 'suspended'>;

/** Longest time that an instance takes to end once it has been idle for its whole period. */
const MARGIN_SECONDS = 300;
/** Minutes that CloudWatch may not have yet, or that the scaler could not see. */
const MINUTES_MISSING = 3;
/** Of the official template, where a stack's own parameters say nothing. */
const IDLE_SECONDS = 600;

function inServiceOf({ instances }: SizedGroup): GroupState['instances'] {
  return instances.filter(({ lifecycleState }) => lifecycleState === 'InService');
}

/** How many more instances a group has in service than it is to have. */
export function surplusNow(group: SizedGroup): number {
  return inServiceOf(group).length - group.desiredCapacity;
}

/**
 * The instances that are too many, and have been without a break. Those that may have jobs are left out: they end later.
 * @param history the minutes that an idle instance takes to end; undefined comes of one that is not known well enough
 */
export function surplusOf(
  group: SizedGroup,
  history: readonly Minute[],
  minutes: number,
): Surplus | undefined {
  if (history.length < minutes - MINUTES_MISSING) return undefined;
  const free = history.map(({ inService, desired, busyAgents }) => inService - Math.max(desired, busyAgents));
  const instances = Math.min(surplusNow(group), ...free);
  if (instances <= 0) return undefined;
  const protectedInstances = inServiceOf(group)
    .filter(({ protectedFromScaleIn }) => protectedFromScaleIn)
    .map(({ instanceId }) => instanceId);
  const eligible = inServiceOf(group).length - protectedInstances.length;
  const cause = group.suspended.includes('Terminate')
    ? 'terminate-suspended'
    : eligible < surplusNow(group)
      ? 'protected'
      : 'unknown';
  return { instances, minutes, cause, protectedInstances };
}

/** Minutes that an idle instance of a stack takes to end, at most. */
export function idleMinutesOf(stack: Pick<Stack, 'Parameters'>): number {
  const idleSeconds = Number(parameterOf(stack, 'ScaleInIdlePeriod') ?? IDLE_SECONDS);
  return Math.ceil((idleSeconds + MARGIN_SECONDS) / 60);
}

/** The minutes of which every metric is known, from results whose ids are the keys of a minute. */
export function minutesOf(results: readonly MetricDataResult[]): Minute[] {
  const values = (id: keyof Minute) => {
    const { Timestamps = [], Values = [] } = results.find(({ Id }) => Id === id) ?? {};
    return new Map(Timestamps.map((at, index) => [at.getTime(), Values[index]]));
  };
  const [desired, busyAgents] = [values('desired'), values('busyAgents')];
  return [...values('inService')].flatMap(([at, least]) => {
    const [wanted, busy] = [desired.get(at), busyAgents.get(at)];
    return least === undefined || wanted === undefined || busy === undefined
      ? []
      : [{ inService: least, desired: wanted, busyAgents: busy }];
  });
}

const CAUSES: Readonly<Record<Surplus['cause'], string>> = {
  'terminate-suspended': "Auto Scaling's Terminate process is suspended",
  protected: 'instances are protected from scale-in',
  unknown: "Auto Scaling doesn't end them",
};

/** As a sentence without its full stop. */
export function surplusText({ instances, minutes, cause }: Surplus): string {
  const more = `${counted(instances, 'instance')} more than desired, without jobs`;
  return `${more}, in service for over ${minutes} min: ${CAUSES[cause]}`;
}

/** The commands that end them, a line each. */
export function surplusRemedy({ cause, protectedInstances }: Surplus, group: string, region: string): string {
  const on = `--auto-scaling-group-name ${group} --region ${region}`;
  switch (cause) {
    case 'terminate-suspended':
      return `aws autoscaling resume-processes --scaling-processes Terminate ${on}`;
    case 'protected':
      return protectionCommands(group, protectedInstances, region, '--no-protected-from-scale-in').join('\n');
    case 'unknown':
      return `See what the group tried: aws autoscaling describe-scaling-activities ${on}`;
  }
}

/** The instances of a group that somebody has put on standby. */
export function onStandby({ instances }: Pick<GroupState, 'instances'>): string[] {
  return instances.flatMap(({ instanceId, lifecycleState }) =>
    lifecycleState === 'Standby' ? [instanceId] : [],
  );
}

/** ExitStandby takes an array of at most 19 ids, although its description says 20. */
const EXITING_AT_ONCE = 19;

/**
 * The commands that bring them back, and what they need. Auto Scaling raises the desired capacity by as many.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ExitStandby.html
 */
export function standbyRemedy(instanceIds: readonly string[], group: string, region: string): string {
  return [
    ...batchesOf(instanceIds, EXITING_AT_ONCE).map(
      (ids) =>
        `aws autoscaling exit-standby --instance-ids ${ids.join(' ')} --auto-scaling-group-name ${group} --region ${region}`,
    ),
    `This raises the desired capacity by ${instanceIds.length}; it is refused if that exceeds the group's maximum.`,
  ].join('\n');
}
