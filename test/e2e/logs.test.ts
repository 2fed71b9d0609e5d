import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';

// eslint-disable-next-line no-control-regex
const COLOUR = /\x1b\[[39]\dm/;

describe('bk-stack logs tail', function () {
  this.timeout(120_000);
  const sandbox = new CliSandbox();
  let logs: CloudWatchLogs;
  let instance: string;
  const tail = (...args: string[]) => sandbox.run('logs', 'tail', 'ci', '--since', '1d', ...args);
  const say = async (stream: string, message: string, group = '/buildkite/ci/agent') => {
    await logs.createLogStream({ logGroupName: group, logStreamName: stream }).catch(() => undefined);
    const { now } = (await (
      await fetch(`${sandbox.endpoint}/_sandbox/status`, { headers: { 'x-bk-stack-sandbox': '1' } })
    ).json()) as { now: string };
    await logs.putLogEvents({
      logGroupName: group,
      logStreamName: stream,
      logEvents: [{ timestamp: Date.parse(now), message }],
    });
  };

  before(async () => {
    await sandbox.start('--speed', '20');
    const made = await sandbox.runWith(
      { input: 'token' },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', '--param', 'MinSize=1'],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
    logs = new CloudWatchLogs(sandbox.client);
    const { AutoScalingGroups } = await new AutoScaling(sandbox.client).describeAutoScalingGroups({});
    instance = AutoScalingGroups?.[0]?.Instances?.[0]?.InstanceId ?? '';
  });
  after(() => sandbox.remove());

  it('shows what instances and scaler have written, and ends where nobody watches', async () => {
    const { exitCode, stdout } = await tail();
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/agent +i-\w{8} ci-i-\w+-1 is registered, and serves the queue default/);
    expect(stdout).to.match(/boot +i-\w{8} the agent is started/);
    const json = await tail('--format', 'json', '--group', 'boot');
    expect(JSON.parse(json.stdout.split('\n')[0] ?? '')).to.include({
      group: 'boot',
      stream: instance,
      late: false,
    });
  });

  it('shows only what is asked for', async () => {
    await say('i-0aaaaaaaaaaaaaaa0', 'an error of another');
    await say(instance, 'an error of this one');
    expect((await tail('--grep', 'error')).stdout.trim().split('\n')).to.have.length(2);
    expect((await tail('--filter', '"another"')).stdout.trim().split('\n')).to.have.length(1);
    const one = (await tail('--instance', instance, '--group', 'agent')).stdout;
    expect(one)
      .to.match(/of this one/)
      .and.not.match(/of another/);
    expect((await tail('--agent', `ci-${instance}-1`, '--group', 'agent')).stdout).to.equal(one);
  });

  it('refuses what it cannot do, and says what is allowed', async () => {
    for (const [args, message] of [
      [['--group', 'bot'], /no log group "bot"\n {2}Did you mean boot\?/],
      [['--until', '3d'], /--until is before --since/],
      [['--grep', '('], /--grep: /],
      [['--instance', 'web'], /"web" names no instance/],
    ] as const) {
      const { exitCode, stderr } = await tail(...args);
      expect(exitCode).to.equal(2);
      expect(stderr).to.match(message);
    }
    const unknown = await sandbox.run('logs', 'tail', 'nowhere');
    expect(unknown.exitCode).to.equal(1);
    expect(unknown.stderr).to.match(/no stack named nowhere/);
  });

  it('follows on a terminal, with what a log cannot do to it, until Ctrl-C', async () => {
    for (const columns of [80, 200]) {
      const terminal = sandbox.terminal(['logs', 'tail', 'ci', '--group', 'agent'], { columns });
      await terminal.shows('is registered');
      const mark = `now at ${columns}`;
      await say(`i-0bbbbbbbbbbbbb${columns}`, `${mark} \x1b[2J\x1b]0;owned\x07 漢字 🔑`);
      const screen = await terminal.shows(mark);
      expect(screen)
        .to.match(/is registered/)
        .and.match(/漢字 🔑/);
      expect(terminal.output).to.not.match(/owned|\[2J/);
      terminal.type(KEY.ctrlC);
      expect(await terminal.ended()).to.equal(0);
      expect(terminal.screen).to.not.match(/Error|Interrupted/);
    }
  });

  it('has no colours where none are wanted', async () => {
    const coloured = sandbox.terminal(['logs', 'tail', 'ci', '--since', '1d', '--no-follow']);
    expect(await coloured.ended()).to.equal(0);
    expect(coloured.output).to.match(COLOUR);
    const plain = sandbox.terminal(['logs', 'tail', 'ci', '--since', '1d', '--no-follow', '--no-color']);
    expect(await plain.ended()).to.equal(0);
    expect(plain.output).to.not.match(COLOUR);
  });

  it('ends quietly when whoever reads it has had enough', async () => {
    const { stdout, stderr } = await sandbox.shell(
      'set -o pipefail; $BK logs tail ci --since 1d --format long | head -n 1; echo "ends with $?"',
    );
    expect(stdout.trim().split('\n')).to.have.length(2);
    expect(stdout).to.match(/ends with 0/);
    expect(stderr).to.not.match(/EPIPE|Error/);
  });

  it('shows the logs of a stack of the official template: those of its own instances', async () => {
    const group = '/buildkite/buildkite-agent';
    await logs.createLogGroup({ logGroupName: group });
    const { AutoScalingGroups } = await new AutoScaling(sandbox.client).describeAutoScalingGroups({});
    const template = {
      Description: 'Buildkite stack v6.40.0',
      Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
      Outputs: { AutoScalingGroupName: { Value: AutoScalingGroups?.[0]?.AutoScalingGroupName } },
    };
    await new CloudFormation(sandbox.client).createStack({
      StackName: 'official',
      TemplateBody: JSON.stringify(template),
    });
    await sandbox.run('status', 'official', '--wait');
    await say(instance, 'of the official one', group);
    await say('i-0cccccccccccccccc', 'of another stack', group);
    const { stdout, stderr } = await sandbox.run('logs', 'tail', 'official', '--since', '1h');
    expect(stdout, stderr)
      .to.match(/agent +i-\w{8} of the official one/)
      .and.not.match(/another/);
  });
});
