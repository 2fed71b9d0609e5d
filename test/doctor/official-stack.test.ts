import { expect } from 'chai';
import { findingsOf } from '../../src/doctor/doctor.ts';
import type { Answer } from '../support/fleet.ts';
import { HealthyStack, TAGS } from '../support/healthy-stack.ts';

/** What is said of a stack, with the stack's own name for the finding. */
const codes = async (stack: HealthyStack) => findingsOf(await stack.diagnose()).map(({ code }) => code);

describe('doctor on a stack of the official template', function () {
  this.timeout(60_000);
  let made: HealthyStack;

  before(async () => {
    made = await HealthyStack.createOfficial();
  });
  after(() => made.close());

  it('finds nothing in a healthy one', async () => {
    const { checks } = await made.copy().diagnose();
    expect(checks.flatMap(({ findings }) => findings)).to.eql([]);
    expect(checks.find(({ title }) => title === 'Secrets bucket')?.fact).to.match(
      /official-secrets.*private/,
    );
    expect(checks.find(({ title }) => title === 'Scaler')?.fact).to.match(/looks at the queue/);
    expect(checks.find(({ title }) => title === 'Agents')?.fact).to.match(/1 agent connected/);
  });

  it('sees that a scaler in a nested stack fails', async () => {
    const stack = made.copy();
    const log = `/aws/lambda/${await stack.scalerOfOfficial()}`;
    await stack.scalerSays('2026/01/01 00:00:00 error: Buildkite answers 401', log);
    expect(await codes(stack)).to.eql(['scaler-fails']);
  });

  it('sees a queue among the tags, and logs that are kept for ever', async () => {
    const stack = made.copy();
    stack.setParameter('BuildkiteAgentTags', 'queue=other');
    await stack.call('logs', 'DeleteRetentionPolicy', { logGroupName: '/buildkite/lifecycled' });
    expect(await codes(stack)).to.have.members(['queue-in-tags', 'logs-kept-forever']);
  });

  it('finds nothing either in one that bk-stack has put its tags on, and the scaler in its nested stack', async () => {
    const tagged = await HealthyStack.createOfficial(TAGS);
    try {
      const { checks } = await tagged.copy().diagnose();
      expect(checks.flatMap(({ findings }) => findings)).to.eql([]);
      expect(checks.find(({ title }) => title === 'Scaler')?.fact).to.match(/looks at the queue/);
    } finally {
      await tagged.close();
    }
  });

  it('says that bk-stack terminates none of its instances, and puts no hook on its group', async () => {
    const stack = made.copy();
    const { checks } = await stack.diagnose();
    expect(checks.find(({ title }) => title === 'Lifecycle hooks')?.fact).to.match(
      /^none; bk-stack terminates no instance/,
    );
    await stack.fix();
    expect((await stack.onGroup('DescribeLifecycleHooks')).LifecycleHooks).to.eql([]);
  });

  it('removes hooks of ours that nothing there completes, unless that would end an instance', async () => {
    const stack = made.copy();
    await stack.putOwnHooks();
    const found = findingsOf(await stack.diagnose());
    expect(found.map(({ code, severity }) => [code, severity])).to.eql([
      ['hook-unserved', 'error'],
      ['hook-unserved', 'error'],
    ]);
    expect(found[0]?.fix).to.match(/delete-lifecycle-hook .*--lifecycle-hook-name bk-stack-terminating/);
    // Both hold an instance now: one that a person has ended, and the one that is launched for it.
    const [{ InstanceId }] = (await stack.group()).Instances;
    await stack.call('autoscaling', 'TerminateInstanceInAutoScalingGroup', {
      ...{ InstanceId, ShouldDecrementDesiredCapacity: false },
    });
    await stack.world.pass(120);
    const states = ((await stack.group()).Instances as Answer[]).map(({ LifecycleState }) => LifecycleState);
    expect(states).to.have.members(['Terminating:Wait', 'Pending:Wait']);
    const held = findingsOf(await stack.diagnose()).filter(({ code }) => code === 'hook-unserved');
    expect(held.map(({ repair }) => repair)).to.eql([undefined, undefined]);
    expect(held.map(({ fix }) => fix.split(',')[0])).to.eql([
      'When no instance is in Terminating:Wait',
      'When no instance is in Pending:Wait',
    ]);
    const free = made.copy();
    await free.putOwnHooks();
    await free.fix();
    expect((await free.onGroup('DescribeLifecycleHooks')).LifecycleHooks).to.eql([]);
    expect(await codes(free)).to.eql([]);
  });

  it('sees that balancing the zones may end busy instances, where nothing protects them', async () => {
    const stack = made.copy();
    await stack.onGroup('UpdateAutoScalingGroup', { NewInstancesProtectedFromScaleIn: false });
    expect(await codes(stack)).to.eql([]);
    await stack.onGroup('ResumeProcesses', { ScalingProcesses: ['AZRebalance'] });
    expect(await codes(stack)).to.eql(['az-rebalance']);
    await stack.fix();
    expect(await codes(stack)).to.eql([]);
    const { SuspendedProcesses } = await stack.group();
    expect(SuspendedProcesses.map(({ ProcessName }: Answer) => ProcessName)).to.eql(['AZRebalance']);
  });

  it('mends by itself nothing that may end instances, or that undoes an emptying by hand', async () => {
    for (const [plant, code, fix] of [
      [(stack) => stack.zombie(), 'instances-without-agents', /set-instance-health/],
      [
        (stack) => stack.onGroup('SuspendProcesses', { ScalingProcesses: ['AZRebalance', 'Terminate'] }),
        'processes-suspended',
        /^When none of its agents is busy.*resume-processes .*Terminate/,
      ],
      [
        async (stack) =>
          stack.call('eventbridge', 'DisableRule', {
            Name: await stack.nestedId('AutoscalingFunctionTimer'),
          }),
        'schedule-disabled',
        /^Unless the stack is being emptied by hand .*enable-rule/,
      ],
      [
        async (stack) =>
          stack.call('lambda', 'PutFunctionConcurrency', {
            FunctionName: await stack.scalerOfOfficial(),
            ReservedConcurrentExecutions: 0,
          }),
        'scaler-stopped',
        /^Unless the stack is being emptied by hand .*delete-function-concurrency/,
      ],
    ] as readonly [(stack: HealthyStack) => unknown, string, RegExp][]) {
      const stack = made.copy();
      await plant(stack);
      const found = findingsOf(await stack.diagnose()).find((each) => each.code === code);
      expect(found?.fix, code).to.match(fix);
      expect(found?.repair, code).to.equal(undefined);
    }
  });

  it('names in its fixes what works there', async () => {
    const stack = made.copy();
    await stack.otherStack('deploy');
    const [instance] = (await stack.group()).Instances;
    const { LaunchTemplateId } = instance.LaunchTemplate;
    await stack.call('ec2', 'CreateLaunchTemplateVersion', {
      ...{ LaunchTemplateId, SourceVersion: '1' },
      LaunchTemplateData: { ImageId: 'ami-00000000000000000', KeyName: 'gone' },
    });
    const { MixedInstancesPolicy } = await stack.group();
    MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification = { LaunchTemplateId, Version: '2' };
    await stack.onGroup('UpdateAutoScalingGroup', { MixedInstancesPolicy });
    const found = findingsOf(await stack.diagnose());
    for (const code of ['queue-shared', 'image-unusable', 'key-pair-missing']) {
      const fix = found.find((each) => each.code === code)?.fix;
      expect(fix, code).to.match(/empty the stack by hand \(docs\/updates\.md\).*CloudFormation/);
      expect(fix, code).to.not.match(/bk-stack update/);
    }
    const outdated = found.find(({ code }) => code === 'instances-outdated');
    expect(outdated?.fix).to.match(/Stop their agents in Buildkite/);
    stack.fail('token');
    const refused = findingsOf(await stack.diagnose()).find(({ code }) => code === 'token-refused');
    expect(refused?.fix).to.match(/token rotate ci .*--no-roll/);
  });
});
