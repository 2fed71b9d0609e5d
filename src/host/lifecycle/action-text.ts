import type { Action } from './decide.ts';

const REASONS = {
  group: 'the group ends this instance',
  interruption: 'EC2 takes this spot instance back',
  rebalance: 'EC2 recommends to replace this spot instance',
};

/** What an instance's log says of an action. */
export function actionText(action: Action): string {
  switch (action.kind) {
    case 'stop-agent':
      return `${REASONS[action.because]}: the agent finishes its jobs and takes no more`;
    case 'cancel-jobs':
      return 'the time is up: running jobs are canceled';
    case 'heartbeat':
      return 'jobs are still running: the group waits on';
    case 'complete':
      return 'the agent is done: the group may end this instance';
    case 'replace':
      return action.because === 'no-agent'
        ? 'no agent has run for ten minutes: the group replaces this instance'
        : 'the agent is done: the group replaces this instance';
  }
}
