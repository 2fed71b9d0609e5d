/**
 * bk-stack's program on each instance, one bundled file run by Node. Units and user data call it by command. It carries
 * the program of the job hooks, job/main.ts, and lays it down beside itself.
 */
import { type Commands, runProgram } from './program/commands.ts';
import { Settings } from './program/settings.ts';

const COMMANDS: Commands = {
  /** Brings the instance up; run by the user data. */
  async bootstrap() {
    const { runBootstrap } = await import('./boot/commands.ts');
    await runBootstrap(Settings.load());
  },
  async 'authorized-users'() {
    const { runAuthorizedUsers } = await import('./boot/commands.ts');
    await runAuthorizedUsers(Settings.load());
  },
  /** Puts all software onto a machine that becomes an image. */
  async install([release = 'stable']) {
    const { runInstall } = await import('./boot/commands.ts');
    await runInstall(release);
  },
  async manifest() {
    const { printManifest } = await import('./boot/commands.ts');
    await printManifest();
  },
  async smoke() {
    const { runSmoke } = await import('./boot/commands.ts');
    await runSmoke();
  },
  /** Writes the files that are the same on every instance below a folder. */
  async files([folder]) {
    if (folder === undefined) throw new Error('files needs a folder');
    const { writeFiles } = await import('./boot/commands.ts');
    await writeFiles(folder);
  },
  async watch() {
    const { runWatch } = await import('./lifecycle/commands.ts');
    await runWatch(Settings.load());
  },
  async 'agent-ended'() {
    const { runAgentEnded } = await import('./lifecycle/commands.ts');
    await runAgentEnded(Settings.load(), process.env);
  },
  async unhealthy() {
    const { runUnhealthy } = await import('./lifecycle/commands.ts');
    await runUnhealthy(Settings.load());
  },
  /** The agent finishes its jobs and takes no more; its end ends the instance. */
  async retire() {
    const { systemdAgent } = await import('./lifecycle/agent.ts');
    const { run } = await import('../shell/run.ts');
    await systemdAgent(run).stop();
  },
};

await runProgram(COMMANDS);
