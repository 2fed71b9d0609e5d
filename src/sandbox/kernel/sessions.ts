import { defineSlice, type World } from './world.ts';

interface SessionState {
  /** The callers' ARNs, by the access keys that they were given. */
  readonly callers: Record<string, string>;
}

const slice = defineSlice<SessionState>('sts', () => ({ callers: {} }));

/** Keeps whose credentials were given out. */
export function rememberSession(world: World, accessKeyId: string, callerArn: string): void {
  slice(world.scope('global')).callers[accessKeyId] = callerArn;
}

/** The caller that assumed a role for these credentials; undefined for any others. */
export function sessionCaller(world: World, accessKeyId: string): string | undefined {
  return slice(world.scope('global')).callers[accessKeyId];
}
