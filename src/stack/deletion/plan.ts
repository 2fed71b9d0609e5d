import { OperationError, UsageError } from '../../errors.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import { nearestNames } from '../../terminal/nearest.ts';
import type { StackSummary } from '../reading/summary.ts';
import type { BucketContents } from './buckets.ts';

/** A resource of the stack that is to be deleted. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** Whether the template's DeletionPolicy keeps it. */
  readonly retained: boolean;
}

/** What there is, before anything is deleted. */
export interface DeletionFindings {
  readonly stack: StackSummary;
  readonly resources: readonly StackResource[];
  /** SSM parameters under the stack's path: the agent token. */
  readonly parameters: readonly string[];
  /** The buckets that outlive the stack, with what they hold. */
  readonly buckets: readonly BucketContents[];
}

export interface DeletionWishes {
  /** Delete the secrets bucket and its access-log bucket too, with all that is in them. */
  readonly deleteSecrets: boolean;
  /** Logical ids of resources that CloudFormation shall leave alone: only after a failed deletion. */
  readonly retain: readonly string[];
  readonly disableTerminationProtection: boolean;
}

/** What will be done. */
export interface DeletionPlan extends DeletionFindings {
  readonly retain: readonly string[];
  /** Whether protection has to be switched off first. */
  readonly unprotect: boolean;
  /** Whether a deletion runs already, and is only to be watched. */
  readonly underWay: boolean;
  /** Buckets to be emptied and deleted once the stack is gone; the others are kept. */
  readonly doomedBuckets: readonly BucketContents[];
  readonly keptBuckets: readonly BucketContents[];
}

/**
 * Decides how a stack is deleted.
 * @throws UsageError for wishes that cannot be met; OperationError for a stack that must not or cannot be deleted now.
 * Each says what to type instead.
 */
export function planDeletion(found: DeletionFindings, wishes: DeletionWishes): DeletionPlan {
  const { stack, buckets } = found;
  refuseOthers(stack);
  refuseWhileUpdating(stack);
  refuseRetain(found, wishes);
  const unprotect = stack.terminationProtection && mayUnprotect(stack, wishes);
  return {
    ...found,
    retain: wishes.retain,
    unprotect,
    underWay: stack.status === 'DELETE_IN_PROGRESS',
    doomedBuckets: wishes.deleteSecrets ? buckets : [],
    keptBuckets: wishes.deleteSecrets ? [] : buckets,
  };
}

function refuseOthers({ stackName, region, origin, status }: StackSummary): void {
  // A change set that was never executed has not given the stack its tags yet, nor anything to lose.
  if (origin !== 'other' || status === 'REVIEW_IN_PROGRESS') return;
  throw new OperationError(
    `${stackName} is no agent stack: neither bk-stack nor Buildkite's template made it`,
    {
      hint: `If it shall go all the same: aws cloudformation delete-stack --stack-name ${stackName} --region ${region}`,
    },
  );
}

/** DeleteStack is refused in these states; in CREATE_IN_PROGRESS it ends the creation, and that is allowed. */
function refuseWhileUpdating({ stackName, region, status }: StackSummary): void {
  if (!/^(UPDATE|IMPORT)_.*IN_PROGRESS$/.test(status)) return;
  throw new OperationError(
    `${stackName} is being changed (${status}), and cannot be deleted until that is over`,
    {
      hint: `Wait for it: bk-stack status ${stackName} --wait --region ${region}`,
      details: { stackName, region, status },
    },
  );
}

function refuseRetain({ stack, resources }: DeletionFindings, { retain }: DeletionWishes): void {
  if (retain.length === 0) return;
  if (stack.status !== 'DELETE_FAILED') {
    throw new UsageError(
      `--retain is for a stack whose deletion has failed; ${stack.stackName} is in ${stack.status}`,
      {
        hint: `First without it: bk-stack delete ${stack.stackName} --region ${stack.region}`,
      },
    );
  }
  const known = resources.map(({ logicalId }) => logicalId);
  for (const logicalId of retain) {
    if (known.includes(logicalId)) continue;
    const near = nearestNames(logicalId, known);
    throw new UsageError(`${stack.stackName} has no resource "${logicalId}"`, {
      hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It has: ${known.join(', ')}`,
    });
  }
}

/** A stack that was never finished has nothing to protect. */
function mayUnprotect({ stackName, region, status }: StackSummary, wishes: DeletionWishes): boolean {
  const neverMade = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED)$/.test(status);
  if (wishes.disableTerminationProtection || neverMade) return true;
  throw new OperationError(`${stackName} is protected from deletion`, {
    hint: `To delete it all the same: bk-stack delete ${stackName} --disable-termination-protection --region ${region} ${AS_GIVEN}`,
    details: { stackName, region, terminationProtection: true },
  });
}
