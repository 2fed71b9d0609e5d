import type {
  DisableMetricsCollectionQuery,
  EnableMetricsCollectionQuery,
  ScalingProcessQuery,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { groupNamed, validationError } from './errors.ts';
import { reconcileSoon } from './reconciling/task.ts';

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html */
const PROCESSES = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
];

function asked(names: readonly string[] | undefined): readonly string[] {
  const unknown = (names ?? []).find((name) => !PROCESSES.includes(name));
  if (unknown !== undefined) {
    throw validationError(
      `Invalid scaling process ${unknown}. Valid scaling processes are: ${PROCESSES.join(', ')}.`,
    );
  }
  return names?.length ? names : PROCESSES;
}

export function suspendProcesses(input: ScalingProcessQuery, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const names = asked(input.ScalingProcesses);
  const at = new Date(scope.world.now()).toISOString().slice(0, 19);
  for (const name of names) {
    if (!group.suspended.some((one) => one.name === name)) {
      group.suspended.push({ name, reason: `User suspended at ${at}Z` });
    }
  }
  return {};
}

export function resumeProcesses(input: ScalingProcessQuery, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const names = asked(input.ScalingProcesses);
  group.suspended = group.suspended.filter(({ name }) => !names.includes(name));
  reconcileSoon(scope, group);
  return {};
}

const METRICS = [
  'GroupMinSize',
  'GroupMaxSize',
  'GroupDesiredCapacity',
  'GroupInServiceInstances',
  'GroupPendingInstances',
  'GroupStandbyInstances',
  'GroupTerminatingInstances',
  'GroupTotalInstances',
  'GroupInServiceCapacity',
  'GroupPendingCapacity',
  'GroupStandbyCapacity',
  'GroupTerminatingCapacity',
  'GroupTotalCapacity',
  'GroupAndWarmPoolDesiredCapacity',
  'GroupAndWarmPoolTotalCapacity',
  'WarmPoolDesiredCapacity',
  'WarmPoolMinSize',
  'WarmPoolPendingCapacity',
  'WarmPoolTerminatingCapacity',
  'WarmPoolTotalCapacity',
  'WarmPoolWarmedCapacity',
];

export function enableMetricsCollection(input: EnableMetricsCollectionQuery, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  if (input.Granularity !== '1Minute') throw validationError('Valid metrics granularity: 1Minute');
  const names = input.Metrics?.length ? input.Metrics : METRICS;
  const unknown = names.find((name) => !METRICS.includes(name));
  if (unknown !== undefined) throw new AwsError('ValidationError', `Invalid metric: ${unknown}`);
  for (const name of names) {
    if (!group.metrics.some((one) => one.name === name)) group.metrics.push({ name, granularity: '1Minute' });
  }
  return {};
}

function disableMetricsCollection(input: DisableMetricsCollectionQuery, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const names = input.Metrics?.length ? input.Metrics : METRICS;
  group.metrics = group.metrics.filter(({ name }) => !names.includes(name));
  return {};
}

export const processOperations = {
  SuspendProcesses: suspendProcesses,
  ResumeProcesses: resumeProcesses,
  EnableMetricsCollection: enableMetricsCollection,
  DisableMetricsCollection: disableMetricsCollection,
};
