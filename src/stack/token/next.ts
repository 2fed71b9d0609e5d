import { hasEnded } from '../facts/group/refreshes.ts';
import { type RefreshPreferences, type RefreshState } from '../rollout/refresh.ts';

/** An agent token as SSM holds it. */
export interface StoredToken {
  readonly token: string;
  readonly type: 'String' | 'SecureString';
  readonly version: number;
}

/** A stack's new token, and how its instances get it. */
export interface RotationRequest {
  readonly stackName: string;
  /** The SSM parameter that the stack reads its token from. */
  readonly parameter: string;
  readonly kmsKey?: string;
  readonly endpoint: string;
  readonly group: string;
  readonly token: string;
  /** Percent of the instances that stay in service while the others are replaced. */
  readonly minHealthy: number;
  /** Whether the instances are replaced; they read the token when they boot. */
  readonly roll: boolean;
}

/** Whether Buildkite accepts a token; `unknown` where there is no answer that says so. */
export type TokenTest =
  | { readonly kind: 'accepted'; readonly organization?: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly why: string };

/** An instance refresh of this rotation. */
export interface RunningRefresh {
  readonly id: string;
  /** Absent before the first look. */
  readonly state?: RefreshState;
  /** Since the token was tested last. */
  readonly untestedSeconds: number;
  /** The test since the last look, where there was one. */
  readonly test?: TokenTest;
  readonly cancelled: boolean;
}

/** How far a rotation has got, and the facts that it has found. */
export interface RotationProgress {
  /** The token that the parameter held at first. */
  readonly before: StoredToken;
  /** The instance refresh that was running at first. */
  readonly activeRefresh?: string;
  /** Tests of the new token and of the one before. */
  readonly tests?: { readonly next: TokenTest; readonly before: TokenTest };
  /** The version that holds the new token. */
  readonly version?: number;
  /** Test of what the parameter holds after that. */
  readonly stored?: TokenTest;
  /** Instances of the group. */
  readonly instances?: number;
  readonly refresh?: RunningRefresh;
  /** The version that holds the token from before again. */
  readonly restoredVersion?: number;
}

/** Reasons to change nothing. */
export type RotationRefusal =
  | { readonly kind: 'refresh is active'; readonly refreshId: string }
  | { readonly kind: 'token is refused' }
  | { readonly kind: 'token is untested'; readonly why: string }
  | { readonly kind: 'other organization'; readonly next: string; readonly before: string };

/** A step of a rotation. */
export type RotationAction =
  | { readonly kind: 'refuse'; readonly because: RotationRefusal }
  | { readonly kind: 'test tokens' | 'write token' | 'test stored token' | 'count instances' }
  | { readonly kind: 'start refresh'; readonly preferences: RefreshPreferences }
  | { readonly kind: 'watch refresh' | 'test token' | 'cancel refresh' | 'restore token' }
  /** The token of before is back; or Buildkite refuses the one token that there is; or instances are left. */
  | { readonly kind: 'fail'; readonly because: 'restored' | 'revoked' }
  | { readonly kind: 'fail'; readonly because: 'not replaced'; readonly state: RefreshState }
  | { readonly kind: 'finish'; readonly replaced?: number };

/** Percent of the instances that are launched before others end. */
const BATCH = 10;

/** How often the token is tested again while instances are replaced, in the stack's own seconds. */
export const TEST_EVERY = 60;

/** Whether the token is the one that the stack had already, which is in use and not to be revoked. */
export function isSameToken({ token }: RotationRequest, { before }: RotationProgress): boolean {
  return before.token === token;
}

/** Decides the next step of a rotation. */
export function nextRotationAction(request: RotationRequest, progress: RotationProgress): RotationAction {
  const { roll, minHealthy } = request;
  const { activeRefresh, tests, version, stored, instances, refresh } = progress;
  if (activeRefresh !== undefined && roll)
    return { kind: 'refuse', because: { kind: 'refresh is active', refreshId: activeRefresh } };
  if (tests === undefined) return { kind: 'test tokens' };
  const because = refusalOf(tests);
  if (because !== undefined) return { kind: 'refuse', because };
  if (version === undefined && !isSameToken(request, progress)) return { kind: 'write token' };
  // What lies there is what instances will read, so that it is what counts.
  if (stored === undefined) return { kind: 'test stored token' };
  if (stored.kind === 'refused') return nextOfRefused(request, progress);
  if (!roll) return { kind: 'finish' };
  if (instances === undefined) return { kind: 'count instances' };
  if (instances === 0) return { kind: 'finish', replaced: 0 };
  if (refresh !== undefined) return nextOfRefresh(request, progress, refresh, instances);
  // Where none may be missing, others have to be there first.
  const batch = minHealthy === 100 ? BATCH : 0;
  return { kind: 'start refresh', preferences: { minHealthy, batch, skipMatching: false } };
}

function refusalOf({ next, before }: NonNullable<RotationProgress['tests']>): RotationRefusal | undefined {
  if (next.kind === 'refused') return { kind: 'token is refused' };
  if (next.kind === 'unknown') return { kind: 'token is untested', why: next.why };
  const known = before.kind === 'accepted' ? before.organization : undefined;
  if (known === undefined || next.organization === undefined || known === next.organization) return undefined;
  return { kind: 'other organization', next: next.organization, before: known };
}

/** Buildkite takes the new token no more. */
function nextOfRefused(request: RotationRequest, progress: RotationProgress): RotationAction {
  if (progress.restoredVersion !== undefined) return { kind: 'fail', because: 'restored' };
  return isSameToken(request, progress) ? { kind: 'fail', because: 'revoked' } : { kind: 'restore token' };
}

function nextOfRefresh(
  request: RotationRequest,
  progress: RotationProgress,
  { state, test, untestedSeconds, cancelled }: RunningRefresh,
  instances: number,
): RotationAction {
  const ended = state !== undefined && hasEnded(state.status);
  if (test?.kind === 'refused') {
    // No more instances get the token that is refused.
    if (!ended && !cancelled) return { kind: 'cancel refresh' };
    return nextOfRefused(request, progress);
  }
  if (!ended) return { kind: untestedSeconds >= TEST_EVERY ? 'test token' : 'watch refresh' };
  if (state.status === 'Successful') return { kind: 'finish', replaced: instances };
  // The token may be why.
  return test === undefined ? { kind: 'test token' } : { kind: 'fail', because: 'not replaced', state };
}
