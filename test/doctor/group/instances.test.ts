import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { judgeMembers, type MembersFacts, outdatedOf } from '../../../src/doctor/group/instances.ts';

const member = (InstanceId: string, LifecycleState = 'InService', HealthStatus = 'Healthy') =>
  ({ InstanceId, LifecycleState, HealthStatus }) as Instance;
const WELL: MembersFacts = { desired: 1, members: [member('i-1')], outdated: [], drains: true };
const judge = (parts: Partial<MembersFacts>) =>
  judgeMembers({ ...WELL, ...parts }, { stackName: 'ci', region: 'us-east-1' });

describe('the instances of a group', () => {
  for (const [what, parts, codes] of [
    ['are all there', {}, []],
    ['are all there, though a launch failed', { failure: 'x' }, []],
    ['are missing, as launches fail', { failure: 'x', desired: 2 }, ['launches-fail']],
    ['are missing, and come', { desired: 2 }, []],
    [
      'are there and boot, as launches fail',
      { failure: 'x', members: [member('i-1', 'Pending')] },
      ['launches-fail'],
    ],
    ['are unhealthy', { members: [member('i-1', 'InService', 'UNHEALTHY')] }, ['instances-unhealthy']],
    ['are unhealthy and end', { members: [member('i-1', 'Terminating:Wait', 'Unhealthy')], desired: 0 }, []],
    ['are of another version', { outdated: ['i-1'] }, ['instances-outdated']],
  ] as const) {
    it(`that ${what} have ${codes.length === 0 ? 'no findings' : codes.join(', ')}`, () => {
      expect(judge(parts).map(({ code }) => code)).to.eql(codes);
    });
  }

  it('are an error where they cannot be had, else a warning', () => {
    const found = judge({
      desired: 3,
      failure: 'no room.',
      members: [member('i-1', 'InService', 'Unhealthy')],
      outdated: ['i-1'],
    });
    expect(found.map(({ severity }) => severity)).to.eql(['error', 'warning', 'warning']);
    expect(found[0]?.message).to.equal('Instances cannot be launched: no room');
    expect(found[0]?.meaning).to.equal('2 of 3 wanted instances are missing, and jobs wait for them.');
    expect(found[0]?.fix).to.contain('describe-scaling-activities');
    expect(judge({ desired: 2, failure: "The key pair 'x' does not exist" })[0]?.fix).to.contain(
      'describe-key-pairs',
    );
  });

  it('keep their jobs, or lose them, by whether they drain', () => {
    const parts = { members: [member('i-1', 'InService', 'Unhealthy')], outdated: ['i-1', 'i-2'] };
    const [kept, replaced] = judge(parts);
    expect(kept?.meaning).to.contain('when their jobs are done');
    expect(kept?.fix).to.contain('logs tail ci --region us-east-1 --instance i-1');
    expect(replaced?.fix).to.contain('bk-stack instances stop i-1 i-2 --replace');
    expect(replaced?.message).to.contain('2 instances').and.to.contain('replaces them: i-1, i-2');
    const [lost, stopped] = judge({ ...parts, drains: false });
    expect(lost?.meaning).to.contain('the jobs on them are lost');
    expect(stopped?.fix).to.not.contain('bk-stack instances stop');
    expect(judge({ outdated: ['i-1'] })[0]?.message).to.contain('replaces it: i-1');
  });
});

describe('an outdated instance', () => {
  const of = (
    Version: string | undefined,
    LifecycleState = 'InService',
    InstanceId: string | undefined = 'i-1',
  ) =>
    outdatedOf(
      {
        Instances: [{ InstanceId, LifecycleState, ...(Version && { LaunchTemplate: { Version } }) }],
      } as AutoScalingGroup,
      '3',
    );
  it('is one of another version that stays', () => {
    expect(of('2')).to.eql(['i-1']);
    expect(of('4')).to.eql(['i-1']);
    expect(of('2', 'Pending')).to.eql(['i-1']);
    expect(of('3')).to.eql([]);
    expect(of(undefined)).to.eql([]);
    expect(of('2', 'Terminating:Wait')).to.eql([]);
    expect(outdatedOf({} as AutoScalingGroup, '3')).to.eql([]);
  });
});
