/**
 * bk-stack's program on each instance, one bundled file run by Node. Units, hooks and user data call it by command; each
 * loads only what it needs, as hooks run before every job.
 */
import { Settings } from './settings.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

type Command = (args: readonly string[]) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  /** Brings the instance up; run by the user data. */
  async bootstrap() {
    const { runBootstrap } = await import('./boot/commands.ts');
    await runBootstrap(Settings.load());
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
  async environment() {
    const { environmentHook } = await import('./job/hooks.ts');
    await environmentHook(Settings.load(), process.env);
  },
  async prepare() {
    const { preparationHook } = await import('./job/hooks.ts');
    await preparationHook(Settings.load(), process.env);
  },
  async 'pre-exit'() {
    const { preExitHook } = await import('./job/hooks.ts');
    await preExitHook(process.env);
  },
  async 'git-credential'(args) {
    const { gitCredentialHelper } = await import('./job/hooks.ts');
    await gitCredentialHelper(Settings.load(), args);
  },
  async 'repair-permissions'([checkout = '']) {
    const { checkoutParts, repairPermissions } = await import('./job/permissions.ts');
    const { run } = await import('./run.ts');
    const { AGENT_USER, BUILDS } = await import('./boot/places.ts');
    await repairPermissions(run, BUILDS, checkoutParts(BUILDS, checkout), AGENT_USER);
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
    const { run } = await import('./run.ts');
    await systemdAgent(run).stop();
  },
};

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
try {
  if (command === undefined)
    throw new Error(`there is no command ${name}; there are ${Object.keys(COMMANDS).join(', ')}`);
  await command(args);
} catch (error) {
  process.stderr.write(`bk-stack ${name}: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
