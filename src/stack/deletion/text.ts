import { duration } from '../../terminal/duration.ts';
import { counted } from '../../terminal/text.ts';
import type { Theme } from '../../terminal/theme.ts';
import { GROUP_TYPE } from '../capacity/deleted-groups.ts';
import type { BucketContents } from './buckets.ts';
import type { DeletionResult } from './delete-stack.ts';
import { isBeingDeleted, jobsText } from './facts.ts';
import type { DeletionPlan, PlannedGroup } from './plan.ts';

/** What a deletion will take away and what it will leave, for a person to agree to. */
export function planText(plan: DeletionPlan, theme: Theme): string {
  const { stackName, region, status } = plan.stack;
  const going = plan.resources.filter(
    ({ logicalId, retained }) => !retained && !plan.retain.includes(logicalId),
  ).length;
  const deletes = [
    ...(going > 0 ? [`${counted(going, 'resource')} of the stack`] : []),
    ...plan.bucketsToDelete.map((bucket) => theme.bad(`bucket ${bucketText(bucket)}, for good`)),
    ...plan.parameters.map((name) => `SSM parameter ${name}`),
  ];
  const keeps = [
    ...plan.keptBuckets.map((bucket) => `bucket ${bucketText(bucket)}`),
    ...plan.retain.map((logicalId) => `resource ${logicalId}${keepsInstances(plan, logicalId)}`),
  ];
  return [
    `${theme.stack(stackName)} in ${region} (${status})`,
    ...instanceLines(plan, theme),
    ...deletes.map((line) => `  ${theme.bad('-')} deletes ${line}`),
    ...keeps.map((line) => `  ${theme.good('+')} keeps ${line}`),
    ...(plan.unprotect ? [`  ${theme.busy('!')} switches its termination protection off`] : []),
    ...(status === 'CREATE_IN_PROGRESS' ? [`  ${theme.busy('!')} ends its creation, which still runs`] : []),
    ...(status === 'ROLLBACK_IN_PROGRESS'
      ? [`  ${theme.busy('!')} waits until the rollback of its creation is over`]
      : []),
    ...(plan.update === undefined
      ? []
      : [
          `  ${theme.busy('!')} drops its unfinished update (${plan.update.phase}), begun by ${plan.update.by} at ${plan.update.startedAt}`,
        ]),
    ...(plan.underWay ? [`  ${theme.busy('!')} its deletion runs already`] : []),
  ].join('\n');
}

/** Lines that say how the instances end, and the jobs on them. */
function instanceLines(plan: DeletionPlan, theme: Theme): string[] {
  const { groups, jobs, force, stack } = plan;
  const count = (ending: PlannedGroup['ending']) =>
    groups.reduce((sum, group) => sum + (group.ending === ending ? group.instances.length : 0), 0);
  const [draining, ended] = [count('drain'), count('end')];
  const idle = jobs?.known && jobs.running === 0;
  const why = isBeingDeleted(stack)
    ? 'CloudFormation is deleting the stack already'
    : 'nothing lets them finish';
  return [
    ...(draining > 0
      ? [`  ${theme.busy('!')} drains ${counted(draining, 'instance')} first (${jobsText(jobs)})`]
      : []),
    ...(ended > 0
      ? [`  ${theme.bad('-')} ${theme.bad(`ends ${counted(ended, 'instance')} at once`)} (${jobsText(jobs)})`]
      : []),
    ...(ended > 0 && !idle && !force ? [`  ${theme.busy('!')} jobs can't finish first: ${why}`] : []),
  ];
}

/** A group that is kept is left without a scaler. */
function keepsInstances({ resources }: DeletionPlan, logicalId: string): string {
  const kept = resources.find((resource) => resource.logicalId === logicalId);
  return kept?.type === GROUP_TYPE ? ', whose instances run on and are charged for' : '';
}

function bucketText({ bucket, versions, more }: BucketContents): string {
  if (versions === 0) return `${bucket} (empty)`;
  return `${bucket} with ${more ? 'more than ' : ''}${counted(versions, 'object version')}`;
}

/** What is gone and what is left, for people. */
export function deletionText(result: DeletionResult, theme: Theme): string {
  const buckets = result.kept.filter(({ type }) => type === 'AWS::S3::Bucket');
  // A bucket's policy goes where its bucket goes.
  const others = result.kept.filter(({ type }) => !/^AWS::S3::Bucket(Policy)?$/.test(type));
  const secrets = buckets.find(({ logicalId }) => !/log/i.test(logicalId));
  return [
    `${theme.good('✔')} ${theme.stack(result.stackName)} is deleted, after ${duration(result.elapsedSeconds)}.`,
    ...result.deletedBuckets.map(({ bucket }) => `  Bucket ${bucket} is deleted with all it held.`),
    ...buckets.map(({ physicalId }) => `  Bucket ${physicalId} is kept.`),
    ...others.map(({ logicalId, type, physicalId }) => `  ${logicalId} is kept: ${type} ${physicalId}.`),
    ...(secrets === undefined
      ? []
      : [
          `  To use its secrets in another stack: ${theme.command(`bk-stack create --param SecretsBucket=${secrets.physicalId}`)}`,
        ]),
  ].join('\n');
}
