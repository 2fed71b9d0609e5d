import pLimit from 'p-limit';
import type { SecretObjects, SecretVersion } from '../bucket/objects.ts';
import { type KeyRole, classifyKey } from '../layout/keys.ts';

const CONCURRENCY = 50;

/** A secret that is in the bucket. */
export interface ListedSecret {
  readonly key: string;
  readonly kind: KeyRole['kind'];
  readonly pipeline?: string;
  readonly bytes: number;
  readonly modifiedAt: string;
  readonly versionId: string;
  /** `aws:kms`, `AES256`, `none` */
  readonly encryption: string;
}

/** What is in the bucket now, in the order of the keys; for one pipeline, with what all pipelines share. */
export async function listSecrets(
  objects: SecretObjects,
  { pipeline }: { readonly pipeline?: string | undefined } = {},
): Promise<ListedSecret[]> {
  const all = await currentVersions(objects, '');
  const shown = all.filter(({ key }) => {
    const place = classifyKey(key);
    const owner = place.kind === 'unread' ? key.split('/').slice(0, -1)[0] : place.pipeline;
    return pipeline === undefined || owner === undefined || owner === pipeline;
  });
  return pLimit(CONCURRENCY).map(shown, async ({ key, bytes, modifiedAt, versionId }) => {
    const place = classifyKey(key);
    return {
      key,
      kind: place.kind,
      ...(place.kind !== 'unread' && place.pipeline !== undefined && { pipeline: place.pipeline }),
      bytes,
      modifiedAt: modifiedAt.toISOString(),
      versionId,
      encryption: (await objects.encryption(key)) ?? 'none',
    };
  });
}

/** The versions that builds get, of all keys below a prefix. */
export async function currentVersions(objects: SecretObjects, prefix: string): Promise<SecretVersion[]> {
  return (await objects.versions(prefix)).filter(({ latest, removal }) => latest && !removal);
}
