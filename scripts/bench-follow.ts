import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { bearer, type RunningSandbox } from '../src/sandbox/server/process/discovery.ts';
import { benchClient, benchSandbox, withoutCertificates } from './timing.ts';

const entry = resolve(import.meta.dirname, '../bin/run.js');
const GROUP = '/buildkite/bench/agent';
const EVENTS = 12;

/** Milliseconds from an event that is written to the line on stdout. */
export interface Latency {
  readonly median: number;
  readonly most: number;
}

/**
 * How soon a tail that follows shows what is new, in a sandbox of its own.
 * @param speed of the sandbox: at 1 a poll interval is two seconds as in AWS; its live tail tells of events once a second
 */
export async function followingLatency(speed: number, flags: readonly string[]): Promise<Latency> {
  const state = mkdtempSync(join(tmpdir(), 'bk-stack-follow-'));
  const env = {
    ...withoutCertificates(),
    XDG_STATE_HOME: state,
    BK_STACK_SANDBOX: '1',
    AWS_REGION: 'us-east-1',
  };
  try {
    const started = spawnSync(
      process.execPath,
      [entry, 'sandbox', 'start', '--port', '0', '--speed', String(speed)],
      { env, encoding: 'utf8' },
    );
    if (started.status !== 0) throw new Error(started.stderr);
    const sandbox = benchSandbox(state);
    const logs = await stackWithLogs(sandbox);
    const tail = spawn(process.execPath, [entry, 'logs', 'tail', 'bench', '--follow', ...flags], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const shown = new Map<string, (at: number) => void>();
    createInterface(tail.stdout).on('line', (line) => {
      const mark = /mark-\d+/.exec(line)?.[0] ?? '';
      shown.get(mark)?.(performance.now());
      shown.delete(mark);
    });
    const times: number[] = [];
    for (let number = 0; number <= EVENTS; number += 1) {
      const seen = new Promise<number>((done) => shown.set(`mark-${number}`, done));
      const timestamp = await clockOf(sandbox);
      const began = performance.now();
      await logs.putLogEvents({
        logGroupName: GROUP,
        logStreamName: 'i-1',
        logEvents: [{ timestamp, message: `mark-${number}` }],
      });
      const took = (await seen) - began;
      // The first one waits for the tail to start.
      if (number > 0) times.push(took);
      await sleep(50 + number * 137);
    }
    const ended = new Promise((done) => tail.once('close', done));
    tail.kill('SIGINT');
    await ended;
    times.sort((a, b) => a - b);
    return { median: times[times.length >> 1] ?? NaN, most: times.at(-1) ?? NaN };
  } finally {
    spawnSync(process.execPath, [entry, 'sandbox', 'stop'], { env });
    rmSync(state, { recursive: true, force: true });
  }
}

async function stackWithLogs(sandbox: RunningSandbox): Promise<CloudWatchLogs> {
  await new CloudFormation(benchClient(sandbox)).createStack({
    StackName: 'bench',
    TemplateBody: JSON.stringify({
      Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
      Outputs: { LogGroupPrefix: { Value: '/buildkite/bench' } },
    }),
    Tags: [{ Key: 'bk-stack:stack', Value: 'bench' }],
  });
  const logs = new CloudWatchLogs(benchClient(sandbox));
  for (const name of ['agent', 'boot', 'system', 'docker', 'lifecycle', 'scaler']) {
    await logs.createLogGroup({ logGroupName: `/buildkite/bench/${name}` });
  }
  await logs.createLogStream({ logGroupName: GROUP, logStreamName: 'i-1' });
  return logs;
}

async function clockOf(sandbox: RunningSandbox): Promise<number> {
  const answer = await fetch(`${sandbox.endpoint}/_sandbox/status`, { headers: bearer(sandbox) });
  return Date.parse(((await answer.json()) as { now: string }).now);
}
