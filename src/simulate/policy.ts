import {
  decide,
  type Memory,
  NOTHING_REMEMBERED,
  type Observation,
  type ScalingSettings,
} from '../scaler/decide.ts';

/** What sizes the group: the function of the stack, or what it is compared with. */
export interface Policy {
  readonly name: string;
  /** Seconds between two looks. */
  readonly pollSeconds: number;
  /** How many instances the group is to have. */
  desired(observation: Observation): number;
}

/** bk-stack's own scaler: the very function that its Lambda runs. */
export function ownPolicy(settings: ScalingSettings): Policy {
  let memory: Memory = NOTHING_REMEMBERED;
  return {
    name: 'bk-stack',
    pollSeconds: 10,
    desired(observation) {
      const decision = decide(observation, settings, memory);
      memory = decision.memory;
      return decision.desired;
    },
  };
}

/**
 * The scaler of Buildkite's Elastic CI Stack with its defaults, by its published rule: enough instances for the jobs that
 * are scheduled and running, never fewer than there are, and 300 seconds between two times of growth.
 * https://github.com/buildkite/buildkite-agent-scaler
 */
export function officialPolicy({
  agentsPerInstance,
  cooldownSeconds = 300,
}: {
  readonly agentsPerInstance: number;
  readonly cooldownSeconds?: number;
}): Policy {
  let grownAt = -Infinity;
  return {
    name: 'official',
    pollSeconds: 10,
    desired({ jobs, group, now }) {
      const wanted = Math.min(group.max, Math.ceil((jobs.scheduled + jobs.running) / agentsPerInstance));
      if (wanted <= group.desired || now - grownAt < cooldownSeconds * 1000) return group.desired;
      grownAt = now;
      return wanted;
    },
  };
}

/**
 * Auto Scaling's target tracking on the share of busy agents, at metrics of one minute: it grows in proportion, and
 * leaves it to idle instances to end.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
 */
export function trackingPolicy({
  agentsPerInstance,
  target = 0.7,
}: {
  readonly agentsPerInstance: number;
  readonly target?: number;
}): Policy {
  return {
    name: 'target-tracking',
    pollSeconds: 60,
    desired({ jobs, group }) {
      const load = jobs.scheduled + jobs.running;
      return Math.max(group.desired, Math.min(group.max, Math.ceil(load / agentsPerInstance / target)));
    },
  };
}
