import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { installPythonTool } from './conformance-tools.ts';

const entry = resolve(import.meta.dirname, '../bin/run.js');
const ROUNDS = 3;
const FILES = 500;

/** What both took for the same, in milliseconds, and the most that ours may take of theirs. */
export interface SecretsCost {
  readonly what: string;
  readonly own: number;
  readonly theirs: number;
  readonly most: number;
}

/** Stores the same files by bk-stack and by the AWS CLI, in turns, on the same server. */
export async function secretsCost(endpoint: string): Promise<SecretsCost[]> {
  const aws = join(installPythonTool('awscli'), 'aws');
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-bench-secrets-'));
  try {
    const many = join(folder, 'many');
    mkdirSync(join(many, 'secret-files'), { recursive: true });
    for (let index = 0; index < FILES; index += 1) {
      writeFileSync(join(many, `secret-files/S${index}_TOKEN`), `value ${index}`.repeat(20));
    }
    const one = join(many, 'secret-files/S0_TOKEN');
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    };
    const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
    const s3 = new S3({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
    await s3.createBucket({ Bucket: 'bench-put' });
    const put = (...args: string[]) =>
      timed(process.execPath, [entry, 'secrets', 'put', '--bucket', 'bench-put', ...args], env);
    const copy = (...args: string[]) => timed(aws, ['s3', 'cp', ...args, '--sse', 'aws:kms'], env);
    const duels = [
      {
        what: `${FILES} secret files put`,
        most: 0.35,
        own: () => put('--dir', many),
        theirs: () => copy('--recursive', '--only-show-errors', many, 's3://bench-put/cli/'),
      },
      {
        what: 'one secret file put',
        most: 0.5,
        own: () => put('--secret-file', `S0_TOKEN=${one}`),
        theirs: () => copy('--only-show-errors', one, 's3://bench-put/cli/one'),
      },
    ];
    const costs: SecretsCost[] = [];
    for (const { what, most, own, theirs } of duels) {
      const times = { own: [] as number[], theirs: [] as number[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        times.own.push(await own());
        times.theirs.push(await theirs());
      }
      costs.push({ what, most, own: middle(times.own), theirs: middle(times.theirs) });
    }
    return costs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function middle(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

function timed(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((done, failed) => {
    const start = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0) done(performance.now() - start);
      else failed(new Error(`${command} ${args.join(' ')} exits ${code}: ${errors}`));
    });
  });
}
