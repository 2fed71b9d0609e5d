import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { AgentMachine } from './support/agent.ts';
import { PlayedInstance } from './support/instance.ts';
import { Sandbox } from './support/sandbox.ts';

const QUEUE = 'life';
const SETTINGS = {
  BK_STACK_NAME: 'life',
  BK_STACK_VERSION: '0.1.0',
  BK_STACK_REGION: 'us-east-1',
  BUILDKITE_AGENTS_PER_INSTANCE: '1',
};
const PARAMETERS = { BuildkiteQueue: QUEUE, MinSize: '1', MaxSize: '4', OnDemandPercentage: '0' };

/** In real time, with a real agent and the host program as it runs on instances. */
describe('the end of an instance', function () {
  this.timeout(300_000);
  let sandbox: Sandbox;
  let machine: AgentMachine;
  let autoScaling: AutoScaling;
  let group = '';
  let instances: PlayedInstance[] = [];

  const described = async () => {
    const { AutoScalingGroups: [found] = [] } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [group],
    });
    return { desired: found?.DesiredCapacity, members: found?.Instances ?? [] };
  };
  const stateOf = async ({ instanceId }: PlayedInstance) =>
    (await described()).members.find(({ InstanceId }) => InstanceId === instanceId)?.LifecycleState;
  const gone = (instance: PlayedInstance) =>
    sandbox.awaited(90, async () => ((await stateOf(instance)) === undefined ? true : undefined));
  const lost = async () => (await machine.jobs()).filter(({ state }) => state === 'lost');
  const running = async (seconds: number) => {
    const id = await machine.push(QUEUE, `sleep ${seconds}; echo finished`, {
      SECRETS_PLUGIN_ENABLED: 'false',
    });
    await machine.job(id, ({ state }) => state === 'running');
    return id;
  };

  const restart = async (speed: number) => {
    await sandbox.restart(speed);
    // It has new keys.
    autoScaling = new AutoScaling(sandbox.client);
  };

  before(async () => {
    sandbox = await Sandbox.start();
    autoScaling = new AutoScaling(sandbox.client);
    const parameters = Object.entries(PARAMETERS).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const made = await sandbox.cli(
      [
        'create',
        'life',
        '--sandbox',
        '--no-input',
        '--yes',
        '--json',
        '--region',
        'us-east-1',
        ...parameters,
      ],
      { BUILDKITE_AGENT_TOKEN: 'x' },
    );
    if (made.exitCode !== 0) throw new Error(made.stderr);
    const { outputs } = JSON.parse(made.stdout) as { outputs: Record<string, string> };
    group = outputs['AutoScalingGroupName'] ?? '';
    await autoScaling.setDesiredCapacity({ AutoScalingGroupName: group, DesiredCapacity: 3 });
    await sandbox.awaited(60, async () => {
      const { members } = await described();
      return members.filter(({ LifecycleState }) => LifecycleState === 'InService').length === 3 || undefined;
    });
    // From here on in real time, as the jobs and the host program are.
    await restart(1);
    machine = new AgentMachine(() => sandbox.client);
    await machine.setUp(SETTINGS);
    instances = (await described()).members.map(
      ({ InstanceId }) => new PlayedInstance(machine, InstanceId ?? '', QUEUE),
    );
  });
  after(async () => {
    for (const instance of instances) instance.stop();
    machine.remove();
    await sandbox.stop();
  });

  it('that is idle makes the group smaller', async () => {
    const idle = instances[2]!;
    await idle.start('--disconnect-after-idle-timeout', '1');
    await idle.ended();
    expect(idle.log).to.contain('the group is asked to end this instance');
    expect((await described()).desired).to.equal(2);
    // Its watcher sees the group end it, and has no job to wait for.
    await gone(idle);
    expect(idle.log).to.contain('the agent is done: the group may end this instance');
  });

  it('does not come by idleness at the group’s least size', async () => {
    const idle = instances[0]!;
    await autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: group, MinSize: 2 });
    await idle.start('--disconnect-after-idle-timeout', '1');
    await idle.ended();
    expect(idle.systemctl).to.contain('start --no-block buildkite-agent.service');
    expect((await described()).desired).to.equal(2);
    expect(await stateOf(idle)).to.equal('InService');
  });

  it('that the group asks for waits for a job of a minute, and loses none', async () => {
    const ended = instances[0]!;
    await ended.start();
    const id = await running(60);
    await autoScaling.terminateInstanceInAutoScalingGroup({
      InstanceId: ended.instanceId,
      ShouldDecrementDesiredCapacity: false,
    });
    const ending = ended.ended();
    await sandbox.awaited(30, async () => ended.log.includes('takes no more') || undefined);
    expect(await stateOf(ended)).to.equal('Terminating:Wait');
    expect((await machine.jobs()).find((job) => job.id === id)?.state).to.equal('running');
    const job = await machine.finished(id);
    expect(job).to.include({ state: 'finished', exitStatus: '0' });
    expect(job.log).to.contain('finished');
    await ending;
    await gone(ended);
    expect(ended.log).to.match(/takes no more[^]*the group waits on[^]*the group may end this instance/);
    expect(await lost()).to.eql([]);
  });

  it('that EC2 gives two minutes’ notice of lets a job of half a minute finish', async () => {
    const spot = instances[1]!;
    await spot.start();
    const id = await running(30);
    const interrupted = await machine.control('machines/interrupt', {
      region: 'us-east-1',
      instanceId: spot.instanceId,
    });
    expect(interrupted.status, await interrupted.text()).to.equal(200);
    await sandbox.awaited(
      30,
      async () => spot.log.includes('EC2 takes this spot instance back') || undefined,
    );
    expect(await machine.finished(id)).to.include({ state: 'finished', exitStatus: '0' });
    await spot.ended();
    expect(spot.log).to.contain('this instance ends already').and.to.not.contain('canceled');
    expect(await stateOf(spot), 'EC2 keeps to its notice').to.equal('InService');
    await restart(50);
    await gone(spot);
    expect(await lost()).to.eql([]);
  });
});
