import { OperationError, UsageError } from '../../errors.ts';
import type { Draining } from '../facts/group/draining.ts';
import { LACKS } from '../draining/refusal.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import { nearestNames } from '../../terminal/nearest.ts';
import { counted } from '../../terminal/text.ts';
import type { SizedInstance } from '../capacity/scale-to-zero.ts';
import type { StackSummary } from '../facts/stack/summary.ts';
import type { Journal } from '../update/journal.ts';
import type { BucketContents } from './buckets.ts';

/** A resource of the stack that is to be deleted. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** Whether the template's DeletionPolicy keeps it. */
  readonly retained: boolean;
}

/** An Auto Scaling group of the stack. */
export interface FoundGroup {
  readonly logicalId: string;
  readonly autoScalingGroupName: string;
  readonly instances: readonly Pick<SizedInstance, 'instanceId' | 'lifecycleState'>[];
  readonly draining: Draining;
}

/** Jobs that run in the stack's queue, which other stacks may serve too; or why that is not known. */
export type FoundJobs =
  | { readonly known: true; readonly queue: string; readonly running: number }
  | { readonly known: false; readonly why: string };

/** The jobs that run in a stack's queue, for the middle of a sentence. */
export function jobsText(jobs: FoundJobs | undefined): string {
  if (!jobs?.known) return `unknown number of running jobs${jobs === undefined ? '' : `: ${jobs.why}`}`;
  return `${jobs.running === 0 ? 'no running jobs' : counted(jobs.running, 'running job')} in the queue ${jobs.queue}`;
}

/** What there is, before anything is deleted. */
export interface DeletionFindings {
  readonly stack: StackSummary;
  readonly resources: readonly StackResource[];
  readonly groups: readonly FoundGroup[];
  /** Absent where there are no instances. */
  readonly jobs?: FoundJobs;
  /** An update that is under way, or was cut short. */
  readonly update?: Pick<Journal, 'by' | 'startedAt' | 'phase'>;
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
  /** End instances at once, and the jobs on them. */
  readonly force: boolean;
}

/** A group, and how its instances go: `drain` when their jobs are done, `end` at once. */
export interface PlannedGroup extends FoundGroup {
  readonly ending: 'drain' | 'end';
}

/** What will be done. */
export interface DeletionPlan extends DeletionFindings {
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
  readonly doomedBuckets: readonly BucketContents[];
  readonly keptBuckets: readonly BucketContents[];
}

/** The command that resumes a deletion that was cut short. */
export function deleteAgain({ stack, doomedBuckets }: Pick<DeletionPlan, 'stack' | 'doomedBuckets'>): string {
  return `bk-stack delete ${stack.stackName}${doomedBuckets.length > 0 ? ' --delete-secrets' : ''} ${AS_GIVEN}`;
}

/**
 * Decides how a stack is deleted.
 * @throws UsageError for wishes that cannot be met, and where jobs would be lost; OperationError for a stack that must not or cannot be deleted now.
 * Each says what to type instead.
 */
export function planDeletion(found: DeletionFindings, wishes: DeletionWishes): DeletionPlan {
  const { stack, buckets } = found;
  refuseOthers(stack);
  refuseWhileUpdating(stack);
  refuseRetain(found, wishes);
  const unprotect = stack.terminationProtection && mayUnprotect(stack, wishes);
  const groups = plannedGroups(found, wishes);
  refuseToEndJobs(found, groups, wishes);
  return {
    ...found,
    groups,
    force: wishes.force,
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

function plannedGroups(
  { stack, resources, groups }: DeletionFindings,
  { retain, force }: DeletionWishes,
): PlannedGroup[] {
  const kept = resources.filter(({ retained }) => retained).map(({ logicalId }) => logicalId);
  return groups
    .filter(({ logicalId }) => !kept.includes(logicalId) && !retain.includes(logicalId))
    .map((group) => ({
      ...group,
      ending: group.draining.drains && !force && !isBeingDeleted(stack) ? 'drain' : 'end',
    }));
}

/** Whether CloudFormation is deleting the stack's resources at this moment: its lifecycle hooks go before the group. */
export function isBeingDeleted({ status }: Pick<StackSummary, 'status'>): boolean {
  return status === 'DELETE_IN_PROGRESS' || status === 'ROLLBACK_IN_PROGRESS';
}

/** Whether nothing is left of the stack but parameters beside it. */
export function isGone({ status }: Pick<StackSummary, 'status'>): boolean {
  return status === 'DELETE_COMPLETE';
}

/** A stack in these states never came to be, or its deletion has begun: all that can be done with it is to delete it. */
const UNUSABLE = /^(CREATE_IN_PROGRESS|CREATE_FAILED|ROLLBACK_\w+|DELETE_\w+)$/;

/** Whether a stack in this status serves jobs, and can go on to. */
export function isUsable({ status }: Pick<StackSummary, 'status'>): boolean {
  return !UNUSABLE.test(status);
}

/** Jobs are ended without being asked to only where nothing could save them any more. */
function refuseToEndJobs(
  { stack, jobs }: DeletionFindings,
  groups: readonly PlannedGroup[],
  { force }: DeletionWishes,
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

/** Nothing runs on an instance that has not come into service. */
function mayRunJobs({ lifecycleState }: Pick<SizedInstance, 'lifecycleState'>): boolean {
  return !lifecycleState.startsWith('Pending');
}

/** A stack that was never finished has nothing to protect. */
function mayUnprotect({ stackName, region, status }: StackSummary, wishes: DeletionWishes): boolean {
  const neverMade = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_(IN_PROGRESS|COMPLETE|FAILED))$/.test(
    status,
  );
  if (wishes.disableTerminationProtection || neverMade) return true;
  throw new OperationError(`${stackName} is protected from deletion`, {
    hint: `To delete it all the same: bk-stack delete ${stackName} --disable-termination-protection --region ${region} ${AS_GIVEN}`,
    details: { stackName, region, terminationProtection: true },
  });
}
