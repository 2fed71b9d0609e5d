import { UsageError } from '../../errors.ts';
import { CALLS, DEPLOYING } from './calls.ts';

/**
 * The commands that a policy is printed for: those that are named, or those of a part, the operator's where none is named.
 * @param scope the stack's name or the prefix of stacks' names
 * @throws UsageError where a policy to deploy would reach every role of the account
 */
export function commandsOf(
  named: readonly string[],
  part: 'operator' | 'deployer' = 'operator',
  scope: string | undefined,
): readonly string[] {
  const deploys = (command: string) => DEPLOYING.includes(command);
  const ofPart = Object.keys(CALLS).filter((command) => deploys(command) === (part === 'deployer'));
  const commands = named.length > 0 ? named : ofPart;
  if (!commands.some(deploys) || (scope !== undefined && scope !== '')) return commands;
  throw new UsageError('A policy to deploy any stack would let its holder pass every role of the account', {
    hint: 'Name the stack, or how the names of stacks begin: --prefix ci-',
  });
}
