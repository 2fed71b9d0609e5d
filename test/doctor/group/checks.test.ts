import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { instancesCheck } from '../../../src/doctor/group/instances.ts';
import { surplusCheck } from '../../../src/doctor/group/surplus.ts';
import { GROUPED, plainFacts } from '../../support/plain-facts.ts';

const NOW = Date.parse('2026-11-25T11:00:00.000Z');
const HOST = Buffer.from('exec node /opt/bk-stack/host.mjs bootstrap').toString('base64');
const member = (InstanceId: string, Version: string, parts: object = {}) => ({
  ...{ InstanceId, LifecycleState: 'InService', HealthStatus: 'Healthy', LaunchTemplate: { Version } },
  ...parts,
});
const GROUP = {
  ...{ AutoScalingGroupName: 'ci-Group', MinSize: 0, MaxSize: 4, DesiredCapacity: 2 },
  LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '3' },
  Instances: [member('i-1', '3'), member('i-2', '3')],
};
const refused = (StatusMessage: string): Activity => ({
  ...{ ActivityId: 'a', AutoScalingGroupName: 'ci-Group', Cause: 'c', StatusCode: 'Failed' },
  ...{ StartTime: new Date(0), Description: 'Launching a new EC2 instance', StatusMessage },
});

interface Given {
  readonly group?: object | undefined;
  readonly activities?: readonly Activity[];
  readonly template?: boolean;
  readonly hooked?: boolean;
  readonly warm?: readonly string[];
}

function factsOf(given: Given = {}) {
  const { group, activities = [], template = true, hooked = true, warm = [] } = { group: GROUP, ...given };
  const { facts } = plainFacts(GROUPED, {
    group: () => Promise.resolve(group as AutoScalingGroup | undefined),
    activities: () => Promise.resolve({ activities: [...activities], more: false }),
    hooks: () => Promise.resolve(hooked ? [{ LifecycleHookName: 'bk-stack-terminating' }] : []),
    launchTemplates: () =>
      Promise.resolve(template ? [{ VersionNumber: 3, LaunchTemplateData: { UserData: HOST } }] : []),
    warmPool: () =>
      Promise.resolve(
        warm.map((lifecycleState, at) => ({
          ...{ instanceId: `i-w${at}`, lifecycleState, health: 'Healthy' },
          ...{ instanceType: 't3.large', zone: 'us-east-1a' },
        })),
      ),
  });
  Object.assign(facts.aws, { clock: () => Promise.resolve(() => NOW) });
  return facts;
}

describe('the check of the instances of a group', () => {
  const look = async (given: Given = {}, replacing = false) => {
    const check = instancesCheck(factsOf(given), () => Promise.resolve(replacing));
    expect(check.title).to.equal('Instances');
    const { fact, findings } = await check.run();
    return { fact, codes: findings.map(({ code }) => code), findings };
  };
  const older = { ...GROUP, Instances: [member('i-1', '2'), member('i-2', '3')] };
  const pool = { ...GROUP, WarmPoolConfiguration: { MinSize: 1 } };
  const lacking = { ...GROUP, DesiredCapacity: 3 };
  for (const [what, given, replacing, fact, codes] of [
    ['are well', {}, false, '2 instances', []],
    ['are none without a group', { group: undefined }, false, 'none', []],
    ['are none yet', { group: { ...GROUP, Instances: undefined } }, false, '0 instances', []],
    ['are outdated', { group: older }, false, '2 instances', ['instances-outdated']],
    ['are outdated while something replaces them', { group: older }, true, '2 instances', []],
    ['are outdated for all that is known', { group: older, template: false }, false, '2 instances', []],
    [
      'are missing as launches fail',
      { group: lacking, activities: [refused('x')] },
      false,
      '2 instances',
      ['launches-fail'],
    ],
    ['are all there though a launch failed', { activities: [refused('x')] }, false, '2 instances', []],
    ['are missing and are about to come', { group: lacking }, false, '2 instances', []],
    ['have a warm pool', { group: pool, warm: ['Warmed:Stopped'] }, false, '2 instances, 1 of 1 warm', []],
    [
      'have a warm pool of no minimum',
      { group: { ...GROUP, WarmPoolConfiguration: {} } },
      false,
      '2 instances, 0 of 0 warm',
      [],
    ],
    [
      'have a warm pool that is being deleted',
      { group: { ...GROUP, WarmPoolConfiguration: { MinSize: 1, Status: 'PendingDelete' } } },
      false,
      '2 instances',
      [],
    ],
    [
      'have a warm pool for which nothing may be launched',
      { group: { ...pool, SuspendedProcesses: [{ ProcessName: 'Launch' }] } },
      false,
      '2 instances',
      [],
    ],
    [
      'are missing, and so is the warm pool for the same reason',
      { group: { ...pool, DesiredCapacity: 3 }, activities: [refused('x')] },
      false,
      '2 instances, 0 of 1 warm',
      ['launches-fail'],
    ],
  ] as const) {
    it(what, async () => {
      const { fact: seen, codes: found } = await look(given, replacing);
      expect([seen, found]).to.eql([fact, codes]);
    });
  }

  it('say how they end, by whether they drain', async () => {
    const sick = { ...GROUP, Instances: [member('i-1', '3', { HealthStatus: 'Unhealthy' })] };
    const meaning = async (hooked: boolean) => (await look({ group: sick, hooked })).findings[0]?.meaning;
    expect(await meaning(true)).to.match(/when their jobs are done/);
    expect(await meaning(false)).to.match(/jobs on them are lost/);
  });

  it('say what to do about a failed launch, as far as that is known', async () => {
    const fix = async (reason: string) =>
      (await look({ group: lacking, activities: [refused(reason)] })).findings[0];
    expect(await fix('You have reached VcpuLimitExceeded.')).to.include({
      message: 'Instances cannot be launched: You have reached VcpuLimitExceeded',
      meaning: '1 of 3 wanted instances are missing, and jobs wait for them.',
    });
    expect((await fix('VcpuLimitExceeded'))?.fix).to.match(/may not run that many vCPUs/);
    expect((await fix('new'))?.fix).to.equal(
      'See what the group tried: aws autoscaling describe-scaling-activities --region us-east-1',
    );
  });
});

describe('the check of surplus instances', () => {
  const codes = async (given: Given, replacing = false) => {
    const check = surplusCheck(factsOf(given), () => Promise.resolve(replacing));
    expect(check.title).to.equal('Surplus instances');
    const { fact, findings } = await check.run();
    expect(fact).to.equal('none');
    return findings.map(({ code }) => code);
  };

  it('finds none without a group, none where there are as many as desired, and those on standby', async () => {
    expect(await codes({ group: undefined })).to.eql([]);
    expect(await codes({})).to.eql([]);
    const standby = { ...GROUP, Instances: [member('i-1', '3', { LifecycleState: 'Standby' })] };
    expect(await codes({ group: standby })).to.eql(['instances-standby']);
  });

  it('asks for no metrics while an update has both the former instances and the new ones in service', async () => {
    // They would be asked for here, and there is no CloudWatch.
    expect(await codes({ group: { ...GROUP, DesiredCapacity: 1 } }, true)).to.eql([]);
  });
});
