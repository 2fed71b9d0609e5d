import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

const JOBS = 20;
const AGENTS_PER_INSTANCE = 4;

/** The function that ships, deployed by the template and started by its rule each minute of the sandbox. */
describe('a stack whose scaler runs', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let autoScaling: AutoScaling;
  let group = '';
  before(async () => {
    await sandbox.start('--speed', '40');
    autoScaling = new AutoScaling(sandbox.client);
    const parameters = [
      'BuildkiteQueue=scaled',
      `AgentsPerInstance=${AGENTS_PER_INSTANCE}`,
      'ScaleInIdlePeriod=120',
    ];
    const made = await sandbox.runWith(
      { env: { BUILDKITE_AGENT_TOKEN: 'bkct_x' } },
      ...['create', 'scaled', '--no-input', '--yes', '--json'],
      ...parameters.flatMap((parameter) => ['--param', parameter]),
    );
    expect(made.exitCode, made.stderr).to.equal(0);
    group =
      (JSON.parse(made.stdout) as { outputs: Record<string, string> }).outputs['AutoScalingGroupName'] ?? '';
  });
  after(() => sandbox.remove());

  const control = (init: RequestInit = {}) => sandbox.control('jobs', init);
  const states = async () => {
    const { jobs } = (await (await control()).json()) as { jobs: { state: string }[] };
    return jobs.map(({ state }) => state);
  };
  const described = async () => {
    const { AutoScalingGroups: [found] = [] } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [group],
    });
    return { desired: found?.DesiredCapacity, instances: found?.Instances?.length };
  };
  const eventually = (what: string, so: () => Promise<boolean>) =>
    until(what, so, { instead: async () => JSON.stringify(await described()) });

  it('brings up what jobs need, and nothing more', async () => {
    expect(await described()).to.eql({ desired: 0, instances: 0 });
    for (let number = 0; number < JOBS; number++) {
      await control({ method: 'POST', body: JSON.stringify({ queue: 'scaled', seconds: 60 }) });
    }
    // Instances end once they are idle, which a slow machine may see too late.
    let most = 0;
    await eventually('all jobs have run', async () => {
      most = Math.max(most, (await described()).desired ?? 0);
      return (await states()).every((state) => state === 'finished');
    });
    expect(most).to.equal(JOBS / AGENTS_PER_INSTANCE);
  });

  it('says in its log what it decides and why, in lines that are metrics as well', async () => {
    const logs = new CloudWatchLogs(sandbox.client);
    const { events = [] } = await logs.filterLogEvents({
      logGroupName: '/buildkite/scaled/scaler',
      filterPattern: '{ $.event = "scaled" }',
    });
    expect(events).to.have.length(1);
    const line = JSON.parse(events[0]?.message ?? '') as Record<string, unknown>;
    expect(line).to.include({
      from: 0,
      to: 5,
      ScheduledJobsCount: JOBS,
      StackName: 'scaled',
      Queue: 'scaled',
    });
    expect(line['reason']).to.equal('20 jobs need an agent; 0 agents idle, 0 starting');
    expect(line).to.have.nested.property('_aws.CloudWatchMetrics[0].Namespace', 'Buildkite');
  });

  it('is in CloudWatch with its metrics, and with an alarm that is at ease', async () => {
    const cloudWatch = new CloudWatch(sandbox.client);
    const Dimensions = ['StackName', 'Queue'].map((Name) => ({ Name, Value: 'scaled' }));
    const { Metrics = [] } = await cloudWatch.listMetrics({ Namespace: 'Buildkite', Dimensions });
    expect(Metrics.map(({ MetricName }) => MetricName)).to.include.members([
      ...['ScheduledJobsCount', 'BusyAgentCount', 'DesiredInstances'],
    ]);
    // It fires while a slow machine is late to start the function.
    await eventually('the alarm is at ease', async () => {
      const { MetricAlarms = [] } = await cloudWatch.describeAlarms({
        AlarmNamePrefix: 'scaled-ScalerAlarm-',
      });
      return MetricAlarms.length === 1 && MetricAlarms[0]?.StateValue === 'OK';
    });
  });

  it('ends with nothing when nothing is left to do, and has lost no job', async () => {
    await eventually('the group is empty', async () => {
      const { desired, instances } = await described();
      return desired === 0 && instances === 0;
    });
    expect(await states()).to.eql(Array.from({ length: JOBS }, () => 'finished'));
  });

  it('runs jobs beside an idle agent of others, and tells of one that no agent takes', async () => {
    const registered = await fetch(`${sandbox.endpoint}/_buildkite/v3/register`, {
      method: 'POST',
      headers: { authorization: 'Token bkct_x' },
      body: JSON.stringify({ name: 'elsewhere', meta_data: ['queue=scaled', 'os=windows'] }),
    });
    expect(registered.status).to.equal(200);
    await control({ method: 'POST', body: JSON.stringify({ queue: 'scaled', seconds: 10 }) });
    await eventually('the job has run', async () => (await states()).at(-1) === 'finished');
    const agentQueryRules = ['os=plan9'];
    await control({ method: 'POST', body: JSON.stringify({ queue: 'scaled', agentQueryRules }) });
    const status = async () => {
      const { stdout } = await sandbox.run('status', 'scaled', '--json');
      return (JSON.parse(stdout) as { problems: { message: string }[] }).problems[0]?.message ?? '';
    };
    await eventually('status says so', async () => /^1 job waiting though/.test(await status()));
    // Agents are idle for a while at each attempt only; on a slow machine the look of status may have been at the one before.
    await eventually('doctor finds it', async () => {
      const { stdout } = await sandbox.run('doctor', 'scaled', '--json');
      const { findings } = JSON.parse(stdout) as { findings: { code: string }[] };
      return findings.some(({ code }) => code === 'jobs-untaken');
    });
  });
});
