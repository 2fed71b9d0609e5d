import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../shell/run.ts';
import type { Settings } from '../program/settings.ts';
import { endsByItself, handleAgentExit } from './agent-exit.ts';
import { shutsDown, systemdAgent } from './agent.ts';
import { groupCalls } from './group.ts';
import { Metadata, readNotices } from './metadata.ts';
import { watch } from './watch.ts';

/** EC2 gives spot instances two minutes, and Auto Scaling keeps the state for as long as the hook waits. */
const INTERVAL_SECONDS = 5;
/** Until the CloudWatch agent has sent what it has read. */
const FLUSH_SECONDS = 10;

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

async function ofInstance(settings: Settings) {
  const metadata = new Metadata();
  const instanceId = await metadata.required('meta-data/instance-id');
  return { metadata, group: groupCalls(settings.required('BK_STACK_REGION'), instanceId) };
}

export async function runWatch(settings: Settings): Promise<void> {
  const { metadata, group } = await ofInstance(settings);
  const stop = new AbortController();
  process.once('SIGTERM', () => {
    stop.abort();
  });
  const notices = () => readNotices(metadata);
  await watch(
    { notices, agent: systemdAgent(run), group, now: Date.now, say },
    { intervalSeconds: INTERVAL_SECONDS, signal: stop.signal },
  );
  // systemd would start it again, and there is nothing left to watch.
  if (!stop.signal.aborted) await run('systemctl', ['stop', '--no-block', 'bk-stack-lifecycle.service']);
}

export async function runAgentEnded(
  settings: Settings,
  { SERVICE_RESULT }: NodeJS.ProcessEnv,
): Promise<void> {
  const { metadata, group } = await ofInstance(settings);
  await handleAgentExit(
    {
      serviceResult: SERVICE_RESULT ?? 'success',
      notices: await readNotices(metadata),
      shuttingDown: await shutsDown(run),
      endsByItself: endsByItself(settings),
    },
    { group, agent: systemdAgent(run), say, flush: () => sleep(FLUSH_SECONDS * 1000) },
  );
}

export async function runUnhealthy(settings: Settings): Promise<void> {
  const { group } = await ofInstance(settings);
  say('the agent does not stay up: the group replaces this instance');
  await group.markUnhealthy();
}
