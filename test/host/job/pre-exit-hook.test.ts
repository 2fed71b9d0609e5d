import { expect } from 'chai';
import { preExitHook } from '../../../src/host/job/pre-exit-hook.ts';
import { Settings } from '../../../src/host/program/settings.ts';
import { FakeHooks } from '../../support/hook-calls.ts';

const END = { PRE_EXIT_DISK_CLEANUP: 'true' };

async function after(job: NodeJS.ProcessEnv, stack: Record<string, string> = {}, short?: string) {
  const hooks = new FakeHooks();
  hooks.short = short;
  await preExitHook(new Settings(stack), job, hooks);
  return hooks;
}

describe('the end of a job', () => {
  it('leaves its ssh-agent and its logins to the hooks of plugins, which come after', async () => {
    const job = { SSH_AGENT_PID: '4711', SSH_AUTH_SOCK: '/tmp/agent', BK_STACK_DOCKER_CONFIG: '/tmp/docker' };
    const hooks = await after(job);
    expect([hooks.commands, hooks.ended]).to.eql([[], []]);
  });

  it('makes room for the next one only where the stack asks for it', async () => {
    expect((await after({}, {}, 'short')).cleared).to.eql([]);
    const full = await after({}, END, '/builds has 1 MiB left');
    expect(full.cleared).to.eql(['images 4h', 'images all']);
    expect(full.lines.at(-1)).to.equal(
      'The disk stays full, which the next job will suffer from: /builds has 1 MiB left',
    );
    const roomy = await after({}, END);
    expect([roomy.cleared, roomy.lines]).to.eql([[], []]);
  });
});
