import { ORGANIZATION, type BuildkiteState } from './state.ts';

export interface AgentCounts {
  idle: number;
  busy: number;
  total: number;
}
export interface JobCounts {
  scheduled: number;
  running: number;
  waiting: number;
  total: number;
}

/** What `GET /metrics/queue` answers. A queue that nobody knows has nothing in it. */
export function queueMetrics(state: BuildkiteState, queue: string) {
  return {
    agents: countAgents(state, queue),
    jobs: countJobs(state, queue),
    organization: { slug: ORGANIZATION },
  };
}

/** What `GET /metrics` answers: the sums, and each queue's own. */
export function allMetrics(state: BuildkiteState) {
  const agentQueues = [...new Set(Object.values(state.agents).map(({ queue }) => queue))];
  const jobQueues = [...new Set(Object.values(state.jobs).map(({ queue }) => queue))];
  const by = <Counts>(queues: readonly string[], count: (queue: string) => Counts) =>
    Object.fromEntries(queues.map((queue) => [queue, count(queue)]));
  return {
    agents: { ...countAgents(state), queues: by(agentQueues, (queue) => countAgents(state, queue)) },
    jobs: { ...countJobs(state), queues: by(jobQueues, (queue) => countJobs(state, queue)) },
    organization: { slug: ORGANIZATION },
  };
}

function countAgents(state: BuildkiteState, queue?: string): AgentCounts {
  const agents = Object.values(state.agents).filter((agent) => queue === undefined || agent.queue === queue);
  const busy = agents.filter(({ jobId }) => jobId !== undefined).length;
  return { idle: agents.length - busy, busy, total: agents.length };
}

/** Jobs that wait for others do not exist here, so none is `waiting`. */
function countJobs(state: BuildkiteState, queue?: string): JobCounts {
  const jobs = Object.values(state.jobs).filter((job) => queue === undefined || job.queue === queue);
  const scheduled = jobs.filter((job) => job.state === 'scheduled').length;
  return { scheduled, running: jobs.length - scheduled, waiting: 0, total: jobs.length };
}
