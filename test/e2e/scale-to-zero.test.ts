import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { SandboxJobs } from '../support/jobs.ts';
import { KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

describe('bk-stack scale-to-zero and resume', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let autoScaling: AutoScaling;
  const jobs = new SandboxJobs(sandbox);
  const size = async () => {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({});
    return [group?.MinSize, group?.MaxSize, group?.DesiredCapacity, group?.Instances?.length];
  };

  /** Instances that take no more jobs. */
  const ending = async () => {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({});
    return (group?.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'Terminating:Wait')
      .length;
  };

  before(async () => {
    await sandbox.start('--speed', '100');
    autoScaling = new AutoScaling(sandbox.client);
    const parameters = ['MinSize=2', 'MaxSize=5', 'BuildkiteQueue=q'].flatMap((each) => ['--param', each]);
    const made = await sandbox.runWith(
      { input: 'token' },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', ...parameters],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
  });
  after(() => sandbox.remove());

  it('lets running jobs finish, starts no more, and says so', async () => {
    await jobs.push(2);
    await jobs.allTaken();
    const going = sandbox.run('scale-to-zero', 'ci', '--wait');
    await until('both instances finish their jobs', async () => (await ending()) === 2);
    await jobs.allFinished();
    const { exitCode, stdout, stderr } = await going;
    expect(exitCode, stderr).to.equal(0);
    expect(stderr).to.match(/\d instances? left, \d finishing jobs; \d agents? busy/);
    expect(stdout).to.match(/ci is at zero\. Remembered: 2 desired \(2 to 5\)\.\n.*bk-stack resume ci/);
    expect(await size()).to.eql([0, 0, 0, 0]);
    await jobs.push(1, 30);
    // Long enough for the scaler to look at the queue.
    await sandbox.pass(150);
    expect((await jobs.states()).at(-1)).to.equal('scheduled');
    const status = await sandbox.run('status', 'ci');
    expect(status.stdout).to.match(/✖ The stack is paused: .*\n +bk-stack resume ci/);
    const again = await sandbox.run('scale-to-zero', 'ci', '--wait', '--json');
    expect(JSON.parse(again.stdout)).to.eql({
      stackName: 'ci',
      remembered: { min: 2, max: 5, desired: 2 },
      waited: true,
    });
  });

  it('has the same size again after resume, and the jobs that waited run', async () => {
    const { exitCode, stdout, stderr } = await sandbox.run('resume', 'ci');
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.match(/2 desired \(2 to 5\)/);
    await until('the job runs', async () => (await jobs.states()).every((state) => state === 'finished'));
    expect((await size()).slice(0, 2)).to.eql([2, 5]);
    expect((await sandbox.run('status', 'ci')).stdout).to.not.match(/paused/);
    expect((await sandbox.run('resume', 'ci')).stdout).to.match(/nothing to resume/);
  });

  it('is refused where the hook that lets jobs finish is missing, and works again once doctor has put it back', async () => {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({});
    await autoScaling.deleteLifecycleHook({
      AutoScalingGroupName: group?.AutoScalingGroupName,
      LifecycleHookName: 'bk-stack-terminating',
    });
    const refused = await sandbox.run('scale-to-zero', 'ci');
    expect(refused.exitCode).to.equal(2);
    expect(refused.stderr).to.match(
      /lacks the lifecycle hook bk-stack-terminating.*Nothing was changed\..*bk-stack doctor ci .*--fix/s,
    );
    expect((await size()).slice(0, 2)).to.eql([2, 5]);
    await sandbox.run('doctor', 'ci', '--fix', '--yes');
    const allowed = await sandbox.run('scale-to-zero', 'ci', '--no-wait');
    expect(allowed.exitCode, allowed.stderr).to.equal(0);
    expect((await sandbox.run('resume', 'ci')).exitCode).to.equal(0);
    await until('an instance is there again', async () => ((await size())[3] ?? 0) >= 2);
  });

  it('ends jobs by force only, and only when that is confirmed', async () => {
    await jobs.push();
    await jobs.allTaken();
    const refused = await sandbox.run('scale-to-zero', 'ci', '--force');
    expect(refused.exitCode).to.equal(2);
    expect(refused.stderr).to.match(/has to be confirmed.*--force --yes/s);
    for (const [keys, exitCode] of [
      [['no', KEY.enter], 1],
      [[KEY.ctrlC], 130],
    ] as const) {
      const asked = sandbox.terminal(['scale-to-zero', 'ci', '--force']);
      await asked.shows(/This ends 1 running job on \d instances?\. Type the name of the stack/);
      asked.type(...keys);
      expect(await asked.ended()).to.equal(exitCode);
      expect(asked.screen).to.match(/Nothing was changed/);
    }
    const forced = await sandbox.run('scale-to-zero', 'ci', '--force', '--yes');
    expect(forced.exitCode, forced.stderr).to.equal(0);
    expect(forced.stderr).to.match(/This ends 1 running job on \d instances?\./);
    expect(await size()).to.eql([0, 0, 0, 0]);
    expect((await jobs.states()).at(-1)).to.equal('lost');
  });
});
