import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { SandboxJobs } from '../support/jobs.ts';
import { KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';

describe('bk-stack delete', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let cloudFormation: CloudFormation;
  let s3: S3;
  before(async () => {
    await sandbox.start();
    cloudFormation = new CloudFormation(sandbox.client);
    s3 = new S3({ ...sandbox.client, forcePathStyle: true });
  });
  after(() => sandbox.remove());

  const create = async (name: string, ...args: string[]) => {
    const made = await sandbox.runWith(
      { env: { BUILDKITE_AGENT_TOKEN: 'x' } },
      'create',
      name,
      '--json',
      ...args,
    );
    expect(made.exitCode, made.stderr).to.equal(0);
    return (JSON.parse(made.stdout) as { outputs: Record<string, string> }).outputs;
  };
  const bucketNames = async () => (await s3.listBuckets()).Buckets?.map(({ Name }) => Name) ?? [];
  const stackNames = async () => {
    const { stdout } = await sandbox.run('list', '--json');
    return (JSON.parse(stdout) as { stacks: { stackName: string }[] }).stacks.map(
      ({ stackName }) => stackName,
    );
  };

  it('needs a yes where nobody can be asked, and a stack that is there', async () => {
    await create('first');
    const unasked = await sandbox.run('delete', 'first');
    expect(unasked.exitCode).to.equal(2);
    expect(unasked.stderr).to.contain('bk-stack delete first --yes');
    const absent = await sandbox.run('delete', 'frist', '--yes');
    expect(absent.exitCode).to.equal(1);
    expect(absent.stderr).to.contain('Did you mean first?');
    expect(await stackNames()).to.include('first');
  });

  it('asks for the name to be typed, and keeps the secrets', async () => {
    const { ManagedSecretsBucket = '', ManagedSecretsLoggingBucket = '' } = await create('asked');
    await s3.putObject({ Bucket: ManagedSecretsBucket, Key: 'private_ssh_key', Body: 'secret' });
    const terminal = sandbox.terminal(['delete', 'asked']);
    await terminal.shows('Type the name of the stack to delete it:');
    expect(terminal.screen).to.contain(`keeps bucket ${ManagedSecretsBucket}`);
    terminal.type('other', KEY.enter);
    await terminal.shows('Type asked to go on');
    terminal.type(...Array<string>(5).fill(KEY.backspace), 'asked', KEY.enter);
    expect(await terminal.ended(), terminal.screen).to.equal(0);
    expect(terminal.screen)
      .to.contain('asked is deleted')
      .and.to.contain(`Bucket ${ManagedSecretsBucket} is kept.`);
    expect(await stackNames()).to.not.include('asked');
    expect(await bucketNames()).to.include.members([ManagedSecretsBucket, ManagedSecretsLoggingBucket]);
    const token = await new SSM(sandbox.client)
      .getParameter({ Name: '/bk-stack/asked/agent-token' })
      .catch((error: unknown) => (error as Error).name);
    expect(token).to.equal('ParameterNotFound');
  });

  it('changes nothing when no or Ctrl-C is the answer', async () => {
    for (const [keys, exitCode, said] of [
      [['no', KEY.enter], 1, /Nothing was changed\.\n.*repeat the command and type first/],
      [[KEY.ctrlC], 130, /Interrupted\n.*Nothing was changed/],
    ] as const) {
      const terminal = sandbox.terminal(['delete', 'first']);
      await terminal.shows('Type the name of the stack to delete it:');
      terminal.type(...keys);
      expect(await terminal.ended()).to.equal(exitCode);
      expect(terminal.screen).to.match(said);
    }
    expect((await cloudFormation.describeStacks({ StackName: 'first' })).Stacks?.[0]?.StackStatus).to.equal(
      'CREATE_COMPLETE',
    );
  });

  it('takes the secrets along when told to, every version of them', async () => {
    const { ManagedSecretsBucket: Bucket = '' } = await create('whole');
    for (const Body of ['one', 'two']) await s3.putObject({ Bucket, Key: 'env', Body });
    const deleted = await sandbox.run('delete', 'whole', '--delete-secrets', '--yes', '--json');
    expect(deleted.exitCode, deleted.stderr).to.equal(0);
    const result = JSON.parse(deleted.stdout) as { deletedBuckets: object[]; kept: object[] };
    expect(result.deletedBuckets).to.deep.include({ bucket: Bucket, versions: 2 });
    expect(await bucketNames()).to.not.include(Bucket);
  });

  it('refuses a protected stack, and says how', async () => {
    await create('guarded', '--termination-protection');
    const refused = await sandbox.run('delete', 'guarded', '--yes');
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.contain('--disable-termination-protection');
    const agreed = await sandbox.run('delete', 'guarded', '--yes', '--disable-termination-protection');
    expect(agreed.exitCode, agreed.stderr).to.equal(0);
  });

  it('lets running jobs finish on protected instances, and goes on when its time was up', async () => {
    const parameters = ['InstanceScaleInProtection=true', 'MinSize=2', 'BuildkiteQueue=q'];
    await create('busy', ...parameters.flatMap((each) => ['--param', each]));
    const jobs = new SandboxJobs(sandbox);
    await jobs.push(2);
    await jobs.allTaken();
    const unended = await sandbox.run('delete', 'busy', '--yes', '--drain-timeout', '60');
    expect(unended.exitCode).to.equal(1);
    expect(unended.stderr)
      .to.contain('drains 2 instances first (2 running jobs in the queue q)')
      .and.to.match(/Z? +2 instances left, \d finishing jobs; 2 agents busy/)
      .and.to.contain('2 instances still there after 60 seconds');
    const going = sandbox.run('delete', 'busy', '--yes', '--json');
    await jobs.allFinished();
    const { exitCode, stdout, stderr } = await going;
    expect(exitCode, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ status: 'DELETE_COMPLETE', drained: true });
  });

  describe('of a stack that does not let go', () => {
    /** Of somebody's own template, with a bucket that goes with its stack unless something is in it. */
    const stuck = async (StackName: string) => {
      await cloudFormation.createStack({
        StackName,
        TemplateBody: JSON.stringify({
          Resources: {
            Store: { Type: 'AWS::S3::Bucket', Properties: { BucketName: `store-of-${StackName}` } },
            Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
          },
        }),
        Tags: [{ Key: 'bk-stack:stack', Value: StackName }],
      });
      const watched = await sandbox.run('status', StackName, '--wait', '--json');
      expect(JSON.parse(watched.stdout)).to.include({ status: 'CREATE_COMPLETE' });
      await s3.putObject({ Bucket: `store-of-${StackName}`, Key: 'something', Body: 'x' });
    };

    it('says which resource and why, and the retry works', async () => {
      await stuck('stuck');
      const failed = await sandbox.run('delete', 'stuck', '--yes');
      expect(failed.exitCode).to.equal(1);
      expect(failed.stderr).to.match(/Store \(AWS::S3::Bucket\): .*not empty/);
      const [, retry = ''] = /bk-stack (delete stuck .*--retain Store)/.exec(failed.stderr) ?? [];
      const again = await sandbox.run(...retry.split(' '), '--yes');
      expect(again.exitCode, again.stderr).to.equal(0);
      expect(await bucketNames()).to.include('store-of-stuck');
      expect(await stackNames()).to.not.include('stuck');
    });

    it('offers the retry to a person', async () => {
      await stuck('offered');
      const terminal = sandbox.terminal(['delete', 'offered']);
      await terminal.shows('Type the name of the stack to delete it:');
      terminal.type('offered', KEY.enter);
      await terminal.shows('Delete the rest, and keep Store?');
      terminal.type(KEY.enter);
      expect(await terminal.ended(), terminal.screen).to.equal(0);
      expect(await stackNames()).to.not.include('offered');
    });
  });
});
