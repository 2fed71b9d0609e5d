import { secretKeys } from '../layout/keys.ts';
import type { KeyPage, PagedStore, SecretStore } from './secret-store.ts';

/**
 * A store that asks for nothing that is not there: most jobs have few of the places where secrets may be, and two lists tell
 * which, at the root and below the pipeline. A bucket with more entries than a page, and one that may not be listed there,
 * is asked for each place.
 */
export async function indexedStore(store: PagedStore, pipeline: string | undefined): Promise<SecretStore> {
  const below = pipeline === undefined ? undefined : `${pipeline}/`;
  const [root, own] = await Promise.all([
    pageOf(store, '', '/'),
    below === undefined ? undefined : pageOf(store, below),
  ]);
  const rootPrefixes = secretKeys(undefined).secretFilePrefixes;
  const ofPipeline = (key: string) => below !== undefined && key.startsWith(below);
  return {
    ...store,
    async get(key) {
      // The list of the root ends at each folder.
      const page = ofPipeline(key) ? own : key.includes('/') ? undefined : root;
      return page?.complete && !page.keys.includes(key) ? undefined : store.get(key);
    },
    async list(prefix) {
      if (ofPipeline(prefix)) {
        return own?.complete ? own.keys.filter((key) => key.startsWith(prefix)) : store.list(prefix);
      }
      const absent = root?.complete && rootPrefixes.includes(prefix) && !root.prefixes.includes(prefix);
      return absent ? [] : store.list(prefix);
    },
  };
}

/** Undefined where it fails; who asks for a key there is told why. */
async function pageOf(store: PagedStore, prefix: string, delimiter?: string): Promise<KeyPage | undefined> {
  return store.page(prefix, delimiter).catch(() => undefined);
}
