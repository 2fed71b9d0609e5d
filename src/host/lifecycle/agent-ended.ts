import type { AgentControl } from './agent.ts';
import type { GroupCalls } from './group.ts';
import type { Notices } from './metadata.ts';

export interface AgentEnd {
  /** systemd's word for it: `success` for an agent that ended of itself or was stopped. */
  readonly serviceResult: string;
  readonly notices: Notices;
  /** Whether the agent ends by itself for other reasons than that it is idle: after a job, or after a time. */
  readonly endsByItself: boolean;
}

export interface EndCalls {
  readonly group: Pick<GroupCalls, 'terminate' | 'markUnhealthy'>;
  readonly agent: Pick<AgentControl, 'start'>;
  say(line: string): void;
  /** Until the agent's last log lines have left the instance. */
  flush(): Promise<void>;
}

/**
 * What becomes of an instance whose agent has ended. At the group's least size an idle instance stays and its agent
 * starts anew, as ending it would only bring another up.
 */
export async function afterAgent(
  { serviceResult, notices, endsByItself }: AgentEnd,
  calls: EndCalls,
): Promise<void> {
  const { group, agent, say } = calls;
  if (serviceResult !== 'success') {
    say(`the agent ended with ${serviceResult}: systemd starts it again`);
    return;
  }
  if (notices.targetState === 'Terminated' || notices.interruptionAt !== undefined || notices.rebalance) {
    say('the agent is done, and this instance ends already');
    return;
  }
  await calls.flush();
  try {
    say('the agent is done: the group is asked to end this instance, and to become smaller by it');
    if (await group.terminate({ decrement: true })) return;
    if (!endsByItself) {
      say('the group is at its least size: the agent starts again');
      await agent.start();
      return;
    }
    say('the group is at its least size: another instance takes the place of this one');
    await group.terminate({ decrement: false });
  } catch (error) {
    say(`this instance could not be ended, and is marked unhealthy: ${(error as Error).message}`);
    await group.markUnhealthy();
  }
}
