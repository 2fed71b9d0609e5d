import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { shellLines } from '../../src/cli/shell-environment.ts';

const change = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
  ODD: "it's \\ $HOME `x`",
  AWS_PROFILE: undefined,
};

describe('the environment for a shell', () => {
  it('is read by a POSIX shell as it was meant', () => {
    const script = `${shellLines(change, 'sh')}\nprintf '%s|%s|%s' "$AWS_ENDPOINT_URL" "$ODD" "\${AWS_PROFILE-unset}"`;
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { AWS_PROFILE: 'mine' } });
    expect(stdout).to.equal(`${change.AWS_ENDPOINT_URL}|${change.ODD}|unset`);
  });

  it('needs no quotes where `word` uses none', () => {
    expect(shellLines({ REVISION: 'a+b/c', EMPTY: '' }, 'sh')).to.equal(
      "export REVISION=a+b/c\nexport EMPTY=''",
    );
  });

  it('is written as fish and PowerShell quote', () => {
    expect(shellLines(change, 'fish').split('\n')).to.deep.equal([
      "set -gx AWS_ENDPOINT_URL 'http://127.0.0.1:4566'",
      "set -gx ODD 'it\\'s \\\\ $HOME `x`'",
      'set -e AWS_PROFILE',
    ]);
    expect(shellLines(change, 'powershell').split('\n')).to.deep.equal([
      "$env:AWS_ENDPOINT_URL = 'http://127.0.0.1:4566'",
      "$env:ODD = 'it''s \\ $HOME `x`'",
      'Remove-Item Env:AWS_PROFILE -ErrorAction SilentlyContinue',
    ]);
  });
});
