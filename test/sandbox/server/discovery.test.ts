import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { announce, findSandbox, withdraw } from '../../../src/sandbox/server/process/discovery.ts';
import { discoveryFile, stateDirectory } from '../../../src/sandbox/server/process/paths.ts';

/** Of nobody, on most systems. */
const ANOTHER_USER = 65_534;

describe('what a sandbox says of itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-discovery-'));
  const directory = stateDirectory({ XDG_STATE_HOME: folder });
  const file = discoveryFile(directory);
  const standing = process.env['XDG_STATE_HOME'];
  const sandbox = {
    ...{ endpoint: 'http://127.0.0.1:4599', speed: 20, pid: process.pid },
    credentials: { accessKeyId: 'AKIAX', secretAccessKey: 'only-the-owner-reads-this' },
  };
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

  before(() => {
    process.env['XDG_STATE_HOME'] = folder;
    chmodSync(folder, 0o755);
    // As an older bk-stack or a careless umask may have left them.
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    chmodSync(directory, 0o755);
    writeFileSync(file, '{}', { mode: 0o644 });
    writeFileSync(`${file}.${process.pid}`, 'a draft that was left', { mode: 0o644 });
    announce(sandbox);
  });
  after(() => {
    if (standing === undefined) Reflect.deleteProperty(process.env, 'XDG_STATE_HOME');
    else process.env['XDG_STATE_HOME'] = standing;
    rmSync(folder, { recursive: true, force: true });
  });

  it('is found by its owner, with the keys', () => {
    expect(findSandbox()).to.deep.equal(sandbox);
  });

  it('is in a file and a folder of the owner’s own, whatever was there before', () => {
    expect(mode(file)).to.equal('600');
    expect(mode(directory)).to.equal('700');
  });

  it('cannot be read by another user of the machine', function () {
    // Only root can try as somebody else. CI runs as root.
    if (process.getuid?.() !== 0) this.skip();
    const read = (path: string) => {
      const { status, stdout } = spawnSync('cat', [path], { uid: ANOTHER_USER, gid: ANOTHER_USER });
      return { status, stdout: stdout.toString() };
    };
    const beside = join(dirname(directory), 'readable');
    writeFileSync(beside, 'by everybody', { mode: 0o644 });
    chmodSync(dirname(directory), 0o755);
    expect(read(beside)).to.deep.equal({ status: 0, stdout: 'by everybody' });
    expect(read(file)).to.deep.equal({ status: 1, stdout: '' });
    chmodSync(directory, 0o755);
    expect(read(file), 'in an open folder').to.deep.equal({ status: 1, stdout: '' });
  });

  it('tells what to do about a sandbox of an older bk-stack, which has no keys', () => {
    const { credentials: _, ...older } = sandbox;
    writeFileSync(file, JSON.stringify({ ...older, startedAt: Date.now() }));
    expect(() => findSandbox())
      .to.throw(/http:\/\/127.0.0.1:4599 was started by an older bk-stack/)
      .with.property('hint')
      .that.contains(`kill ${process.pid}`);
    withdraw(process.pid);
    expect(findSandbox()).to.equal(undefined);
  });
});
