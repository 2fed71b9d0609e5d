import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { SandboxJobs } from '../support/jobs.ts';
import { type CliTerminal, KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

describe('bk-stack update and rollback', function () {
  this.timeout(600_000);
  const sandbox = new CliSandbox();
  let autoScaling: AutoScaling;
  let cloudFormation: CloudFormation;
  let ssm: SSM;

  const jobs = new SandboxJobs(sandbox);
  const fail = (...faults: string[]) =>
    sandbox.control('faults', { method: 'PUT', body: JSON.stringify(faults) });
  const versions = async () => {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({});
    return (group?.Instances ?? []).map(({ LaunchTemplate }) => LaunchTemplate?.Version);
  };
  const inState = async (state: string) => {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({});
    return (group?.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === state).length;
  };
  const serving = () => inState('InService');
  /** Instances that take no more jobs. */
  const ending = () => inState('Terminating:Wait');
  const size = async () => {
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({});
    return [group?.MinSize, group?.MaxSize, group?.DesiredCapacity];
  };
  const parameter = async (name: string) => {
    const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName: 'ci' });
    return stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue;
  };
  const journal = async () => {
    const { Parameters } = await ssm.getParameters({ Names: ['/bk-stack/ci/update'] });
    return Parameters?.[0]?.Value;
  };
  const ran = async (...args: string[]) => {
    const done = await sandbox.run(...args);
    expect(done.exitCode, done.stdout + done.stderr).to.equal(0);
    return done;
  };

  before(async () => {
    await sandbox.start('--speed', '150');
    autoScaling = new AutoScaling(sandbox.client);
    cloudFormation = new CloudFormation(sandbox.client);
    ssm = new SSM(sandbox.client);
    // Longer than the test takes on a slow machine: an instance that has been idle for so long may end during an update.
    const idle = 'ScaleInIdlePeriod=86400';
    const parameters = ['MinSize=3', 'MaxSize=6', 'BuildkiteQueue=q', idle].flatMap((each) => [
      '--param',
      each,
    ]);
    const made = await sandbox.runWith(
      { input: 'token' },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', ...parameters],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
  });
  after(() => sandbox.remove());

  it('says that there is nothing to do', async () => {
    const { stdout } = await ran('update', 'ci');
    expect(stdout).to.match(/nothing to do: ci is as it should be/);
    expect((await sandbox.run('update', 'ci', '--detect')).exitCode).to.equal(0);
  });

  it('shows what would change, and changes nothing', async () => {
    const shown = await ran('update', 'ci', '--dry-run', '--param', 'AgentsPerInstance=2');
    expect(shown.stdout).to.match(/AgentsPerInstance: 1 → 2/);
    expect(shown.stdout).to.match(/~ AgentLaunchTemplate .*instances are replaced as their jobs finish/);
    expect(shown.stdout).to.contain('0 to add, 3 to change, 0 to replace, 0 to remove.');
    const detected = await sandbox.run(
      'update',
      'ci',
      '--detect',
      '--json',
      '--param',
      'AgentsPerInstance=2',
    );
    expect(detected.exitCode).to.equal(3);
    const { preview } = JSON.parse(detected.stdout) as { preview: { parameters: object[] } };
    expect(preview.parameters).to.eql([{ name: 'AgentsPerInstance', before: '1', after: '2' }]);
    const { Summaries } = await cloudFormation.listChangeSets({ StackName: 'ci' });
    expect(Summaries).to.eql([]);
    expect(await parameter('AgentsPerInstance')).to.equal('1');
  });

  it('shows the tags that would change, and no secret in them', async () => {
    const args = ['update', 'ci', '--dry-run', '--tag', 'team=web', '--tag', 'deployToken=hunter2'];
    const { stdout } = await ran(...args);
    expect(stdout).to.match(/Tags of the stack\n +deployToken: \*{4} \(new\)\n +team: web \(new\)\n/);
    const json = await ran(...args, '--json');
    const { preview } = JSON.parse(json.stdout) as { preview: { tags: object[] } };
    expect(preview.tags).to.eql([
      { name: 'deployToken', after: '****' },
      { name: 'team', after: 'web' },
    ]);
    expect(stdout + json.stdout).to.not.contain('hunter2');
  });

  it('shows what somebody has changed past the stack', async () => {
    await ran('scale', 'ci', '--max', '7');
    const { stdout } = await ran('update', 'ci', '--dry-run', '--param', 'MaxSize=9');
    expect(stdout).to.match(
      /Changed past the stack since\n +AgentAutoScaleGroup MaxSize: is 7, and the stack has made it 6/,
    );
    await ran('scale', 'ci', '--max', '6');
    const again = await ran('update', 'ci', '--dry-run', '--param', 'MaxSize=9');
    expect(again.stdout).to.not.match(/past the stack/);
  });

  it('refuses what cannot be used, before anything happens', async () => {
    for (const [args, said] of [
      [['--param', 'MinSize=9'], /MinSize \(9\) is more than MaxSize \(6\)/],
      [['--param', 'MinSiz=1'], /no parameter MinSiz; did you mean MinSize/],
      [['--param', 'BuildkiteAgentToken=abc'], /token rotate ci/],
      [['--batch', '0'], /no instance could ever be replaced/],
      [['--checkpoint', '50,10'], /no list of rising percents/],
    ] as const) {
      const { exitCode, stderr } = await sandbox.run('update', 'ci', ...args);
      expect(exitCode, stderr).to.equal(2);
      expect(stderr).to.match(said);
    }
    expect(await journal()).to.equal(undefined);
  });

  it('replaces the instances, and no job is lost', async () => {
    await jobs.push(3);
    await jobs.allTaken();
    const updating = ran('update', 'ci', '--param', 'AgentsPerInstance=2');
    await until('an instance finishes its job', async () => (await ending()) > 0);
    await jobs.allFinished();
    const { stdout, stderr } = await updating;
    expect(stdout).to.match(/✔ ci is updated. 3 instances run the new version/);
    expect(stderr).to.match(/\d old, \d finishing jobs( \(the longest for .*\))?, \d booting, \d new/);
    expect(await versions()).to.eql(['2', '2', '2']);
    expect(await journal()).to.equal(undefined);
  });

  it('makes the stack what it was, and again what it became', async () => {
    const back = await ran('rollback', 'ci', '--strategy', 'in-place');
    expect(back.stdout).to.match(/AgentsPerInstance: 2 → 1/);
    expect(back.stdout).to.match(/3 instances of the former version run on until they end/);
    expect(await parameter('AgentsPerInstance')).to.equal('1');
    await ran('rollback', 'ci', '--strategy', 'in-place');
    expect(await parameter('AgentsPerInstance')).to.equal('2');
  });

  it('drains, updates, and has the same size again', async () => {
    await jobs.push(3);
    await jobs.allTaken();
    const updating = ran('update', 'ci', '--strategy', 'drain', '--param', 'MaxSize=8');
    await until(
      'the instances finish their jobs',
      async () => (await size())[2] === 0 && (await ending()) > 0,
    );
    expect(await parameter('MaxSize'), 'nothing is updated while jobs run').to.equal('6');
    await jobs.allFinished();
    const { stderr } = await updating;
    expect(stderr).to.match(/\d instances? left, \d finishing jobs/);
    expect(await size()).to.eql([3, 8, 3]);
    expect((await sandbox.run('status', 'ci')).stdout).to.not.match(/paused/);
  });

  it('gives up in time, and takes the draining back', async () => {
    await until('the group is whole', async () => (await versions()).length === 3);
    await jobs.push(3);
    await jobs.allTaken();
    const args = ['--strategy', 'drain', '--drain-timeout', '60', '--param', 'MaxSize=9'];
    const { exitCode, stderr } = await sandbox.run('update', 'ci', ...args);
    expect(exitCode, stderr).to.equal(1);
    expect(stderr).to.match(/ci was not updated, and is as it was before\.\nIt was not drained in time/);
    expect(await size()).to.eql([3, 8, 3]);
    expect(await parameter('MaxSize')).to.equal('8');
    await jobs.allFinished();
  });

  it('takes everything back when new instances do not come up, and says why', async () => {
    await until('three instances serve', async () => (await serving()) === 3);
    const before = await versions();
    await fail('boot');
    const { exitCode, stderr } = await sandbox.run('update', 'ci', '--param', 'AgentsPerInstance=3');
    await fail();
    expect(exitCode, stderr).to.equal(1);
    expect(stderr).to.match(/New instances do not come up: 2 launches in a row failed: .*abandoned/);
    expect(stderr).to.match(/The last lines of i-\w+:\n.*failed/);
    expect(await parameter('AgentsPerInstance')).to.equal('2');
    expect(await journal()).to.equal(undefined);
    const { InstanceRefreshes: [refresh] = [] } = await autoScaling.describeInstanceRefreshes({
      AutoScalingGroupName: (await autoScaling.describeAutoScalingGroups({})).AutoScalingGroups?.[0]
        ?.AutoScalingGroupName,
    });
    expect(refresh?.Status).to.match(/^Cancell/);
    const activities = async () => {
      const { Activities = [] } = await autoScaling.describeScalingActivities({});
      return Activities.map(({ StartTime, Description, Cause }) => [StartTime, Description, Cause].join(' '));
    };
    const kept = (await versions()).filter((version) => before.includes(version));
    expect(kept, [stderr, ...(await activities())].join('\n')).to.have.length(3);
  });

  it('tells the first cause when CloudFormation fails half way, and leaves all as it was', async () => {
    const policy = 'arn:aws:iam::aws:policy/NoSuchPolicy';
    const { exitCode, stderr } = await sandbox.run('update', 'ci', '--param', `ManagedPolicyARNs=${policy}`);
    expect(exitCode, stderr).to.equal(1);
    expect(stderr, stderr).to.match(
      /is as it was before\.\n.*CloudFormation .*rolled it back.*InstanceRole .*NoSuchPolicy/,
    );
    expect(await parameter('ManagedPolicyARNs')).to.equal('');
    expect(await journal()).to.equal(undefined);
  });

  it('tells how to go on when even the roll-back fails', async () => {
    await fail('resource:Scaler=no more functions today');
    const stuck = await sandbox.run('update', 'ci', '--param', 'AgentsPerInstance=3');
    await fail();
    expect(stuck.exitCode, stuck.stderr).to.equal(1);
    expect(stuck.stderr).to.match(/could not be rolled back: Scaler .*no more functions today/);
    expect(stuck.stderr).to.contain('bk-stack update ci --cancel');
    expect((await sandbox.run('update', 'ci')).stderr).to.match(/--cancel/);
    await ran('update', 'ci', '--cancel');
    expect(await parameter('AgentsPerInstance')).to.equal('2');
    expect(await journal()).to.equal(undefined);
  });

  it('tells how to go on where AWS refuses something on the way', async () => {
    const before = await parameter('AgentsPerInstance');
    await fail('api:autoscaling.StartInstanceRefresh=AccessDenied');
    const { exitCode, stderr } = await sandbox.run('update', 'ci', '--param', 'AgentsPerInstance=3');
    await fail();
    expect(exitCode, stderr).to.equal(1);
    expect(stderr).to.match(/The update of ci stands still, replacing: .*--resume.*--cancel/s);
    await ran('update', 'ci', '--cancel');
    expect(await parameter('AgentsPerInstance')).to.equal(before);
  });

  it('is gone on with by another after it was killed, and taken back on demand', async () => {
    const replacing = async () => (await journal())?.includes('"phase":"replacing"') === true;
    // It cannot come to its end before it is killed.
    await fail('capacity:*');
    const killed = sandbox.spawn('update', 'ci', '--param', 'AgentsPerInstance=3');
    await until('it replaces', replacing);
    killed.kill('SIGKILL');
    const second = await sandbox.run('update', 'ci', '--param', 'AgentsPerInstance=4');
    expect(second.exitCode).to.equal(1);
    expect(second.stderr).to.match(/An update of ci is under way: .*--resume.*--cancel/s);
    const status = await sandbox.run('status', 'ci');
    expect(status.stdout).to.match(
      /An update.*replacing.*\n.*status ci --wait.*\n.* bk-stack update ci --resume/,
    );
    let over = false;
    const waiting = sandbox.run('status', 'ci', '--wait').finally(() => (over = true));
    await fail();
    const resumed = await ran('update', 'ci', '--resume');
    expect(resumed.stdout).to.match(/✔ ci is updated/);
    expect(over).to.equal(false);
    const waited = await waiting;
    expect(waited.stderr).to.match(/An update by .* is under way.*\n.*The update is replacing/);
    expect(waited.stdout).to.not.contain('under way');
    expect(await parameter('AgentsPerInstance')).to.equal('3');
    await fail('capacity:*');
    const again = sandbox.spawn('update', 'ci', '--param', 'AgentsPerInstance=4');
    await until('it replaces', replacing);
    again.kill('SIGKILL');
    await fail();
    const cancelled = await ran('update', 'ci', '--cancel');
    expect(cancelled.stdout).to.match(/The update of ci is taken back/);
    expect(await parameter('AgentsPerInstance')).to.equal('3');
    expect(await journal()).to.equal(undefined);
    expect((await sandbox.run('update', 'ci', '--cancel')).stderr).to.match(/No update of ci is under way/);
  });

  it('asks on a terminal, starting from what the stack has, and leaves all as it is after a no or Ctrl-C', async () => {
    const present = await parameter('AgentsPerInstance');
    const asked = (terminal: CliTerminal, question: string) =>
      terminal.shows(new RegExp(`^\\? .*${question}`, 'm'));
    const through = async (terminal: CliTerminal) => {
      for (const question of ['Queue:', 'Instance types', 'Fewest', 'Most']) {
        await asked(terminal, question);
        terminal.type(KEY.enter);
      }
      await asked(terminal, `Agents per instance.*${present ?? ''}`);
      terminal.type(...(present ?? '').split('').map(() => KEY.backspace), '7', KEY.enter);
      await asked(terminal, 'Share of spot');
      terminal.type(KEY.enter);
      await asked(terminal, 'Look at advanced settings');
      terminal.type(KEY.enter);
      await terminal.shows(`AgentsPerInstance: ${present ?? ''} → 7`);
      await asked(terminal, 'Update ci\\?');
    };
    for (const [keys, exitCode] of [
      [['n', KEY.enter], 1],
      [[KEY.ctrlC], 130],
    ] as const) {
      const terminal = sandbox.terminal(['update', 'ci', '--interactive']);
      await through(terminal);
      terminal.type(...keys);
      expect(await terminal.ended()).to.equal(exitCode);
      expect(terminal.screen).to.match(/Nothing was changed/);
      expect(/Interrupted|Error/.test(terminal.screen)).to.equal(exitCode === 130);
    }
    expect(await parameter('AgentsPerInstance')).to.equal(present);
    expect((await cloudFormation.listChangeSets({ StackName: 'ci' })).Summaries).to.eql([]);
  });

  it('says on Ctrl-C what goes on, and how to pick it up', async () => {
    await fail('capacity:*');
    const terminal = sandbox.terminal(['update', 'ci', '--yes', '--param', 'AgentsPerInstance=8']);
    await terminal.shows(/\d old, \d finishing jobs/);
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended()).to.equal(130);
    await fail();
    expect(terminal.screen).to.match(/AWS goes on.*bk-stack update ci --resume.*--cancel/s);
    await ran('update', 'ci', '--resume');
    expect(await parameter('AgentsPerInstance')).to.equal('8');
  });

  it('asks on a terminal whether to wait longer for jobs, and takes all back after a no', async () => {
    await until('the group is whole', async () => (await versions()).length === 3);
    const before = await size();
    await jobs.push();
    await jobs.allTaken();
    const terminal = sandbox.terminal([
      ...['update', 'ci', '--strategy', 'drain', '--drain-timeout', '60', '--param', 'MaxSize=9'],
    ]);
    await terminal.shows(/Update ci\?/);
    terminal.type(KEY.enter);
    await terminal.shows(/^\? Jobs still run\. Wait as long again\?/m);
    terminal.type('n', KEY.enter);
    expect(await terminal.ended()).to.equal(1);
    expect(terminal.screen).to.match(/ci was not updated, and is as it was before/);
    expect(await size()).to.eql(before);
    expect(await journal()).to.equal(undefined);
    await jobs.allFinished();
  });

  it('leaves a stack at zero that is at zero', async () => {
    await ran('scale-to-zero', 'ci', '--wait');
    const { stdout } = await ran('update', 'ci', '--param', 'MinSize=2', '--param', 'AgentsPerInstance=1');
    expect(stdout).to.match(/It stays at zero, as it was/);
    expect(await size()).to.eql([0, 0, 0]);
    await ran('resume', 'ci');
    expect((await size()).slice(0, 2)).to.eql([2, 8]);
  });

  it('refuses to replace what holds data, and says what causes it', async () => {
    await new S3({ ...sandbox.client, forcePathStyle: true }).createBucket({ Bucket: 'my-own-bucket' });
    const { exitCode, stderr } = await sandbox.run('update', 'ci', '--param', 'SecretsBucket=my-own-bucket');
    expect(exitCode, stderr).to.equal(2);
    expect(stderr).to.match(/- ManagedSecretsBucket \(AWS::S3::Bucket\): it would be removed/);
    expect(stderr).to.contain('--allow-replacement ManagedSecretsBucket');
    expect(await parameter('SecretsBucket')).to.equal('');
    await ran('update', 'ci', '--dry-run', '--param', 'SecretsBucket=my-own-bucket', ...allowed(stderr));
  });
});

/** The flags that a refusal offers. */
function allowed(stderr: string): string[] {
  return stderr.match(/--allow-replacement \w+/g)?.flatMap((flag) => flag.split(' ')) ?? [];
}
