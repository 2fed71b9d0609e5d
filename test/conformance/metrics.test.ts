import { expect } from 'chai';
import { Sandbox } from './support/sandbox.ts';

describe('CloudWatch by the AWS CLI', () => {
  let sandbox: Sandbox;
  const asked = (...args: string[]) => sandbox.asked('cloudwatch', ...args);
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const METRIC = ['--namespace', 'Mine', '--metric-name', 'Depth', '--dimensions', 'Name=Queue,Value=a b'];
  const alarm = async () => (await asked('describe-alarms', '--alarm-names', 'deep')).MetricAlarms[0];

  before(async function () {
    this.timeout(300_000);
    sandbox = await Sandbox.start();
  });
  after(() => sandbox.stop());

  it('keeps metrics, and gives them back', async () => {
    const data = [
      {
        MetricName: 'Depth',
        Dimensions: [{ Name: 'Queue', Value: 'a b' }],
        Values: [1, 5],
        Counts: [3, 1],
        Unit: 'Count',
      },
    ];
    await sandbox.aws(
      'cloudwatch',
      'put-metric-data',
      '--namespace',
      'Mine',
      '--metric-data',
      JSON.stringify(data),
    );
    const { Metrics } = await asked('list-metrics', '--namespace', 'Mine');
    expect(Metrics).to.deep.equal([
      { Namespace: 'Mine', MetricName: 'Depth', Dimensions: [{ Name: 'Queue', Value: 'a b' }] },
    ]);
    const span = ['--start-time', at(-60), '--end-time', at(20 * 60)];
    const statistics = [
      '--period',
      '86400',
      '--statistics',
      'Sum',
      'Maximum',
      '--extended-statistics',
      'p50',
    ];
    const { Datapoints } = await asked('get-metric-statistics', ...METRIC, ...span, ...statistics);
    expect(Datapoints).to.have.length(1);
    expect(Datapoints[0]).to.deep.include({
      Sum: 8,
      Maximum: 5,
      Unit: 'Count',
      ExtendedStatistics: { p50: 1 },
    });
    const Metric = { Namespace: 'Mine', MetricName: 'Depth', Dimensions: [{ Name: 'Queue', Value: 'a b' }] };
    const queries = [
      { Id: 'depth', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
      { Id: 'twice', Expression: 'depth * 2', Label: 'Twice as deep' },
    ];
    const { MetricDataResults } = await asked(
      ...['get-metric-data', '--metric-data-queries', JSON.stringify(queries), ...span],
    );
    expect(MetricDataResults).to.have.length(1);
    expect(MetricDataResults[0]).to.deep.include({
      Label: 'Twice as deep',
      Values: [16],
      StatusCode: 'Complete',
    });
  });

  it('has alarms that go off', async () => {
    await asked(
      ...['put-metric-alarm', '--alarm-name', 'deep', ...METRIC, '--statistic', 'Maximum'],
      ...['--period', '60', '--evaluation-periods', '1', '--threshold', '3'],
      ...['--comparison-operator', 'GreaterThanThreshold', '--treat-missing-data', 'notBreaching'],
    );
    // Its short form has a way of its own to name dimensions.
    const put = ['--value', '9', ...METRIC.slice(0, 4), '--dimensions', 'Queue=a b'];
    const found = await sandbox.awaited(30, async () => {
      await asked('put-metric-data', ...put);
      const described = await alarm();
      return described.StateValue === 'ALARM' ? described : undefined;
    });
    expect(found).to.include({ Threshold: 3, ComparisonOperator: 'GreaterThanThreshold' });
    expect(found.StateReason).to.contain('greater than the threshold (3)');
    const { AlarmHistoryItems } = await asked('describe-alarm-history', '--alarm-name', 'deep');
    expect(AlarmHistoryItems.at(-1).HistorySummary).to.equal('Alarm "deep" created');
    await asked('delete-alarms', '--alarm-names', 'deep');
    expect(await alarm()).to.equal(undefined);
  });

  it('says what it does not take', async () => {
    const refused = await sandbox.aws(
      'cloudwatch',
      'put-metric-data',
      '--value',
      '1',
      ...METRIC,
      '--namespace',
      'AWS/EC2',
    );
    expect(refused.stderr).to.contain('(InvalidParameterValue)');
  });
});
