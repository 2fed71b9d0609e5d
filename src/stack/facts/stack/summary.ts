import type { Stack } from '@aws-sdk/client-cloudformation';
import { parameterOf } from './values.ts';
import { STACK_TAG, VERSION_TAG } from '../../naming/tags.ts';

/** The template that a stack was made from: bk-stack's, that of Buildkite's Elastic CI Stack for AWS, or another. */
export type StackOrigin = 'bk-stack' | 'elastic-ci-stack' | 'other';

/** What the stack itself says of it. */
export interface StackSummary {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly status: string;
  readonly reason?: string;
  readonly origin: StackOrigin;
  readonly version?: string;
  readonly queue?: string;
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly terminationProtection: boolean;
  /** What CloudFormation found when it last compared the stack with what there is; absent where it never did. */
  readonly drift?: { readonly status: string; readonly checkedAt?: string };
}

/** The official template describes itself so, with its version: "Buildkite stack v6.40.0". */
const OFFICIAL = /^Buildkite stack (v?[\w.-]+)?/;

/** template/bk-stack.yml describes itself so. */
const OURS = /made and run by bk-stack\.$/;

/**
 * The template that a stack was made from, whichever tool made it: `create --template` puts our tags on any, and the AWS CLI and
 * the console put none on ours. Those nested in an agent stack are no agent stacks, although its tags reach them.
 */
export function originOf(stack: Stack): StackOrigin {
  if (stack.RootId !== undefined && stack.RootId !== stack.StackId) return 'other';
  const { Description = '' } = stack;
  if (OFFICIAL.test(Description)) return 'elastic-ci-stack';
  if (OURS.test(Description) || stack.Tags?.some(({ Key }) => Key === STACK_TAG)) return 'bk-stack';
  // A fork may describe itself otherwise; its outputs stay.
  const outputs = new Set(stack.Outputs?.map(({ OutputKey }) => OutputKey));
  return outputs.has('AutoScalingGroupName') && outputs.has('ManagedSecretsBucket')
    ? 'elastic-ci-stack'
    : 'other';
}

/** What a stack's description says of it. */
export function summaryOf(stack: Stack, region: string): StackSummary {
  const version =
    stack.Tags?.find(({ Key }) => Key === VERSION_TAG)?.Value ?? OFFICIAL.exec(stack.Description ?? '')?.[1];
  const queue = parameterOf(stack, 'BuildkiteQueue');
  return {
    stackName: stack.StackName ?? '',
    stackId: stack.StackId ?? '',
    region,
    status: stack.StackStatus ?? '',
    ...(stack.StackStatusReason && { reason: stack.StackStatusReason }),
    origin: originOf(stack),
    ...(version && { version }),
    ...(queue && { queue }),
    createdAt: (stack.CreationTime ?? new Date(0)).toISOString(),
    ...(stack.LastUpdatedTime && { updatedAt: stack.LastUpdatedTime.toISOString() }),
    terminationProtection: stack.EnableTerminationProtection ?? false,
    ...driftOf(stack),
  };
}

function driftOf({ DriftInformation: found }: Stack): Pick<StackSummary, 'drift'> {
  const status = found?.StackDriftStatus;
  if (status === undefined || status === 'NOT_CHECKED') return {};
  const checkedAt = found?.LastCheckTimestamp?.toISOString();
  return { drift: { status, ...(checkedAt !== undefined && { checkedAt }) } };
}
