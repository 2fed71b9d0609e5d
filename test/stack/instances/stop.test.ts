import { expect } from 'chai';
import { UsageError } from '../../../src/errors.ts';
import { stopInstances, stopStep } from '../../../src/stack/instances/stop.ts';
import { HOST_PROGRAM } from '../../support/fleet.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

describe('the way to end an instance', () => {
  for (const [state, step, replacing] of [
    ['InService', 'terminate', 'replace'],
    ['Pending:Wait', 'terminate', 'replace'],
    ['Standby', 'terminate', 'replace'],
    ['Terminating:Wait', 'none', 'none'],
    ['TERMINATING', 'none', 'none'],
    ['Terminated', 'none', 'none'],
    ['Warmed:Stopped', 'replace warm', 'replace warm'],
    ['WARMED:PENDING:WAIT', 'replace warm', 'replace warm'],
    ['Warmed:Terminating:Wait', 'none', 'none'],
    ['Warmed:Terminated', 'none', 'none'],
  ] as const) {
    it(`in ${state}: ${step}, or with --replace: ${replacing}`, () => {
      expect(stopStep(state, false)).to.equal(step);
      expect(stopStep(state, true)).to.equal(replacing);
    });
  }
});

describe('ending instances', () => {
  const launchTemplate = (program: string) => ({
    LaunchTemplateVersions: [{ LaunchTemplateData: { UserData: Buffer.from(program).toString('base64') } }],
  });
  const DRAINING = {
    DescribeAutoScalingGroups: {
      AutoScalingGroups: [
        { AutoScalingGroupName: 'g', LaunchTemplate: { LaunchTemplateId: 'lt', Version: '1' } },
      ],
    },
    DescribeLifecycleHooks: { LifecycleHooks: [{ LifecycleHookName: 'bk-stack-terminating' }] },
    DescribeLaunchTemplateVersions: launchTemplate(HOST_PROGRAM),
  };
  const stopped = async (
    states: readonly string[],
    { replace = false, answers = {} as Parameters<typeof recordedAws>[0] } = {},
  ) => {
    const { aws, sent } = recordedAws({ ...DRAINING, ...answers });
    const instances = states.map((state, at) => ({ instanceId: `i-${at}`, group: 'g', state }));
    const outcome = await stopInstances(aws, instances, replace).then(
      (all) => all.map((one) => one.outcome),
      (error: unknown) => error as Error,
    );
    const asked = sent
      .filter(([operation]) => !operation.startsWith('Describe'))
      .map(([, input]) => input as object);
    return { outcome, asked, sent: sent.map(([operation]) => operation) };
  };
  const terminated = (InstanceId: string, ShouldDecrementDesiredCapacity: boolean) => ({
    ...{ InstanceId, ShouldDecrementDesiredCapacity },
  });

  it('lowers the desired capacity with each', async () => {
    expect(await stopped(['InService', 'InService'])).to.deep.include({
      outcome: ['ending', 'ending'],
      asked: [terminated('i-0', true), terminated('i-1', true)],
    });
  });

  it('has others launched where that is asked for', async () => {
    expect(await stopped(['InService'], { replace: true })).to.deep.include({
      outcome: ['replaced'],
      asked: [terminated('i-0', false)],
    });
  });

  it('has others launched where the group is at its minimum', async () => {
    const answers = {
      TerminateInstanceInAutoScalingGroup: (input: { ShouldDecrementDesiredCapacity: boolean }) =>
        input.ShouldDecrementDesiredCapacity
          ? sdkError(
              'ValidationError',
              "Terminating instance without replacement will violate group's min size constraint.",
            )
          : {},
    };
    expect(await stopped(['InService'], { answers })).to.deep.include({
      outcome: ['replaced'],
      asked: [terminated('i-0', true), terminated('i-0', false)],
    });
  });

  it('fails for any other reason, and where a replacement is refused', async () => {
    for (const [name, replace] of [
      ['AccessDenied', false],
      ['ValidationError', false],
      ['ValidationError', true],
    ] as const) {
      const answers = { TerminateInstanceInAutoScalingGroup: sdkError(name, 'refused') };
      const { outcome, asked } = await stopped(['InService'], { replace, answers });
      expect(outcome).to.have.property('message', 'refused');
      expect(asked).to.have.length(1);
    }
  });

  it('leaves those alone that are ending, and replaces warm ones by their health', async () => {
    const { outcome, asked, sent } = await stopped(['Terminating:Wait', 'Warmed:Stopped']);
    expect(outcome).to.eql(['ending already', 'replaced']);
    expect(asked).to.eql([{ InstanceId: 'i-1', HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false }]);
    expect(sent, 'no job runs on them').to.eql(['SetInstanceHealth']);
  });

  it('ends none where one of them could not finish its jobs', async () => {
    const answers = { DescribeLaunchTemplateVersions: launchTemplate('other') };
    const { outcome, asked } = await stopped(['Warmed:Stopped', 'InService'], { answers });
    expect(outcome).to.be.instanceOf(UsageError);
    expect((outcome as Error).message).to.contain('instances stop would terminate instances of g');
    expect(asked).to.eql([]);
  });
});
