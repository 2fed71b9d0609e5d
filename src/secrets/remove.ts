import pLimit from 'p-limit';
import { OperationError } from '../errors.ts';
import { type BucketLocation, bucketArguments } from './bucket/location.ts';
import type { SecretObjects } from './bucket/objects.ts';

const CONCURRENCY = 20;

/** What is to go. */
export interface Removal {
  readonly key: string;
  /** How many versions there are, removals among them. */
  readonly versions: number;
  /** Whether nothing of it stays: that is meant, or the bucket keeps no versions. */
  readonly forGood: boolean;
  readonly versionIds: readonly string[];
}

/**
 * Looks what there is of these keys.
 * @throws OperationError for one that is not there
 */
export async function planRemoval(
  objects: SecretObjects,
  place: BucketLocation,
  keys: readonly string[],
  allVersions: boolean,
): Promise<Removal[]> {
  const forGood = allVersions || !(await objects.keepsVersions());
  const plan = await pLimit(CONCURRENCY).map(keys, async (key) => {
    const versions = (await objects.versions(key)).filter((version) => version.key === key);
    const present = versions.some(({ latest, removal }) => latest && !removal);
    return {
      key,
      present,
      versions: versions.length,
      forGood,
      versionIds: versions.map(({ versionId }) => versionId),
    };
  });
  const missing = plan
    .filter(({ present, versions }) => (allVersions ? versions === 0 : !present))
    .map(({ key }) => key);
  if (missing.length > 0) {
    throw new OperationError(`There is no ${missing.join(', ')} in ${place.bucket}`, {
      hint: `Nothing was removed. See what there is: bk-stack secrets list ${bucketArguments(place)}`,
      details: { missing },
    });
  }
  return plan.map(({ present: _, ...removal }) => removal);
}

export async function removeSecrets(objects: SecretObjects, plan: readonly Removal[]): Promise<void> {
  await pLimit(CONCURRENCY).map(plan, async ({ key, forGood, versionIds }) => {
    if (!forGood) await objects.remove(key);
    else await pLimit(CONCURRENCY).map(versionIds, (versionId) => objects.removeVersion(key, versionId));
  });
}
