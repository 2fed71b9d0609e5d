import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { AwsContext } from '../../../src/aws/context.ts';
import { type InsightsAnswer, runInsights } from '../../../src/logs/insights/run.ts';
import { insightsCsv, insightsText } from '../../../src/logs/insights/text.ts';
import { TestServer } from '../../support/server.ts';

describe('asking logs', () => {
  it('stops the query that nobody waits for any more', async () => {
    const server = new TestServer();
    try {
      // Slow enough for a query to run when it is given up.
      await server.start({ speed: 0.001 });
      await new CloudFormation(server.client).createStack({
        StackName: 'ci',
        TemplateBody: JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }),
        Tags: [{ Key: 'bk-stack:stack', Value: 'ci' }],
      });
      await new CloudWatchLogs(server.client).createLogGroup({ logGroupName: '/buildkite/ci/agent' });
      const given = new AbortController();
      const order = {
        ...{ stackName: 'ci', groups: ['agent'] as const, instances: undefined },
        ...{ query: 'limit 1', window: { since: 0 } },
      };
      const aws = new AwsContext('us-east-1', server.client);
      const outcome = await runInsights(aws, order, {
        now: Date.now,
        signal: given.signal,
        progress: () => {
          given.abort();
        },
      }).then(
        () => 'done',
        (error: unknown) => (error as Error).name,
      );
      expect(outcome).to.equal('AbortError');
      expect(server.logged.join('\n')).to.match(/logs\.StartQuery 200[^]*logs\.StopQuery 200/);
    } finally {
      await server.remove();
    }
  });

  it('is answered in rows that do nothing to a terminal, or in CSV', () => {
    const answer: InsightsAnswer = {
      ...{ logGroups: [], since: '', until: '', columns: ['a', 'b'] },
      rows: [{ a: 'x\x1b[2J, "y"\nz\n' }, { a: '漢字', b: '1' }],
      statistics: { recordsMatched: 2, recordsScanned: 2, bytesScanned: 10 },
    };
    expect(insightsText(answer, (text) => text)).to.equal('a         b\nx, "y"␊z\n漢字      1');
    expect(insightsCsv(answer)).to.equal('a,b\r\n"x\x1b[2J, ""y""\nz\n",\r\n漢字,1');
  });
});
