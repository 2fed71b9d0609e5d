import { agentsByOwner } from '../../../scaler/sizing/stuck-jobs.ts';
import { minuteOf } from '../../../terminal/minute.ts';
import { counted } from '../../../terminal/text.ts';
import type { GroupState } from '../group/state.ts';
import type { QueueState } from './queue.ts';

/** Jobs that wait and that no agent takes: the scaler has found that out, and the queue still shows it. */
export interface UntakenJobs {
  readonly jobs: number;
  readonly idleAgents: number;
  /** Of those, agents that aren't the stack's, at least. */
  readonly foreignIdle: number;
  /** When the scaler launches another instance for them; an ISO date. */
  readonly nextAttemptAt: string;
}

/** Undefined while no such job waits, while instances are starting, and for a paused group. */
export function untakenJobs(
  { stuckJobs, paused, desiredCapacity, instances }: GroupState,
  queue: QueueState,
  agentsPerInstance: number,
): UntakenJobs | undefined {
  const inService = instances.filter(({ lifecycleState }) => lifecycleState === 'InService').length;
  if (stuckJobs === undefined || !queue.known || paused !== undefined) return undefined;
  const { jobs, agents } = queue.report;
  if (jobs.scheduled === 0 || desiredCapacity > inService) return undefined;
  return {
    jobs: Math.min(stuckJobs.jobs, jobs.scheduled),
    idleAgents: agents.idle,
    foreignIdle: agentsByOwner({ agents, group: { inService } }, agentsPerInstance).foreignIdle,
    nextAttemptAt: stuckJobs.nextAttemptAt,
  };
}

/** Says which jobs are stuck and why, as a sentence without its full stop. */
export function untakenText({ jobs, idleAgents, foreignIdle, nextAttemptAt }: UntakenJobs): string {
  const next = `next attempt at ${minuteOf(nextAttemptAt)}`;
  if (idleAgents === 0) return `${counted(jobs, 'job')} waiting that no agent has taken; ${next}`;
  const others = `${counted(jobs, 'job')} waiting though ${counted(idleAgents, 'agent')} ${idleAgents === 1 ? 'is' : 'are'} idle`;
  return `${others}: ${whyText(idleAgents, foreignIdle)}; ${next}`;
}

function whyText(idle: number, foreign: number): string {
  const match = "their tags don't match the jobs'";
  if (foreign === 0) return match;
  if (foreign === idle) return idle === 1 ? "it isn't this stack's" : "they aren't this stack's";
  return `${foreign} of them ${foreign === 1 ? "isn't" : "aren't"} this stack's, and ${match}`;
}
