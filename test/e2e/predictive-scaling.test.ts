import { isDeepStrictEqual } from 'node:util';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const USUAL = 6;
const IDLE_MINUTES = 2;

/** The function that ships reads two weeks from the sandbox's CloudWatch. Not a single job is ever queued here. */
describe('a stack whose scaler forecasts', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let autoScaling: AutoScaling;
  let logs: CloudWatchLogs;
  let group = '';

  const described = async () => {
    const { AutoScalingGroups: [found] = [] } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [group],
    });
    const instances = found?.Instances ?? [];
    return {
      min: found?.MinSize,
      desired: found?.DesiredCapacity,
      inService: instances.filter(({ LifecycleState }) => LifecycleState === 'InService').length,
    };
  };
  const eventually = (state: object) =>
    until(`the group is ${JSON.stringify(state)}`, async () => isDeepStrictEqual(await described(), state), {
      instead: async () => JSON.stringify(await described()),
    });
  const lines = async (filterPattern: string) => {
    const { events = [] } = await logs.filterLogEvents({
      logGroupName: '/buildkite/foreseen/scaler',
      filterPattern,
    });
    return events.map(({ message = '' }) => JSON.parse(message) as Record<string, unknown>);
  };

  before(async () => {
    await sandbox.start('--speed', '60');
    autoScaling = new AutoScaling(sandbox.client);
    logs = new CloudWatchLogs(sandbox.client);
    const begins = Math.ceil((await sandbox.now()) / MINUTE) * MINUTE + MINUTE;
    // Two hours one and two weeks ago, in what another scaler of this stack has published.
    const minutes = Array.from({ length: 120 }, (_, index) => begins + index * MINUTE);
    const cloudWatch = new CloudWatch(sandbox.client);
    await cloudWatch.putMetricData({
      Namespace: 'Buildkite',
      MetricData: minutes
        .flatMap((minute) => [minute - WEEK, minute - 2 * WEEK])
        .map((minute) => ({
          MetricName: 'RunningJobsCount',
          Dimensions: ['StackName', 'Queue'].map((Name) => ({ Name, Value: 'foreseen' })),
          Timestamp: new Date(minute),
          Value: USUAL,
        })),
    });
    const parameters = [
      ...['BuildkiteQueue=foreseen', 'AgentsPerInstance=1'],
      ...['PredictiveScaling=on', 'PredictiveScalingMaxIdleHours=50'],
      `ScaleInIdlePeriod=${IDLE_MINUTES * 60}`,
    ];
    const made = await sandbox.runWith(
      { env: { BUILDKITE_AGENT_TOKEN: 'bkct_x' } },
      ...['create', 'foreseen', '--no-input', '--yes', '--json'],
      ...parameters.flatMap((parameter) => ['--param', parameter]),
    );
    expect(made.exitCode, made.stderr).to.equal(0);
    const { outputs } = JSON.parse(made.stdout) as { outputs: Record<string, string> };
    group = outputs['AutoScalingGroupName'] ?? '';
  });
  after(() => sandbox.remove());

  it('may read metrics, and nothing else of CloudWatch', async () => {
    const iam = new IAM(sandbox.client);
    const { Roles = [] } = await iam.listRoles({});
    const role = Roles.find(({ RoleName = '' }) => RoleName.startsWith('foreseen-ScalerRole'))?.RoleName;
    const { PolicyDocument = '' } = await iam.getRolePolicy({ RoleName: role, PolicyName: 'bk-stack' });
    const actions = decodeURIComponent(PolicyDocument).match(/cloudwatch:\w+/g);
    expect(actions).to.eql(['cloudwatch:GetMetricData']);
  });

  it('brings up what is usual at this time of the week, and holds it while it is idle', async () => {
    await eventually({ min: USUAL, desired: USUAL, inService: USUAL });
    const [line] = await lines('{ $.event = "scaled" }');
    const reason = `${USUAL} instances expected to be of use soon`;
    expect(line).to.include({ from: 0, to: USUAL, reason });
    expect(await lines('{ $.event = "forecast-failed" }')).to.eql([]);
    await sandbox.pass(3 * IDLE_MINUTES * 60);
    expect(await described()).to.eql({ min: USUAL, desired: USUAL, inService: USUAL });
    const { Activities = [] } = await autoScaling.describeScalingActivities({ AutoScalingGroupName: group });
    const launches = Activities.filter(({ Description = '' }) => Description.startsWith('Launching'));
    expect(launches, 'none has ended and was started again').to.have.length(USUAL);
  });

  it('publishes what that costs', async () => {
    const ahead = (await lines('{ $.InstancesAhead > 0 }')).map((line) => line['InstancesAhead']);
    expect(ahead).to.include(USUAL);
  });

  it('can be simulated on its own past', async () => {
    const args = ['simulate', '--from-stack', 'foreseen', '--param', 'MaxSize=50', '--json'];
    const { exitCode, stdout, stderr } = await sandbox.run(...args);
    expect(exitCode, stderr).to.equal(0);
    const { jobs, about, results } = JSON.parse(stdout) as {
      jobs: number;
      about: string;
      results: { name: string; policy: string; peakInstances: number }[];
    };
    expect(about).to.equal('foreseen, the last 14 days, rebuilt from its metrics');
    expect(jobs, 'those of one and two weeks ago').to.equal(2 * USUAL);
    expect(results.map(({ name, policy }) => [name, policy])).to.eql([
      ['foreseen', 'bk-stack, predictive'],
      ['its defaults', 'official'],
      ['your settings', 'official'],
      ['its defaults', 'target-tracking'],
    ]);
    expect(results[1]?.peakInstances).to.equal(USUAL);
    const missing = await sandbox.run('simulate', '--from-stack', 'nobody');
    expect(missing.exitCode).to.equal(1);
    expect(missing.stderr).to.contain('There is no stack named nobody');
  });

  it('gives the group back as it was when it is switched off', async () => {
    const updated = await sandbox.run(
      ...['update', 'foreseen', '--no-input', '--yes', '--param', 'PredictiveScaling=off'],
    );
    expect(updated.exitCode, updated.stderr).to.equal(0);
    await eventually({ min: 0, desired: 0, inService: 0 });
  });
});
