import type { Notices } from './metadata.ts';

/** Why an instance ends before it is idle. */
export type EndReason = 'group' | 'interruption' | 'rebalance';

export interface LifecycleProgress {
  /** Undefined while nothing asks for the end. */
  readonly ending: EndReason | undefined;
  /** Since when the group ends the instance, in milliseconds since 1970; undefined while it does not. */
  readonly groupEndsSince: number | undefined;
  /** Whether running jobs have been told to stop. */
  readonly canceled: boolean;
  /** Whether the group has been asked to replace the instance. */
  readonly replaced: boolean;
  /** Of the last heartbeat, in milliseconds since 1970. */
  readonly heartbeatAt: number;
  /** When the agent was last seen running, in milliseconds since 1970; undefined before it has run. */
  readonly agentSeenAt: number | undefined;
}

export const INITIAL_PROGRESS: LifecycleProgress = {
  ending: undefined,
  groupEndsSince: undefined,
  canceled: false,
  replaced: false,
  heartbeatAt: 0,
  agentSeenAt: undefined,
};

export interface Observation extends Notices {
  readonly agentRuns: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Action =
  /** The agent finishes its jobs and takes no more. */
  | { readonly kind: 'stop-agent'; readonly because: EndReason }
  /** Jobs are canceled, so that they end as canceled and not as lost. */
  | { readonly kind: 'cancel-jobs' }
  /** The group's patience is renewed. */
  | { readonly kind: 'heartbeat' }
  /** The group may end the instance. */
  | { readonly kind: 'complete' }
  /** The group replaces the instance, which EC2 will take sooner or later. */
  | { readonly kind: 'replace'; readonly because: 'rebalance' | 'no-agent' };

/** What it takes a canceled job to say goodbye, before a spot instance goes. */
const CANCEL_BEFORE_MS = 20_000;
/**
 * Auto Scaling ends an instance 48 hours after it began to, whatever heartbeats say; a minute of that is for the cancellation:
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html
 */
const GROUP_WAITS_MS = 48 * 3_600_000 - 60_000;
/** Less than a third of the hook's timeout, so that several may be missed. */
const HEARTBEAT_MS = 300_000;

/** Far longer than an agent is between two starts. An instance without one is paid for, and counts as capacity. */
const WITHOUT_AGENT_MS = 600_000;

/** What to do next about an instance's end. */
export function decide(
  { targetState, interruptionAt, rebalance, agentRuns, now }: Observation,
  progress: LifecycleProgress,
): { readonly actions: readonly Action[]; readonly progress: LifecycleProgress } {
  const groupEnds = targetState === 'Terminated';
  const ending = endingOf(groupEnds, interruptionAt, rebalance) ?? progress.ending;
  if (ending === undefined) return watchAgent({ targetState, agentRuns, now }, progress);
  const actions: Action[] = [];
  let { canceled, replaced, heartbeatAt } = progress;
  if (agentRuns && progress.ending === undefined) actions.push({ kind: 'stop-agent', because: ending });
  const groupEndsSince = groupEnds ? (progress.groupEndsSince ?? now) : undefined;
  const cancelAt = Math.min(
    interruptionAt === undefined ? Infinity : interruptionAt - CANCEL_BEFORE_MS,
    groupEndsSince === undefined ? Infinity : groupEndsSince + GROUP_WAITS_MS,
  );
  if (agentRuns && !canceled && now >= cancelAt) {
    actions.push({ kind: 'cancel-jobs' });
    canceled = true;
  }
  if (groupEnds && agentRuns && now - heartbeatAt >= HEARTBEAT_MS) {
    actions.push({ kind: 'heartbeat' });
    heartbeatAt = now;
  }
  if (!agentRuns && groupEnds) actions.push({ kind: 'complete' });
  else if (!agentRuns && ending === 'rebalance' && !replaced) {
    actions.push({ kind: 'replace', because: 'rebalance' });
    replaced = true;
  }
  return { actions, progress: { ...progress, ending, groupEndsSince, canceled, replaced, heartbeatAt } };
}

/**
 * Has an instance in service replaced whose agent is gone for good: only the instance itself can tell, as Buildkite's metrics count
 * the agents of a queue. One that has not had its agent yet still boots, and the launching hook sees to that.
 */
function watchAgent(
  { targetState, agentRuns, now }: Pick<Observation, 'targetState' | 'agentRuns' | 'now'>,
  progress: LifecycleProgress,
): { readonly actions: readonly Action[]; readonly progress: LifecycleProgress } {
  if (agentRuns || targetState !== 'InService') {
    const agentSeenAt = agentRuns || progress.agentSeenAt !== undefined ? now : undefined;
    return { actions: [], progress: { ...progress, agentSeenAt } };
  }
  const { agentSeenAt = now } = progress;
  if (now - agentSeenAt < WITHOUT_AGENT_MS) return { actions: [], progress };
  // Asked for again after as long, if it has come to nothing.
  return {
    actions: [{ kind: 'replace', because: 'no-agent' }],
    progress: { ...progress, agentSeenAt: now },
  };
}

function endingOf(
  groupEnds: boolean,
  interruptionAt: number | undefined,
  rebalance: boolean,
): EndReason | undefined {
  if (groupEnds) return 'group';
  if (interruptionAt !== undefined) return 'interruption';
  return rebalance ? 'rebalance' : undefined;
}
