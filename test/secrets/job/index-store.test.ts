import { expect } from 'chai';
import { indexedStore } from '../../../src/secrets/job/index-store.ts';
import { readSecrets, readSshKeys } from '../../../src/secrets/job/read.ts';
import type { PagedStore } from '../../../src/secrets/job/secret-store.ts';
import { failureOf, pageOf } from '../../support/hook-calls.ts';

/** A bucket that writes down what it is asked. */
function bucketOf(objects: Readonly<Record<string, string>>, changes: Partial<PagedStore> = {}) {
  const asked: string[] = [];
  const store: PagedStore = {
    get(key) {
      asked.push(`get ${key}`);
      return Promise.resolve(objects[key]);
    },
    list(prefix) {
      asked.push(`list ${prefix}`);
      return Promise.resolve(Object.keys(objects).filter((key) => key.startsWith(prefix)));
    },
    page(prefix, delimiter) {
      asked.push(`page ${prefix}${delimiter ?? ''}`);
      return Promise.resolve(pageOf(objects, prefix, delimiter));
    },
    ...changes,
  };
  return { store, asked };
}

const ALL = {
  env: 'root env',
  'git-credentials': 'root credentials',
  private_ssh_key: 'root key',
  'secret-files/A_TOKEN': 'root a',
  'secret-files/B_TOKEN': 'root b',
  'app/env': 'own env',
  'app/id_rsa_github': 'own key',
  'app/secret-files/B_TOKEN': 'own b',
  'other/env': 'no business of ours',
};

const read = async (store: PagedStore, pipeline: string | undefined) => {
  const indexed = await indexedStore(store, pipeline);
  const [secrets, keys] = [await readSecrets(indexed, pipeline), await readSshKeys(indexed, pipeline)];
  return { ...secrets, variables: Object.fromEntries(secrets.variables), keys };
};

describe('a secrets bucket that is listed first', () => {
  it('asks for nothing else where nothing is there', async () => {
    const { store, asked } = bucketOf({ 'other/env': 'x' });
    const { envFiles, variables } = await read(store, 'app');
    expect([envFiles, variables]).to.eql([[], {}]);
    expect(asked).to.eql(['page /', 'page app/']);
  });

  for (const pipeline of ['app', undefined, 'none']) {
    it(`gives what asking for each place gives, for ${pipeline ?? 'no pipeline'}`, async () => {
      const { store, asked } = bucketOf(ALL);
      const indexed = await read(store, pipeline);
      expect(asked.length).to.be.lessThan(12);
      const plain = bucketOf(ALL, { page: () => Promise.reject(new Error('AccessDenied')) });
      expect(await read(plain.store, pipeline)).to.eql(indexed);
      const huge = bucketOf(ALL, {
        page: () => Promise.resolve({ keys: [], prefixes: [], complete: false }),
      });
      expect(await read(huge.store, pipeline)).to.eql(indexed);
    });
  }

  it('fails for what is there and may not be read', async () => {
    const { store } = bucketOf(ALL, { get: () => Promise.reject(new Error('forbidden')) });
    expect(await failureOf(read(store, 'app'))).to.equal('forbidden');
  });
});
