import { OperationError, UsageError } from '../../errors.ts';
import { LACKS } from '../draining/refusal.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import { nearestNames } from '../../terminal/nearest.ts';
import type { StackSummary } from '../facts/stack/summary.ts';
import type { BucketContents } from './buckets.ts';
import { type DeletionFacts, isUsable, jobsText, losesHooks, mayRunJobs, type StackGroup } from './facts.ts';

/** How a stack is to be deleted, as a person asks for it. */
export interface DeletionRequest {
  /** Delete the secrets bucket and its access-log bucket too, with all that is in them. */
  readonly deleteSecrets: boolean;
  /** Logical ids of resources that CloudFormation shall leave alone: only after a failed deletion. */
  readonly retain: readonly string[];
  readonly disableTerminationProtection: boolean;
  /** End instances at once, and the jobs on them. */
  readonly force: boolean;
}

/** A group, and how its instances go: `drain` when their jobs are done, `end` at once. */
export interface PlannedGroup extends StackGroup {
  readonly ending: 'drain' | 'end';
}

/** A deletion as it will be carried out. */
export interface DeletionPlan extends DeletionFacts {
  /** Those that are not kept. */
  readonly groups: readonly PlannedGroup[];
  /** Whether instances that finish jobs are ended too. */
  readonly force: boolean;
  readonly retain: readonly string[];
  /** Whether protection has to be switched off first. */
  readonly unprotect: boolean;
  /** Whether a deletion runs already, and is only to be watched. */
  readonly underWay: boolean;
  /** Buckets to be emptied and deleted once the stack is gone; the others are kept. */
  readonly bucketsToDelete: readonly BucketContents[];
  readonly keptBuckets: readonly BucketContents[];
}

/** The command that resumes a deletion that was cut short. */
export function deleteAgain({
  stack,
  bucketsToDelete,
}: Pick<DeletionPlan, 'stack' | 'bucketsToDelete'>): string {
  return `bk-stack delete ${stack.stackName}${bucketsToDelete.length > 0 ? ' --delete-secrets' : ''} ${AS_GIVEN}`;
}

/**
 * Decides how a stack is deleted.
 * @throws UsageError for requests that cannot be met, and where jobs would be lost; OperationError for a stack that must not or cannot be deleted now.
 * Each says what to type instead.
 */
export function planDeletion(found: DeletionFacts, request: DeletionRequest): DeletionPlan {
  const { stack, buckets } = found;
  refuseOthers(stack);
  refuseWhileUpdating(stack);
  refuseRetain(found, request);
  const unprotect = stack.terminationProtection && mayUnprotect(stack, request);
  const groups = plannedGroups(found, request);
  refuseToEndJobs(found, groups, request);
  return {
    ...found,
    groups,
    force: request.force,
    retain: request.retain,
    unprotect,
    underWay: stack.status === 'DELETE_IN_PROGRESS',
    bucketsToDelete: request.deleteSecrets ? buckets : [],
    keptBuckets: request.deleteSecrets ? [] : buckets,
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

function refuseRetain({ stack, resources }: DeletionFacts, { retain }: DeletionRequest): void {
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

function plannedGroups(facts: DeletionFacts, { retain, force }: DeletionRequest): PlannedGroup[] {
  const { resources, groups } = facts;
  const kept = resources.filter(({ retained }) => retained).map(({ logicalId }) => logicalId);
  return groups
    .filter(({ logicalId }) => !kept.includes(logicalId) && !retain.includes(logicalId))
    .map((group) => ({
      ...group,
      ending: group.draining.drains && !force && !losesHooks(facts) ? 'drain' : 'end',
    }));
}

/** Jobs are ended without being asked to only where nothing could save them any more. */
function refuseToEndJobs(
  { stack, jobs }: DeletionFacts,
  groups: readonly PlannedGroup[],
  { force }: DeletionRequest,
): void {
  if (force || !isUsable(stack) || (jobs?.known && jobs.running === 0)) return;
  const ending = groups.filter(({ draining, instances }) => !draining.drains && instances.some(mayRunJobs));
  const [lacks] = ending.flatMap(({ draining }) => (draining.drains ? [] : draining.lacks));
  if (lacks === undefined) return;
  const { stackName, region } = stack;
  const again = `bk-stack delete ${stackName} --region ${region} ${AS_GIVEN}`;
  throw new UsageError(
    `${stackName} can't be deleted without losing jobs: ${LACKS[lacks]} (${jobsText(jobs)})`,
    {
      hint: [
        'Nothing was changed. To lose no job: pause the queue in Buildkite (or stop its agents there, which finish their jobs ' +
          `first), wait until no job runs, then: ${again}`,
        `To end the instances now, and the jobs on them: ${again} --force`,
      ].join('\n'),
      details: { stackName, region, groups: ending, jobs },
    },
  );
}

/** A stack that was never finished has nothing to protect. */
function mayUnprotect({ stackName, region, status }: StackSummary, request: DeletionRequest): boolean {
  const neverMade = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_)/.test(status);
  if (request.disableTerminationProtection || neverMade) return true;
  throw new OperationError(`${stackName} is protected from deletion`, {
    hint: `To delete it all the same: bk-stack delete ${stackName} --disable-termination-protection --region ${region} ${AS_GIVEN}`,
    details: { stackName, region, terminationProtection: true },
  });
}
