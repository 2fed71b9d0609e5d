import type { Scope } from '../../kernel/world.ts';
import type { ResourceContext } from '../../providers/provider.ts';
import type { StackIdentity } from '../stacks/stack.ts';

/** What a resource's provider is told: where it is, and the tags that CloudFormation puts on whatever it makes. */
export function resourceContext(
  scope: Scope,
  stack: StackIdentity,
  stackTags: Readonly<Record<string, string>>,
  logicalId: string,
): ResourceContext {
  const { world, region, partition, accountId } = scope;
  const { stackId, stackName } = stack;
  return {
    world,
    region,
    partition,
    accountId,
    stackId,
    stackName,
    logicalId,
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
    tags: {
      ...stackTags,
      'aws:cloudformation:stack-name': stackName,
      'aws:cloudformation:stack-id': stackId,
      'aws:cloudformation:logical-id': logicalId,
    },
  };
}
