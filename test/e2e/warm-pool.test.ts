import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { SandboxJobs } from '../support/jobs.ts';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

/** Two stacks in one sandbox, of which one has a warm pool. */
describe('a stack with a warm pool', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let autoScaling: AutoScaling;
  const ran = async (...args: string[]) => {
    const done = await sandbox.run(...args);
    expect(done.exitCode, done.stdout + done.stderr).to.equal(0);
    return done.stdout;
  };
  const groupOf = async (stack: string) => {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({
      Filters: [{ Name: 'tag:bk-stack:stack', Values: [stack] }],
    });
    return group?.AutoScalingGroupName;
  };
  const warm = async () => {
    const { Instances = [] } = await autoScaling.describeWarmPool({
      AutoScalingGroupName: await groupOf('warm'),
    });
    return Instances.map(({ LifecycleState }) => LifecycleState);
  };
  const isReady = async () => {
    const states = await warm();
    return states.length === 2 && states.every((state) => state === 'Warmed:Stopped');
  };
  /** Has the stack run a job, and tells how many seconds the launch for it took to its agents. */
  const launch = async (stack: string) => {
    const jobs = new SandboxJobs(sandbox, stack);
    await jobs.push();
    await jobs.allTaken();
    await jobs.allFinished();
    const { Activities = [] } = await autoScaling.describeScalingActivities({
      AutoScalingGroupName: await groupOf(stack),
    });
    const [found] = Activities.filter(({ Description }) =>
      /^Launching .*instance( from warm pool)?: i-/.test(Description ?? ''),
    );
    return ((found?.EndTime?.getTime() ?? NaN) - (found?.StartTime?.getTime() ?? NaN)) / 1000;
  };

  before(async () => {
    await sandbox.start('--speed', '30');
    autoScaling = new AutoScaling(sandbox.client);
    for (const name of ['cold', 'warm']) {
      const made = await sandbox.runWith(
        { input: 'token' },
        ...['create', name, '--token-stdin', '--no-input', '--json'],
        ...['--param', `BuildkiteQueue=${name}`, '--param', 'ScaleInIdlePeriod=60'],
        ...(name === 'warm' ? ['--param', 'WarmPoolSize=2'] : []),
      );
      expect(made.exitCode, made.stderr).to.equal(0);
    }
    await until('the pool is ready', isReady);
  });
  after(() => sandbox.remove());

  it('is refused beside spot instances', async () => {
    const refused = await sandbox.run('update', 'warm', '--dry-run', '--param', 'OnDemandPercentage=50');
    expect(refused.exitCode).to.equal(2);
    expect(refused.stderr).to.contain('WarmPoolSize needs OnDemandPercentage 100');
  });

  it('shows the pool, whose instances have no agents', async () => {
    const status = await ran('status', 'warm');
    expect(status).to.match(/agents +0 \(/);
    expect(status).to.match(/instances +none/);
    expect(status).to.match(/warm pool +2 of 2 instances/);
    expect((await ran('instances', 'warm')).match(/Warmed:Stopped/g)).to.have.length(2);
    expect(await ran('status', 'cold')).to.not.contain('warm pool');
    const logs = await ran('logs', 'list', 'warm', '--group', 'boot');
    expect(logs.match(/in the group/g), logs).to.have.length(2);
  });

  it('lets a job wait for a start, where it waits for a boot without one', async () => {
    const boot = await launch('cold');
    const start = await launch('warm');
    // The model's quickest boot takes longer than its slowest start, so that chance has no part in this.
    expect(boot).to.be.above(45);
    expect(start).to.be.below(40);
    await until('the pool is filled up again', isReady);
  });

  it('comes and goes with the parameter', async () => {
    const shown = await ran('update', 'warm', '--dry-run', '--param', 'WarmPoolSize=0');
    expect(shown).to.match(/WarmPoolSize: 2 → 0/);
    expect(shown).to.match(/- WarmPool/);
    await ran('update', 'warm', '--param', 'WarmPoolSize=0', '--yes');
    await until('the pool is gone', async () => (await warm()).length === 0);
    expect(await ran('status', 'warm')).to.not.contain('warm pool');
    await ran('update', 'warm', '--param', 'WarmPoolSize=2', '--yes');
    await until('the pool is back', isReady);
  });

  it('stays when the group goes to zero, and goes with the stack', async () => {
    await ran('scale-to-zero', 'warm', '--wait');
    // Long enough for a warm pool to begin to change.
    await sandbox.pass(15);
    expect(await warm()).to.eql(['Warmed:Stopped', 'Warmed:Stopped']);
    await ran('resume', 'warm');
    await ran('delete', 'warm', '--yes', '--no-input');
  });
});
