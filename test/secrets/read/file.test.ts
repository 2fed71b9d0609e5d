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
import { OperationError, UsageError } from '../../../src/errors.ts';
import { writeSecretFile } from '../../../src/secrets/read/file.ts';

describe('writing a secret to a file', () => {
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

  it('leaves it to its owner alone', () => {
    writeSecretFile(path, body, false);
    expect(readFileSync(path)).to.deep.equal(body);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('replaces one that is there only where that is said', () => {
    writeFileSync(path, 'mine', { mode: 0o644 });
    expect(() => {
      writeSecretFile(path, body, false);
    })
      .to.throw(UsageError, 'is there already')
      .with.property('hint')
      .that.matches(/--force/);
    expect(readFileSync(path, 'utf8')).to.equal('mine');
    writeSecretFile(path, body, true);
    expect(readFileSync(path)).to.deep.equal(body);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(['env.txt']);
  });

  it('does not write through a link that leads nowhere', () => {
    symlinkSync(join(folder, 'elsewhere'), path);
    expect(() => {
      writeSecretFile(path, body, false);
    }).to.throw(UsageError);
    expect(readdirSync(folder)).to.deep.equal(['env.txt']);
  });

  it('says what cannot be written', () => {
    expect(() => {
      writeSecretFile(join(folder, 'none', 'env.txt'), body, false);
    }).to.throw(OperationError, 'cannot be written (ENOENT)');
  });
});
