import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';

// eslint-disable-next-line no-control-regex
const COLOUR = /\x1b\[[39]\dm/;

describe('bk-stack logs', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let logs: CloudWatchLogs;
  let instance: string;
  const tail = (...args: string[]) => sandbox.run('logs', 'tail', 'ci', '--since', '1d', ...args);
  const say = async (stream: string, message: string, group = '/buildkite/ci/agent') => {
    await logs.createLogStream({ logGroupName: group, logStreamName: stream }).catch(() => undefined);
    const { now } = (await (await sandbox.control('status')).json()) as { now: string };
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
      [['--filter', '"open'], /--filter: Invalid filter pattern.*\n.*double quotes/],
      [['--instance', 'web'], /"web" names no instance/],
      [['--no-interleave', '--follow'], /--no-interleave shows what is there/],
      [['--live', '--no-follow'], /--live is a way to follow/],
      [['--live', '--until', '1m'], /--live/],
    ] as const) {
      const { exitCode, stderr } = await tail(...args);
      expect(exitCode).to.equal(2);
      expect(stderr).to.match(message);
    }
    const output = join(tmpdir(), 'bk-stack-never-made');
    for (const [command, ...rest] of [['tail'], ['insights', 'limit 1'], ['get', '--output', output]]) {
      const later = [command ?? '', 'ci', ...rest, '--since', '2999-01-01'];
      const { exitCode, stderr } = await sandbox.run('logs', ...later);
      expect(exitCode).to.equal(2);
      expect(stderr).to.match(/--since is in the future/);
    }
    expect(existsSync(output)).to.equal(false);
    const unknown = await sandbox.run('logs', 'tail', 'nowhere');
    expect(unknown.exitCode).to.equal(1);
    expect(unknown.stderr).to.match(/no stack named nowhere/);
  });

  it('follows on a terminal, with what a log cannot do to it, until Ctrl-C', async () => {
    for (const columns of [80, 200]) {
      const terminal = sandbox.terminal(['logs', 'tail', 'ci', '--since', '1d', '--group', 'agent'], {
        columns,
      });
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

  it('follows by what CloudWatch sends, each event once', async () => {
    const terminal = sandbox.terminal(['logs', 'tail', 'ci', '--since', '1d', '--group', 'agent', '--live'], {
      columns: 200,
    });
    await terminal.shows('is registered');
    for (const number of [1, 2, 3]) {
      await say(instance, `sent ${number}`);
      await terminal.shows(`sent ${number}`);
    }
    // Several looks later, which find them as well.
    await sandbox.pass(60);
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended()).to.equal(0);
    expect(terminal.screen.match(/sent \d/g)).to.eql(['sent 1', 'sent 2', 'sent 3']);
  });

  it('shows one instance after the other', async () => {
    const other = 'i-0ddddddddddddddd0';
    for (const [stream, message] of [
      [instance, 'apart 1'],
      [other, 'apart 2'],
      [instance, 'apart 3'],
    ] as const) {
      await say(stream, message);
    }
    const { stdout, stderr } = await tail('--no-interleave', '--group', 'agent', '--grep', 'apart');
    expect(stdout, stderr).to.match(
      new RegExp(`^${instance}\n.*apart 1\n.*apart 3\n\n${other}\n.*apart 2\n$`),
    );
    const json = await tail('--no-interleave', '--group', 'agent', '--grep', 'apart', '--format', 'json');
    const lines = json.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message);
    expect(lines).to.eql(['apart 1', 'apart 3', 'apart 2']);
  });

  it('finds the streams that are there where others are not', async () => {
    await say(instance, 'with a neighbour that never was');
    const { stdout, stderr } = await tail(
      ...['--instance', 'i-0eeeeeeeeeeeeeee0', '--instance', instance, '--grep', 'neighbour'],
    );
    expect(stdout, stderr).to.match(/with a neighbour/);
  });

  it('waits for a group that is not there yet, and says so', async () => {
    const logGroupName = '/buildkite/ci/docker';
    await logs.deleteLogGroup({ logGroupName });
    const ended = await tail('--group', 'docker');
    expect(ended.exitCode).to.equal(0);
    expect(ended.stderr).to.match(/There is no log group \/buildkite\/ci\/docker\./);
    const terminal = sandbox.terminal(['logs', 'tail', 'ci', '--group', 'docker'], { columns: 200 });
    await terminal.shows('There is no log group /buildkite/ci/docker yet: waiting for it.');
    await logs.createLogGroup({ logGroupName });
    await say(instance, 'there at last', logGroupName);
    await terminal.shows('there at last');
    expect(terminal.screen).to.match(/is there now/);
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended()).to.equal(0);
  });

  it('lists groups and streams', async () => {
    const { stdout } = await sandbox.run('logs', 'list', 'ci', '--json');
    const { groups } = JSON.parse(stdout) as {
      groups: {
        name: string;
        bytes: number;
        streams: { stream: string; present: boolean; lastEvent: string }[];
      }[];
    };
    expect(groups.map(({ name }) => name)).to.have.length(6);
    const agent = groups.find(({ name }) => name === '/buildkite/ci/agent');
    expect(agent?.bytes).to.be.greaterThan(0);
    const stream = (id: string) => agent?.streams.find((each) => each.stream === id);
    expect(stream(instance)).to.include({ present: true });
    expect(stream('i-0ddddddddddddddd0')).to.include({ present: false });
    const text = await sandbox.run('logs', 'list', 'ci', '--group', 'boot');
    expect(text.stdout).to.match(
      new RegExp(`boot  \\S+ B, kept for 7 days, 1 stream\n[^]*${instance}  in the group  20`),
    );
    const narrow = sandbox.terminal(['logs', 'list', 'ci', '--group', 'boot'], { columns: 60 });
    expect(await narrow.ended()).to.equal(0);
    expect(narrow.screen).to.match(new RegExp(`^  ${instance}  in the group\\s*$`, 'm'));
  });

  it('saves a window to files, and writes over none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bk-stack-get-'));
    try {
      const output = join(folder, 'night');
      const get = (...args: string[]) => sandbox.run('logs', 'get', 'ci', '--output', output, ...args);
      await say(instance, 'two\nlines');
      const { exitCode, stdout, stderr } = await get('--since', '1d', '--json');
      expect(exitCode, stderr).to.equal(0);
      const { files } = JSON.parse(stdout) as { files: { path: string }[] };
      expect(files.map(({ path }) => path)).to.include(`agent/${instance}.log`);
      expect(existsSync(join(output, `agent/${instance}.log.part`))).to.equal(false);
      const shown = (await tail('--group', 'agent', '--instance', instance, '--format', 'json')).stdout;
      const saved = readFileSync(join(output, `agent/${instance}.log`), 'utf8');
      expect(saved.match(/^20/gm)).to.have.length(shown.trim().split('\n').length);
      expect(saved).to.match(/Z two\n {4}lines\n$/);
      for (const [args, message] of [
        [[], /holds logs of ci already/],
        [['--resume'], /is complete: there is nothing to resume/],
        [['--resume', '--since', '1h'], /--resume/],
      ] as const) {
        const refused = await get(...args);
        expect(refused.exitCode).to.equal(2);
        expect(refused.stderr).to.match(message);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('saves nothing by a pattern that cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bk-stack-get-'));
    try {
      const output = join(folder, 'night');
      const get = ['logs', 'get', 'ci', '--since', '1d', '--output', output, '--filter', '"open'];
      const { exitCode, stderr } = await sandbox.run(...get);
      expect(exitCode).to.equal(2);
      expect(stderr)
        .to.match(/--filter: Invalid filter pattern/)
        .and.not.match(/--resume/);
      expect(existsSync(output)).to.equal(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells of an instance that is not there', async () => {
    const absent = 'i-0999999999999999a';
    for (const args of [[], ['--no-interleave']]) {
      const { exitCode, stderr } = await tail('--instance', absent, ...args);
      expect(exitCode).to.equal(0);
      expect(stderr.match(new RegExp(`There is no log of ${absent}`, 'g'))).to.have.length(1);
    }
  });

  it('shows what the scaler has decided, in words', async () => {
    const { stdout, stderr } = await tail('--group', 'scaler');
    expect(stdout, stderr).to.match(/scaler +\w{10} (kept|scaled) \d+ -> \d+: \w/);
    expect(stdout).to.not.match(/_aws|(START|END|REPORT) RequestId/);
    expect((await tail('--group', 'scaler', '--format', 'long')).stdout).to.match(/"_aws"/);
  });

  it('asks for the query that is not there', async () => {
    for (const [args, hint] of [
      [[], 'bk-stack logs insights my-stack "fields'],
      [['night'], 'bk-stack logs insights night "fields'],
      [['night', ' '], 'bk-stack logs insights night "fields'],
    ] as const) {
      const { exitCode, stderr } = await sandbox.run('logs', 'insights', ...args);
      expect(exitCode).to.equal(2);
      expect(stderr)
        .to.match(/There is no query\n/)
        .and.include(hint);
    }
    const nameless = await sandbox.run('logs', 'insights', 'fields @message');
    expect(nameless.exitCode).to.equal(2);
    expect(nameless.stderr).to.match(/No stack is named\n.*before the query/);
    const named = await sandbox.runWith({ env: { BK_STACK_NAME: 'ci' } }, 'logs', 'insights');
    expect(named.stderr).to.match(/There is no query\n.*bk-stack logs insights ci "fields/);
  });

  it('asks a question', async () => {
    const ask = (query: string, ...args: string[]) =>
      sandbox.run('logs', 'insights', 'ci', query, '--since', '1d', ...args);
    const count = 'filter @message like /apart/ | stats count(*) as lines by @logStream | sort lines desc';
    const { exitCode, stdout, stderr } = await ask(count, '--group', 'agent');
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.match(new RegExp(`^@logStream +lines\n${instance}  2\n\\S+  1\n$`));
    expect(stderr).to.match(/\d+ events scanned \(.*\), 3 matched/);
    const csv = await ask('fields @message | filter @message = "two\nlines"', '--csv');
    expect(csv.stdout).to.equal('@message\r\n"two\nlines"\n');
    const json = JSON.parse((await ask(count, '--json')).stdout) as { rows: { lines: string }[] };
    expect(json.rows.map(({ lines }) => lines)).to.eql(['2', '1']);
    const wrong = await ask('stats nonsense(x)');
    expect(wrong.exitCode).to.equal(2);
    expect(wrong.stderr).to.match(/cannot be read: .*nonsense\n {2}stats nonsense\(x\)\n {8}\^/);
  });

  it('shows the console of an instance whose boot never reached CloudWatch', async () => {
    await logs.deleteLogStream({ logGroupName: '/buildkite/ci/boot', logStreamName: instance });
    for (const args of [[], ['--instance', instance]]) {
      const { stdout, stderr } = await tail('--group', 'boot', ...args);
      expect(stdout, stderr).to.match(/boot +i-\w{8} console \[ +\d+\.\d+\] .*Linux version/);
      expect(stderr).to.match(new RegExp(`${instance} has written no boot log: this is its console`));
    }
    const gone = await tail('--group', 'boot', '--instance', 'i-0fffffffffffffff0');
    expect(gone.exitCode).to.equal(0);
    expect(gone.stderr).to.match(/EC2 has no console output of it/);
  });
});
