import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { groupFacts, type GroupFacts, judgeGroup } from '../../../src/doctor/group/state.ts';

const PLACE = { target: 'ci --region us-east-1', region: 'us-east-1' };
const repaired: string[] = [];
const repairs = {
  resume: (processes: readonly string[]) => Promise.resolve(void repaired.push(`resume ${processes.join()}`)),
  suspend: (processes: readonly string[]) =>
    Promise.resolve(void repaired.push(`suspend ${processes.join()}`)),
};
const WELL: GroupFacts = { name: 'g', suspended: [], zones: 2, protectedFromScaleIn: false, drains: true };
const judge = (parts: Partial<GroupFacts>) => judgeGroup({ ...WELL, ...parts }, PLACE, repairs);
const PAUSE = ['Launch', 'ScheduledActions'];

describe('a group', () => {
  for (const [what, parts, codes] of [
    ['works', {}, []],
    ['is paused', { paused: 'scale-to-zero' }, ['paused']],
    ['is paused for a reason that is empty', { paused: '' }, ['paused']],
    ['is paused, with what a pause suspends', { paused: 'x', suspended: PAUSE }, ['paused']],
    [
      'is paused, and more is suspended',
      { paused: 'x', suspended: [...PAUSE, 'Terminate'] },
      ['paused', 'processes-suspended'],
    ],
    [
      'is paused, and health checks are suspended',
      { paused: 'x', suspended: ['HealthCheck'] },
      ['paused', 'processes-suspended'],
    ],
    ['may not launch', { suspended: ['Launch'] }, ['processes-suspended']],
    ['may not terminate', { suspended: ['Terminate'] }, ['processes-suspended']],
    ['has no health checks', { suspended: ['HealthCheck'] }, ['processes-suspended']],
    ['may not replace the unhealthy', { suspended: ['ReplaceUnhealthy'] }, ['processes-suspended']],
    [
      'has suspended what does no harm',
      { suspended: ['AZRebalance', 'AlarmNotification', 'ScheduledActions'] },
      [],
    ],
    ['may lose jobs to balance', { drains: false }, ['az-rebalance']],
    ['does not balance', { drains: false, suspended: ['AZRebalance'] }, []],
    ['has nothing to balance', { drains: false, zones: 1 }, []],
    ['protects what it would balance', { drains: false, protectedFromScaleIn: true }, []],
    [
      'has everything wrong',
      { drains: false, paused: 'x', suspended: ['Terminate'] },
      ['paused', 'processes-suspended', 'az-rebalance'],
    ],
  ] as const) {
    it(`that ${what} has ${codes.length === 0 ? 'no findings' : codes.join(', ')}`, () => {
      expect(judge(parts).map(({ code }) => code)).to.eql(codes);
    });
  }

  it('stops working, so what is suspended is an error; a pause is meant, and balance a risk', () => {
    const found = judge({ drains: false, paused: 'x', suspended: ['Terminate'] });
    expect(found.map(({ severity }) => severity)).to.eql(['warning', 'error', 'warning']);
    expect(found[0]?.fix).to.equal('bk-stack resume ci --region us-east-1');
    expect(found[0]?.repair).to.equal(undefined);
    expect(found[0]?.message).to.contain('(x)');
  });

  for (const [what, drains, suspended, safe] of [
    ['launches, which end nothing', false, ['Launch'], true],
    ['terminations of instances that finish their jobs', true, ['Terminate'], true],
    ['terminations of instances that lose their jobs', false, ['Terminate'], false],
    ['launches and health checks of instances that lose their jobs', false, ['Launch', 'HealthCheck'], false],
  ] as const) {
    it(`${safe ? 'is' : 'is not'} mended by resuming ${what}`, async () => {
      const found = judge({ drains, suspended, zones: 1 })[0];
      expect(found?.fix.includes('When none of its agents is busy')).to.equal(!safe);
      expect(found?.fix).to.contain(`--scaling-processes ${suspended.join(' ')} --region us-east-1`);
      expect(found?.repair !== undefined).to.equal(safe);
      repaired.length = 0;
      await found?.repair?.carryOut();
      expect(repaired).to.eql(safe ? [`resume ${suspended.join()}`] : []);
    });
  }

  it('resumes what was not paused, alone', async () => {
    const found = judge({ paused: 'x', suspended: [...PAUSE, 'Terminate'] })[1];
    expect(found?.message).to.equal('Auto Scaling does not Terminate: suspended by somebody');
    repaired.length = 0;
    await found?.repair?.carryOut();
    await judge({ drains: false })[0]?.repair?.carryOut();
    expect(repaired).to.eql(['resume Terminate', 'suspend AZRebalance']);
  });
});

describe('what is read of a group', () => {
  const read = (parts: object) => groupFacts(parts as AutoScalingGroup, true);
  const tagged = (Value: string) => read({ Tags: [{ Key: 'bk-stack:paused', Value }] }).paused;
  it('is whether it is paused, suspended, protected and in how many zones', () => {
    expect(read({})).to.eql({ name: '', suspended: [], zones: 0, protectedFromScaleIn: false, drains: true });
    expect(
      read({
        ...{
          AutoScalingGroupName: 'g',
          AvailabilityZones: ['a', 'b', 'a'],
          NewInstancesProtectedFromScaleIn: true,
        },
        SuspendedProcesses: [{ ProcessName: 'Launch' }, {}],
      }),
    ).to.eql({ name: 'g', suspended: ['Launch'], zones: 2, protectedFromScaleIn: true, drains: true });
    expect([tagged('x'), tagged('false'), tagged('')]).to.eql(['x', undefined, '']);
  });
});
