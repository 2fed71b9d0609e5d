import { METADATA_PREFIX } from '../machines/metadata.ts';

/**
 * What lets a request in: `bearer` is the owner's secret, `signature` one of AWS's made with the sandbox's keys, `agent token` a token
 * of Buildkite's, `path` a part of the path that can't be guessed.
 */
export type Lock = 'bearer' | 'signature' | 'agent token' | 'path';

export interface Route {
  readonly to: 'control' | 'metadata' | 'agent API' | 'REST API' | 'CloudFormation response' | 'AWS';
  readonly prefix: string;
  readonly lock: Lock;
}

/** Every route of the server. The first whose prefix fits is taken. */
export const ROUTES: readonly Route[] = [
  { to: 'control', prefix: '/_sandbox/', lock: 'bearer' },
  { to: 'metadata', prefix: METADATA_PREFIX, lock: 'path' },
  { to: 'agent API', prefix: '/_buildkite/v3/', lock: 'agent token' },
  { to: 'REST API', prefix: '/_buildkite/v2/', lock: 'bearer' },
  { to: 'CloudFormation response', prefix: '/_cloudformation/response/', lock: 'path' },
  { to: 'AWS', prefix: '', lock: 'signature' },
];

export function routeTo(path: string): Route {
  const route = ROUTES.find(({ prefix }) => path.startsWith(prefix));
  if (route === undefined) throw new Error(`no route for ${path}`);
  return route;
}
