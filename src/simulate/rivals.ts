import type { Policy } from './engine/simulate.ts';

/** What the official scaler is told. Its names in the official template differ. */
export interface OfficialSettings {
  readonly agentsPerInstance: number;
  /** Between two times of growth. */
  readonly cooldownSeconds?: number;
  /** Instances beside those that jobs need, while there are jobs. */
  readonly instanceBuffer?: number;
  /** Its mode with more checks, off by default: it shrinks the group, and grows it where agents are missing. */
  readonly elasticCiMode?: boolean;
  readonly scaleInCooldownSeconds?: number;
}

/** Below which share of the agents that instances should have it launches one more, in Elastic CI mode. */
const AVAILABILITY_LEAST = 0.5;

/**
 * The scaler of Buildkite's Elastic CI Stack by its published rules: instances for the jobs that are scheduled and running, a
 * buffer no larger than those, compared with the instances in service, and with the desired size where there are none. In Elastic
 * CI mode a group of which fewer than half of the agents are there gets one more, and one with too many becomes smaller while
 * nothing is pending. Its requests to AWS and its jitter are left out.
 * https://github.com/buildkite/buildkite-agent-scaler (scaler/scaler.go and scaler/scaling_calculator.go at 004dd0d)
 */
export function officialPolicy({
  agentsPerInstance,
  cooldownSeconds = 300,
  instanceBuffer = 0,
  elasticCiMode = false,
  scaleInCooldownSeconds = 300,
}: OfficialSettings): Policy {
  let [grownAt, shrunkAt] = [-Infinity, -Infinity];
  return {
    name: 'official',
    pollSeconds: 10,
    desired({ jobs, agents, group, now }) {
      const load = jobs.scheduled + jobs.running;
      const present = group.inService === 0 ? group.desired : group.inService;
      const needed = Math.ceil(load / agentsPerInstance);
      const short = agents.total < AVAILABILITY_LEAST * present * agentsPerInstance;
      const boosts = elasticCiMode && short && group.desired > 0 && load > 0;
      const buffered =
        (boosts ? Math.max(needed, group.desired + 1) : needed) + Math.min(needed, instanceBuffer);
      const wanted = Math.max(group.min, Math.min(group.max, buffered));
      if (wanted > present) {
        if (now - grownAt < cooldownSeconds * 1000) return group.desired;
        grownAt = now;
        return wanted;
      }
      if (wanted === present || !elasticCiMode || group.pending > 0) return group.desired;
      if (now - shrunkAt < scaleInCooldownSeconds * 1000) return group.desired;
      shrunkAt = now;
      return wanted;
    },
  };
}

/** Datapoints of a minute above the target, before the alarm of a target tracking policy fires. */
const ALARM_MINUTES = 3;

/**
 * Auto Scaling's target tracking on the share of busy agents. Its alarm fires after three minutes above the target, and the group
 * grows in proportion; it leaves it to idle instances to end. A share of no agents is no number, so it keeps one instance: without
 * a metric of the backlog it never grows from nothing.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
 */
export function trackingPolicy({ target = 0.7 }: { readonly target?: number } = {}): Policy {
  let above = 0;
  return {
    name: 'target-tracking',
    pollSeconds: 60,
    forecastMinSize: 1,
    desired({ agents, group }) {
      const share = agents.total === 0 ? 0 : agents.busy / agents.total;
      above = share > target ? above + 1 : 0;
      const present = Math.max(1, group.desired);
      if (above < ALARM_MINUTES) return Math.min(group.max, present);
      above = 0;
      return Math.min(group.max, Math.max(present, Math.ceil((group.inService * share) / target)));
    },
  };
}
