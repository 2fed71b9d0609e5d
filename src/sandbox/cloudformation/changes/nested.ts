import type { Scope } from '../../kernel/world.ts';
import { textAt } from '../deployment/template-url.ts';
import type { StackRecord } from '../stacks/stack.ts';
import { lookUpStack } from '../stacks/state.ts';

/**
 * The nested stacks whose template at its URL is no longer what they were made from, or holds such stacks itself.
 * A template that can't be read counts: the update then says why.
 */
export async function changedNestedStacks(scope: Scope, stack: StackRecord): Promise<Set<string>> {
  const nested = Object.values(stack.resources).filter(
    ({ type, status }) => type === 'AWS::CloudFormation::Stack' && !status.startsWith('DELETE_'),
  );
  const changed = await Promise.all(
    nested.map(async ({ logicalId, physicalId = '', properties }) => {
      const child = lookUpStack(scope, physicalId);
      const url = typeof properties.TemplateURL === 'string' ? properties.TemplateURL : '';
      const templateBody = await textAt(scope, url).catch(() => undefined);
      const differs =
        child === undefined ||
        child.deployment?.templateBody !== templateBody ||
        (await changedNestedStacks(scope, child)).size > 0;
      return differs ? [logicalId] : [];
    }),
  );
  return new Set(changed.flat());
}
