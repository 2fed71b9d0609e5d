import type { Stack } from '@aws-sdk/client-cloudformation';
import { OperationError } from '../../../errors.ts';
import { originOf } from '../../facts/stack/summary.ts';
import { VERSION_TAG } from '../../naming/tags.ts';
import { readTemplate, type Template, templateFrom } from '../../parameters/index.ts';
import { templateVersion } from '../../template/facts.ts';
import type { UpdateRequest } from './update-request.ts';

/**
 * The template that a stack is to have.
 * @throws UsageError where the stack's own is newer than ours, or it cannot be read
 */
export async function templateFor(
  stack: Stack,
  { template, keepTemplate }: Pick<UpdateRequest, 'template' | 'keepTemplate'>,
  present: string,
): Promise<Template> {
  if (template !== undefined) return readTemplate(template);
  const theirs = stack.Tags?.find(({ Key }) => Key === VERSION_TAG)?.Value;
  // Another template than ours has other resources: to put ours in its place would remove them.
  if (keepTemplate || originOf(stack) !== 'bk-stack' || theirs === undefined)
    return templateFrom(present, "the stack's own template");
  const ours = await readTemplate();
  const own = templateVersion(ours.document.body);
  if (own !== undefined && isNewer(theirs, own)) {
    throw new OperationError(
      `${stack.StackName ?? 'The stack'} was made by bk-stack ${theirs}, and this is ${own}`,
      {
        hint: 'Nothing was changed. Install the newer one (npm install -g bk-stack), or change parameters alone: --keep-template',
      },
    );
  }
  return ours;
}

/** Compares major, minor and patch version; a pre-release counts as its release. */
export function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) => version.split(/[.-]/).map((part) => Number(part) || 0));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
