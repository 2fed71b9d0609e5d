import { expect } from 'chai';
import { judgeStandby, judgeSurplus } from '../../../src/doctor/group/surplus.ts';
import type { Surplus } from '../../../src/stack/facts/group/surplus.ts';

const unprotect = () => Promise.resolve();

describe('what doctor says of instances that are too many', () => {
  const judge = (cause: Surplus['cause'], drains = true) =>
    judgeSurplus(
      { instances: 1, minutes: 12, cause, protectedInstances: ['i-1'] },
      'ci-Group',
      'us-east-1',
      drains ? unprotect : undefined,
    );

  it('is a warning with the command that ends them', () => {
    for (const [cause, fix] of [
      ['protected', /set-instance-protection/],
      ['terminate-suspended', /resume-processes --scaling-processes Terminate/],
      ['unknown', /describe-scaling-activities/],
    ] as const) {
      const [finding] = judge(cause);
      expect(finding).to.include({ code: 'instances-surplus', severity: 'warning' });
      expect(finding?.fix).to.match(fix);
    }
    expect(judgeSurplus(undefined, 'ci-Group', 'us-east-1', unprotect)).to.eql([]);
  });

  it('is mended only where protection is the reason, and jobs are waited for', () => {
    expect(judge('protected')[0]?.repair).to.not.equal(undefined);
    expect(judge('protected', false)[0]?.repair).to.equal(undefined);
    expect(judge('terminate-suspended')[0]?.repair).to.equal(undefined);
    expect(judge('unknown')[0]?.repair).to.equal(undefined);
  });

  it('names those on standby alone', () => {
    const instances = ['InService', 'Standby', 'Terminating:Wait'].map((lifecycleState, at) => ({
      ...{ instanceId: `i-${at}`, lifecycleState, protectedFromScaleIn: false, current: true },
      ...{ health: 'Healthy', instanceType: 't3.large', zone: 'us-east-1a' },
    }));
    const found = judgeStandby({ instances, autoScalingGroupName: 'ci-Group' }, 'us-east-1');
    expect(found.map(({ message }) => message)).to.eql(['1 instance on standby: i-1']);
    expect(judgeStandby({ instances: [], autoScalingGroupName: 'ci-Group' }, 'us-east-1')).to.eql([]);
  });
});
