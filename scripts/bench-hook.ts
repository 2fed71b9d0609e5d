import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { S3 } from '@aws-sdk/client-s3';
import type { RunningSandbox } from '../src/sandbox/server/process/discovery.ts';
import { awsEnvironment } from '../test/support/aws-environment.ts';
import { benchClient } from './timing.ts';

const program = resolve(import.meta.dirname, '../dist/host/job/main.mjs');
const BUCKET = 'bench-secrets';

/** What the environment hook costs a job. */
export interface HookCost {
  /** Median, in milliseconds. */
  readonly milliseconds: number;
  /** Most that it held, in MiB. */
  readonly mebibytes: number;
}

/**
 * Runs the environment hook's program for a job with 2 env files, an ssh key, git-credentials and 10 secret files, every
 * answer of S3 being `latency` milliseconds late.
 */
export async function hookCost(sandbox: RunningSandbox, latency: number, rounds: number): Promise<HookCost> {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-bench-hook-'));
  await putSecrets(sandbox);
  const slow = await delaying(sandbox, latency);
  try {
    writeFileSync(join(folder, 'buildkite-agent'), '#!/bin/sh\ncat >/dev/null\n');
    chmodSync(join(folder, 'buildkite-agent'), 0o755);
    writeFileSync(join(folder, 'stack.env'), `BK_STACK_REGION="us-east-1"\nSECRETS_BUCKET="${BUCKET}"\n`);
    const env = {
      // As on an instance, and not npm's own.
      PATH: `${folder}:/usr/local/bin:/usr/bin:/bin`,
      HOME: folder,
      TMPDIR: folder,
      ...awsEnvironment(sandbox),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
      BK_STACK_SETTINGS: join(folder, 'stack.env'),
      BUILDKITE_PIPELINE_SLUG: 'app',
    };
    // Asking for the memory takes time, so that it is asked for in runs of its own.
    const { kibibytes } = await runHook(env, MEASURED);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push((await runHook(env)).milliseconds);
    times.sort((a, b) => a - b);
    return {
      milliseconds: times[Math.floor(times.length / 2)] ?? NaN,
      mebibytes: kibibytes / 1024,
    };
  } finally {
    slow.close();
    slow.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function putSecrets(sandbox: RunningSandbox): Promise<void> {
  const s3 = new S3({ ...benchClient(sandbox), forcePathStyle: true });
  await s3.createBucket({ Bucket: BUCKET });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secrets: Record<string, string> = {
    env: 'A=1\n',
    'app/env': 'B=2\n',
    'app/private_ssh_key': privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    'app/git-credentials': 'https://robot:password@github.com\n',
    ...Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`app/secret-files/S${index}_TOKEN`, `value-${index}`]),
    ),
  };
  for (const [Key, Body] of Object.entries(secrets)) await s3.putObject({ Bucket: BUCKET, Key, Body });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The same server, further away: each answer comes so much after its question. Answers are asked for once and kept, as the
 * time that the sandbox takes for them, on the same processor, is none that S3 would take from the instance.
 */
function delaying({ endpoint }: RunningSandbox, latency: number): Promise<Server> {
  const answers = new Map<string, Promise<Answer>>();
  // With all headers, the host among them: they are signed.
  const ask = (url: string, headers: IncomingHttpHeaders): Promise<Answer> =>
    new Promise((done, failed) => {
      const onward = request(`${endpoint}${url}`, { headers }, (answer) => {
        void buffer(answer).then((body) => {
          done({ status: answer.statusCode ?? 0, headers: answer.headers, body });
        }, failed);
      });
      onward.on('error', failed).end();
    });
  const server = createServer(({ url = '/', headers }, outgoing) => {
    const answer = answers.get(url) ?? ask(url, headers);
    answers.set(url, answer);
    void Promise.all([answer, sleep(latency)]).then(([{ status, headers, body }]) => {
      outgoing.writeHead(status, { ...headers, 'content-length': body.length });
      outgoing.end(body);
    });
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      done(server);
    });
  });
}

/** Has the program tell at its end what it held at most. */
const MEASURED = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    `import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))`,
  )}`,
];

function runHook(
  env: NodeJS.ProcessEnv,
  nodeOptions: readonly string[] = [],
): Promise<{ milliseconds: number; kibibytes: number }> {
  return new Promise((done, failed) => {
    const start = performance.now();
    const child = spawn(process.execPath, [...nodeOptions, program, 'environment'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let [output, errors, usage] = ['', '', ''];
    child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
    (child.stdio[3] as NodeJS.ReadableStream).on('data', (text: Buffer) => (usage += text.toString()));
    child.on('error', failed);
    child.on('close', (code) => {
      const milliseconds = performance.now() - start;
      const pid = /SSH_AGENT_PID='(\d+)'/.exec(output)?.[1];
      if (pid !== undefined) process.kill(Number(pid));
      if (code === 0 && pid !== undefined && output.includes("S9_TOKEN='value-9'")) {
        done({ milliseconds, kibibytes: Number(usage) });
      } else failed(new Error(`the environment hook exits ${code}: ${errors}`));
    });
  });
}
