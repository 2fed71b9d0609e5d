import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { sizedInstances } from '../capacity/group-size.ts';
import { GROUP_TYPE } from '../capacity/deleted-groups.ts';
import { type Draining, readDraining } from '../facts/group/draining.ts';
import { isDenied } from '../../aws/errors.ts';
import { isPresent, resourceLister } from '../facts/stack/resources.ts';
import { readTemplate, templateDocument } from '../facts/stack/template.ts';
import { findStack, requireStack } from '../facts/stack/find-stack.ts';
import { describedGroup } from '../facts/group/group.ts';
import { drainsOnTermination, lifecycleHooks } from '../facts/group/hooks.ts';
import { queueState } from '../facts/service/queue.ts';
import { STACK_TAG } from '../naming/tags.ts';
import { summaryOf } from '../facts/stack/summary.ts';
import { runningUpdate } from '../update/execution/journal/active-update.ts';
import { bucketCalls, bucketContents } from './buckets.ts';
import {
  type DeletionFacts,
  isGone,
  isRetained,
  queueJobs,
  retainedBuckets,
  type StackGroup,
  type StackResource,
} from './facts.ts';
import { stackParameters } from './token-parameters.ts';

/**
 * Looks at what deleting a stack would touch; changes nothing.
 * @throws OperationError when there is no stack with this name, and nothing is left of one.
 */
export async function surveyForDeletion(aws: AwsContext, stackName: string): Promise<DeletionFacts> {
  const found = (await findStack(aws, stackName)) ?? (await remainsOf(aws, stackName));
  const stack = summaryOf(found, aws.region);
  const [resources, parameters, update] = await Promise.all([
    isGone(stack) ? [] : resourcesOf(aws, stack.stackId),
    stackParameters(aws, stack.stackName),
    runningUpdate(aws, stack.stackName),
  ]);
  const groups = await groupsOf(aws, resources);
  const inhabited = groups.some(({ instances }) => instances.length > 0);
  const calls = bucketCalls(aws);
  const contents = await Promise.all(retainedBuckets(resources).map((name) => bucketContents(calls, name)));
  return {
    stack,
    resources,
    groups,
    ...(inhabited && { jobs: queueJobs(await queueState(aws, found)) }),
    ...(update !== undefined && { update }),
    parameters,
    buckets: contents.filter((bucket) => bucket !== undefined),
  };
}

/**
 * A stack that is gone and whose parameters are not: its deletion was killed between the two.
 * @throws OperationError where there are none either
 */
async function remainsOf(aws: AwsContext, stackName: string): Promise<Stack> {
  const parameters = await stackParameters(aws, stackName);
  if (parameters.length === 0) return requireStack(aws, stackName, 1);
  const Tags = [{ Key: STACK_TAG, Value: stackName }];
  return { StackName: stackName, StackStatus: 'DELETE_COMPLETE', CreationTime: undefined, Tags };
}

async function groupsOf(aws: AwsContext, resources: readonly StackResource[]): Promise<StackGroup[]> {
  const found: StackGroup[] = [];
  for (const { logicalId, type, physicalId } of resources) {
    if (type !== GROUP_TYPE || physicalId === '') continue;
    const group = await describedGroup(aws, physicalId);
    if (group === undefined) continue;
    found.push({
      logicalId,
      autoScalingGroupName: physicalId,
      instances: sizedInstances(group),
      draining: await drainingOfGroup(aws, group),
    });
  }
  return found;
}

/** Judges by the hook alone where the caller may not read launch templates. */
async function drainingOfGroup(aws: AwsContext, group: AutoScalingGroup): Promise<Draining> {
  try {
    return await readDraining(aws, group);
  } catch (error) {
    if (!isDenied(error)) throw error;
    const hooks = await lifecycleHooks(aws, group.AutoScalingGroupName ?? '');
    return drainsOnTermination(hooks) ? { drains: true } : { drains: false, lacks: 'hook' };
  }
}

/** The resources that are there now. */
async function resourcesOf(aws: AwsContext, stackId: string): Promise<StackResource[]> {
  const template = templateDocument(await readTemplate(aws, stackId));
  const resources = (await resourceLister(aws)(stackId)).filter(isPresent);
  return resources.map(
    ({ LogicalResourceId: logicalId = '', ResourceType: type = '', PhysicalResourceId }) => ({
      logicalId,
      type,
      physicalId: PhysicalResourceId ?? '',
      retained: isRetained(logicalId, template),
    }),
  );
}
