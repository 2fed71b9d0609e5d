import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../../src/errors.ts';
import { openNamedFile, requireFree, writeNamedFile } from '../../../src/terminal/output/named-file.ts';

describe('a file that an option names', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bk-stack-file-'));
    path = join(folder, 'env.txt');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const body = Buffer.from('A=1\n');
  const file = (force = false, secret = true) => ({ path, option: '--html', force, secret });
  const refusal = (act: () => void) => {
    try {
      act();
    } catch (error) {
      expect(error).to.be.instanceOf(UsageError);
      return `${(error as UsageError).message}\n${(error as UsageError).hint ?? ''}`;
    }
    return undefined;
  };

  it('is left to its owner alone where it is secret', () => {
    writeNamedFile(file(), body);
    expect(readFileSync(path)).to.deep.equal(body);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    rmSync(path);
    const before = process.umask(0o022);
    writeNamedFile(file(false, false), body);
    process.umask(before);
    expect(statSync(path).mode & 0o777).to.equal(0o644);
  });

  it('is replaced only where that is said', () => {
    writeFileSync(path, 'mine', { mode: 0o644 });
    const said = /env\.txt is there already\n.*with --html, or replace it: --force/;
    expect(
      refusal(() => {
        requireFree(file());
      }),
    ).to.match(said);
    expect(
      refusal(() => {
        writeNamedFile(file(), body);
      }),
    ).to.match(said);
    expect(readFileSync(path, 'utf8')).to.equal('mine');
    writeNamedFile(file(true), body);
    expect(readFileSync(path)).to.deep.equal(body);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(['env.txt']);
  });

  it('stays as it was until the new one is whole, and where that never is', () => {
    writeFileSync(path, 'mine');
    const opened = openNamedFile(file(true));
    opened.write(body);
    expect(readFileSync(path, 'utf8')).to.equal('mine');
    opened.undo();
    expect(readFileSync(path, 'utf8')).to.equal('mine');
    expect(readdirSync(folder)).to.deep.equal(['env.txt']);
  });

  it('is not written through a link that leads nowhere', () => {
    symlinkSync(join(folder, 'elsewhere'), path);
    expect(
      refusal(() => {
        writeNamedFile(file(), body);
      }),
    ).to.match(/is there already/);
    expect(readdirSync(folder)).to.deep.equal(['env.txt']);
  });

  it('may be a pipe, which is neither refused nor replaced', () => {
    const write =
      "import { writeNamedFile } from './src/terminal/output/named-file.ts';" +
      "writeNamedFile({ path: '/dev/stdout', option: '--html', force: true, secret: false }, Buffer.from('page'));";
    // A shell's pipe: Node would give it a socket, which Linux does not open by a path.
    const piped = '"$0" --import=tsx --input-type=module -e "$1" | cat';
    const { stdout, stderr } = spawnSync('sh', ['-c', piped, process.execPath, write], { encoding: 'utf8' });
    expect({ stdout, stderr }).to.eql({ stdout: 'page', stderr: '' });
  });

  it('is no folder, and in one that there is', () => {
    expect(
      refusal(() => {
        requireFree({ ...file(true), path: folder });
      }),
    ).to.match(/is a folder\n.*--html/);
    expect(
      refusal(() => {
        writeNamedFile({ ...file(), path: join(folder, 'none', 'env.txt') }, body);
      }),
    ).to.match(/There is no folder .*none\n.*--html/);
  });
});
