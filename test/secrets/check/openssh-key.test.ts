import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkSshKey } from '../../../src/secrets/check/ssh-key.ts';
import { startSshAgent } from '../../../src/secrets/job/ssh-agent.ts';
import { run } from '../../../src/shell/run.ts';

describe('a key in OpenSSH’s form', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-keys-'));
  const keys: Record<string, string> = {};
  before(async () => {
    for (const type of ['rsa', 'ecdsa', 'ed25519']) {
      const path = join(folder, type);
      const made = await run('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'a comment', '-f', path]);
      expect(made.status, made.stderr).to.equal(0);
      keys[type] = readFileSync(path, 'utf8');
    }
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const isTaken = (key: string) => checkSshKey(key).findings.every(({ severity }) => severity !== 'refused');
  /** One character of the text is another. */
  const damaged = (key: string, at: number) =>
    `${key.slice(0, at)}${key[at] === 'A' ? 'B' : 'A'}${key.slice(at + 1)}`;

  it('is taken as it is', () => {
    for (const [type, key] of Object.entries(keys))
      expect(checkSshKey(key), type).to.eql({ findings: [], key });
  });

  it('is refused with a character that makes ssh-add refuse it', async () => {
    for (const [type, key] of Object.entries(keys)) {
      const [from, to] = [key.indexOf('\n') + 1, key.lastIndexOf('-----END') - 1];
      const places = Array.from({ length: 12 }, (_, index) => from + Math.floor(((to - from) * index) / 12));
      const candidates = places.filter((at) => key[at] !== '\n').map((at) => damaged(key, at));
      const secrets = candidates.map((text, index) => ({ key: `${index}`, text }));
      const { added, pid } = await startSshAgent(run, secrets, join(folder, `${type}.sock`));
      process.kill(Number(pid));
      const takenByUs = secrets.filter(({ text }) => isTaken(text)).map(({ key }) => key);
      expect(
        takenByUs.filter((index) => !added.includes(index)),
        type,
      ).to.eql([]);
      expect(added.length, 'some are damaged').to.be.lessThan(candidates.length);
    }
  });

  it('is alone in its file', () => {
    const { findings } = checkSshKey(`${keys['rsa'] ?? ''}${keys['ed25519'] ?? ''}`);
    expect(findings[0]?.message).to.equal('these are 2 keys, and ssh-add takes the first of a file alone');
  });

  it('is neither a certificate nor in a device', () => {
    const certificate = 'ssh-ed25519-cert-v01@openssh.com AAAA me';
    expect(checkSshKey(certificate).findings[0]?.message).to.contain('this is a certificate');
    const body = Buffer.from('openssh-key-v1\0...sk-ssh-ed25519@openssh.com...').toString('base64');
    const device = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect(checkSshKey(device).findings[0]?.message).to.contain('security key (FIDO)');
  });
});
