/**
 * The program of the job hooks, apart from the instance's own: it is read before every job, and a smaller file is read
 * sooner. Each command loads only what it needs.
 */
import { readFileSync } from 'node:fs';
import { HOOK_CALLS } from './calls.ts';
import { jobEnvironment } from './job-environment.ts';
import { type Commands, runProgram } from '../program/commands.ts';
import { Settings } from '../program/settings.ts';

const COMMANDS: Commands = {
  async environment() {
    const { environmentHook } = await import('./environment-hook.ts');
    await environmentHook(Settings.load(), jobEnvironment(process.env), process.argv[1] ?? '', HOOK_CALLS);
  },
  async prepare() {
    const { preparationHook } = await import('./preparation-hook.ts');
    await preparationHook(Settings.load(), jobEnvironment(process.env), HOOK_CALLS);
  },
  async 'pre-exit'() {
    const { preExitHook } = await import('./pre-exit-hook.ts');
    await preExitHook(Settings.load(), jobEnvironment(process.env), HOOK_CALLS);
  },
  async 'git-credential'(args) {
    const { gitCredentialHelper } = await import('./git-credential.ts');
    await gitCredentialHelper(Settings.load(), args, () => readFileSync(0, 'utf8'), HOOK_CALLS);
  },
  async 'repair-permissions'([checkout = '']) {
    const { checkoutParts, repairPermissions } = await import('./permissions.ts');
    const { run } = await import('../../shell/run.ts');
    const { AGENT_USER, BUILDS } = await import('../program/paths.ts');
    await repairPermissions(run, BUILDS, checkoutParts(BUILDS, checkout), AGENT_USER);
  },
};

await runProgram(COMMANDS);
