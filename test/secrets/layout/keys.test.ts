import { expect } from 'chai';
import { isPipelineSlug, secretKeys, secretVariable } from '../../../src/secrets/layout/keys.ts';

describe('the layout of the secrets bucket', () => {
  it('has what serves every pipeline at the root, and a pipeline’s own below its slug', () => {
    const keys = secretKeys('deploy');
    expect(keys.envFiles).to.eql(['env', 'environment', 'deploy/env', 'deploy/environment']);
    expect(keys.sshKeys[0]).to.equal('deploy/private_ssh_key');
    expect(keys.sshKeys).to.have.length(4);
    expect(keys.gitCredentials).to.eql(['deploy/git-credentials', 'git-credentials']);
    expect(keys.secretFilePrefixes).to.eql(['secret-files/', 'deploy/secret-files/']);
    expect(secretKeys(undefined).envFiles).to.eql(['env', 'environment']);
  });

  it('exports secret files by the ends of their names', () => {
    for (const name of ['A_SECRET', 'A_SECRET_KEY', 'DB_PASSWORD', 'NPM_TOKEN', 'AWS_SECRET_ACCESS_KEY']) {
      expect(secretVariable(`deploy/secret-files/${name}`), name).to.equal(name);
    }
    for (const name of ['PASSWORDS', 'token', 'MY-TOKEN', '1_TOKEN', 'X_TOKEN;id', '']) {
      expect(secretVariable(`secret-files/${name}`), name).to.equal(undefined);
    }
  });

  it('lets no slug lead out of its place', () => {
    expect(['deploy', 'a-b_c', '2048'].every(isPipelineSlug)).to.equal(true);
    expect(['', '..', 'a/b', '-x', 'a b'].some(isPipelineSlug)).to.equal(false);
  });
});
