import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import type { TemplateDocument } from '../../cfn/document.ts';
import { sizedInstances } from '../capacity/calls.ts';
import { GROUP_TYPE } from '../capacity/emptying.ts';
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
import { runningUpdate } from '../update/under-way.ts';
import { bucketCalls, bucketContents } from './buckets.ts';
import {
  type DeletionFindings,
  type FoundGroup,
  type FoundJobs,
  isGone,
  type StackResource,
} from './plan.ts';
import { stackParameters } from './token-parameters.ts';

/**
 * Looks at what deleting a stack would touch; changes nothing.
 * @throws OperationError when there is no stack with this name, and nothing is left of one.
 */
export async function surveyForDeletion(aws: AwsContext, stackName: string): Promise<DeletionFindings> {
  const found = (await findStack(aws, stackName)) ?? (await remainsOf(aws, stackName));
  const stack = summaryOf(found, aws.region);
  const [resources, parameters, update] = await Promise.all([
    isGone(stack) ? [] : resourcesOf(aws, stack.stackId),
    stackParameters(aws, stack.stackName),
    runningUpdate(aws, stack.stackName),
  ]);
  const groups = await groupsOf(aws, resources);
  const inhabited = groups.some(({ instances }) => instances.length > 0);
  const names = resources
    .filter(({ type, retained, physicalId }) => type === 'AWS::S3::Bucket' && retained && physicalId !== '')
    // The secrets first: an access-log bucket still gets logs until the bucket it serves is gone.
    .sort((a, b) => Number(/log/i.test(a.logicalId)) - Number(/log/i.test(b.logicalId)))
    .map(({ physicalId }) => physicalId);
  const calls = bucketCalls(aws);
  const contents = await Promise.all(names.map((name) => bucketContents(calls, name)));
  return {
    stack,
    resources,
    groups,
    ...(inhabited && { jobs: await jobsOf(aws, found) }),
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

async function groupsOf(aws: AwsContext, resources: readonly StackResource[]): Promise<FoundGroup[]> {
  const found: FoundGroup[] = [];
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

/** An agent may have accepted a job that Buildkite does not count as running yet. */
async function jobsOf(aws: AwsContext, stack: Stack): Promise<FoundJobs> {
  const state = await queueState(aws, stack);
  if (!state.known) return state;
  const { queue, report } = state;
  return { known: true, queue, running: Math.max(report.jobs.running, report.agents.busy) };
}

/** The stack's own resources that are there now. */
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

function isRetained(logicalId: string, template: TemplateDocument | undefined): boolean {
  const resources = template?.body['Resources'] as Record<string, { DeletionPolicy?: unknown }> | undefined;
  const policy = resources?.[logicalId]?.DeletionPolicy;
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}
