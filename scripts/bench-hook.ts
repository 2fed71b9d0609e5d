import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { S3 } from '@aws-sdk/client-s3';
import { STATIC_FILES } from '../src/host/boot/configuration/files.ts';
import { HOOK_SOCKET, HOOKS } from '../src/host/program/paths.ts';
import type { RunningSandbox } from '../src/sandbox/server/process/discovery.ts';
import { awsEnvironment } from '../test/support/aws-environment.ts';
import { installBenchHelper } from './conformance-tools.ts';
import { benchClient, median } from './timing.ts';

const program = resolve(import.meta.dirname, '../dist/host/job/main.mjs');
const BUCKET = 'bench-secrets';
const OBJECTS = [0, 5, 15] as const;

/** Medians of one job, in milliseconds. */
export interface Cost {
  readonly wall: number;
  /** With that of all processes that it starts. */
  readonly cpu: number;
}

export interface HookDuel {
  /** How many secrets the job gets. */
  readonly objects: number;
  readonly own: Cost;
  /** Of a program in Go with the requests of Buildkite's own helper. */
  readonly theirs: Cost;
}

export interface HookCosts {
  readonly duels: readonly HookDuel[];
  /** Most that the serving program has held, in MiB. */
  readonly mebibytes: number;
}

/** What the environment hook costs a job, S3 being `latency` milliseconds away. */
export async function hookCosts(
  sandbox: RunningSandbox,
  latency: number,
  rounds: number,
): Promise<HookCosts> {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-bench-hook-'));
  const helper = installBenchHelper();
  const slow = await delaying(sandbox, latency);
  const env = environmentOf(sandbox, folder, slow);
  const socket = join(folder, 'hooks.sock');
  let server: ChildProcess | undefined;
  try {
    await putSecrets(sandbox);
    server = await startServing(socket, env);
    const pid = server.pid ?? NaN;
    const duels: HookDuel[] = [];
    for (const objects of OBJECTS) {
      const pipeline = `with-${objects}`;
      const job = { ...env, BUILDKITE_PIPELINE_SLUG: pipeline };
      const own: Cost[] = [];
      const theirs: Cost[] = [];
      // The first two of each fill the cache of answers and open connections.
      for (let round = -2; round < rounds; round += 1) {
        const before = cpuOf(pid);
        const asked = await timedInShell(
          `${askingFunction(socket)}\nask() { bk_stack_ask environment; }`,
          job,
        );
        const ours = { ...asked, cpu: asked.cpu + cpuOf(pid) - before };
        rmSync(join(folder, `bk-stack-jobs-${process.getuid?.() ?? ''}`), { recursive: true, force: true });
        const helped = await timedInShell(`ask() { '${helper}' ${BUCKET} ${pipeline}; }`, env);
        if (round < 0) continue;
        own.push(ours);
        theirs.push(helped);
      }
      duels.push({ objects, own: medianOf(own), theirs: medianOf(theirs) });
    }
    return { duels, mebibytes: peakOf(pid) };
  } finally {
    server?.kill('SIGKILL');
    slow.close();
    slow.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

function environmentOf(sandbox: RunningSandbox, folder: string, slow: Server): NodeJS.ProcessEnv {
  writeFileSync(join(folder, 'buildkite-agent'), '#!/bin/sh\ncat >/dev/null\n');
  chmodSync(join(folder, 'buildkite-agent'), 0o755);
  writeFileSync(join(folder, 'stack.env'), `BK_STACK_REGION="us-east-1"\nSECRETS_BUCKET="${BUCKET}"\n`);
  return {
    // As on an instance, and not npm's own.
    PATH: `${folder}:/usr/local/bin:/usr/bin:/bin`,
    HOME: folder,
    TMPDIR: folder,
    ...awsEnvironment(sandbox),
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
    BK_STACK_SETTINGS: join(folder, 'stack.env'),
  };
}

async function startServing(socket: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const server = spawn(process.execPath, ['--max-semi-space-size=2', program, 'serve', socket], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (!existsSync(socket)) {
    if (server.exitCode !== null) throw new Error('the program that serves hooks has ended');
    await sleep(20);
  }
  return server;
}

/** The function of the hook by which it asks, for this socket. */
function askingFunction(socket: string): string {
  const hook = STATIC_FILES.find(({ path }) => path === `${HOOKS}/environment`)?.text ?? '';
  const found = /^bk_stack_ask\(\) \{[^]*?^\}/m.exec(hook)?.[0];
  if (found === undefined) throw new Error('the environment hook has no bk_stack_ask');
  return found.replaceAll(HOOK_SOCKET, socket);
}

/** Times what a function named `ask` takes, as a shell itself measures it, and ends the ssh-agent that it has started. */
function timedInShell(definition: string, env: NodeJS.ProcessEnv): Promise<Cost> {
  const script = `${definition}\nTIMEFORMAT='%3R %3U %3S'\ntime answer=$(ask) || exit 1\nprintf '%s' "$answer"`;
  return new Promise((done, failed) => {
    const child = spawn('/bin/bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.on('error', failed);
    child.on('close', (code) => {
      const pid = /SSH_AGENT_PID='?(\d+)/.exec(output)?.[1];
      if (pid !== undefined) process.kill(Number(pid));
      const [, wall, user, system] = /^([\d.]+) ([\d.]+) ([\d.]+)$/m.exec(errors) ?? [];
      if (code !== 0 || wall === undefined) failed(new Error(`the hook exits ${String(code)}: ${errors}`));
      else done({ wall: Number(wall) * 1000, cpu: (Number(user) + Number(system)) * 1000 });
    });
  });
}

/** What a process and its ended children have used of the processor, in milliseconds. */
function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ofChildren = (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  return threads.reduce((sum, each) => sum + each, 0) / 1e6 + ofChildren;
}

/** A hundredth of a second on every Linux that Node runs on (USER_HZ). */
const TICK_MS = 10;

function peakOf(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

function medianOf(costs: readonly Cost[]): Cost {
  return { wall: median(costs.map(({ wall }) => wall)), cpu: median(costs.map(({ cpu }) => cpu)) };
}

/** None; or two env files, a key, Git credentials and secret files. */
async function putSecrets(sandbox: RunningSandbox): Promise<void> {
  const s3 = new S3({ ...benchClient(sandbox), forcePathStyle: true });
  await s3.createBucket({ Bucket: BUCKET });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const objects of OBJECTS) {
    if (objects === 0) continue;
    const secrets: Record<string, string> = {
      env: 'A=1\n',
      environment: 'B=2\n',
      private_ssh_key: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      'git-credentials': 'https://robot:password@github.com\n',
    };
    for (let index = 0; index < objects - 4; index += 1) {
      secrets[`secret-files/S${index}_TOKEN`] = `value-${index}`;
    }
    for (const [key, Body] of Object.entries(secrets)) {
      await s3.putObject({ Bucket: BUCKET, Key: `with-${objects}/${key}`, Body });
    }
  }
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
  const ask = (method: string, url: string, headers: IncomingHttpHeaders): Promise<Answer> =>
    new Promise((done, failed) => {
      const onward = request(`${endpoint}${url}`, { method, headers }, (answer) => {
        void buffer(answer).then((body) => {
          done({ status: answer.statusCode ?? 0, headers: answer.headers, body });
        }, failed);
      });
      onward.on('error', failed).end();
    });
  const server = createServer(({ method = 'GET', url = '/', headers }, outgoing) => {
    const answer = answers.get(`${method} ${url}`) ?? ask(method, url, headers);
    answers.set(`${method} ${url}`, answer);
    void Promise.all([answer, sleep(latency)]).then(([{ status, headers, body }]) => {
      // The length of an answer to HEAD is that of what it would have held.
      outgoing.writeHead(status, method === 'HEAD' ? headers : { ...headers, 'content-length': body.length });
      outgoing.end(body);
    });
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      done(server);
    });
  });
}
