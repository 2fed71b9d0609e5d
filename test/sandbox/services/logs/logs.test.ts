import { expect } from 'chai';
import { compilePattern } from '../../../../src/sandbox/services/logs/filter-pattern.ts';
import { logs } from '../../../../src/sandbox/services/logs/index.ts';
import { Caller, StackResource } from '../../../support/service.ts';

const HOUR = 3_600_000;

describe('CloudWatch Logs', () => {
  const logGroupName = '/buildkite/agents';
  const logStreamName = 'i-1';
  let aws: Caller;
  const call = (operation: string, input: object = {}) => aws.call('logs', operation, input);
  const code = async (operation: string, input: object = {}) =>
    (await aws.refused('logs', operation, input)).code;
  const put = (...events: [age: number, message: string][]) =>
    call('PutLogEvents', {
      logGroupName,
      logStreamName,
      logEvents: events.map(([age, message]) => ({ timestamp: aws.world.now() - age, message })),
    });
  const messages = (answer: { events: { message: string }[] }) => answer.events.map(({ message }) => message);

  beforeEach(async () => {
    aws = new Caller([logs]);
    await call('CreateLogGroup', { logGroupName });
    await call('CreateLogStream', { logGroupName, logStreamName });
  });

  it('tells groups and streams that are there from those that are not', async () => {
    expect(await code('CreateLogGroup', { logGroupName })).to.equal('ResourceAlreadyExistsException');
    expect(await code('CreateLogStream', { logGroupName, logStreamName })).to.equal(
      'ResourceAlreadyExistsException',
    );
    expect(await code('GetLogEvents', { logGroupName, logStreamName: 'i-2' })).to.equal(
      'ResourceNotFoundException',
    );
    expect(await code('CreateLogGroup', { logGroupName: 'a b' })).to.equal('InvalidParameterException');
    const { logGroups } = await call('DescribeLogGroups', { logGroupNamePrefix: '/buildkite' });
    expect(logGroups[0]).to.include({
      logGroupName,
      arn: `arn:aws:logs:us-east-1:111122223333:log-group:${logGroupName}:*`,
    });
  });

  it('keeps what it is given in the order of time', async () => {
    await put([2000, 'second']);
    await put([3000, 'first'], [1000, 'third']);
    expect(messages(await call('GetLogEvents', { logGroupName, logStreamName, startFromHead: true }))).to.eql(
      ['first', 'second', 'third'],
    );
  });

  it('lets a reader come back for more, without loss or repetition', async () => {
    await put([3000, 'a'], [2000, 'b']);
    const read = (nextToken?: string) =>
      call('GetLogEvents', { logGroupName, logStreamName, startFromHead: true, limit: 1, nextToken });
    const first = await read();
    const second = await read(first.nextForwardToken);
    const none = await read(second.nextForwardToken);
    expect([...messages(first), ...messages(second), ...messages(none)]).to.eql(['a', 'b']);
    expect(none.nextForwardToken).to.equal(second.nextForwardToken);
    await put([1000, 'c']);
    expect(messages(await read(none.nextForwardToken))).to.eql(['c']);
    expect(await code('GetLogEvents', { logGroupName, logStreamName, nextToken: 'x' })).to.equal(
      'InvalidParameterException',
    );
  });

  it('refuses a batch that AWS would, and says which events are too old or too new', async () => {
    const logEvents = [
      { timestamp: aws.world.now(), message: 'a' },
      { timestamp: aws.world.now() - 1, message: 'b' },
    ];
    expect(await code('PutLogEvents', { logGroupName, logStreamName, logEvents })).to.equal(
      'InvalidParameterException',
    );
    expect(await code('PutLogEvents', { logGroupName, logStreamName, logEvents: [] })).to.equal(
      'InvalidParameterException',
    );
    expect((await put([15 * 24 * HOUR, 'old'])).rejectedLogEventsInfo).to.eql({ tooOldLogEventEndIndex: 1 });
    expect((await put([0, 'now'], [-3 * HOUR, 'early'])).rejectedLogEventsInfo).to.eql({
      tooNewLogEventStartIndex: 1,
    });
  });

  it('finds events over all streams, page by page', async () => {
    await call('CreateLogStream', { logGroupName, logStreamName: 'i-2' });
    await put([3000, 'ERROR one'], [1000, 'ERROR three']);
    const timestamp = aws.world.now() - 2000;
    await call('PutLogEvents', {
      ...{ logGroupName, logStreamName: 'i-2' },
      logEvents: [{ timestamp, message: 'ERROR two' }],
    });
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await call('FilterLogEvents', {
        logGroupName,
        filterPattern: 'ERROR',
        limit: 2,
        nextToken,
      });
      found.push(...messages(page));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(found).to.eql(['ERROR one', 'ERROR two', 'ERROR three']);
    const one = await call('FilterLogEvents', { logGroupName, logStreamNamePrefix: 'i-2' });
    expect(messages(one)).to.eql(['ERROR two']);
  });

  it('keeps a stack’s group as its properties say', async () => {
    const group = new StackResource(aws, 'AWS::Logs::LogGroup');
    group.create({ LogGroupName: '/stack', RetentionInDays: 7 });
    const retention = async () =>
      (await call('DescribeLogGroups', { logGroupNamePrefix: '/stack' })).logGroups[0]?.retentionInDays;
    expect(await retention()).to.equal(7);
    group.update({ LogGroupName: '/stack', RetentionInDays: 30 });
    expect(await retention()).to.equal(30);
    expect(() => {
      group.update({ LogGroupName: '/stack', RetentionInDays: 8 });
    }).to.throw('retentionInDays');
    group.delete();
    expect((await call('DescribeLogGroups', { logGroupNamePrefix: '/stack' })).logGroups).to.eql([]);
  });
});

describe('a filter pattern', () => {
  const cases: [pattern: string, matching: string[], other: string[]][] = [
    ['', ['anything'], []],
    ['ERROR exit', ['exit with ERROR'], ['ERROR', 'exit']],
    ['?ERROR ?WARN', ['a WARN', 'an ERROR'], ['INFO']],
    ['ERROR -exit', ['ERROR'], ['ERROR at exit']],
    ['"two words"', ['so two words here'], ['two other words']],
    ['%job [0-9]+%', ['job 17'], ['job x']],
    ['{ $.level = "error" }', ['{"level":"error"}'], ['{"level":"info"}', 'level error']],
    ['{ $.level = "e*" && $.code > 3 }', ['{"level":"error","code":4}'], ['{"level":"error","code":3}']],
    ['{ $.a IS NULL || $.b NOT EXISTS }', ['{"a":null,"b":1}', '{}'], ['{"a":1,"b":1}']],
    ['{ $.jobs[1].id != "x" }', ['{"jobs":[{},{"id":"y"}]}'], ['{"jobs":[{},{"id":"x"}]}', '{}']],
  ];
  for (const [pattern, matching, other] of cases) {
    it(`${pattern === '' ? '(empty)' : pattern} means what it means in AWS`, () => {
      const matches = compilePattern(pattern);
      for (const message of matching) expect(matches(message), message).to.equal(true);
      for (const message of other) expect(matches(message), message).to.equal(false);
    });
  }

  it('is refused when it cannot be read', () => {
    for (const pattern of ['{ $.a', '%(%', '{ a = 1 }']) {
      expect(() => compilePattern(pattern), pattern).to.throw('Invalid filter pattern');
    }
  });
});
