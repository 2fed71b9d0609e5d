import { expect } from 'chai';
import { cloudwatch } from '../../../../src/sandbox/services/cloudwatch/index.ts';
import { logs } from '../../../../src/sandbox/services/logs/index.ts';
import { Functions, makeRole } from './support.ts';

describe('What Lambda tells CloudWatch', () => {
  let aws: Functions;
  const OF_FUNCTION = { Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName', Value: 'f' }] };
  const sumOf = async (MetricName: string, more: object = OF_FUNCTION): Promise<number | undefined> => {
    const Metric = { MetricName, ...more };
    const { MetricDataResults: results } = await aws.call('cloudwatch', 'GetMetricData', {
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
      StartTime: new Date(aws.world.now() - 600_000),
      EndTime: new Date(aws.world.now() + 60_000),
    });
    return results[0].Values[0];
  };

  beforeEach(async () => {
    aws = new Functions(logs, cloudwatch);
    await makeRole(aws.world);
  });

  it('is how often a function ran, failed and was refused', async () => {
    await aws.make('exports.handler = async ({ fails }) => { if (fails) throw new Error("no") }');
    await aws.invoke({});
    expect(await sumOf('Errors')).to.equal(0);
    await aws.invoke({ fails: true });
    await aws.call('lambda', 'PutFunctionConcurrency', {
      FunctionName: 'f',
      ReservedConcurrentExecutions: 0,
    });
    expect((await aws.refused('lambda', 'Invoke', { FunctionName: 'f' })).code).to.equal(
      'TooManyRequestsException',
    );
    expect(await sumOf('Invocations')).to.equal(2);
    expect(await sumOf('Errors')).to.equal(1);
    expect(await sumOf('Throttles')).to.equal(1);
    expect(await sumOf('Duration')).to.be.greaterThan(0);
  });

  it('is also what it writes in the embedded metric format, by a clock that it took up when it was loaded', async () => {
    await aws.make(`const now = Date.now;
    exports.handler = async () => {
      process.stdout.write(JSON.stringify({
        Queue: 'default', Depth: 4,
        _aws: { Timestamp: now(), CloudWatchMetrics: [
          { Namespace: 'Mine', Dimensions: [['Queue']], Metrics: [{ Name: 'Depth', Unit: 'Count' }] },
        ] },
      }) + '\\n');
    }`);
    await aws.invoke({});
    const mine = { Namespace: 'Mine', Dimensions: [{ Name: 'Queue', Value: 'default' }] };
    expect(await sumOf('Depth', mine)).to.equal(4);
  });
});
