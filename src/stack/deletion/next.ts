import { isBeingDeleted, isGone } from './facts.ts';
import type { DeletionPlan } from './plan.ts';

/** How far a run has got with a deletion. A later run makes a plan of what is left, and begins its own. */
export interface DeletionProgress {
  /** The stack's status, as last seen. */
  readonly status: string;
  readonly updateDropped: boolean;
  /** Names of groups that have been taken to zero. */
  readonly pausedGroups: readonly string[];
  /** Names of groups whose instances have finished their jobs and ended. */
  readonly drainedGroups: readonly string[];
  readonly unprotected: boolean;
  /** Whether CloudFormation has been told to delete the stack, by this run or before it. */
  readonly requested: boolean;
  readonly parametersDeleted: boolean;
  /** Whether CloudFormation has come to the end of the deletion, one way or the other. */
  readonly ended: boolean;
  readonly deletedBuckets: readonly string[];
}

/** Steps that empty the groups of a stack, while it can still be had back. */
export type EmptyingAction =
  { readonly kind: 'drop update' } | { readonly kind: 'pause group' | 'drain group'; readonly group: string };

/** A step of a deletion. */
export type DeletionAction =
  | EmptyingAction
  | { readonly kind: 'await rollback' }
  | { readonly kind: 'remove termination protection' }
  | { readonly kind: 'delete stack'; readonly retain: readonly string[] }
  | { readonly kind: 'delete parameters'; readonly names: readonly string[] }
  | { readonly kind: 'await deletion' }
  | { readonly kind: 'delete bucket'; readonly bucket: string }
  | { readonly kind: 'fail' }
  | { readonly kind: 'finish' };

/** The beginning of a run. */
export function initialProgress({ stack, underWay }: DeletionPlan): DeletionProgress {
  return {
    status: stack.status,
    updateDropped: false,
    pausedGroups: [],
    drainedGroups: [],
    unprotected: false,
    requested: underWay,
    parametersDeleted: false,
    ended: false,
    deletedBuckets: [],
  };
}

/** Decides the next step of a deletion. */
export function nextDeletionAction(plan: DeletionPlan, progress: DeletionProgress): DeletionAction {
  const { requested, ended, parametersDeleted, deletedBuckets } = progress;
  if (!requested && !isGone(progress)) return nextBeforeDeletion(plan, progress);
  // Not before: instances need the token until they are gone. And now, so that an interruption leaves none behind: a stack
  // whose deletion has begun can only be deleted.
  if (!parametersDeleted && plan.parameters.length > 0)
    return { kind: 'delete parameters', names: plan.parameters };
  if (!isGone(progress)) return ended ? { kind: 'fail' } : { kind: 'await deletion' };
  // Only now: CloudFormation may still fail, and a stack that is left needs its buckets.
  const bucket = plan.bucketsToDelete.find((each) => !deletedBuckets.includes(each.bucket));
  return bucket === undefined ? { kind: 'finish' } : { kind: 'delete bucket', bucket: bucket.bucket };
}

function nextBeforeDeletion(plan: DeletionPlan, progress: DeletionProgress): DeletionAction {
  // DeleteStack is refused until the rollback of a creation is over, however that ends.
  if (progress.status === 'ROLLBACK_IN_PROGRESS') return { kind: 'await rollback' };
  const emptying = isBeingDeleted(plan.stack) ? undefined : nextEmptying(plan, progress);
  if (emptying !== undefined) return emptying;
  if (plan.unprotect && !progress.unprotected) return { kind: 'remove termination protection' };
  return { kind: 'delete stack', retain: plan.retain };
}

/** All groups are paused before any is waited for, so that none launches meanwhile. */
function nextEmptying(
  { groups, update }: DeletionPlan,
  { updateDropped, pausedGroups, drainedGroups }: DeletionProgress,
): EmptyingAction | undefined {
  if (update !== undefined && !updateDropped) return { kind: 'drop update' };
  const running = groups.find(({ autoScalingGroupName: name }) => !pausedGroups.includes(name));
  if (running !== undefined) return { kind: 'pause group', group: running.autoScalingGroupName };
  const draining = groups.find(
    ({ autoScalingGroupName: name, ending }) => ending === 'drain' && !drainedGroups.includes(name),
  );
  return draining && { kind: 'drain group', group: draining.autoScalingGroupName };
}

/**
 * The progress after a step.
 * @param status of the stack, where the step was to wait for CloudFormation
 */
export function advance(
  progress: DeletionProgress,
  action: Exclude<DeletionAction, { kind: 'fail' | 'finish' }>,
  status = progress.status,
): DeletionProgress {
  switch (action.kind) {
    case 'drop update':
      return { ...progress, updateDropped: true };
    case 'pause group':
      return { ...progress, pausedGroups: [...progress.pausedGroups, action.group] };
    case 'drain group':
      return { ...progress, drainedGroups: [...progress.drainedGroups, action.group] };
    case 'await rollback':
      return { ...progress, status };
    case 'remove termination protection':
      return { ...progress, unprotected: true };
    case 'delete stack':
      return { ...progress, requested: true };
    case 'delete parameters':
      return { ...progress, parametersDeleted: true };
    case 'await deletion':
      return { ...progress, status, ended: true };
    case 'delete bucket':
      return { ...progress, deletedBuckets: [...progress.deletedBuckets, action.bucket] };
  }
}
