import { expect } from 'chai';
import { Redactor, Tally } from '../../src/redaction/redactor.ts';

/** Looks like part of a token, and has no shape of its own. */
const SIGNED = 'a1B2c3D4e5F6g7H8';
const redact = (text: string) => new Redactor().redact(text);

describe('the shapes of secrets', () => {
  for (const [what, text, redacted] of [
    [
      'a PuTTY key, to its end',
      'PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAAxyz\nPrivate-MAC:  0123abcdef\nnext',
      '[redacted private key]\nnext',
    ],
    ['a PuTTY key that is cut off', 'PuTTY-User-Key-File-2: ssh-rsa\nAAAA xyz', '[redacted private key]'],
    [
      'a private key that is cut off',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn NzaC1r',
      '[redacted private key]',
    ],
    [
      'a PGP key',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\nabc\n-----END PGP PRIVATE KEY BLOCK-----\nnext',
      '[redacted private key]\nnext',
    ],
    ['a session token of AWS', `x FwoG${'aB3'.repeat(30)} y`, 'x [redacted AWS credential] y'],
    ['a cookie without a blank', `cookie:${SIGNED}`, 'cookie:[redacted header]'],
    ['a cookie that is set', `Set-Cookie: \t${SIGNED}; Path=/`, 'Set-Cookie: \t[redacted header]'],
    ['a bearer after two blanks', `Bearer  ${SIGNED}`, 'Bearer  [redacted header]'],
    [
      'a password in prose, after two blanks',
      'password  is  Tr0ub4dor',
      'password  is  [redacted named secret]',
    ],
    ['an option after two blanks', 'run --password  hunter2x', 'run --password  [redacted named secret]'],
    ['what is behind one hyphen', 'run -token hunter2x', 'run -token [redacted named secret]'],
  ] as const) {
    it(`has ${what}`, () => {
      expect(redact(text)).to.equal(redacted);
    });
  }

  it('has what is written in UTF-16, as PowerShell encodes commands', () => {
    const encoded = Buffer.from('$env:DB_PASSWORD="hunter2x"', 'utf16le').toString('base64');
    expect(redact(`powershell -enc ${encoded}`)).to.equal('powershell -enc [redacted encoded secret]');
  });

  it('counts by reason, in the order of the reasons', () => {
    const tally = new Tally();
    const text = `ghp_${SIGNED}${SIGNED} and Bearer ${SIGNED} and DB_PASSWORD=hunter2x and FwoG${'aB3'.repeat(30)}`;
    new Redactor().redact(text, tally);
    expect(Object.entries(tally.counts)).to.eql([
      ['AWS credential', 1],
      ['header', 1],
      ['named secret', 1],
      ['token', 1],
    ]);
  });

  for (const name of ['auth', 'AUTH', 'signature', 'session', 'dbPass', 'loginCookie', 'loginCookies2']) {
    it(`has the value of ${name}`, () => {
      expect(redact(`${name}=${SIGNED}`)).to.equal(`${name}=[redacted named secret]`);
    });
  }

  for (const name of ['HttpTokens', 'NextToken', 'ClientRequestToken', 'KeyPassphrase', 'EnableSecrets']) {
    it(`hasn’t the value of ${name}, but that of names around it`, () => {
      expect(redact(`${name}=hunter2x`)).to.equal(`${name}=hunter2x`);
    });
  }

  for (const [what, text, redacted] of [
    ['a colour within a value', 'DB_PASSWORD=\\\\u001b[31mhunter2x', 'DB_PASSWORD=[redacted named secret]'],
    ['a quoted value', 'DB_PASSWORD="hunter2x", next', 'DB_PASSWORD="[redacted named secret]", next'],
    ['the bracket after a value', 'f(DB_PASSWORD=hunter2x);', 'f(DB_PASSWORD=[redacted named secret]);'],
    [
      'a block of YAML to its end',
      'db_password: |-\n  one\n  two\nnext: 1',
      'db_password: [redacted named secret]next: 1',
    ],
    [
      'a pair of fields',
      '{"ParameterKey" : "DbPassword", "ParameterValue" : "hunter2x"}',
      '{"ParameterKey" : "DbPassword", "ParameterValue" : "[redacted named secret]"}',
    ],
    ['an element', '<Password> hunter2x </Password>', '<Password>[redacted named secret]</Password>'],
    ['a word in a sentence, which is none', 'Token: invalid, try another', 'Token: invalid, try another'],
  ] as const) {
    it(`is taken out around ${what}`, () => {
      expect(redact(text)).to.equal(redacted);
    });
  }
});
