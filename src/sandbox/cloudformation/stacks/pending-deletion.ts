import type { ResourceRecord } from './records.ts';
import type { DeletionPolicy } from '../template/index.ts';
import type { PendingDeletion, Phase, Step } from './operation.ts';

/** Whether a policy keeps the resource. Snapshot does not: what it keeps is a copy, which the sandbox has not. */
export function keeps(policy: DeletionPolicy | undefined, { inCreation = false } = {}): boolean {
  return policy === 'Retain' || (policy === 'RetainExceptOnCreate' && !inCreation);
}

/** A resource as it stands, to be deleted. */
export function pendingDeletion(
  record: ResourceRecord,
  { keep, current }: { readonly keep: boolean; readonly current: boolean },
): PendingDeletion {
  const { logicalId, type, physicalId, properties, applied, data, needs } = record;
  return { logicalId, type, physicalId, properties, applied, data, needs, keep, current };
}

/** The records that a deletion of the stack, or the rollback of its creation, still has to delete. */
export function leftToDelete(resources: Readonly<Record<string, ResourceRecord>>): ResourceRecord[] {
  return Object.values(resources).filter(
    ({ status }) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED',
  );
}

/** Deletes in reverse order of the needs: whatever needs a resource goes before it. */
export function removal(items: readonly PendingDeletion[]): Phase {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const neededBy = new Map<string, string[]>();
  for (const { item, key } of keyed) {
    for (const need of item.needs) neededBy.set(need, [...(neededBy.get(need) ?? []), key]);
  }
  const steps = keyed.map(({ item, key }): [string, Step] => [
    key,
    {
      logicalId: item.logicalId,
      needs: neededBy.get(item.logicalId) ?? [],
      stage: 'waiting',
      action: 'delete',
      memory: {},
      pendingDeletion: item,
    },
  ]);
  // The last made goes first, where the needs leave it open.
  return { kind: 'remove', steps: Object.fromEntries(steps.reverse()) };
}

function keyOf({ logicalId, physicalId, current }: PendingDeletion): string {
  return current ? logicalId : `${logicalId} ${physicalId ?? ''}`;
}
