/** The stack of the name after a deployment that failed: its status, none, or not readable. */
export type StackAfterFailure =
  | { readonly kind: 'status'; readonly status: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The agent token in SSM: absent where the creation stores none. */
export type TokenState = 'unstored' | 'created' | 'version added' | 'removed';

/** How far a creation has got after its pre-flight. */
export interface CreationProgress {
  /** Whether a failed stack holds the name. */
  readonly nameTaken: boolean;
  readonly staged: boolean;
  readonly token?: TokenState;
  readonly deployment: 'pending' | 'done' | 'failed';
  /** Found after a deployment that failed. */
  readonly stack?: StackAfterFailure;
}

/** A step of a creation. */
export type CreationAction =
  | { readonly kind: 'remove stack' | 'stage' | 'store token' | 'deploy' | 'look for stack' | 'remove token' }
  | { readonly kind: 'fail'; readonly tokenLeft?: string }
  | { readonly kind: 'finish' };

/** Decides the next step of a creation. */
export function nextCreationAction(progress: CreationProgress): CreationAction {
  const { nameTaken, staged, token, deployment } = progress;
  if (deployment === 'done') return { kind: 'finish' };
  if (deployment === 'failed') return nextAfterFailure(progress);
  if (nameTaken) return { kind: 'remove stack' };
  if (!staged) return { kind: 'stage' };
  // The token must be there before the first instance boots.
  return { kind: token === 'unstored' ? 'store token' : 'deploy' };
}

/**
 * A token that this creation has made goes again if no stack came to be that may still read it. A parameter from an earlier
 * stack stays: its old versions can still be read.
 */
function nextAfterFailure({ token, stack }: CreationProgress): CreationAction {
  if (token !== 'created') return { kind: 'fail' };
  if (stack === undefined) return { kind: 'look for stack' };
  if (stack.kind === 'unknown') return { kind: 'fail', tokenLeft: stack.reason };
  return { kind: stack.kind === 'none' || !mayReadToken(stack.status) ? 'remove token' : 'fail' };
}

/** Whether instances of a stack in this status may read its token: not before it has begun, nor when it is going. */
function mayReadToken(status: string): boolean {
  return !/^(REVIEW_IN_PROGRESS|DELETE_)/.test(status);
}
