import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

// eslint-disable-next-line no-control-regex
const COLOUR = /\x1b\[[39]\dm/;
const MINUTE = 60_000;

/** A stack as far as its metrics and alarms go: an alarm that is on, as silence breaches it. */
const template = (description: string) =>
  JSON.stringify({
    Description: description,
    Parameters: { BuildkiteQueue: { Type: 'String', Default: 'deploy' } },
    Resources: {
      Silent: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ...{ AlarmDescription: 'Nothing is measured', Namespace: 'Mine', MetricName: 'Silence' },
          ...{ Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1 },
          ...{ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
        },
      },
    },
  });

describe('bk-stack metrics', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let cloudWatch: CloudWatch;
  let now: number;
  /** A value each minute of the last hour, that of the last minute last. */
  const measure = async (
    names: readonly string[],
    dimensions: Record<string, string>,
    valueAt: (minute: number) => number,
  ) => {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    for (const MetricName of names) {
      await cloudWatch.putMetricData({
        Namespace: 'Buildkite',
        MetricData: Array.from({ length: 60 }, (_, minute) => ({
          ...{ MetricName, Dimensions, Unit: 'Count' as const, Value: valueAt(minute) },
          Timestamp: new Date(now - (60 - minute) * MINUTE),
        })),
      });
    }
  };
  const made = async (
    cloudFormation: CloudFormation,
    StackName: string,
    description: string,
    ours: boolean,
  ) => {
    await cloudFormation.createStack({
      ...{ StackName, TemplateBody: template(description) },
      ...(ours && { Tags: [{ Key: 'bk-stack:stack', Value: StackName }] }),
    });
    await until(`${StackName} is made`, async () => {
      const { Stacks } = await cloudFormation.describeStacks({ StackName });
      return Stacks?.[0]?.StackStatus === 'CREATE_COMPLETE';
    });
  };

  before(async () => {
    await sandbox.start('--speed', '20');
    const cloudFormation = new CloudFormation(sandbox.client);
    cloudWatch = new CloudWatch(sandbox.client);
    await Promise.all([
      made(cloudFormation, 'ci', 'ours', true),
      made(cloudFormation, 'official', 'Buildkite stack v6.40.0', false),
    ]);
    now = await sandbox.now();
    const ours = { StackName: 'ci', Queue: 'deploy' };
    // Jobs come in the last twenty minutes.
    await measure(['ScheduledJobsCount'], ours, (minute) => (minute < 40 ? 0 : 12));
    await measure(['RunningJobsCount', 'BusyAgentCount'], ours, (minute) => minute % 8);
    await measure(['InServiceInstances', 'DesiredInstances'], ours, () => 3);
    await measure(['ScheduledJobsCount'], { Org: 'acme', Queue: 'deploy' }, () => 5);
  });
  after(() => sandbox.remove());

  it('shows what was, with the time, as wide as the terminal', async () => {
    for (const columns of [80, 200]) {
      const terminal = sandbox.terminal(['metrics', 'ci', '--since', '90m'], { columns });
      expect(await terminal.ended()).to.equal(0);
      expect(terminal.output).to.match(COLOUR);
      const lines = terminal.screen.split('\n').map((line) => line.trimEnd());
      for (const part of ['JOBS', 'AGENTS', 'INSTANCES', 'LONGEST WAIT, AT MOST', '╵']) {
        expect(terminal.screen).to.contain(part);
      }
      const scheduled = lines.find((line) => line.startsWith('scheduled')) ?? '';
      expect(scheduled)
        .to.match(/·+ +█+/)
        .and.match(/most 12$/);
      expect(scheduled.length).to.be.within(columns * 0.7, columns);
      expect(lines.filter((line) => line.length > columns)).to.eql([]);
      // None of them had to be broken.
      expect(lines.find((line) => line.startsWith('Each column'))).to.match(/is not known\.$/);
    }
    const plain = sandbox.terminal(['metrics', 'ci', '--no-color'], { columns: 80 });
    expect(await plain.ended()).to.equal(0);
    expect(plain.output).to.not.match(COLOUR);
  });

  it('is data as well: JSON and CSV', async () => {
    const { stdout } = await sandbox.run('metrics', 'ci', '--since', '2h', '--json');
    const metrics = JSON.parse(stdout) as {
      periodSeconds: number;
      times: string[];
      series: { id: string; maximum: (number | null)[] }[];
      longestWaitAtMost: (number | null)[];
    };
    expect(metrics.periodSeconds).to.equal(60);
    const scheduled = metrics.series.find(({ id }) => id === 'scheduledJobs')?.maximum ?? [];
    expect(scheduled).to.have.length(metrics.times.length);
    expect(scheduled.filter((value) => value === 12)).to.have.length(20);
    expect(Math.max(...metrics.longestWaitAtMost.map((value) => value ?? 0))).to.equal(20 * 60);
    const csv = (await sandbox.run('metrics', 'ci', '--since', '2h', '--csv')).stdout.trim().split('\n');
    expect(csv[0]).to.match(/^time,scheduledJobs,scheduledJobsMost,.*,longestWaitAtMostSeconds$/);
    expect(csv.filter((row) => row.includes(',12,12,'))).to.have.length(20);
  });

  it('is a page that needs nothing else', async () => {
    const file = join(tmpdir(), `bk-stack-metrics-${process.pid}.html`);
    const { exitCode, stdout, stderr } = await sandbox.run('metrics', 'ci', '--since', '2h', '--html', file);
    expect({ exitCode, stdout }).to.eql({ exitCode: 0, stdout: '' });
    expect(stderr).to.contain(`Written to ${file}`);
    const page = readFileSync(file, 'utf8');
    writeFileSync(file, 'mine');
    const again = ['metrics', 'ci', '--since', '2h', '--html', file] as const;
    const refused = await sandbox.run(...again);
    expect(refused.exitCode).to.equal(2);
    expect(refused.stderr).to.match(/is there already\n.*--html, or replace it: --force/);
    expect(readFileSync(file, 'utf8')).to.equal('mine');
    expect((await sandbox.run(...again, '--force')).exitCode).to.equal(0);
    expect(readFileSync(file, 'utf8')).to.contain('<h1>Metrics of ci</h1>');
    rmSync(file);
    expect(page).to.contain('<h1>Metrics of ci</h1>').and.contain("default-src 'none'");
    expect(page)
      .to.not.match(/(?:src|href)="(?!data:)/)
      .and.not.match(/url\(|@import|https?:/);
  });

  it('is there for a stack of the official template, as far as that publishes', async () => {
    const { stdout } = await sandbox.run('metrics', 'official', '--since', '1h', '--utc');
    expect(stdout).to.match(/scheduled .*most 5/);
    expect(stdout).to.contain('those of the queue, which other stacks may serve as well');
    expect(stdout).to.not.contain('AGENTS');
  });

  it('refuses what it cannot do, and says what is allowed', async () => {
    for (const [args, message] of [
      [['--since', 'yesterday'], /--since: "yesterday" is no point in time/],
      [['--since', '1h', '--until', '2h'], /--until is not after --since/],
      [['--since', '2999-01-01'], /--since is in the future/],
      [['--csv', '--json'], /two formats/],
      [['--csv', '--html', 'x.html'], /--html=x\.html cannot also be provided/],
      [['--html', '/nowhere/at/all.html'], /There is no folder \/nowhere\/at\n.*--html/],
    ] as const) {
      const { exitCode, stdout, stderr } = await sandbox.run('metrics', 'ci', ...args);
      expect(exitCode, args.join(' ')).to.equal(2);
      expect(stderr + stdout).to.match(message);
    }
    const unknown = await sandbox.run('metrics', 'nowhere');
    expect(unknown.exitCode).to.equal(1);
    expect(unknown.stderr).to.match(/no stack named nowhere/);
    const early = await sandbox.run('metrics', 'ci', '--since', '30d', '--until', '29d');
    expect(early.exitCode).to.equal(0);
    expect(early.stdout).to.match(/^No metrics of ci between /);
  });

  it('goes with status, which tells of the alarms of the stack that are on', async () => {
    let text = '';
    for (const end = Date.now() + 20_000; Date.now() < end && !text.includes('ci-Silent-');) {
      const { stdout, stderr } = await sandbox.run('status', 'ci');
      text = stdout + stderr;
    }
    expect(text).to.match(/✖ Alarm ci-Silent-\w+ has been firing since .* UTC: Nothing is measured/);
    expect(text).to.match(/aws cloudwatch describe-alarm-history --alarm-name 'ci-Silent-/);
    expect(text).to.not.contain('official-Silent');
  });
});
