import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkoutParts, repairPermissions } from '../../../src/host/job/permissions.ts';
import type { Run } from '../../../src/shell/run.ts';

describe('the repair of permissions', () => {
  const before = process.cwd();
  const builds = mkdtempSync(join(tmpdir(), 'bk-stack-builds-'));
  mkdirSync(join(builds, 'agent-1/org/pipeline'), { recursive: true });
  mkdirSync(join(builds, 'agent-2'));
  symlinkSync('/etc', join(builds, 'agent-2/org'));
  afterEach(() => {
    process.chdir(before);
  });
  after(() => {
    rmSync(builds, { recursive: true });
  });

  let changed: { folder: string; args: readonly string[] }[] = [];
  const run: Run = (_command, args) => {
    changed.push({ folder: process.cwd(), args });
    return Promise.resolve({ status: 0, stdout: '', stderr: '' });
  };
  beforeEach(() => {
    changed = [];
  });
  const repair = (...parts: string[]) =>
    repairPermissions(run, builds, parts, 'buildkite-agent').catch(
      (error: unknown) => (error as Error).message,
    );

  it('changes a checkout from within', async () => {
    expect(await repair('agent-1', 'org', 'pipeline')).to.equal(true);
    expect(changed).to.have.length(1);
    expect(changed[0]?.folder).to.equal(join(builds, 'agent-1/org/pipeline'));
    expect(changed[0]?.args).to.eql(['--recursive', '--no-dereference', '-P', 'buildkite-agent:', '.']);
  });

  it('has nothing to do before the first checkout', async () => {
    expect(await repair('agent-1', 'org', 'new')).to.equal(false);
    expect(changed).to.eql([]);
  });

  it('fails where chown does', async () => {
    const failing: Run = () => Promise.resolve({ status: 1, stdout: '', stderr: 'not permitted\n' });
    const error = await repairPermissions(failing, builds, ['agent-1'], 'x').catch(
      (reason: unknown) => reason,
    );
    expect(error).to.have.property('message', 'chown failed: not permitted');
  });

  it('follows no link', async () => {
    expect(await repair('agent-2', 'org', 'ssh')).to.contain('is no folder');
    expect(changed).to.eql([]);
  });

  it('takes names for one step down and nothing else', async () => {
    expect(await repair('agent-1', '..', 'agent-2')).to.contain('no name of a folder');
    expect(await repair('agent-1/org', 'pipeline')).to.contain('no name of a folder');
    expect(await repair('..')).to.contain('no name of a folder');
    expect(await repair('.')).to.contain('no name of a folder');
    expect(await repair('agent-1', '')).to.contain('no name of a folder');
    expect(checkoutParts('/b//', '/b/...a/.x/y..')).to.eql(['...a', '.x', 'y..']);
    expect(checkoutParts('/b', '/b/agent/org/pipeline')).to.eql(['agent', 'org', 'pipeline']);
    for (const path of ['/b/../etc/x/y', '/b/a/b', '/b/a/b/c/d', '/bb/a/b/c', '', '/b//b/c', '/b/a/./c']) {
      expect(() => checkoutParts('/b', path), path).to.throw('is not AGENT/ORGANIZATION/PIPELINE');
    }
  });
});
