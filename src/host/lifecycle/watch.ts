import { setTimeout as sleep } from 'node:timers/promises';
import { actionText } from './action-text.ts';
import type { AgentControl } from './agent.ts';
import { type Action, INITIAL_PROGRESS, decide } from './decide.ts';
import type { GroupCalls } from './group.ts';
import type { Notices } from './metadata.ts';

export interface WatchCalls {
  notices(): Promise<Notices>;
  readonly agent: AgentControl;
  readonly group: GroupCalls;
  now(): number;
  readonly say: (line: string) => void;
}

export interface WatchSettings {
  /** Between two looks. Spot instances get two minutes of notice. */
  readonly intervalSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Looks out for the instance's end and lets its jobs finish first. Returns once the group has been told, or when it is
 * aborted. A look that fails is said and repeated: giving up would cost jobs.
 */
export async function watch(calls: WatchCalls, { intervalSeconds, signal }: WatchSettings): Promise<void> {
  let progress = INITIAL_PROGRESS;
  for (;;) {
    try {
      const notices = await calls.notices();
      const agentRuns = await calls.agent.runs();
      const next = decide({ ...notices, agentRuns, now: calls.now() }, progress);
      for (const action of next.actions) {
        if (await execute(action, calls)) return;
      }
      // Only now: what failed is tried again.
      progress = next.progress;
    } catch (error) {
      calls.say(`watching failed, and goes on: ${(error as Error).message}`);
    }
    const slept = await sleep(intervalSeconds * 1000, true, { signal }).catch(() => false);
    if (!slept) return;
  }
}

/** @returns whether that was the last */
async function execute(action: Action, { agent, group, say }: WatchCalls): Promise<boolean> {
  say(actionText(action));
  switch (action.kind) {
    case 'stop-agent':
      await agent.stop();
      return false;
    case 'cancel-jobs':
      await agent.cancelJobs();
      return false;
    case 'heartbeat':
      await group.heartbeat();
      return false;
    case 'complete':
      await group.complete();
      return true;
    case 'replace':
      await group.terminate({ decrement: false });
      return false;
  }
}
