import { expect } from 'chai';
import { cloudwatch } from '../../../../src/sandbox/services/cloudwatch/index.ts';
import { logs } from '../../../../src/sandbox/services/logs/index.ts';
import { Caller } from '../../../support/service.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

describe('CloudWatch metrics', () => {
  let aws: Caller;
  const call = (operation: string, input: object) => aws.call('cloudwatch', operation, input);
  const refused = (operation: string, input: object) => aws.refused('cloudwatch', operation, input);
  const now = () => aws.world.now();
  const put = (values: object, at = now(), more: object = {}) =>
    call('PutMetricData', {
      Namespace: 'Mine',
      MetricData: [{ MetricName: 'Depth', Timestamp: new Date(at), ...values, ...more }],
    });
  const query = (Stat: string, Period = 60, more: object = {}) => ({
    Id: 'q',
    MetricStat: { Metric: { Namespace: 'Mine', MetricName: 'Depth', ...more }, Period, Stat },
  });
  const read = async (queries: object[], from: number, to: number, more: object = {}) =>
    call('GetMetricData', {
      MetricDataQueries: queries,
      StartTime: new Date(from),
      EndTime: new Date(to),
      ScanBy: 'TimestampAscending',
      ...more,
    });
  const valuesOf = async (queries: object[], from: number, to: number): Promise<number[]> =>
    (await read(queries, from, to)).MetricDataResults[0].Values;

  beforeEach(() => {
    aws = new Caller([cloudwatch, logs]);
  });

  it('puts together what came in a period', async () => {
    const start = now();
    await put({ Value: 1 }, start);
    await put({ Values: [2, 9], Counts: [3, 1] }, start + 59_000);
    await put({ Value: 100 }, start + MINUTE);
    await put({ Value: 7 }, start + 4 * MINUTE);
    const each: Record<string, number[]> = {};
    for (const stat of ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum', 'p50', 'p100', 'p20']) {
      each[stat] = await valuesOf([query(stat)], start, start + 2 * MINUTE);
    }
    expect(each).to.eql({
      SampleCount: [5, 1],
      Sum: [16, 100],
      Average: [3.2, 100],
      Minimum: [1, 100],
      Maximum: [9, 100],
      p50: [2, 100],
      p100: [9, 100],
      p20: [1, 100],
    });
    expect(await valuesOf([query('Sum', 300)], start, start + 5 * MINUTE)).to.eql([123]);
  });

  it('knows a statistic set as a whole only, and so no percentile of it', async () => {
    await put({ StatisticValues: { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 4 } });
    const until = now() + MINUTE;
    expect(await valuesOf([query('Average')], now(), until)).to.eql([2.5]);
    expect(await valuesOf([query('p50')], now(), until)).to.eql([]);
  });

  it('keeps percentiles within a tenth when there are many different values', async () => {
    for (let batch = 0; batch < 20; batch += 1) {
      await put({ Values: Array.from({ length: 150 }, (_, index) => 1 + batch * 150 + index) });
    }
    const [median] = await valuesOf([query('p50')], now(), now() + MINUTE);
    expect(median).to.be.within(1350, 1650);
    expect(JSON.stringify(aws.world.state.slices).length).to.be.lessThan(10_000);
  });

  it('tells metrics apart by dimensions, in whichever order, and values by unit', async () => {
    const [one, other] = [
      { Name: 'A', Value: '1' },
      { Name: 'B', Value: '2' },
    ];
    await put({ Value: 1 }, now(), { Dimensions: [one, other], Unit: 'Count' });
    await put({ Value: 2 }, now(), { Dimensions: [other, one], Unit: 'Percent' });
    await put({ Value: 4 }, now(), { Dimensions: [one] });
    const until = now() + MINUTE;
    const both = { Dimensions: [other, one] };
    expect(await valuesOf([query('Sum', 60, both)], now(), until)).to.eql([3]);
    const inPercent = query('Sum', 60, both);
    Object.assign(inPercent.MetricStat, { Unit: 'Percent' });
    expect(await valuesOf([inPercent], now(), until)).to.eql([2]);
    expect(await valuesOf([query('Sum')], now(), until)).to.eql([]);
    const listed = async (input: object) => (await call('ListMetrics', input)).Metrics.length;
    expect(await listed({ Namespace: 'Mine' })).to.equal(2);
    expect(await listed({ Namespace: 'Mine', Dimensions: [{ Name: 'B' }] })).to.equal(1);
    expect(await listed({ Dimensions: [{ Name: 'A', Value: 'x' }] })).to.equal(0);
    expect(await listed({ MetricName: 'Width' })).to.equal(0);
  });

  it('calculates with other queries', async () => {
    const start = now();
    await put({ Value: 3 }, start);
    await put({ Value: 5 }, start + 2 * MINUTE);
    const hidden = { ...query('Sum'), ReturnData: false };
    const result = async (Expression: string) =>
      valuesOf([hidden, { Id: 'e', Expression }], start, start + 3 * MINUTE);
    expect(await result('q * 2 + 1')).to.eql([7, 11]);
    expect(await result('(q - 1) ^ 2 / 2')).to.eql([2, 8]);
    expect(await result('FILL(q, 0) + q * 0 + FILL(q, 1)')).to.eql([6, 10]);
    expect(await result('FILL(q, 0)')).to.eql([3, 0, 5]);
    expect(await result('q / (q - 3)')).to.eql([2.5]);
    for (const Expression of ['q +', 'other + 1', 'ANOMALY_DETECTION_BAND(q)', '1 + 1', 'e', '(q']) {
      const error = await refused('GetMetricData', {
        MetricDataQueries: [hidden, { Id: 'e', Expression }],
        StartTime: new Date(start),
        EndTime: new Date(start + MINUTE),
      });
      expect(error.code, Expression).to.equal('ValidationError');
    }
  });

  it('pages through all datapoints once', async () => {
    const start = now();
    for (let minute = 0; minute < 10; minute += 1) await put({ Value: minute }, start + minute * MINUTE);
    const queries = [query('Sum'), { ...query('Maximum'), Id: 'other' }];
    const seen: Record<string, number[]> = { q: [], other: [] };
    const statuses: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await read(queries, start, start + 10 * MINUTE, {
        MaxDatapoints: 7,
        ...(NextToken && { NextToken }),
      });
      for (const { Id, Values, StatusCode } of page.MetricDataResults) {
        seen[Id]?.push(...Values);
        statuses.push(StatusCode);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).to.eql({ q: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], other: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
    expect(statuses.slice(-2)).to.eql(['Complete', 'Complete']);
    expect(statuses.slice(0, 2)).to.eql(['PartialData', 'PartialData']);
    const [newestFirst] = (await read(queries, start, start + 10 * MINUTE, { ScanBy: 'TimestampDescending' }))
      .MetricDataResults;
    expect(newestFirst.Values[0]).to.equal(9);
  });

  it('answers GetMetricStatistics, up to 1,440 datapoints', async () => {
    await put({ Value: 3 }, now(), { Unit: 'Count' });
    await put({ Value: 5 }, now(), { Unit: 'Count' });
    const input = {
      ...{ Namespace: 'Mine', MetricName: 'Depth', Period: 60, Statistics: ['Sum', 'Maximum'] },
      ...{ StartTime: new Date(now()), EndTime: new Date(now() + MINUTE) },
    };
    expect((await call('GetMetricStatistics', input)).Datapoints).to.eql([
      { Timestamp: new Date(now()), Sum: 8, Maximum: 5, Unit: 'Count' },
    ]);
    const long = { ...input, EndTime: new Date(now() + DAY + MINUTE) };
    expect((await refused('GetMetricStatistics', long)).code).to.equal('InvalidParameterCombination');
  });

  it('keeps minutes for 15 days, then five minutes, then hours, then nothing', async function () {
    this.timeout(30_000);
    const start = now();
    for (let minute = 0; minute < 120; minute += 1) await put({ Value: 1 }, start + minute * MINUTE);
    const counts = async (period: number) => {
      const [result] = (await read([query('Sum', period)], start, start + 120 * MINUTE)).MetricDataResults;
      return [result.Values.length, result.Values.reduce((sum: number, value: number) => sum + value, 0)];
    };
    const moveTo = async (day: number) => {
      aws.world.time.moveTo(start + day * DAY);
      await put({ Value: 1 });
    };
    expect(await counts(60)).to.eql([120, 120]);
    await moveTo(16);
    expect(await counts(60)).to.eql([0, 0]);
    expect(await counts(300)).to.eql([24, 120]);
    await moveTo(64);
    expect(await counts(300)).to.eql([0, 0]);
    expect(await counts(3600)).to.eql([2, 120]);
    await moveTo(456);
    expect(await counts(3600)).to.eql([0, 0]);
    expect(JSON.stringify(aws.world.state.slices).length).to.be.lessThan(1000);
  });

  it('refuses what CloudWatch refuses', async () => {
    const code = async (values: object, at?: number) => {
      const error: unknown = await put(values, at).catch((thrown: unknown) => thrown);
      return (error as { code?: string }).code;
    };
    expect(await code({})).to.equal('InvalidParameterCombination');
    expect(await code({ Value: 1, Values: [1] })).to.equal('InvalidParameterCombination');
    expect(await code({ Value: NaN })).to.equal('InvalidParameterValue');
    expect(await code({ Values: [1, 2], Counts: [1] })).to.equal('InvalidParameterValue');
    expect(await code({ Value: 1 }, now() - 15 * DAY)).to.equal('InvalidParameterValue');
    expect(await code({ Value: 1 }, now() + 3 * 60 * MINUTE)).to.equal('InvalidParameterValue');
    const asAws = { Namespace: 'AWS/Lambda', MetricData: [] };
    expect((await refused('PutMetricData', asAws)).message).to.contain('AWS/');
    const span = { StartTime: new Date(now()), EndTime: new Date(now() + MINUTE) };
    const asked = (queries: object[]) => refused('GetMetricData', { MetricDataQueries: queries, ...span });
    expect((await asked([])).code).to.equal('ValidationError');
    expect((await asked([query('Sum', 90)])).code).to.equal('InvalidParameterValue');
    expect((await asked([query('Sum', 10)])).code).to.equal('NotImplemented');
    expect((await asked([query('tm90')])).code).to.equal('NotImplemented');
    expect((await asked([query('Sum'), query('Sum')])).code).to.equal('ValidationError');
    expect((await asked([{ Id: 'Q', Expression: '1' }])).code).to.equal('ValidationError');
  });

  describe('in log lines', () => {
    const say = async (...lines: unknown[]) => {
      await aws.call('logs', 'PutLogEvents', {
        ...{ logGroupName: '/g', logStreamName: 's' },
        logEvents: lines.map((line) => ({
          timestamp: now(),
          message: typeof line === 'string' ? line : `${JSON.stringify(line)}\n`,
        })),
      });
    };
    const line = (more: object, directive: object = {}) => ({
      Queue: 'default',
      Depth: 4,
      _aws: {
        Timestamp: now(),
        CloudWatchMetrics: [
          {
            Namespace: 'Mine',
            Dimensions: [['Queue']],
            Metrics: [{ Name: 'Depth', Unit: 'Count' }],
            ...directive,
          },
        ],
      },
      ...more,
    });
    const byQueue = { Dimensions: [{ Name: 'Queue', Value: 'default' }] };

    beforeEach(async () => {
      await aws.call('logs', 'CreateLogGroup', { logGroupName: '/g' });
      await aws.call('logs', 'CreateLogStream', { logGroupName: '/g', logStreamName: 's' });
    });

    it('are kept as metrics', async () => {
      await say(line({}), line({ Depth: [1, 9] }));
      expect(await valuesOf([query('Sum', 60, byQueue)], now(), now() + MINUTE)).to.eql([14]);
    });

    it('may have several sets of dimensions, or none', async () => {
      await say(line({}, { Dimensions: [['Queue'], []] }), line({}, { Dimensions: [] }));
      expect(await valuesOf([query('Sum', 60, byQueue)], now(), now() + MINUTE)).to.eql([4]);
      expect(await valuesOf([query('Sum')], now(), now() + MINUTE)).to.eql([8]);
    });

    it('are lines only where they are not in the format', async () => {
      await say(
        ...['{"_aws": ', 'says "_aws"', line({ Depth: 'four' }), line({ Queue: 7 })],
        ...[line({ _aws: { Timestamp: 'now' } }), line({ _aws: null }), line({}, { Namespace: 1 })],
      );
      expect((await call('ListMetrics', {})).Metrics).to.eql([]);
    });
  });
});
