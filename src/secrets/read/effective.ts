import type { SecretObjects } from '../bucket/objects.ts';
import { parseCredentials } from '../job/git-credentials.ts';
import { readSecrets, readSshKeys } from '../job/read.ts';
import type { SecretStore } from '../job/secret-store.ts';
import { parseEnvFile } from '../env-file/parse.ts';
import { secretKeys, secretVariable } from '../layout/keys.ts';
import { currentVersions } from './list.ts';

/** A bucket as a build reads it. */
export function storeOf(objects: SecretObjects): SecretStore {
  return {
    get: async (key) => (await objects.read(key))?.body.toString('utf8'),
    list: async (prefix) => (await currentVersions(objects, prefix)).map(({ key }) => key),
  };
}

/** Where a variable comes from. */
export interface EffectiveVariable {
  readonly name: string;
  /** The key that wins. */
  readonly from: string;
  /** Those that set it too, and lose. */
  readonly over: readonly string[];
}

/** What a build of a pipeline gets, without any of it. */
export interface EffectiveSecrets {
  readonly pipeline: string;
  readonly variables: readonly EffectiveVariable[];
  /** Env files of which only bash can tell what they set. */
  readonly unsure: readonly string[];
  /** In the order in which a Git host is offered them. */
  readonly sshKeys: readonly string[];
  readonly gitCredentials: readonly { readonly host: string; readonly from: string }[];
}

/** Tells what a build of a pipeline gets, by the very way in which builds read it. */
export async function effectiveSecrets(objects: SecretObjects, pipeline: string): Promise<EffectiveSecrets> {
  const store = storeOf(objects);
  const keys = secretKeys(pipeline);
  const [{ envFiles, gitCredentials }, sshKeys, lists] = await Promise.all([
    readSecrets(store, pipeline),
    readSshKeys(store, pipeline),
    Promise.all(keys.secretFilePrefixes.map((prefix) => store.list(prefix))),
  ]);
  const sources = new Map<string, string[]>();
  const unsure: string[] = [];
  const add = (name: string, key: string) => sources.set(name, [...(sources.get(name) ?? []), key]);
  for (const { key, text } of envFiles) {
    const { variables, remarks } = parseEnvFile(text);
    if (remarks.some(({ severity }) => severity === 'broken' || severity === 'code')) unsure.push(key);
    // A name in a file that is not what it seems may be part of a value.
    else for (const name of variables.keys()) add(name, key);
  }
  for (const key of lists.flat()) {
    const name = secretVariable(key);
    if (name !== undefined) add(name, key);
  }
  return {
    pipeline,
    variables: [...sources]
      .map(([name, all]) => ({ name, from: all.at(-1) ?? '', over: all.slice(0, -1).reverse() }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    unsure,
    sshKeys: sshKeys.map(({ key }) => key),
    gitCredentials: gitCredentials.flatMap(({ key, text }) =>
      parseCredentials(text).map(({ protocol = '', host = '' }) => ({
        host: `${protocol}://${host}`,
        from: key,
      })),
    ),
  };
}
