import { deployment } from './deploy.ts';
import { pendingDeletion, keeps, leftToDelete, removal } from '../stacks/pending-deletion.ts';
import type { Phase } from '../stacks/operation.ts';
import { restoration } from './restore.ts';
import type { Run } from '../stacks/run.ts';

/** The first phase of an operation. */
export function openPhase(run: Run): Phase {
  const { stack, operation } = run;
  switch (operation.goal) {
    case 'create':
    case 'update':
      if (stack.deployment === undefined) throw new Error(`${stack.stackName} has no deployment`);
      return deployment(run, stack.deployment);
    case 'update-rollback':
      return restoration(run);
    case 'rollback':
    case 'delete':
      return removalOfAll(run);
  }
}

/** Deletes all that is left of a stack, as far as the policies and the caller allow. */
function removalOfAll({ stack, operation }: Run): Phase {
  const inCreation = operation.goal === 'rollback';
  return removal(
    leftToDelete(stack.resources).map((record) => {
      const kept =
        keeps(record.deletionPolicy, { inCreation }) && !(inCreation && operation.retainExceptOnCreate);
      return pendingDeletion(record, {
        keep: operation.retain.includes(record.logicalId) || kept,
        current: true,
      });
    }),
  );
}

/** What goes after an update: resources that the template has no more, and the old ones of those replaced. */
export function cleanUp({ stack, operation }: Run, existing: ReadonlySet<string>): Phase {
  const removed = leftToDelete(stack.resources)
    .filter(({ logicalId }) => !existing.has(logicalId))
    .map((record) => pendingDeletion(record, { keep: keeps(record.deletionPolicy), current: true }));
  return removal([...removed, ...operation.obsolete]);
}
