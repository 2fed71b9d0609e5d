import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../../src/errors.ts';
import { gatherSecrets, type PutFlags, type PutRequest } from '../../../src/secrets/put/gather.ts';

const NONE: PutFlags = { 'generate-ssh-key': false, 'allow-shell': false };
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = RSA.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

function gather(flags: Partial<PutFlags>, stdin?: string | Buffer): Promise<PutRequest> {
  return gatherSecrets(
    { ...NONE, ...flags },
    {
      stdin: () => Promise.resolve(Buffer.from(stdin ?? '')),
      stdinIsTerminal: stdin === undefined,
      ask: undefined,
    },
  );
}

async function refusal(flags: Partial<PutFlags>, stdin?: string | Buffer): Promise<string> {
  try {
    await gather(flags, stdin);
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError);
    return `${(error as UsageError).message}\n${(error as UsageError).hint ?? ''}`;
  }
  throw new Error('it was taken');
}

describe('what is given to secrets put', () => {
  let folder: string;
  const file = (name: string, content: string | Buffer, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  const keygen = (name: string, ...options: string[]): string => {
    const path = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-f', path, '-C', 'test', ...options]);
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bk-stack-put-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  describe('as a private key', () => {
    it('is taken in every form that ssh-keygen and openssl write', async () => {
      for (const [index, options] of [
        ['-t', 'ed25519'],
        ['-t', 'rsa', '-m', 'PEM'],
        ['-t', 'ecdsa'],
      ].entries()) {
        const path = keygen(`key${index}`, '-N', '', ...options);
        const { secrets, warnings } = await gather({ 'ssh-key': path });
        expect(secrets[0]).to.include({ key: 'private_ssh_key', kind: 'ssh-key', replaces: true });
        expect(secrets[0]!.body.toString()).to.equal(readFileSync(path, 'utf8'));
        expect(warnings).to.eql([]);
      }
      const pkcs8 = RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      expect((await gather({ 'ssh-key': '-', pipeline: 'app' }, pkcs8)).secrets[0]!.key).to.equal(
        'app/private_ssh_key',
      );
    });

    it('gets the last line feed and the line ends that ssh-add needs, and says so', async () => {
      const { secrets, warnings } = await gather({ 'ssh-key': '-' }, PEM.trimEnd().replaceAll('\n', '\r\n'));
      expect(secrets[0]!.body.toString()).to.equal(PEM);
      expect(warnings.join())
        .to.match(/line ends were those of Windows.*have been changed/)
        .and.match(/has been added/);
    });

    it('is refused where no build could use it', async () => {
      expect(await refusal({ 'ssh-key': keygen('locked', '-t', 'ed25519', '-N', 'secret phrase') })).to.match(
        /locked: it has a passphrase, and nobody is there to type it/,
      );
      const locked = RSA.privateKey.export({
        type: 'pkcs1',
        format: 'pem',
        cipher: 'aes-128-cbc',
        passphrase: 'x',
      });
      expect(await refusal({ 'ssh-key': '-' }, locked)).to.match(/it has a passphrase/);
      expect(await refusal({ 'ssh-key': `${keygen('open', '-t', 'ed25519', '-N', '')}.pub` })).to.match(
        /open\.pub: this is a public key, and the private one belongs here/,
      );
      const spki = RSA.publicKey.export({ type: 'spki', format: 'pem' });
      expect(await refusal({ 'ssh-key': '-' }, spki)).to.match(/this is a public key/);
      expect(await refusal({ 'ssh-key': '-' }, PEM.slice(0, 900))).to.match(
        /damaged, cut off, or of another kind/,
      );
      expect(await refusal({ 'ssh-key': '-' }, 'PuTTY-User-Key-File-3: ssh-ed25519\n')).to.match(
        /key of PuTTY.*puttygen/s,
      );
      expect(await refusal({ 'ssh-key': '-' }, ' \n')).to.match(/it is empty/);
      const short = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey;
      expect(
        await refusal({ 'ssh-key': '-' }, short.export({ type: 'pkcs1', format: 'pem' }).toString()),
      ).to.match(/an RSA key of 512 bits, and ssh-add takes none under 1024/);
      const large = `${PEM}${'x'.repeat(65_536)}`;
      expect(await refusal({ 'ssh-key': '-' }, large)).to.match(/it has \d+ bytes/);
    });

    it('is told of when others can read its file', async () => {
      const { warnings } = await gather({ 'ssh-key': file('key', PEM, 0o644) });
      expect(warnings[0]).to.match(/key can be read by others on this machine \(mode 644\): chmod 600/);
    });

    it('gets rid of what copying has put around it, and of a form that older OpenSSH does not read', async () => {
      const plain = readFileSync(keygen('plain', '-t', 'ed25519', '-N', ''), 'utf8');
      const pasted = `\ufeff\n  ${plain.trimEnd().replaceAll('\n', ' \n  ')}`;
      const mended = await gather({ 'ssh-key': '-' }, pasted);
      expect(mended.secrets[0]!.body.toString()).to.equal(plain);
      expect(mended.warnings.join()).to.match(/no blanks around its lines: they have been taken out/);
      const { privateKey } = generateKeyPairSync('ed25519');
      const rewritten = await gather(
        { 'ssh-key': '-' },
        privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      );
      expect(rewritten.warnings.join()).to.match(/rewritten in OpenSSH's own/);
      execFileSync('ssh-keygen', ['-y', '-f', file('rewritten', rewritten.secrets[0]!.body)]);
    });

    it('is made, in a form that ssh takes, and its public half printed', async () => {
      for (const type of ['ed25519', 'rsa']) {
        const { publicKey, secrets } = await gather({ 'generate-ssh-key': true, type, pipeline: 'app' });
        const path = file(type, secrets[0]!.body);
        const derived = execFileSync('ssh-keygen', ['-y', '-f', path], { encoding: 'utf8' });
        expect(derived.split(' ').slice(0, 2)).to.eql(publicKey!.split(' ').slice(0, 2));
        expect(publicKey).to.match(/ buildkite-app$/);
        expect(secrets[0]!.replaces).to.equal(false);
      }
    });
  });

  describe('as an env file', () => {
    it('is taken as it is', async () => {
      const text = '# why\nexport A=1\nB="two words" # two\nC=\'$x\'\n';
      expect((await gather({ env: '-', pipeline: 'app' }, text)).secrets[0]).to.deep.include({
        key: 'app/env',
        body: Buffer.from(text),
      });
    });

    it('is refused where bash would make something else of it', async () => {
      const refused: readonly (readonly [string | Buffer, RegExp])[] = [
        [
          'A=1\nB=two words\n',
          /stdin \(--env\), line 2, column 7: what follows the blank would be run as a command/,
        ],
        ['A = 1\n', /line 1, column 1: this would be run as a command/],
        ['MY-VAR=1\n', /line 1, column 1: this would be run as a command/],
        ['A="x"y"\n', /line 1, column 7: the double quote that opens here is never closed/],
        ["A=it's\n", /line 1, column 5: the single quote that opens here is never closed/],
        ['A=${B\n', /line 1, column 3: the brace/],
        ['A=pa$$word\n', /line 1, column 5: a special parameter of the shell/],
        ['A=pa$word\n', /line 1, column 5: bash expands a variable here/],
        ['A=1\nPATH="$PATH:/opt/bin"\n', /line 2, column 7: bash expands a variable here/],
        ['export A=two words\n', /line 1, column 14: the value before this blank ends there/],
        ['U=https://h/?a=1&b=2\n', /line 1, column 17: an operator of the shell ends the value/],
        ['A=$(date)\n', /line 1, column 3: a command is run here/],
        ['if true; then\nA=1\nfi\n', /line 1, column 1: a compound command begins here/],
        ['UID=5\n', /line 1, column 1: bash does not let UID be set/],
        ['A=1\r\nB=2\r\n', /line 1, column 4: it has carriage returns/],
        ['\ufeffA=1\n', /line 1, column 1: it begins with a byte order mark/],
        ['A=1\nB=x\0y\n', /line 2, column 4: a NUL byte/],
        [Buffer.from([0x41, 0x3d, 0xff, 0x0a]), /line 1, column 3: bytes that are no UTF-8 text/],
        [`A=${'x'.repeat(65_537)}\n`, /line 1, column 1: the value has 65537 bytes/],
      ];
      for (const [text, message] of refused) {
        const told = await refusal({ env: '-' }, text);
        expect(told, JSON.stringify(text.toString().slice(0, 40))).to.match(message);
        expect(told).to.match(/Nothing was stored\./);
      }
    });

    it('may be more than assignments where that is said', async () => {
      const { warnings } = await gather({ env: '-', 'allow-shell': true }, 'A=$(date)\nB=${C:-x}\n');
      expect(warnings).to.have.length(2);
      expect(await refusal({ env: '-', 'allow-shell': true }, 'A="x\n')).to.match(/never closed/);
    });

    it('is told of where it may not mean what it says', async () => {
      expect((await gather({ env: '-' }, 'A=C:\\new\n')).warnings[0]).to.match(
        /line 1, column 5: an unquoted backslash/,
      );
      expect((await gather({ env: '-' }, 'A=“x”\n')).warnings[0]).to.match(
        /line 1, column 3: typographic quotes/,
      );
    });
  });

  describe('as variables to set', () => {
    it('takes one value from stdin, but for a last line feed, and tells of those on the command line', async () => {
      const { edits, warnings } = await gather({ set: ['A', 'B=2'], unset: ['C'] }, 'from\nstdin\n');
      expect(edits).to.eql([
        { name: 'A', value: 'from\nstdin' },
        { name: 'B', value: '2' },
        { name: 'C', value: undefined },
      ]);
      expect(warnings.join()).to.match(/The value of B is on the command line/);
    });

    it('is told of values that logs would show', async () => {
      expect((await gather({ set: ['A_TOKEN'] }, '12345\n')).warnings).to.eql([
        '--set A_TOKEN: the value has 5 bytes, and Buildkite redacts no value under 6 from logs',
      ]);
      expect((await gather({ set: ['A_TOKEN'] }, '123456\n')).warnings).to.eql([]);
      expect((await gather({ set: ['A'] }, '12345\n')).warnings).to.eql([]);
    });

    it('is refused for names that are none, and values that no variable holds', async () => {
      expect(await refusal({ set: ['MY-VAR=s3cret'] }))
        .to.match(/no name of a variable/)
        .and.not.match(/MY-VAR|s3cret/);
      expect(await refusal({ unset: ['1A'] })).to.match(/--unset: .*no name of a variable/);
      expect(await refusal({ set: ['UID=1'] })).to.match(/bash does not let UID be set/);
      expect(await refusal({ set: ['A'] }, 'x\0y')).to.match(/--set A, line 1, column 2: a NUL byte/);
      expect(await refusal({ set: ['A'] }, Buffer.from([0x61, 0xff]))).to.match(
        /--set A, line 1, column 2: bytes that are no UTF-8 text/,
      );
      expect(await refusal({ set: ['A=1', 'B=1'], unset: ['A'] })).to.match(/A is named twice/);
      expect(await refusal({ set: ['A'] }, 'x'.repeat(65_537))).to.match(
        /--set A: the value has 65537 bytes/,
      );
      expect(await refusal({ set: ['A'] })).to.match(/--set A has no value, and nobody can be asked/);
      expect(await refusal({ set: ['A', 'B'] }, 'x')).to.match(/--set A and --set B both read stdin/);
      expect(await refusal({ set: ['A=1'], env: '-' }, 'B=1\n')).to.match(/--env stores a whole file/);
      file('env', 'B=1\n');
      expect(await refusal({ set: ['A=1'], dir: folder })).to.match(/--dir stores a whole file/);
    });
  });

  describe('as git-credentials', () => {
    it('is URLs with percent-encoded users and passwords, one a line', async () => {
      const text = 'https://robot:p%40ss%2Fw@github.com\nhttps://u:p-word@gitlab.com/group\n';
      expect((await gather({ 'git-credentials': '-' }, text)).secrets[0]!.body.toString()).to.equal(text);
      const { secrets, warnings } = await gather({ 'git-credentials': '-' }, text.trimEnd());
      expect(secrets[0]!.body.toString()).to.equal(text);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/it has been added/);
      const short = await gather({ 'git-credentials': '-' }, `${text}https://u:12345@gitlab.com\n`);
      expect(short.warnings).to.have.length(1);
      expect(short.warnings[0]).to.match(
        /line 3: the password has 5 bytes, and Buildkite redacts no value under 6/,
      );
    });

    it('is refused where Git would not find what was meant', async () => {
      const refused: readonly (readonly [string, RegExp])[] = [
        ['github.com\n', /stdin \(--git-credentials\), line 1, column 1: this is no URL/],
        ['https://u:p@a.com\nhttps://token@github.com\n', /line 2, column 9: it has no password/],
        ['https://github.com/org\n', /line 1, column 9: it names neither user nor password/],
        ['https://u:p@ss@github.com\n', /line 1, column 12: a @ within user or password: write it as %40/],
        ['https://u:p/ss@github.com\n', /line 1, column 12: a \/ within user or password: write it as %2F/],
        ['https://u:p%zz@github.com\n', /line 1, column 12: a % that begins no percent-encoding/],
        ['https://u:p ss@github.com\n', /line 1, column 12: a blank within the URL/],
        ['https://u:p@\n', /line 1, column 13: behind the @ there is no name of a host/],
        ['https://u:p@a.com\r\n', /line 1, column 18: it has carriage returns/],
        ['\n', /it is empty/],
      ];
      for (const [text, message] of refused) {
        expect(await refusal({ 'git-credentials': '-' }, text), text).to.match(message);
      }
    });
  });

  describe('as secret files', () => {
    it('is taken byte for byte', async () => {
      const { secrets, warnings } = await gather(
        { 'secret-file': [`A_TOKEN=${file('a', 'xx=yyy\n')}`, 'B_PASSWORD'], pipeline: 'app' },
        'two\nlines',
      );
      expect(secrets.map(({ key, body }) => [key, body.toString()])).to.eql([
        ['app/secret-files/A_TOKEN', 'xx=yyy\n'],
        ['app/secret-files/B_PASSWORD', 'two\nlines'],
      ]);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/A_TOKEN: it ends in a line feed, which builds get as part of the value/);
      const short = await gather({ 'secret-file': ['A_TOKEN'] }, '12345\n');
      expect(short.warnings[1]).to.match(
        /A_TOKEN: it has 5 bytes, and Buildkite redacts no value under 6 from logs/,
      );
    });

    it('is refused where no build would get it', async () => {
      expect(await refusal({ 'secret-file': ['NPM'] }, 'x')).to.match(/ends in _SECRET, .*such as NPM_TOKEN/);
      expect(await refusal({ 'secret-file': ['a/b_TOKEN'] }, 'x')).to.match(/no build would get/);
      expect(await refusal({ 'secret-file': [`A_TOKEN=${file('none', '')}`] })).to.match(
        /A_TOKEN: it is empty/,
      );
      expect(await refusal({ 'secret-file': ['A_TOKEN'] }, 'x'.repeat(65_537))).to.match(
        /it has 65537 bytes/,
      );
      expect(await refusal({ 'secret-file': ['A_TOKEN'] }, 'x\0')).to.match(/line 1, column 2: a NUL byte/);
      expect(await refusal({ 'secret-file': [`A_TOKEN=${folder}`] })).to.match(/is a folder/);
    });
  });

  describe('as a folder', () => {
    it('is stored as it is laid out', async () => {
      mkdirSync(join(folder, 'app/secret-files'), { recursive: true });
      file('env', 'A=1\n');
      file('app/private_ssh_key', PEM);
      file('app/secret-files/X_TOKEN', 'x');
      const { secrets } = await gather({ dir: folder });
      expect(secrets.map(({ key }) => key)).to.eql([
        'app/private_ssh_key',
        'app/secret-files/X_TOKEN',
        'env',
      ]);
    });

    it('is refused as a whole for what no build reads, or cannot be used', async () => {
      file('enviroment', 'A=1\n');
      expect(await refusal({ dir: folder })).to.match(/enviroment: did you mean environment\?/);
      rmSync(join(folder, 'enviroment'));
      mkdirSync(join(folder, 'secret-files'));
      file('secret-files/NPM', 'x');
      expect(await refusal({ dir: folder })).to.match(
        /NPM: a secret file's name is a variable's and ends in/,
      );
      rmSync(join(folder, 'secret-files/NPM'));
      file('env', 'A=b c\n');
      file('private_ssh_key', 'x');
      expect(await refusal({ dir: folder })).to.match(
        /env, line 1, column 5.*private_ssh_key: it is no private key/s,
      );
      expect(await refusal({ dir: join(folder, 'none') })).to.match(/--dir names nothing that can be read/);
      mkdirSync(join(folder, 'empty'));
      expect(await refusal({ dir: join(folder, 'empty') })).to.match(/is empty/);
    });
  });

  it('is not nothing: stdin that is empty is refused, and never stored over what is there', async () => {
    for (const [flags, flag] of [
      [{ env: '-' }, '--env'],
      [{ 'ssh-key': '-' }, '--ssh-key'],
      [{ 'git-credentials': '-' }, '--git-credentials'],
      [{ 'secret-file': ['NPM_TOKEN'] }, '--secret-file NPM_TOKEN'],
      [{ 'secret-file': ['NPM_TOKEN=-'] }, '--secret-file NPM_TOKEN'],
      [{ set: ['NPM_TOKEN'] }, '--set NPM_TOKEN'],
    ] as const) {
      expect(await refusal(flags, '')).to.match(
        new RegExp(`^${flag} reads stdin, and that is empty\\nNothing was stored`),
      );
    }
    for (const blank of ['', '\n', '\r\n']) {
      expect(await refusal({ set: ['A'] }, blank)).to.match(/is empty.*shall be empty: --set A=$/s);
    }
    expect((await gather({ set: ['A='] })).edits).to.eql([{ name: 'A', value: '' }]);
  });

  it('is not repeated where a value stands in the place of a file', async () => {
    const value = 'hunter2';
    const misplaced: readonly Partial<PutFlags>[] = [
      { env: `A=${value}` },
      { 'ssh-key': `-----BEGIN ${value}` },
      { 'git-credentials': `https://u:${value}@github.com` },
      { 'secret-file': [`A_TOKEN=${value}`] },
      { 'secret-file': [`A_TOKEN=${value.repeat(1000)}`] },
      { dir: value },
    ];
    for (const flags of misplaced) {
      const told = await refusal(flags);
      expect(told).to.match(/names nothing that can be read.*the name of a file or folder, and no value/s);
      expect(told).to.not.contain(value);
    }
  });

  it('is refused for a pipeline called as a folder of the layout, in which no build looks for it', async () => {
    expect(await refusal({ pipeline: 'secret-files', set: ['X=1'] })).to.match(
      /secret-files\/ holds the secret files of every pipeline.*leave out --pipeline/s,
    );
  });

  it('is refused for slugs that are none, twice the same, nothing at all, and a terminal to read from', async () => {
    expect(await refusal({ pipeline: 'a/b', set: ['A=1'] })).to.match(/"a\/b" is no pipeline's slug/);
    mkdirSync(join(folder, 'd'));
    expect(await refusal({ env: file('env', 'A=1\n'), dir: folder })).to.match(/would both be stored as env/);
    file('d/private_ssh_key', PEM);
    expect(await refusal({ 'generate-ssh-key': true, dir: join(folder, 'd') })).to.match(
      /private_ssh_key and the key to be made would both be stored as private_ssh_key/,
    );
    expect(await refusal({})).to.match(/Nothing is given to be stored/);
    expect(await refusal({ env: '-' })).to.match(/--env reads stdin, and that is a terminal/);
    expect(await refusal({ env: '-', 'ssh-key': '-' }, PEM)).to.match(/--ssh-key and --env both read stdin/);
  });
});
