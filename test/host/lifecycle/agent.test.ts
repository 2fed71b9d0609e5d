import { expect } from 'chai';
import { actionText } from '../../../src/host/lifecycle/action-text.ts';
import { shutsDown, systemdAgent } from '../../../src/host/lifecycle/agent.ts';
import { failureOf, FakeHooks } from '../../support/hook-calls.ts';

describe('the agent as a service', () => {
  for (const [state, runs] of [
    ['active', true],
    ['activating', true],
    // It still has jobs.
    ['deactivating', true],
    ['reloading', true],
    ['inactive', false],
    ['failed', false],
    ['', false],
  ] as const) {
    it(`${runs ? 'runs' : 'does not run'} while its unit is "${state}"`, async () => {
      const hooks = new FakeHooks({}, { systemctl: { stdout: `${state}\n` } });
      expect(await systemdAgent(hooks.run).runs()).to.equal(runs);
      expect(hooks.commands).to.eql([
        'systemctl show --property=ActiveState --value buildkite-agent.service',
      ]);
    });
  }

  for (const [call, command] of [
    ['stop', 'systemctl stop --no-block buildkite-agent.service'],
    ['cancelJobs', 'systemctl kill --signal=SIGQUIT --kill-whom=main buildkite-agent.service'],
    ['start', 'systemctl start --no-block buildkite-agent.service'],
  ] as const) {
    it(`is told to ${call} by systemd, which may refuse`, async () => {
      const hooks = new FakeHooks();
      await systemdAgent(hooks.run)[call]();
      expect(hooks.commands).to.eql([command]);
      const refusing = new FakeHooks({}, { systemctl: { status: 1, stderr: 'no bus\n' } });
      expect(await failureOf(systemdAgent(refusing.run)[call]())).to.equal(`${command} failed: no bus`);
    });
  }
});

describe('the system', () => {
  for (const [state, shuttingDown] of [
    ['stopping', true],
    ['running', false],
    ['degraded', false],
    ['starting', false],
    ['', false],
  ] as const) {
    it(`${shuttingDown ? 'shuts' : 'does not shut'} down while systemd says "${state}"`, async () => {
      const hooks = new FakeHooks({}, { systemctl: { stdout: `${state}\n` } });
      expect(await shutsDown(hooks.run)).to.equal(shuttingDown);
      expect(hooks.commands).to.eql(['systemctl is-system-running']);
    });
  }
});

describe('what the log says of an action', () => {
  it('names the reason for which the agent takes no more jobs', () => {
    const text = (because: 'group' | 'interruption' | 'rebalance') =>
      actionText({ kind: 'stop-agent', because });
    expect(['group', 'interruption', 'rebalance'].map((each) => text(each as 'group'))).to.eql([
      'the group ends this instance: the agent finishes its jobs and takes no more',
      'EC2 takes this spot instance back: the agent finishes its jobs and takes no more',
      'EC2 recommends to replace this spot instance: the agent finishes its jobs and takes no more',
    ]);
  });

  it('is another sentence for each', () => {
    const kinds = ['cancel-jobs', 'heartbeat', 'complete'] as const;
    const replacements = (['rebalance', 'no-agent'] as const).map((because) => ({
      kind: 'replace' as const,
      because,
    }));
    expect([...kinds.map((kind) => ({ kind })), ...replacements].map(actionText)).to.eql([
      'the time is up: running jobs are canceled',
      'jobs are still running: the group waits on',
      'the agent is done: the group may end this instance',
      'the agent is done: the group replaces this instance',
      'no agent has run for ten minutes: the group replaces this instance',
    ]);
  });
});
