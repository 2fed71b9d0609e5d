import { expect } from 'chai';
import type { SecretStore } from '../../../src/secrets/job/secret-store.ts';
import { readGitCredentials, readSecrets, readSshKeys } from '../../../src/secrets/job/read.ts';

function bucket(objects: Record<string, string>): SecretStore {
  return {
    get: (key) => Promise.resolve(objects[key]),
    list: (prefix) => Promise.resolve(Object.keys(objects).filter((key) => key.startsWith(prefix))),
  };
}

describe('the secrets of a job', () => {
  const store = bucket({
    env: 'A=1',
    'deploy/env': 'A=2',
    private_ssh_key: 'root key',
    'deploy/private_ssh_key': 'own key',
    'secret-files/DB_PASSWORD': 'root',
    'deploy/secret-files/DB_PASSWORD': 'own',
    'secret-files/README': 'no secret',
    'other/secret-files/X_TOKEN': 'of another pipeline',
    'git-credentials': 'https://user:p%40ss@github.com\n',
  });

  it('are the root’s and the pipeline’s own, which wins', async () => {
    const { envFiles, variables } = await readSecrets(store, 'deploy');
    expect(envFiles.map(({ key }) => key)).to.eql(['env', 'deploy/env']);
    expect((await readSshKeys(store, 'deploy')).map(({ key }) => key)).to.eql([
      'deploy/private_ssh_key',
      'private_ssh_key',
    ]);
    expect([...variables]).to.eql([['DB_PASSWORD', 'own']]);
    expect(await readGitCredentials(store, 'deploy')).to.eql([
      { key: 'git-credentials', text: 'https://user:p%40ss@github.com\n' },
    ]);
  });

  it('are the root’s alone for a job without a pipeline', async () => {
    const { envFiles, variables } = await readSecrets(store, undefined);
    expect(envFiles.map(({ key }) => key)).to.eql(['env']);
    expect([...variables]).to.eql([['DB_PASSWORD', 'root']]);
  });

  it('fail as a whole when one may not be read', async () => {
    const forbidden: SecretStore = {
      ...store,
      get: (key) => (key === 'deploy/env' ? Promise.reject(new Error('forbidden')) : store.get(key)),
    };
    const outcome = await readSecrets(forbidden, 'deploy').catch(
      (error: unknown) => (error as Error).message,
    );
    expect(outcome).to.equal('forbidden');
  });
});
