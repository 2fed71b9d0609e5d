import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { cloudFormation, findStack, type ChangeSetRecord } from '../stacks/state.ts';
import { required } from './input.ts';

/**
 * The change set with this id, or with this name on this stack.
 * @throws AwsError ChangeSetNotFound (404), or ValidationError for a name without a stack
 */
export function findChangeSet(
  scope: Scope,
  { ChangeSetName, StackName }: { readonly ChangeSetName?: string; readonly StackName?: string },
): ChangeSetRecord {
  const name = required('changeSetName', ChangeSetName);
  const { changeSets } = cloudFormation(scope);
  if (name.startsWith('arn:')) {
    const set = own(changeSets, name);
    if (set === undefined) throw notFound(name);
    return set;
  }
  if (StackName === undefined || StackName === '') {
    throw new AwsError(
      'ValidationError',
      'StackName must be specified if ChangeSetName is not specified as an ARN.',
    );
  }
  const { stackId } = findStack(scope, StackName);
  const set = Object.values(changeSets).findLast(
    (candidate) => candidate.stackId === stackId && candidate.name === name,
  );
  if (set === undefined) throw notFound(name);
  return set;
}

function notFound(name: string): AwsError {
  return new AwsError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
}
