import type { Settings } from '../program/settings.ts';
import type { AgentControl } from './agent.ts';
import type { GroupCalls } from './group.ts';
import type { Notices } from './metadata.ts';

export interface AgentExit {
  /** systemd's word for it: `success` for an agent that ended of itself or was stopped. */
  readonly serviceResult: string;
  readonly notices: Notices;
  /** Whether it was stopped because the system shuts down, to reboot or for good. */
  readonly shuttingDown: boolean;
  /** Whether the agent ends by itself for other reasons than that it is idle: after a job, or after a time. */
  readonly endsByItself: boolean;
}

export interface AgentExitCalls {
  readonly group: Pick<GroupCalls, 'terminate' | 'unprotect' | 'markUnhealthy'>;
  readonly agent: Pick<AgentControl, 'start'>;
  readonly say: (line: string) => void;
  /** Until the agent's last log lines have left the instance. */
  flush(): Promise<void>;
}

/**
 * Ends an instance whose agent has ended, and shrinks its group by it. At the group's minimum an idle instance gives up its
 * scale-in protection and starts its agent again. Where the group has more instances than desired, Auto Scaling may then end
 * as many unprotected ones as are too many (how soon is still to be tried on AWS); it counts, so instances that do this at once
 * end no more than that, and none is launched in their place. Elsewhere the instance just stays.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
 */
export async function handleAgentExit(
  { serviceResult, notices, shuttingDown, endsByItself }: AgentExit,
  calls: AgentExitCalls,
): Promise<void> {
  const { group, agent, say } = calls;
  if (shuttingDown) {
    say('the system shuts down: the agent starts again with it');
    return;
  }
  if (serviceResult !== 'success') {
    say(`the agent ended with ${serviceResult}: systemd starts it again`);
    return;
  }
  if (isLeaving(notices)) {
    say('the agent is done, and this instance ends already');
    return;
  }
  if (notices.targetState === 'Standby') {
    say('somebody has put this instance on standby: the agent starts again');
    await agent.start();
    return;
  }
  await calls.flush();
  try {
    say('the agent is done: the group is asked to end this instance, and to become smaller by it');
    if (await group.terminate({ decrement: true })) return;
    if (endsByItself) {
      say('the group is at its minimum: another instance takes the place of this one');
      await group.terminate({ decrement: false });
      return;
    }
    say('the group is at its minimum: the agent starts again, and the group may still end this instance');
    // A role of somebody's own may lack the permission; that is no reason to be replaced.
    await group.unprotect().catch((error: unknown) => {
      say(`the scale-in protection stays: ${(error as Error).message}`);
    });
    await agent.start();
  } catch (error) {
    say(`this instance could not be ended, and is marked unhealthy: ${(error as Error).message}`);
    await group.markUnhealthy();
  }
}

/** Whether the stack has the agent end after a job or after a time, and not only when it is idle. */
export function endsByItself(settings: Settings): boolean {
  return (
    settings.flag('BUILDKITE_TERMINATE_INSTANCE_AFTER_JOB') ||
    Number(settings.text('BUILDKITE_AGENT_DISCONNECT_AFTER_UPTIME')) > 0
  );
}

/** Whether the instance is on its way out of service: to its end, into the warm pool, or out of the group. */
function isLeaving({ targetState = 'InService', interruptionAt, rebalance }: Notices): boolean {
  return interruptionAt !== undefined || rebalance || !['InService', 'Standby'].includes(targetState);
}
