import { resolve } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { RunningSandbox } from '../src/sandbox/server/process/discovery.ts';
import { benchClient, benchEnvironment, type Duel, duel, timed } from './timing.ts';

const entry = resolve(import.meta.dirname, '../bin/run.js');
const ROUNDS = 3;
const EVENTS = 100_000;
const STREAMS = 20;
const PER_REQUEST = 5_000;
const GROUP = '/buildkite/bench/agent';

/** Prints the same events by bk-stack and by the AWS CLI, in turns, from the same server. */
export async function logsDuel(sandbox: RunningSandbox, aws: string): Promise<Duel> {
  const logs = new CloudWatchLogs(benchClient(sandbox));
  const stack = {
    Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    Outputs: { LogGroupPrefix: { Value: '/buildkite/bench' } },
  };
  await new CloudFormation(benchClient(sandbox)).createStack({
    StackName: 'bench',
    TemplateBody: JSON.stringify(stack),
    Tags: [{ Key: 'bk-stack:stack', Value: 'bench' }],
  });
  await logs.createLogGroup({ logGroupName: GROUP });
  const start = Date.now() - 3_600_000;
  for (let from = 0; from < EVENTS; from += PER_REQUEST) {
    const logStreamName = `i-${(from / PER_REQUEST) % STREAMS}`;
    await logs.createLogStream({ logGroupName: GROUP, logStreamName });
    await logs.putLogEvents({
      logGroupName: GROUP,
      logStreamName,
      logEvents: Array.from({ length: PER_REQUEST }, (_, index) => ({
        timestamp: start + (from + index) * 10,
        message: `2026-11-24 08:30:00 INFO   job ${from + index} says what jobs say when they run`,
      })),
    });
  }
  const env = benchEnvironment(sandbox);
  const since = new Date(start).toISOString();
  return duel(
    {
      what: `${EVENTS} events of logs, beside aws logs tail`,
      most: 0.25,
      own: () =>
        timed(process.execPath, [entry, 'logs', 'tail', 'bench', '--group', 'agent', '--since', since], env),
      theirs: () => timed(aws, ['logs', 'tail', GROUP, '--since', since], env),
    },
    ROUNDS,
  );
}
