import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { STS } from '@aws-sdk/client-sts';
import { expect } from 'chai';
import type { DoctorResult } from '../../src/doctor/report-text.ts';
import { CliSandbox } from '../support/sandbox.ts';

describe('bk-stack doctor', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let outputs: Record<string, string>;
  let group: string;
  const report = (text: string) => JSON.parse(text) as DoctorResult;
  const codes = (text: string) => report(text).findings.map(({ code }) => code);
  const plant = async () => {
    await new AutoScaling(sandbox.client).suspendProcesses({
      AutoScalingGroupName: group,
      ScalingProcesses: ['Launch'],
    });
    const Bucket = outputs['ManagedSecretsBucket'];
    await new S3({ ...sandbox.client, forcePathStyle: true }).deletePublicAccessBlock({ Bucket });
  };

  before(async () => {
    await sandbox.start('--speed', '60');
    // No instance ends of its own will meanwhile.
    const parameters = ['MinSize=1', 'MaxSize=4', 'ScaleInIdlePeriod=86400'].flatMap((each) => [
      '--param',
      each,
    ]);
    const made = await sandbox.runWith(
      { input: 'bkct_secret' },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', ...parameters],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
    const status = await sandbox.run('status', 'ci', '--json');
    ({ outputs } = JSON.parse(status.stdout) as { outputs: Record<string, string> });
    group = outputs['AutoScalingGroupName'] ?? '';
    // Functions run in real time, so that some of their starts are throttled in a fast world, and the alarm tells.
    const cloudWatch = new CloudWatch(sandbox.client);
    const { MetricAlarms = [] } = await cloudWatch.describeAlarms({});
    await cloudWatch.deleteAlarms({ AlarmNames: MetricAlarms.flatMap(({ AlarmName }) => AlarmName ?? []) });
  });
  after(() => sandbox.remove());

  it('finds nothing wrong with a new stack, nor with the machine', async () => {
    const stack = await sandbox.run('doctor', 'ci', '--json');
    expect(report(stack.stdout).findings, stack.stdout).to.eql([]);
    expect(stack.exitCode).to.equal(0);
    expect(stack.stderr).to.match(/✔ Network: 2 subnets with a way out/);
    expect(stack.stdout + stack.stderr).not.to.contain('bkct_secret');
    expect(stack.stderr).to.match(/✔ Clock: within a minute of AWS's/);
    const machine = await sandbox.run('doctor');
    expect(machine.exitCode, machine.stdout).to.equal(0);
    expect(machine.stdout).to.match(/✔ This machine and us-east-1: nothing wrong \(6 checks\)/);
  });

  it('tells what is wrong, fails, and mends it when told to', async () => {
    await plant();
    const found = await sandbox.run('doctor', 'ci');
    expect(found.exitCode).to.equal(1);
    expect(found.stdout).to.match(/✖ Auto Scaling does not Launch.*\[processes-suspended\]/);
    expect(found.stdout).to.match(/aws autoscaling resume-processes --auto-scaling-group-name ci-/);
    expect(found.stdout).to.match(/! Public access to the secrets bucket .*\[bucket-not-blocked\]/);
    expect(found.stdout).to.match(/1 error, 1 warning .* 2 can be mended at once: bk-stack doctor ci --fix/);
    const unasked = await sandbox.run('doctor', 'ci', '--fix');
    expect(unasked.exitCode).to.equal(2);
    expect(unasked.stderr).to.match(/nobody is there to be asked/);
    const mended = await sandbox.run('doctor', 'ci', '--fix', '--yes', '--json');
    expect(mended.exitCode, mended.stdout).to.equal(0);
    expect(report(mended.stdout).fixed).to.have.length(2);
    expect(report(mended.stdout).healthy).to.equal(true);
  });

  it('asks on a terminal, and leaves alone what is declined', async () => {
    await plant();
    const terminal = sandbox.terminal(['doctor', 'ci', '--fix'], { rows: 60, columns: 200 });
    await terminal.shows(/Resumes Launch of ci-\S+\. Do it\?/, 60);
    terminal.type('n\r');
    await terminal.shows(/Blocks all public access to \S+\. Do it\?/);
    terminal.type('y\r');
    await terminal.shows(/ci: 1 error, 0 warnings/, 60);
    expect(await terminal.ended()).to.equal(1);
    expect(terminal.screen).to.not.match(/Nothing was changed/);
    const declined = sandbox.terminal(['doctor', 'ci', '--fix'], { rows: 60, columns: 200 });
    await declined.shows(/Resumes Launch of ci-\S+\. Do it\?/, 60);
    declined.type('n\r');
    expect(await declined.ended()).to.equal(1);
    expect(declined.screen).to.match(/Nothing was changed\./);
    await new AutoScaling(sandbox.client).resumeProcesses({ AutoScalingGroupName: group });
  });

  it('names what a role may not do, and prints the policy that it needs', async () => {
    const iam = new IAM(sandbox.client);
    await iam.createRole({
      RoleName: 'ann',
      AssumeRolePolicyDocument: JSON.stringify({
        Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
      }),
    });
    const { Credentials } = await new STS(sandbox.client).assumeRole({
      RoleArn: 'arn:aws:iam::111122223333:role/ann',
      RoleSessionName: 'ann',
    });
    const env = {
      BK_STACK_SANDBOX: '',
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials?.SessionToken,
    };
    const asked = ['--for', 'status', '--for', 'logs tail', '--json'];
    const before = await sandbox.runWith({ env }, 'doctor', ...asked);
    expect(before.exitCode, before.stderr).to.equal(1);
    expect(codes(before.stdout)).to.eql(['permission-missing']);
    const [finding] = report(before.stdout).findings;
    expect(finding?.message).to.match(
      /role\/ann lacks .*autoscaling:DescribeAutoScalingGroups.*logs:FilterLogEvents/,
    );
    expect(finding?.fix).to.match(/--print-policy --for "logs tail" --for "status"/);

    const printed = await sandbox.runWith({ env }, 'doctor', '--print-policy', ...asked);
    expect(printed.exitCode, printed.stderr).to.equal(0);
    await iam.putRolePolicy({ RoleName: 'ann', PolicyName: 'bk-stack', PolicyDocument: printed.stdout });
    const after = await sandbox.runWith({ env }, 'doctor', ...asked);
    expect(after.exitCode, after.stdout).to.equal(0);
    const all = await sandbox.runWith({ env }, 'doctor', '--json');
    expect(codes(all.stdout)).to.eql(['permission-missing']);
    expect(report(all.stdout).findings[0]?.message)
      .to.match(/iam:CreateRole/)
      .and.not.match(/FilterLogEvents/);
    expect(all.exitCode, 'a warning is no failure').to.equal(0);
  });

  it('refuses what it does not know', async () => {
    const unknown = await sandbox.run('doctor', '--for', 'stauts');
    expect(unknown.exitCode).to.equal(2);
    expect(unknown.stderr).to.match(/Did you mean status\?/);
    const nobody = await sandbox.run('doctor', 'none');
    expect(nobody.exitCode).to.equal(1);
    expect(nobody.stderr).to.match(/There is no stack named none/);
  });

  it('says that the credentials have expired', async () => {
    await sandbox.control('faults', { method: 'PUT', body: JSON.stringify(['credentials']) });
    const expired = await sandbox.run('doctor', 'ci', '--json');
    expect(expired.exitCode).to.equal(1);
    expect(codes(expired.stdout)).to.eql(['credentials-refused']);
    expect(report(expired.stdout).findings[0]?.fix).to.match(/aws sso login/);
  });
});
