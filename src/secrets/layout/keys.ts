/**
 * Where secrets stand in a stack's bucket, for the CLI that puts them there and the host program that reads them. Root
 * keys serve every pipeline; keys below `<pipeline-slug>/` serve one.
 * As the official stack has it: https://github.com/buildkite/elastic-ci-stack-s3-secrets-hooks
 */

const ENV_FILES = ['env', 'environment'] as const;
const SSH_KEYS = ['private_ssh_key', 'id_rsa_github'] as const;
const GIT_CREDENTIALS = 'git-credentials';
const SECRET_FILES = 'secret-files/';

/** Secret files whose names end so are exported, each as a variable of its name. */
export const SECRET_SUFFIXES = ['_SECRET', '_SECRET_KEY', '_PASSWORD', '_TOKEN', '_ACCESS_KEY'] as const;

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The keys that a build of a pipeline looks for. */
export interface SecretKeys {
  /** In the order they are sourced: what comes later wins. */
  readonly envFiles: readonly string[];
  /** All that are found go to the ssh-agent, the pipeline's own first, as a server takes the first that it knows. */
  readonly sshKeys: readonly string[];
  /** The pipeline's own first, as the first match answers. */
  readonly gitCredentials: readonly string[];
  /** What is below these is exported; the pipeline's own comes last and wins. */
  readonly secretFilePrefixes: readonly string[];
}

/** @param pipeline its slug; undefined for what every pipeline gets */
export function secretKeys(pipeline: string | undefined): SecretKeys {
  const root = [''];
  const own = pipeline === undefined ? [] : [`${pipeline}/`];
  const under = (prefixes: readonly string[], names: readonly string[]) =>
    prefixes.flatMap((prefix) => names.map((name) => prefix + name));
  return {
    envFiles: under([...root, ...own], ENV_FILES),
    sshKeys: under([...own, ...root], SSH_KEYS),
    gitCredentials: under([...own, ...root], [GIT_CREDENTIALS]),
    secretFilePrefixes: under([...root, ...own], [SECRET_FILES]),
  };
}

/** The variable that a secret file is exported as; undefined for a key that no build exports. */
export function secretVariable(key: string): string | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return VARIABLE.test(name) && SECRET_SUFFIXES.some((suffix) => name.endsWith(suffix)) ? name : undefined;
}

/** What a key of the bucket is to builds. */
export type KeyRole =
  | { readonly kind: 'env' | 'ssh-key' | 'git-credentials'; readonly pipeline?: string }
  | { readonly kind: 'secret-file'; readonly pipeline?: string; readonly variable: string }
  /** No build ever reads it. */
  | { readonly kind: 'unread'; readonly name: string };

export type SecretKind = Exclude<KeyRole['kind'], 'unread'>;

/** The names that builds look for, at the root and below a pipeline's slug. */
export const READ_NAMES: readonly string[] = [...ENV_FILES, ...SSH_KEYS, GIT_CREDENTIALS];

/** Tells what a key is. */
export function classifyKey(key: string): KeyRole {
  const slash = key.indexOf('/');
  const slug = key.startsWith(SECRET_FILES) || slash < 0 ? undefined : key.slice(0, slash);
  const name = slug === undefined ? key : key.slice(slash + 1);
  const owner = slug === undefined ? {} : { pipeline: slug };
  if (slug !== undefined && !isPipelineSlug(slug)) return { kind: 'unread', name };
  if (ENV_FILES.some((file) => file === name)) return { kind: 'env', ...owner };
  if (SSH_KEYS.some((file) => file === name)) return { kind: 'ssh-key', ...owner };
  if (name === GIT_CREDENTIALS) return { kind: 'git-credentials', ...owner };
  const variable = name.startsWith(SECRET_FILES) ? secretVariable(name) : undefined;
  return variable === undefined ? { kind: 'unread', name } : { kind: 'secret-file', variable, ...owner };
}

/** The keys that are written for a pipeline, or for every one. */
export function writtenKeys(pipeline: string | undefined) {
  const under = pipeline === undefined ? '' : `${pipeline}/`;
  return {
    envFiles: ENV_FILES.map((name) => under + name),
    sshKey: under + SSH_KEYS[0],
    gitCredentials: under + GIT_CREDENTIALS,
    secretFile: (variable: string) => `${under}${SECRET_FILES}${variable}`,
  };
}

/** Whether a folder of the bucket is the layout's own, so that nothing below it is a pipeline's. */
export function isLayoutFolder(name: string): boolean {
  return `${name}/` === SECRET_FILES;
}

/** Slugs as Buildkite makes them. A slug becomes part of a key, and may not lead out of its place. */
export function isPipelineSlug(slug: string): boolean {
  return /^[a-z0-9][a-z0-9_-]*$/i.test(slug);
}
