import { expect } from 'chai';
import { logs } from '../../../../src/sandbox/services/logs/index.ts';
import { Caller } from '../../../support/service.ts';

describe('Logs Insights', () => {
  const logGroupName = '/buildkite/agents';
  let aws: Caller;
  let start: number;
  const query = async (queryString: string, more: object = {}) => {
    const { queryId } = await aws.call('logs', 'StartQuery', {
      ...{ logGroupNames: [logGroupName], startTime: 0, endTime: Math.ceil(start / 1000) + 60 },
      ...{ queryString, ...more },
    });
    expect((await aws.call('logs', 'GetQueryResults', { queryId })).status).to.equal('Running');
    await aws.world.pass(5);
    return aws.call('logs', 'GetQueryResults', { queryId });
  };
  const rows = async (text: string) =>
    ((await query(text)).results as { field: string; value: string }[][]).map((row) =>
      row
        .filter(({ field }) => field !== '@ptr')
        .map(({ field, value }) => `${field}=${value}`)
        .join(' '),
    );

  beforeEach(async () => {
    aws = new Caller([logs]);
    start = aws.world.now();
    await aws.call('logs', 'CreateLogGroup', { logGroupName });
    const messages = [
      'job 1 took 30 s',
      'job 2 took 90 s',
      'an error: "disk" is full',
      '{"level":"error","code":7,"job":{"id":"x"}}',
    ];
    for (const [index, message] of messages.entries()) {
      const logStreamName = `i-${index % 2}`;
      await aws.call('logs', 'CreateLogStream', { logGroupName, logStreamName }).catch(() => undefined);
      await aws.call('logs', 'PutLogEvents', {
        ...{ logGroupName, logStreamName, logEvents: [{ timestamp: start - (3 - index) * 60_000, message }] },
      });
    }
  });

  it('gives time and message, the newest first, where nothing else is asked for', async () => {
    const answer = await query('filter @message like /job/ | limit 1');
    expect(answer.results).to.have.length(1);
    expect(answer.results[0].map(({ field }: { field: string }) => field)).to.eql([
      '@timestamp',
      '@message',
      '@ptr',
    ]);
    expect(answer.results[0][0].value).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
    expect(answer.statistics).to.include({ recordsScanned: 4, recordsMatched: 3 });
  });

  it('keeps the first of each value, and what has none', async () => {
    expect(await rows('parse @message "job * took" as job | fields @logStream | dedup @logStream')).to.eql([
      '@logStream=i-1',
      '@logStream=i-0',
    ]);
    expect(await rows('fields code | dedup code')).to.have.length(4);
  });

  it('tells of its queries, the newest first, and whether they have ended', async () => {
    await query('limit 1');
    const input = { logGroupNames: [logGroupName], startTime: 0, endTime: 1, queryString: 'limit 2' };
    await aws.call('logs', 'StartQuery', input);
    const described = async (more: object = {}) =>
      (await aws.call('logs', 'DescribeQueries', more)).queries.map(
        ({ queryString, status }: { queryString: string; status: string }) => `${queryString}: ${status}`,
      );
    expect(await described()).to.eql(['limit 2: Running', 'limit 1: Complete']);
    expect(await described({ status: 'Complete' })).to.eql(['limit 1: Complete']);
    expect(await described({ logGroupName: '/other' })).to.eql([]);
  });

  for (const [text, expected] of [
    [
      'fields @message | filter @message like "took" and not (@logStream = "i-0")',
      ['@message=job 2 took 90 s'],
    ],
    ['fields @message | filter @message like /ERROR/', []],
    ['fields code | filter @message =~ /(?i)ERROR/ and ispresent(code)', ['code=7']],
    ['fields job.id as id | filter level in ["error", "warn"] and code >= 7', ['id=x']],
    [
      'stats count(*) by @logStream | sort @logStream asc',
      ['@logStream=i-0 count(*)=2', '@logStream=i-1 count(*)=2'],
    ],
    [
      'parse @message "job * took * s" as job, took | filter ispresent(took) | stats sum(took) as s, avg(took), max(took), pct(took, 50)',
      ['s=120 avg(took)=60 max(took)=90 pct(took, 50)=30'],
    ],
    ['parse @message /took (?<t>\\d+)/ | filter t > 30 | display t', ['t=90']],
    ['stats count_distinct(@logStream) as streams # how many\n| limit 1', ['streams=2']],
    ['stats count() as n by bin(1h) | stats sum(n) as all', ['all=4']],
  ] as const) {
    it(`answers ${text}`, async () => {
      expect(await rows(text)).to.eql(expected);
    });
  }

  it('refuses what it does not know, and says where it is', async () => {
    for (const [text, offset] of [
      ['fields @message | pattern @message', 18],
      ['stats stddev(x)', 6],
      ['filter strlen(@message) > 3', 7],
      ['filter @message like', 20],
      ['filter (a = 1', 13],
      ['limit 0', 6],
      ['parse @message "* *" as one', 15],
      ['parse @message /(/', 15],
      ['fields a + b', 9],
      ['stats count(*) by @log | stats count(*) by bin(5m)', 43],
      ['', 0],
    ] as const) {
      const refused = await aws.refused('logs', 'StartQuery', {
        ...{ logGroupName, startTime: 0, endTime: 1, queryString: text === '' ? ' ' : text },
      });
      expect(refused.code, text).to.equal('MalformedQueryException');
      const { queryCompileError } = refused.details as {
        queryCompileError: { location: { startCharOffset: number } };
      };
      expect(queryCompileError.location.startCharOffset, text).to.equal(text === '' ? 1 : offset);
    }
    const code = async (input: object) =>
      (
        await aws.refused('logs', 'StartQuery', {
          ...{ startTime: 0, endTime: 1, queryString: 'limit 1', ...input },
        })
      ).code;
    expect(await code({})).to.equal('InvalidParameterException');
    expect(await code({ logGroupName: '/none' })).to.equal('ResourceNotFoundException');
    expect(await code({ logGroupName, queryLanguage: 'SQL' })).to.equal('InvalidParameterException');
    expect(await code({ logGroupName, endTime: -1 })).to.equal('InvalidParameterException');
  });

  it('stops a query, and hands out results in pages', async () => {
    const input = { logGroupName, startTime: 0, endTime: Math.ceil(start / 1000), queryString: 'limit 3' };
    const { queryId } = await aws.call('logs', 'StartQuery', input);
    expect(await aws.call('logs', 'StopQuery', { queryId })).to.eql({ success: true });
    expect((await aws.call('logs', 'GetQueryResults', { queryId })).status).to.equal('Cancelled');
    const { queryId: other } = await aws.call('logs', 'StartQuery', input);
    await aws.world.pass(5);
    const first = await aws.call('logs', 'GetQueryResults', { queryId: other, maxItems: 2 });
    const { nextToken } = first;
    const second = await aws.call('logs', 'GetQueryResults', { queryId: other, maxItems: 2, nextToken });
    expect([first.results.length, second.results.length]).to.eql([2, 1]);
    expect((await aws.refused('logs', 'StopQuery', { queryId: other })).code).to.equal(
      'InvalidParameterException',
    );
  });
});
