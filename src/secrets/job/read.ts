import { secretKeys, secretVariable } from '../layout/keys.ts';
import type { Secret, SecretStore } from './secret-store.ts';

/** The secrets of a pipeline but for its ssh keys, each kind in the order in which it counts. */
export interface JobSecrets {
  readonly envFiles: readonly Secret[];
  readonly gitCredentials: readonly Secret[];
  /** By the variables they are exported as. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * Reads what a build of a pipeline gets, in two rounds of requests however much it is: all fixed places and the lists of
 * secret files at once, then those files at once.
 */
export async function readSecrets(store: SecretStore, pipeline: string | undefined): Promise<JobSecrets> {
  const keys = secretKeys(pipeline);
  const [envFiles, gitCredentials, variables] = await Promise.all([
    read(store, keys.envFiles),
    read(store, keys.gitCredentials),
    readVariables(store, keys.secretFilePrefixes),
  ]);
  return { envFiles, gitCredentials, variables };
}

async function read(store: SecretStore, keys: readonly string[]): Promise<Secret[]> {
  const texts = await Promise.all(keys.map((key) => store.get(key)));
  return keys.flatMap((key, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ key, text }];
  });
}

async function readVariables(
  store: SecretStore,
  prefixes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const lists = await Promise.all(prefixes.map((prefix) => store.list(prefix)));
  const files = lists.flat().filter((key) => secretVariable(key) !== undefined);
  const secrets = await read(store, files);
  return new Map(secrets.map(({ key, text }) => [secretVariable(key) ?? '', text]));
}

/** By themselves, as an ssh-agent can start while other secrets are still on their way. */
export function readSshKeys(store: SecretStore, pipeline: string | undefined): Promise<Secret[]> {
  return read(store, secretKeys(pipeline).sshKeys);
}

/** Only what git asks for. */
export function readGitCredentials(store: SecretStore, pipeline: string | undefined): Promise<Secret[]> {
  return read(store, secretKeys(pipeline).gitCredentials);
}
