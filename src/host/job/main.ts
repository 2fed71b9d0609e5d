/**
 * The program of the job hooks, apart from the instance's own: `serve` answers the hooks of all jobs. Where it does not, each
 * hook runs this program itself, and a smaller file is read sooner. Each command loads only what it needs.
 */
import { readFileSync } from 'node:fs';
import { hookCalls } from './calls.ts';
import { jobEnvironment } from './job-environment.ts';
import { type Commands, runProgram } from '../program/commands.ts';
import { Settings } from '../program/settings.ts';

const PROGRAM = process.argv[1] ?? '';

const COMMANDS: Commands = {
  async environment([agentProcess]) {
    const { environmentHook } = await import('./environment-hook.ts');
    const job = { variables: jobEnvironment(process.env), agentProcess: Number(agentProcess) };
    await environmentHook(Settings.load(), job, PROGRAM, hookCalls());
  },
  async prepare() {
    const { preparationHook } = await import('./preparation-hook.ts');
    await preparationHook(Settings.load(), jobEnvironment(process.env), hookCalls());
  },
  async 'pre-exit'() {
    const { preExitHook } = await import('./pre-exit-hook.ts');
    await preExitHook(Settings.load(), jobEnvironment(process.env), hookCalls());
  },
  async 'git-credential'(args) {
    const { gitCredentialHelper } = await import('./git-credential.ts');
    await gitCredentialHelper(Settings.load(), args, () => readFileSync(0, 'utf8'), hookCalls());
  },
  async 'repair-permissions'([checkout = '']) {
    const { checkoutParts, repairPermissions } = await import('./permissions.ts');
    const { run } = await import('../../shell/run.ts');
    const { AGENT_USER, BUILDS } = await import('../program/paths.ts');
    await repairPermissions(run, BUILDS, checkoutParts(BUILDS, checkout), AGENT_USER);
  },
  /** Answers hooks on a socket, and clears after jobs. Runs until it is ended. */
  async serve([socket = '']) {
    const { serve } = await import('./serve/serve.ts');
    await serve(socket, PROGRAM);
  },
};

await runProgram(COMMANDS);
