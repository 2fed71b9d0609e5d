/**
 * The program of the job hooks, apart from the instance's own: it is read before every job, and a smaller file is read
 * sooner. Each command loads only what it needs.
 */
import { jobEnvironment } from './job-environment.ts';
import { type Commands, runProgram } from '../program/commands.ts';
import { Settings } from '../program/settings.ts';

const COMMANDS: Commands = {
  async environment() {
    const { environmentHook } = await import('./hooks.ts');
    await environmentHook(Settings.load(), jobEnvironment(process.env));
  },
  async prepare() {
    const { preparationHook } = await import('./hooks.ts');
    await preparationHook(Settings.load(), jobEnvironment(process.env));
  },
  async 'pre-exit'() {
    const { preExitHook } = await import('./hooks.ts');
    await preExitHook(Settings.load(), jobEnvironment(process.env));
  },
  async 'git-credential'(args) {
    const { gitCredentialHelper } = await import('./hooks.ts');
    await gitCredentialHelper(Settings.load(), args);
  },
  async 'repair-permissions'([checkout = '']) {
    const { checkoutParts, repairPermissions } = await import('./permissions.ts');
    const { run } = await import('../../shell/run.ts');
    const { AGENT_USER, BUILDS } = await import('../program/paths.ts');
    await repairPermissions(run, BUILDS, checkoutParts(BUILDS, checkout), AGENT_USER);
  },
};

await runProgram(COMMANDS);
