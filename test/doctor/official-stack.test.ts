import { expect } from 'chai';
import { findingsOf } from '../../src/doctor/doctor.ts';
import type { Answer } from '../support/fleet.ts';
import { HealthyStack } from '../support/healthy-stack.ts';

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

  it('sees that balancing the zones may end busy instances, where nothing holds them', async () => {
    const stack = made.copy();
    await stack.onGroup('DeleteLifecycleHook', { LifecycleHookName: 'instance-terminating' });
    await stack.onGroup('UpdateAutoScalingGroup', { NewInstancesProtectedFromScaleIn: false });
    expect(await codes(stack)).to.eql(['terminating-hook-missing']);
    await stack.onGroup('ResumeProcesses', { ScalingProcesses: ['AZRebalance'] });
    expect(await codes(stack)).to.eql(['terminating-hook-missing', 'az-rebalance']);
    await stack.fix();
    expect(await codes(stack)).to.eql(['terminating-hook-missing']);
    const { SuspendedProcesses } = (await stack.group()) as Answer;
    expect(SuspendedProcesses.map(({ ProcessName }: Answer) => ProcessName)).to.eql(['AZRebalance']);
  });

  it('lets an instance without agents be, as long as nothing would make it wait for jobs', async () => {
    const stack = made.copy();
    await stack.onGroup('DeleteLifecycleHook', { LifecycleHookName: 'instance-terminating' });
    await stack.zombie();
    const zombie = findingsOf(await stack.diagnose()).find(({ code }) => code === 'instances-without-agents');
    expect(zombie?.fix).to.match(/set-instance-health/);
    expect(zombie?.repair).to.equal(undefined);
  });
});
