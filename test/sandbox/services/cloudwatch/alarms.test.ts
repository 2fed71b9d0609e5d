import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudwatch } from '../../../../src/sandbox/services/cloudwatch/index.ts';
import { judge, type AlarmRule } from '../../../../src/sandbox/services/cloudwatch/alarms/decide.ts';
import { sns } from '../../../../src/sandbox/services/sns/index.ts';
import { sqs } from '../../../../src/sandbox/services/sqs/index.ts';
import { root } from '../../../support/process.ts';
import { Caller, StackResource } from '../../../support/service.ts';

const LAMBDA = [{ Name: 'FunctionName', Value: 'scaler' }];

describe('judging an alarm', () => {
  /** As AWS's documentation draws it: 0 is within the threshold, X breaches it, - is missing. */
  const judged = (drawn: string, rule: Partial<AlarmRule>): string => {
    const values = drawn.split(' ').map((sign) => ({ '0': 0, X: 1 })[sign]);
    const verdict = judge(values, {
      ...{ evaluationPeriods: 3, datapointsToAlarm: 3, operator: 'GreaterThanThreshold', threshold: 0 },
      missing: 'missing',
      ...rule,
    });
    return verdict?.state ?? 'as it is';
  };
  const row = (drawn: string, rule: Partial<AlarmRule> = {}) =>
    (['missing', 'ignore', 'breaching', 'notBreaching'] as const).map((missing) =>
      judged(drawn, { ...rule, missing }),
    );
  const [ok, alarm, same, unknown] = ['OK', 'ALARM', 'as it is', 'INSUFFICIENT_DATA'];

  it('follows the table of AWS for 3 out of 3', () => {
    expect(row('0 - X - X')).to.eql([ok, ok, ok, ok]);
    expect(row('- - - - 0')).to.eql([ok, ok, ok, ok]);
    expect(row('- - - - -')).to.eql([unknown, same, alarm, ok]);
    expect(row('0 X X - X')).to.eql([alarm, alarm, alarm, alarm]);
    expect(row('- - X - -')).to.eql([alarm, same, alarm, ok]);
  });

  it('follows the table of AWS for 2 out of 3', () => {
    const rule = { datapointsToAlarm: 2 };
    expect(row('0 - X - X', rule)).to.eql([alarm, alarm, alarm, alarm]);
    expect(row('0 0 X 0 X', rule)).to.eql([alarm, alarm, alarm, alarm]);
    expect(row('0 - X - -', rule)).to.eql([ok, ok, alarm, ok]);
    expect(row('- - - - 0', rule)).to.eql([ok, ok, alarm, ok]);
    expect(row('- - - X -', rule)).to.eql([alarm, same, alarm, ok]);
  });

  it('says why', () => {
    const reason = (values: (number | undefined)[], rule: Partial<AlarmRule>) =>
      judge(values, {
        ...{ evaluationPeriods: 3, datapointsToAlarm: 2, operator: 'LessThanThreshold', threshold: 2 },
        ...{ missing: 'missing', ...rule },
      })?.reason;
    expect(reason([5, 5, 1, 5, 0], {})).to.equal(
      'Threshold Crossed: 2 out of the last 3 datapoints [0, 5, 1] were less than the threshold (2).',
    );
    expect(reason([undefined], { missing: 'notBreaching' })).to.equal(
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].',
    );
    expect(reason([undefined], {})).to.equal('Insufficient Data: 3 datapoints were unknown.');
  });
});

describe('CloudWatch alarms', () => {
  let aws: Caller;
  const call = (operation: string, input: object) => aws.call('cloudwatch', operation, input);
  const refused = (operation: string, input: object) => aws.refused('cloudwatch', operation, input);
  const SETTINGS = {
    ...{ AlarmName: 'deep', Namespace: 'Mine', MetricName: 'Depth', Statistic: 'Maximum', Period: 60 },
    ...{
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
    },
  };
  const measure = (Value: number) =>
    call('PutMetricData', { Namespace: 'Mine', MetricData: [{ MetricName: 'Depth', Value }] });
  const alarm = async () => (await call('DescribeAlarms', { AlarmNames: ['deep'] })).MetricAlarms[0];
  const state = async () => (await alarm()).StateValue;
  /** Minutes with a value each. */
  const minutes = async (...values: (number | undefined)[]) => {
    for (const value of values) {
      if (value !== undefined) await measure(value);
      await aws.world.pass(60);
    }
  };

  beforeEach(() => {
    aws = new Caller([cloudwatch, sns, sqs]);
  });

  it('goes off and back again as its metric says, and remembers it', async () => {
    await call('PutMetricAlarm', SETTINGS);
    expect(await state()).to.equal('INSUFFICIENT_DATA');
    expect((await alarm()).StateReason).to.equal('Unchecked: Initial alarm creation');
    await minutes(1);
    expect(await state()).to.equal('OK');
    await minutes(50);
    expect(await state()).to.equal('OK');
    await minutes(50);
    expect(await state()).to.equal('ALARM');
    expect((await alarm()).StateReason).to.contain('were greater than the threshold (10)');
    await minutes(1, 1);
    expect(await state()).to.equal('OK');
    const { AlarmHistoryItems: history } = await call('DescribeAlarmHistory', { AlarmName: 'deep' });
    expect(history.map((item: { HistorySummary: string }) => item.HistorySummary)).to.eql([
      'Alarm updated from ALARM to OK',
      'Alarm updated from OK to ALARM',
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm "deep" created',
    ]);
  });

  it('goes off by a sum of which one part is silent only where that is filled', async () => {
    const part = (Id: string) => ({
      ...{ Id, ReturnData: false },
      MetricStat: { Metric: { Namespace: 'Mine', MetricName: Id }, Period: 60, Stat: 'Sum' },
    });
    const rule = {
      ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 5 },
      ...{ DatapointsToAlarm: 3, TreatMissingData: 'notBreaching' },
    };
    const sums = { plain: 'errors + throttles', filled: 'FILL(errors, 0) + FILL(throttles, 0)' };
    for (const [AlarmName, Expression] of Object.entries(sums)) {
      const Metrics = [{ Id: 'sum', Expression }, part('errors'), part('throttles')];
      await call('PutMetricAlarm', { ...rule, AlarmName, Metrics });
    }
    for (let minute = 0; minute < 4; minute += 1) {
      await call('PutMetricData', { Namespace: 'Mine', MetricData: [{ MetricName: 'throttles', Value: 1 }] });
      await aws.world.pass(60);
    }
    const { MetricAlarms } = await call('DescribeAlarms', {});
    const states = MetricAlarms.map((each: { AlarmName: string; StateValue: string }) => [
      each.AlarmName,
      each.StateValue,
    ]);
    expect(Object.fromEntries(states)).to.eql({ plain: 'OK', filled: 'ALARM' });
    expect(readFileSync(join(root, 'template/bk-stack.yml'), 'utf8')).to.contain(sums.filled);
  });

  it('has no timer while its metric is silent, and wakes with it', async () => {
    await call('PutMetricAlarm', SETTINGS);
    await minutes(1, ...Array<undefined>(6));
    expect(await state()).to.equal('INSUFFICIENT_DATA');
    expect(aws.world.nextWake()).to.equal(undefined);
    await minutes(1);
    expect(await state()).to.equal('OK');
  });

  it('tells a topic', async () => {
    const { TopicArn } = await aws.call('sns', 'CreateTopic', { Name: 'told' });
    const { QueueUrl } = await aws.call('sqs', 'CreateQueue', { QueueName: 'told' });
    const { Attributes } = await aws.call('sqs', 'GetQueueAttributes', {
      QueueUrl,
      AttributeNames: ['QueueArn'],
    });
    await aws.call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: Attributes.QueueArn });
    await call('PutMetricAlarm', { ...SETTINGS, AlarmActions: [TopicArn, 'arn:aws:sns:us-east-1:1:gone'] });
    await minutes(50, 50, 50);
    const { Messages } = await aws.call('sqs', 'ReceiveMessage', { QueueUrl });
    const told = JSON.parse(JSON.parse(Messages[0].Body).Message);
    expect(told).to.include({ AlarmName: 'deep', NewStateValue: 'ALARM' });
  });

  it('can be set by hand until the metric says otherwise', async () => {
    await call('PutMetricAlarm', SETTINGS);
    await minutes(1);
    await call('SetAlarmState', { AlarmName: 'deep', StateValue: 'ALARM', StateReason: 'a test' });
    expect(await alarm()).to.include({ StateValue: 'ALARM', StateReason: 'a test' });
    await minutes(1);
    expect(await state()).to.equal('OK');
    const unknown = { AlarmName: 'none', StateValue: 'OK', StateReason: '' };
    expect((await refused('SetAlarmState', unknown)).code).to.equal('ResourceNotFound');
  });

  it('are listed by page, prefix and state, and deleted all or none', async () => {
    for (const index of [1, 2, 3]) await call('PutMetricAlarm', { ...SETTINGS, AlarmName: `a${index}` });
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await call('DescribeAlarms', { MaxRecords: 2, ...(NextToken && { NextToken }) });
      names.push(...page.MetricAlarms.map((one: { AlarmName: string }) => one.AlarmName));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(names).to.eql(['a1', 'a2', 'a3']);
    const count = async (input: object) => (await call('DescribeAlarms', input)).MetricAlarms.length;
    expect(await count({ AlarmNamePrefix: 'a2' })).to.equal(1);
    expect(await count({ StateValue: 'ALARM' })).to.equal(0);
    expect(await count({ AlarmTypes: ['CompositeAlarm'] })).to.equal(0);
    expect((await refused('DeleteAlarms', { AlarmNames: ['a1', 'none'] })).code).to.equal('ResourceNotFound');
    await call('DeleteAlarms', { AlarmNames: ['a1', 'a2', 'a3'] });
    expect(await count({})).to.equal(0);
  });

  it('are refused when they cannot be looked at', async () => {
    const code = async (more: object) => (await refused('PutMetricAlarm', { ...SETTINGS, ...more })).code;
    expect(await code({ DatapointsToAlarm: 4 })).to.equal('ValidationError');
    expect(await code({ TreatMissingData: 'never' })).to.equal('ValidationError');
    expect(await code({ ComparisonOperator: 'GreaterThanUpperThreshold' })).to.equal('ValidationError');
    expect(await code({ EvaluationPeriods: 2000 })).to.equal('ValidationError');
    expect(await code({ Period: 10 })).to.equal('NotImplemented');
    expect(await code({ Metrics: [] })).to.equal('InvalidParameterCombination');
    const Metrics = [{ Id: 'e', Expression: 'nothing * 2' }];
    expect(await code({ MetricName: undefined, Metrics })).to.equal('ValidationError');
  });

  it('are resources of a stack, with properties as templates give them', async () => {
    const metric = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: 'false',
      MetricStat: {
        Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: LAMBDA },
        Period: '60',
        Stat: 'Sum',
      },
    });
    const resource = new StackResource(aws, 'AWS::CloudWatch::Alarm', 'ScalerAlarm');
    const properties = {
      ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: '0', EvaluationPeriods: '5' },
      ...{ DatapointsToAlarm: '3', TreatMissingData: 'notBreaching' },
      Metrics: [
        { Id: 'failing', Expression: 'FILL(errors, 0) + FILL(throttles, 0)', ReturnData: 'true' },
        metric('errors', 'Errors'),
        metric('throttles', 'Throttles'),
      ],
    };
    const name = resource.create(properties);
    expect(name).to.match(/^demo-ScalerAlarm-/);
    expect(resource.attribute('Arn')).to.equal(`arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`);
    await aws.world.pass(61);
    const [made] = (await call('DescribeAlarms', {})).MetricAlarms;
    expect(made).to.include({ Threshold: 0, StateValue: 'OK' });
    resource.update({ ...properties, Threshold: '2' });
    expect((await call('DescribeAlarms', {})).MetricAlarms[0].Threshold).to.equal(2);
    const { Tags } = await call('ListTagsForResource', { ResourceARN: resource.attribute('Arn') });
    expect(Tags).to.eql([]);
    resource.delete();
    expect((await call('DescribeAlarms', {})).MetricAlarms).to.eql([]);
  });
});
