import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import sshpk from 'sshpk';
import { checkSecret } from '../../../src/secrets/check/check.ts';
import { type Finding, findingText, position } from '../../../src/secrets/check/finding.ts';
import { redactionFindings, variableRedactionFindings } from '../../../src/secrets/check/redaction.ts';
import { unreadReason } from '../../../src/secrets/check/unread.ts';
import type { SecretKind } from '../../../src/secrets/layout/keys.ts';

/** What a check finds, as people read it, and the bytes to keep where they differ. */
async function check(kind: SecretKind, body: string | Buffer) {
  const given = Buffer.from(body);
  const { findings, body: kept } = await checkSecret(kind, given);
  return {
    found: findings.map((finding) => `${finding.severity} ${findingText('it', finding)}`),
    hints: findings.flatMap(({ hint }) => hint ?? []),
    kept: kept.equals(given) ? undefined : kept.toString(),
  };
}
const found = async (kind: SecretKind, body: string | Buffer) => (await check(kind, body)).found;

const KINDS: readonly SecretKind[] = ['env', 'secret-file', 'git-credentials', 'ssh-key'];

describe('a secret of any kind', () => {
  for (const kind of KINDS) {
    it(`is text: ${kind}`, async () => {
      expect(await check(kind, 'A=1\nB=x\0y\n')).to.eql({
        found: ['refused it, line 2, column 4: a NUL byte, which no variable and no line of text can hold'],
        hints: ['Encode it, for example with base64.'],
        kept: undefined,
      });
      expect(await check(kind, Buffer.from([0x41, 0x3d, 0xff, 0x0a]))).to.eql({
        found: [
          'refused it, line 1, column 3: bytes that are no UTF-8 text, and would not reach a build as they are',
        ],
        hints: ['Store it as UTF-8, or encode it with base64.'],
        kept: undefined,
      });
      expect(await found(kind, Buffer.from([0x00, 0xff]))).to.have.length(2);
    });
  }

  it('may hold a character of its own that stands for bytes that are none', async () => {
    expect(await found('env', 'A=\ufffd\n')).to.eql([]);
  });
});

describe('an env file', () => {
  const ROWS: readonly (readonly [what: string, text: string, found: readonly string[]])[] = [
    ['in order', "A=1\nB='two words'\n", []],
    ['that is empty', '', []],
    [
      'with a byte order mark',
      '\ufeffA=1\n',
      [
        'refused it, line 1, column 1: it begins with a byte order mark, which would become part of the first name',
        'shell it, line 1, column 1: this would be run as a command: a line is NAME=value, without blanks around the equals sign',
      ],
    ],
    [
      'of Windows',
      'A=1\nBC=2\r\nD=3\r\n',
      [
        "refused it, line 2, column 5: it has carriage returns (Windows line ends), which Buildkite's own hook would make part of the values",
      ],
    ],
    ...['“', '”', '‘', '’'].map(
      (quote) =>
        [
          `with ${quote}`,
          `A=1\nB=${quote}x\n`,
          ['warning it, line 2, column 3: typographic quotes do not quote: they are part of the value'],
        ] as const,
    ),
    ['with typographic quotes within a value', 'A=x“y”\n', []],
    [
      'with a name that bash keeps',
      'UID=1\n',
      ['refused it, line 1, column 1: bash does not let UID be set'],
    ],
    [
      'with a name whose value is bash’s',
      'RANDOM=1\n',
      ['shell it, line 1, column 1: bash gives RANDOM values of its own'],
    ],
    [
      'that is broken',
      'A="x\n',
      ['refused it, line 1, column 3: the double quote that opens here is never closed'],
    ],
    [
      'of commands',
      'ls\n',
      [
        'shell it, line 1, column 1: this would be run as a command: a line is NAME=value, without blanks around the equals sign',
      ],
    ],
    [
      'of doubt',
      'A=x;\n',
      [
        "warning it, line 1, column 4: this semicolon isn't part of the value: remove it, or put the value in single quotes to keep it",
      ],
    ],
    [
      'with a secret that logs would show, for each time it is set',
      'A=1\nA_TOKEN=12345\nA_TOKEN=12345\n',
      [
        'warning it, line 2, column 1: the value has 5 bytes, and Buildkite redacts no value under 6 from logs',
        'warning it, line 3, column 1: the value has 5 bytes, and Buildkite redacts no value under 6 from logs',
      ],
    ],
    ['with a short value of an ordinary name', 'A=12345\n', []],
    [
      'with a secret that only bash knows',
      'A_TOKEN="$(fetch)"\n',
      ['shell it, line 1, column 10: a command is run here, or a sum is made'],
    ],
  ];
  for (const [what, text, expected] of ROWS) {
    it(what, async () => {
      const { found: remarks, kept } = await check('env', text);
      expect(remarks).to.eql(expected);
      expect(kept).to.equal(undefined);
    });
  }

  it('says how its bytes are mended by hand', async () => {
    expect((await check('env', '\ufeffA=1\r\n')).hints).to.eql([
      "Store it as UTF-8 without BOM: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE",
      "Take them out: sed -i 's/\\r$//' FILE",
    ]);
  });
});

describe('a secret file', () => {
  const LINE_FEED = 'warning it: it ends in a line feed, which builds get as part of the value';
  const ROWS: readonly (readonly [what: string, text: string, found: readonly string[]])[] = [
    ['in order', 'a-token', []],
    ['that is empty', '', ['refused it: it is empty, and a build would get an empty variable']],
    ['of one line with its end', 'a-token\n', [LINE_FEED]],
    ['of many lines', 'line one\nline two\n', []],
    ['of two lines without an end', 'line one\nline two', []],
    ['that is a line feed alone', '\n', [LINE_FEED]],
    [
      'that is short',
      '12345',
      ['warning it: it has 5 bytes, and Buildkite redacts no value under 6 from logs'],
    ],
    [
      'that is short, with its end',
      '1\n',
      [LINE_FEED, 'warning it: it has 1 byte, and Buildkite redacts no value under 6 from logs'],
    ],
    ['that is as long as it may be', 'x'.repeat(65_536), []],
    [
      'that is too long',
      'x'.repeat(65_537),
      ['refused it: it has 65537 bytes, and Buildkite redacts values of up to 65536 from logs'],
    ],
  ];
  for (const [what, text, expected] of ROWS) {
    it(what, async () => {
      const { found: remarks, kept } = await check('secret-file', text);
      expect(remarks).to.eql(expected);
      expect(kept).to.equal(undefined);
    });
  }

  it('says how to leave the line feed out, and where to keep what is larger', async () => {
    expect((await check('secret-file', 'a-token\n')).hints[0]).to.match(/^To leave it out: printf '%s'/);
    expect((await check('secret-file', 'x'.repeat(65_537))).hints[0]).to.match(
      /^Keep what is larger elsewhere/,
    );
  });
});

describe('a git-credentials file', () => {
  const FORM = 'A line is https://USER:PASSWORD@HOST, with what is special in them percent-encoded.';
  const GOOD = [
    'https://robot:password@github.com',
    'https://robot:p%40ss%2Fword@git.example.com:8443/team/repository.git',
    'http://robot:password@[2001:db8::1]:3000',
    'ssh+git://robot:password@host-1.example',
    'https://:password@host',
    '',
    '   ',
  ];
  for (const line of GOOD) {
    it(`has the line "${line}"`, async () => {
      expect(await found('git-credentials', `https://a:a-password@b\n${line}\n`)).to.eql([]);
    });
  }
  const BAD: readonly (readonly [line: string, column: number, message: string])[] = [
    ['github.com', 1, 'this is no URL'],
    ['HTTPS://robot:password@github.com', 1, 'this is no URL'],
    [' https://robot:password@github.com', 1, 'this is no URL'],
    ['https://robot:pass word@github.com', 19, 'a blank within the URL: write it as %20'],
    ['https://github.com', 9, 'it names neither user nor password before an @'],
    ['https://robot-1@github.com', 9, 'it has no password: user and password are parted by a colon'],
    ['https://robot:passwd@word@github.com', 21, 'a @ within user or password: write it as %40'],
    ['https://robot:pass/word@github.com', 19, 'a / within user or password: write it as %2F'],
    ['https://robot:pass%word@github.com', 19, 'a % that begins no percent-encoding: write it as %25'],
    ['https://robot:pass%4@github.com', 19, 'a % that begins no percent-encoding: write it as %25'],
    ['https://robot:pass%g0@github.com', 19, 'a % that begins no percent-encoding: write it as %25'],
    ['https://robot:password@', 24, 'behind the @ there is no name of a host'],
    ['https://robot:password@git_hub.com', 24, 'behind the @ there is no name of a host'],
    ['https://robot:password@/path', 24, 'behind the @ there is no name of a host'],
  ];
  for (const [line, column, message] of BAD) {
    it(`refuses "${line}"`, async () => {
      const { found: remarks, hints, kept } = await check('git-credentials', `\n${line}\n`);
      expect(remarks).to.eql([`refused it, line 2, column ${column}: ${message}`]);
      expect(hints).to.eql([FORM]);
      expect(kept).to.equal(undefined);
    });
  }

  it('is not empty', async () => {
    for (const text of ['\n', ' \n\n']) {
      expect(await check('git-credentials', text)).to.deep.include({
        found: ['refused it: it is empty'],
        hints: ['A line is https://USER:PASSWORD@HOST'],
      });
    }
  });

  it('gets its last line end, without which helpers do not read it', async () => {
    expect(await check('git-credentials', 'https://robot:password@github.com')).to.deep.include({
      found: [
        'warning it: the last line did not end in a line feed, without which it is not read everywhere: it has been added',
      ],
      kept: 'https://robot:password@github.com\n',
    });
  });

  it('is refused with the line ends of Windows, once', async () => {
    expect(await found('git-credentials', 'https://robot:password@github.com\r\nno URL\r\n')).to.have.length(
      1,
    );
  });

  it('tells of a password that logs would show', async () => {
    expect(await found('git-credentials', '\nhttps://robot:12345@github.com\n')).to.eql([
      'warning it, line 2: the password has 5 bytes, and Buildkite redacts no value under 6 from logs',
    ]);
  });
});

describe('a private key', () => {
  const pem = (
    key: ReturnType<typeof generateKeyPairSync>['privateKey'],
    type: 'pkcs1' | 'pkcs8' = 'pkcs8',
  ) => (key as unknown as { export(options: object): string }).export({ type, format: 'pem' });
  const ed25519 = pem(generateKeyPairSync('ed25519').privateKey);
  const openssh = `${sshpk.parsePrivateKey(ed25519).toString('openssh').trimEnd()}\n`;
  const rsa = (modulusLength: number) =>
    pem(generateKeyPairSync('rsa', { modulusLength }).privateKey, 'pkcs1');

  it('is kept as it is where every OpenSSH reads it', async () => {
    for (const key of [openssh, rsa(1024)]) {
      expect(await check('ssh-key', key)).to.eql({ found: [], hints: [], kept: undefined });
    }
  });

  it('is rewritten in OpenSSH’s own form where older ones do not', async () => {
    const { found: remarks, kept = '' } = await check('ssh-key', ed25519);
    expect(remarks).to.eql([
      "warning it: it was in a form that older OpenSSH does not read: it has been rewritten in OpenSSH's own",
    ]);
    expect(kept)
      .to.match(/^-----BEGIN OPENSSH[^]*-----\n$/)
      .and.not.match(/\n\n$/);
    expect(sshpk.parsePrivateKey(kept).fingerprint().toString()).to.equal(
      sshpk.parsePrivateKey(openssh).fingerprint().toString(),
    );
  });

  const MENDED: readonly (readonly [what: string, text: string, found: string])[] = [
    [
      'line ends of Windows',
      openssh.replaceAll('\n', '\r\n'),
      'warning it: its line ends were those of Windows',
    ],
    ['no last line end', openssh.trimEnd(), 'warning it: the last line did not end in a line feed'],
    ['a byte order mark', `\ufeff${openssh}`, 'warning it: ssh-add takes no byte order mark'],
    [
      'blanks around its lines',
      openssh.replace(/(.+)\n/g, ' $1 \t\n'),
      'warning it: ssh-add takes no byte order mark, and no blanks',
    ],
    [
      'empty lines before it',
      `\n\n${openssh}`,
      'warning it: ssh-add takes no byte order mark, and no blanks',
    ],
  ];
  for (const [what, text, expected] of MENDED) {
    it(`is mended: ${what}`, async () => {
      const { found: remarks, kept } = await check('ssh-key', text);
      expect(remarks).to.have.length(1);
      expect(remarks[0]?.startsWith(expected), remarks[0]).to.equal(true);
      expect(kept?.trim()).to.equal(openssh.trim());
      expect(kept).to.match(/-----\n/);
    });
  }

  const REFUSED: readonly (readonly [what: string, text: string, found: string, hint: RegExp])[] = [
    ['nothing', ' \n', 'it is empty', /^Give the file of the private key/],
    ...[
      'ssh-rsa AAAA me\n',
      'ssh-ed25519 AAAA me\n',
      'ssh-dss AAAA\n',
      'ecdsa-sha2-nistp256 AAAA\n',
      'sk-ssh-ed25519@openssh.com AAAA\n',
      '\nssh-rsa AAAA me\n',
      '---- BEGIN SSH2 PUBLIC KEY ----\n',
      '-----BEGIN RSA PUBLIC KEY-----\n',
      '-----BEGIN PUBLIC KEY-----\n',
    ].map(
      (text) =>
        [
          `a public key: ${text.trim().slice(0, 20)}`,
          text,
          'this is a public key, and the private one belongs here',
          /same name without \.pub/,
        ] as const,
    ),
    ['a key of PuTTY', 'PuTTY-User-Key-File-3: ssh-rsa\n', 'this is a key of PuTTY', /^Convert it: puttygen/],
    [
      'a key that is too short',
      rsa(512),
      'it is an RSA key of 512 bits, and ssh-add takes none under 1024',
      /^Make another: bk-stack secrets put/,
    ],
    [
      'a damaged key',
      openssh.replace(/[A-Za-z0-9]{40}\n/, '\n'),
      'it is no private key that can be read: damaged, cut off, or of another kind',
      /^Give the whole file/,
    ],
    [
      'a key with a passphrase',
      generateKeyPairSync('rsa', { modulusLength: 1024 })
        .privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })
        .toString(),
      'it has a passphrase, and nobody is there to type it when a build starts',
      /^Make one without/,
    ],
  ];
  for (const [what, text, message, hint] of REFUSED) {
    it(`is refused: ${what}`, async () => {
      const { found: remarks, hints } = await check('ssh-key', text);
      expect(remarks[0]).to.equal(`refused it: ${message}`);
      expect(hints[0]).to.match(hint);
    });
  }
});

describe('what logs would show', () => {
  const text = (findings: readonly Finding[]) => findings.map(({ severity }) => severity).join();

  it('is told of a variable by its name, unless it is too long for any', () => {
    for (const [name, value, severity] of [
      ['A_TOKEN', '12345', 'warning'],
      ['A_TOKEN', '123456', ''],
      ['A_TOKEN', '', ''],
      ['A_TOKEN', ' \n', ''],
      ['A', '12345', ''],
      ['A', 'x'.repeat(65_536), ''],
      ['A', 'x'.repeat(65_537), 'refused'],
      ['A_TOKEN', 'x'.repeat(65_537), 'refused'],
    ] as const) {
      expect(text(variableRedactionFindings(name, value)), `${name}=${value.slice(0, 9)}`).to.equal(severity);
    }
  });

  it('is counted in bytes, without the blanks around it', () => {
    expect(redactionFindings(' ä1 ').map(({ message }) => message)).to.eql([
      'it has 3 bytes, and Buildkite redacts no value under 6 from logs',
    ]);
    expect(redactionFindings('1', 'the value')[0]?.message).to.match(/^the value has 1 byte, /);
  });
});

describe('a key that no build reads', () => {
  for (const [name, reason] of [
    ['environmnet', 'did you mean environment?'],
    ['app/private_ssh_keys', 'did you mean private_ssh_key?'],
    ['app/git-credential', 'did you mean git-credentials?'],
    ['picture-of-the-team.jpeg', 'no build looks for this name'],
    [
      'app/secret-files/npm',
      "a secret file's name is a variable's and ends in _SECRET, _SECRET_KEY, _PASSWORD, _TOKEN, _ACCESS_KEY",
    ],
  ] as const) {
    it(`is told why: ${name}`, () => {
      expect(unreadReason(name)).to.equal(reason);
    });
  }
});

describe('a finding', () => {
  it('says where it is, as far as that is known', () => {
    const finding = { severity: 'warning', message: 'm' } as const;
    expect(findingText('f', finding)).to.equal('f: m');
    expect(findingText('f', { ...finding, line: 2 })).to.equal('f, line 2: m');
    expect(findingText('f', { ...finding, line: 2, column: 3 })).to.equal('f, line 2, column 3: m');
  });

  it('counts lines and characters from 1', () => {
    expect(position('ab\n🔑c', 0)).to.eql({ line: 1, column: 1 });
    expect(position('ab\n🔑c', 3)).to.eql({ line: 2, column: 1 });
    expect(position('ab\n🔑c', 5)).to.eql({ line: 2, column: 2 });
  });
});
