import type { Run } from '../../shell/run.ts';

/** The agent as a service. */
export interface AgentControl {
  runs(): Promise<boolean>;
  /** It finishes its jobs and takes no more; does not wait for that. */
  stop(): Promise<void>;
  cancelJobs(): Promise<void>;
  start(): Promise<void>;
}

export const AGENT_UNIT = 'buildkite-agent.service';

/**
 * By systemd. Stopping the unit, and not only its process, keeps it from being started again.
 * The agent finishes its jobs at SIGTERM and cancels them at SIGQUIT: https://buildkite.com/docs/agent/v3#signal-handling
 */
export function systemdAgent(run: Run): AgentControl {
  const systemctl = async (...args: string[]) => {
    const { status, stderr } = await run('systemctl', args);
    if (status !== 0) throw new Error(`systemctl ${args.join(' ')} failed: ${stderr.trim()}`);
  };
  return {
    async runs() {
      const { stdout } = await run('systemctl', ['show', '--property=ActiveState', '--value', AGENT_UNIT]);
      return ['active', 'activating', 'deactivating', 'reloading'].includes(stdout.trim());
    },
    stop: () => systemctl('stop', '--no-block', AGENT_UNIT),
    cancelJobs: () => systemctl('kill', '--signal=SIGQUIT', '--kill-whom=main', AGENT_UNIT),
    start: () => systemctl('start', '--no-block', AGENT_UNIT),
  };
}

/**
 * Tells whether systemd is shutting the system down. https://www.freedesktop.org/software/systemd/man/latest/systemctl.html#is-system-running
 */
export async function shutsDown(run: Run): Promise<boolean> {
  const { stdout } = await run('systemctl', ['is-system-running']);
  return stdout.trim() === 'stopping';
}
