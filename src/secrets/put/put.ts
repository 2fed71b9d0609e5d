import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { OperationError } from '../../errors.ts';
import { word } from '../../shell/quoted.ts';
import { ConflictError, type SecretObjects, type Written } from '../bucket/objects.ts';
import { parseEnvFile } from '../env-file/parse.ts';
import { writtenKeys } from '../layout/keys.ts';
import { changeEnv, type EnvChange, type RetryTiming } from './change-env.ts';
import type { NewSecret, PutRequest } from './gather.ts';

/** Uploads at a time. S3 itself takes thousands; more than this gains nothing on one connection pool. */
const CONCURRENCY = 50;

export interface PutOutcome {
  readonly written: readonly Written[];
  /** Of the variables that were to be set or removed. */
  readonly variables?: EnvChange;
  /** Variables that a new env file no longer has. */
  readonly dropped: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Stores secrets, several at a time.
 * @param progress told how many of all are stored
 * @throws OperationError for a key that is there and shall not be replaced, or that others keep changing
 */
export async function putSecrets(
  objects: SecretObjects,
  { secrets, edits, pipeline }: PutRequest,
  timing: RetryTiming,
  progress: (done: number, all: number) => void,
): Promise<PutOutcome> {
  const dropped: string[] = [];
  const warnings: string[] = [];
  await refusePresent(objects, secrets);
  let done = 0;
  const written = await pLimit(CONCURRENCY).map(secrets, async (secret) => {
    const result = await put(objects, secret, dropped);
    progress((done += 1), secrets.length);
    return result;
  });
  const { envFiles } = writtenKeys(pipeline);
  if (edits.length === 0) {
    const later = envFiles[1] ?? '';
    if (secrets.some(({ key }) => key === envFiles[0]) && (await objects.read(later)) !== undefined) {
      warnings.push(`${later} is there too. It is loaded after ${envFiles[0] ?? ''}, and wins.`);
    }
    return { written, dropped, warnings };
  }
  const variables = await changeEnv(objects, envFiles, edits, timing);
  return { written: [...written, ...variables.written], variables, dropped, warnings };
}

/** Before anything is stored, so that nothing is where something is refused. */
async function refusePresent(objects: SecretObjects, secrets: readonly NewSecret[]): Promise<void> {
  for (const { key, replaces } of secrets) {
    if (!replaces && (await objects.read(key)) !== undefined) throw present(key);
  }
}

function present(key: string): OperationError {
  return new OperationError(`There is a key at ${key} already`, {
    hint: `Builds use it, and would fail until the Git host knows a new one. To put a new one in its place, remove it first: bk-stack secrets rm NAME ${word(key)}`,
  });
}

async function put(
  objects: SecretObjects,
  { key, kind, body, replaces }: NewSecret,
  dropped: string[],
): Promise<Written> {
  if (!replaces) {
    return objects.write(key, body, 'absent').catch((error: unknown) => {
      throw error instanceof ConflictError ? present(key) : error;
    });
  }
  if (kind !== 'env') return objects.write(key, body, 'any');
  const before = await objects.read(key);
  const names = (text: Buffer) => new Set(parseEnvFile(text.toString('utf8')).variables.keys());
  const now = names(body);
  if (before !== undefined) dropped.push(...[...names(before.body)].filter((name) => !now.has(name)));
  try {
    return await objects.write(key, body, before === undefined ? 'absent' : { etag: before.etag });
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw new OperationError(`${key} was changed by somebody else just now, so it was left alone`, {
      cause: error,
      hint: `See what it holds now (bk-stack secrets get NAME ${word(key)}), and repeat the command; or change single variables with --set.`,
    });
  }
}

/** Real time and chance. */
export const systemTiming: RetryTiming = {
  now: Date.now,
  pause: (milliseconds) => sleep(milliseconds),
  random: Math.random,
};
