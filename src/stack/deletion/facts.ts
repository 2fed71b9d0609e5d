import type { TemplateDocument } from '../../cfn/document.ts';
import { counted } from '../../terminal/text.ts';
import type { SizedInstance } from '../capacity/group-size.ts';
import type { Draining } from '../facts/group/draining.ts';
import type { QueueState } from '../facts/service/queue.ts';
import type { StackSummary } from '../facts/stack/summary.ts';
import type { Journal } from '../update/execution/journal/journal.ts';
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
export interface StackGroup {
  readonly logicalId: string;
  readonly autoScalingGroupName: string;
  readonly instances: readonly Pick<SizedInstance, 'instanceId' | 'lifecycleState'>[];
  readonly draining: Draining;
}

/** Jobs that run in the stack's queue, which other stacks may serve too; or why that is not known. */
export type QueueJobs =
  | { readonly known: true; readonly queue: string; readonly running: number }
  | { readonly known: false; readonly why: string };

/** The jobs that run in a stack's queue, for the middle of a sentence. */
export function jobsText(jobs: QueueJobs | undefined): string {
  if (!jobs?.known) return `unknown number of running jobs${jobs === undefined ? '' : `: ${jobs.why}`}`;
  return `${jobs.running === 0 ? 'no running jobs' : counted(jobs.running, 'running job')} in the queue ${jobs.queue}`;
}

/** Everything that a deletion is decided by. */
export interface DeletionFacts {
  readonly stack: StackSummary;
  readonly resources: readonly StackResource[];
  readonly groups: readonly StackGroup[];
  /** Absent where there are no instances. */
  readonly jobs?: QueueJobs;
  /** An update that is under way, or was cut short. */
  readonly update?: Pick<Journal, 'by' | 'startedAt' | 'phase'>;
  /** SSM parameters under the stack's path: the agent token. */
  readonly parameters: readonly string[];
  /** The buckets that outlive the stack, with what they hold. */
  readonly buckets: readonly BucketContents[];
}

/** Whether CloudFormation is deleting the stack's resources at this moment. */
export function isBeingDeleted({ status }: Pick<StackSummary, 'status'>): boolean {
  return status === 'DELETE_IN_PROGRESS' || status === 'ROLLBACK_IN_PROGRESS';
}

/** The type of lifecycle hooks, which end with their group in any case. */
export const HOOK_TYPE = 'AWS::AutoScaling::LifecycleHook';

/**
 * Whether CloudFormation is deleting lifecycle hooks of the stack. It does so before it deletes their group, and that ends held
 * instances with their jobs: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteLifecycleHook.html. The
 * template keeps them; former versions, and the official template, do not.
 */
export function losesHooks({ stack, resources }: Pick<DeletionFacts, 'stack' | 'resources'>): boolean {
  return isBeingDeleted(stack) && resources.some(({ type, retained }) => type === HOOK_TYPE && !retained);
}

/** Whether nothing is left of the stack but parameters beside it. */
export function isGone({ status }: Pick<StackSummary, 'status'>): boolean {
  return status === 'DELETE_COMPLETE';
}

/** A stack in these states never came to be, or its deletion has begun: all that can be done with it is to delete it. */
const UNUSABLE = /^(CREATE_IN_PROGRESS|CREATE_FAILED|ROLLBACK_|DELETE_)/;

/** Whether a stack in this status serves jobs, and can go on to. */
export function isUsable({ status }: Pick<StackSummary, 'status'>): boolean {
  return !UNUSABLE.test(status);
}

/** Whether jobs may run on an instance: not before it has come into service. */
export function mayRunJobs({ lifecycleState }: Pick<SizedInstance, 'lifecycleState'>): boolean {
  return !lifecycleState.startsWith('Pending');
}

/**
 * Counts the jobs of a queue that run, or may: an agent may have accepted a job that Buildkite does not count as running yet.
 */
export function queueJobs(state: QueueState): QueueJobs {
  if (!state.known) return state;
  const { queue, report } = state;
  return { known: true, queue, running: Math.max(report.jobs.running, report.agents.busy) };
}

/** Whether a template's DeletionPolicy keeps a resource when its stack is deleted. */
export function isRetained(logicalId: string, template: TemplateDocument | undefined): boolean {
  const resources = template?.body['Resources'] as Record<string, { DeletionPolicy?: unknown }> | undefined;
  const policy = resources?.[logicalId]?.DeletionPolicy;
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}

/**
 * The names of the buckets that outlive the stack. Those with secrets come first: an access-log bucket gets logs until the
 * bucket that it serves is gone.
 */
export function retainedBuckets(resources: readonly StackResource[]): string[] {
  return resources
    .filter(({ type, retained, physicalId }) => type === 'AWS::S3::Bucket' && retained && physicalId !== '')
    .sort((a, b) => Number(/log/i.test(a.logicalId)) - Number(/log/i.test(b.logicalId)))
    .map(({ physicalId }) => physicalId);
}
