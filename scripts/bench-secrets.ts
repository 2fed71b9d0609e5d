import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import type { RunningSandbox } from '../src/sandbox/server/process/discovery.ts';
import { benchClient, benchEnvironment, type Duel, duel, timed } from './timing.ts';

const entry = resolve(import.meta.dirname, '../bin/run.js');
const ROUNDS = 3;
const FILES = 500;

/** Stores the same files by bk-stack and by the AWS CLI, in turns, on the same server. */
export async function secretsDuels(sandbox: RunningSandbox, aws: string): Promise<Duel[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-bench-secrets-'));
  try {
    const many = join(folder, 'many');
    mkdirSync(join(many, 'secret-files'), { recursive: true });
    for (let index = 0; index < FILES; index += 1) {
      writeFileSync(join(many, `secret-files/S${index}_TOKEN`), `value ${index}`.repeat(20));
    }
    const one = join(many, 'secret-files/S0_TOKEN');
    const env = benchEnvironment(sandbox);
    await new S3({ ...benchClient(sandbox), forcePathStyle: true }).createBucket({ Bucket: 'bench-put' });
    const put = (...args: string[]) =>
      timed(process.execPath, [entry, 'secrets', 'put', '--bucket', 'bench-put', ...args], env);
    const copy = (...args: string[]) =>
      timed(aws, ['s3', 'cp', '--only-show-errors', '--sse', 'aws:kms', ...args], env);
    const contests = [
      {
        what: `${FILES} secret files put, beside aws s3 cp`,
        most: 0.35,
        own: () => put('--dir', many),
        theirs: () => copy('--recursive', many, 's3://bench-put/cli/'),
      },
      {
        what: 'one secret file put, beside aws s3 cp',
        most: 0.5,
        own: () => put('--secret-file', `S0_TOKEN=${one}`),
        theirs: () => copy(one, 's3://bench-put/cli/one'),
      },
    ];
    const duels: Duel[] = [];
    for (const contest of contests) duels.push(await duel(contest, ROUNDS));
    return duels;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
