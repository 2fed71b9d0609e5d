import type { Poll } from './poll-result.ts';
import { spotFallbackTagValue } from './spot/fallback.ts';
import type { Settings } from './settings.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The metrics, by their units. */
const UNITS = {
  ScheduledJobsCount: 'Count',
  RunningJobsCount: 'Count',
  WaitingJobsCount: 'Count',
  UnfinishedJobsCount: 'Count',
  IdleAgentCount: 'Count',
  BusyAgentCount: 'Count',
  TotalAgentCount: 'Count',
  BusyAgentPercentage: 'Percent',
  DesiredInstances: 'Count',
  InServiceInstances: 'Count',
  PendingInstances: 'Count',
  LaunchFailures: 'Count',
  SpotShortage: 'Seconds',
  DecisionLatency: 'Milliseconds',
  InstancesAhead: 'Count',
} as const;

/**
 * One line a decision, which is a log line and, in CloudWatch's embedded metric format, the metrics as well: no request.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function decisionLine({ stackName, queue }: Settings, poll: Poll): Fields {
  const { observation, decision, organization, failures, replaced, released, decisionMs } = poll;
  const { buying, forecast } = poll;
  const { jobs, agents, group, now } = observation;
  const { stuck } = decision.memory;
  const values: Record<keyof typeof UNITS, number> = {
    ScheduledJobsCount: jobs.scheduled,
    RunningJobsCount: jobs.running,
    WaitingJobsCount: jobs.waiting,
    UnfinishedJobsCount: jobs.scheduled + jobs.running + jobs.waiting,
    IdleAgentCount: agents.idle,
    BusyAgentCount: agents.busy,
    TotalAgentCount: agents.total,
    BusyAgentPercentage: agents.total === 0 ? 0 : (100 * agents.busy) / agents.total,
    DesiredInstances: decision.desired,
    InServiceInstances: group.inService,
    PendingInstances: group.pending,
    LaunchFailures: failures.length,
    SpotShortage: buying.shortage === undefined ? 0 : (now - buying.shortage.since) / 1000,
    DecisionLatency: decisionMs,
    InstancesAhead: forecast?.ahead ?? 0,
  };
  return {
    event: decision.desired === group.desired ? 'kept' : 'scaled',
    from: group.desired,
    to: decision.desired,
    reason: decision.reason,
    StackName: stackName,
    Queue: queue,
    Org: organization,
    ...values,
    min: group.min,
    max: group.max,
    terminating: group.terminating,
    ...(decision.forecastMinSize > group.min && { held: decision.forecastMinSize }),
    ...(decision.missingAgents > 0 && { missingAgents: decision.missingAgents }),
    ...(stuck !== undefined && { stuckJobs: stuck.jobs, nextAttempt: new Date(stuck.retryAt).toISOString() }),
    ...(replaced.length > 0 && { markedUnhealthy: replaced }),
    ...(released.length > 0 && { neverBooted: released }),
    ...(buying.purchase.kind !== 'normal' && { purchase: spotFallbackTagValue(buying.purchase) }),
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: 'Buildkite',
          // The second set is that of the official stack's metrics, for dashboards that people have. A metric needs a value for
          // each of its dimensions.
          Dimensions: [['StackName', 'Queue'], ...(organization === '' ? [] : [['Org', 'Queue']])],
          Metrics: Object.entries(UNITS).map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
  };
}

/** One line for each launch that failed. */
export function failureLines(poll: Poll): Fields[] {
  return poll.failures.map(({ id, message, at }) => ({
    event: 'launch-failed',
    reason: message,
    activity: id,
    at: new Date(at).toISOString(),
  }));
}

/** That spot has had no capacity for long, and what was changed about how instances are bought. */
export function purchaseLines({ buying: { told, change } }: Poll): Fields[] {
  return [
    ...(told === undefined ? [] : [{ event: 'spot-shortage', reason: told }]),
    ...(change?.step === undefined
      ? []
      : [
          change.step.kind === 'remember'
            ? {
                event: 'purchase',
                purchase: spotFallbackTagValue(change.step.purchase),
                reason: change.reason,
              }
            : {
                event: 'distributed',
                onDemandPercentage: change.step.onDemandPercentage,
                reason: change.reason,
              },
        ]),
  ];
}

/** That the zones are not balanced any more, or why they still are. */
export function balancingLines({ balancing }: Poll): Fields[] {
  if (balancing === undefined) return [];
  if (balancing.error === undefined) {
    return [{ event: 'suspended', reason: 'AZRebalance would replace instances that are in service' }];
  }
  const { name, message } = balancing.error as Error;
  return [{ event: 'suspend-failed', error: name, reason: message }];
}

/** Where the past could not be read, which leaves the forecast as it was. */
export function forecastLines({ forecast }: Poll): Fields[] {
  if (forecast?.error === undefined) return [];
  const { name, message } = forecast.error as Error;
  return [{ event: 'forecast-failed', error: name, reason: message }];
}

export function errorLine(error: unknown): Fields {
  const { name, message } = error as Error;
  return { event: 'failed', error: name, reason: message };
}
