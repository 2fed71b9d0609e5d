import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormation, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';
import { secretsRoundTrip } from '../support/secrets-round-trip.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('bk-stack secrets', function () {
  this.timeout(600_000);
  const sandbox = new CliSandbox();
  let s3: S3;
  let folder: string;
  let stackBucket: string;

  const ok = async (...args: string[]) => okWith('', ...args);
  const okWith = async (input: string, ...args: string[]) => {
    const { exitCode, stdout, stderr } = await sandbox.runWith({ input }, 'secrets', ...args);
    expect(exitCode, stderr).to.equal(0);
    return stdout;
  };
  const json = async <Answer>(...args: string[]) => JSON.parse(await ok(...args, '--json')) as Answer;
  const refused = async (input: string, ...args: string[]) => {
    const { exitCode, stdout, stderr } = await sandbox.runWith({ input }, 'secrets', ...args);
    expect(stdout).to.equal('');
    return `${exitCode}: ${stderr}`;
  };
  const makeBucket = async (Bucket: string) => {
    await s3.createBucket({ Bucket });
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  };

  before(async () => {
    await sandbox.start();
    s3 = new S3({ ...sandbox.client, forcePathStyle: true });
    for (const name of ['ci', 'other']) {
      const made = await sandbox.runWith(
        { input: 'token' },
        'create',
        name,
        '--token-stdin',
        '--no-input',
        '--json',
      );
      expect(made.exitCode, made.stderr).to.equal(0);
    }
    stackBucket = (await json<{ bucket: string }>('list', 'ci')).bucket;
    await makeBucket('plain');
  });
  after(() => sandbox.remove());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bk-stack-secrets-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings every kind of secret to a build, byte for byte', async () => {
    await makeBucket('round-trip');
    const cli = (options: object, ...args: string[]) => sandbox.runWith(options, ...args);
    await secretsRoundTrip(cli, sandbox.awsEnvironment, 'round-trip');
  });

  it('shows keys that somebody chose to confuse a terminal as nothing but text', async () => {
    await makeBucket('hostile');
    const keys = ['title\x1b]0;owned\x07/env', 'clear\x1b[2J\x1b[1;1H', 'turned\u202Evne'];
    for (const Key of keys) await s3.putObject({ Bucket: 'hostile', Key, Body: 'A=b' });
    for (const [command, ...args] of [
      ['list', '--bucket', 'hostile'],
      ['lint', '--bucket', 'hostile'],
      ['list', '--bucket', 'hostile', '--json'],
    ] as const) {
      const { stdout, stderr } = await sandbox.run('secrets', command, ...args);
      expect(stdout + stderr, stdout + stderr).to.contain('turned');
      // eslint-disable-next-line no-control-regex -- what a terminal acts on
      expect(stdout + stderr, command).to.not.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    }
  });

  it('stores with the stack’s encryption, and says what is there without any of it', async () => {
    await okWith('very-hidden', 'put', 'ci', '--pipeline', 'app', '--set', 'NPM_KEY');
    await okWith('x', 'put', 'ci', '--secret-file', 'A_TOKEN');
    const listed = await ok('list', 'ci');
    expect(listed)
      .to.match(/app\/env +variables +\d+ .*aws:kms/)
      .and.match(/secret-files\/A_TOKEN +variable/);
    expect(listed).to.not.contain('very-hidden');
    const { secrets } = await json<{ secrets: { key: string; encryption: string }[] }>(
      'list',
      'ci',
      '--pipeline',
      'app',
    );
    expect(secrets.map(({ key, encryption }) => `${key} ${encryption}`)).to.eql([
      'app/env aws:kms',
      'secret-files/A_TOKEN aws:kms',
    ]);
    const head = await s3.headObject({ Bucket: stackBucket, Key: 'app/env' });
    expect(head.ServerSideEncryption).to.equal('aws:kms');
    expect(head.BucketKeyEnabled).to.equal(true);
  });

  it('tells what a build gets, and which file wins', async () => {
    await okWith('A=1\nB=2\n', 'put', '--bucket', 'plain', '--env', '-');
    await okWith('B=3\nX_TOKEN=4\n', 'put', '--bucket', 'plain', '--pipeline', 'app', '--env', '-');
    await okWith('5', 'put', '--bucket', 'plain', '--pipeline', 'app', '--secret-file', 'X_TOKEN');
    await ok('put', '--bucket', 'plain', '--generate-ssh-key');
    await okWith('https://u:p@github.com\n', 'put', '--bucket', 'plain', '--git-credentials', '-');
    expect(await json('list', '--bucket', 'plain', '--effective', 'app')).to.eql({
      pipeline: 'app',
      variables: [
        { name: 'A', from: 'env', over: [] },
        { name: 'B', from: 'app/env', over: ['env'] },
        { name: 'X_TOKEN', from: 'app/secret-files/X_TOKEN', over: ['app/env'] },
      ],
      unsure: [],
      sshKeys: ['private_ssh_key'],
      gitCredentials: [{ host: 'https://github.com', from: 'git-credentials' }],
    });
    expect(await ok('list', '--bucket', 'plain', '--effective', 'app')).to.match(/B +app\/env +env/);
  });

  it('runs a command with what a build would have', async () => {
    const script = 'printf "%s|%s|%s|" "$A" "$B" "$X_TOKEN"; ssh-add -l | wc -l; exit 7';
    const run = ['secrets', 'run', '--bucket', 'plain', '--pipeline', 'app', '--', 'bash', '-c', script];
    const { exitCode, stdout } = await sandbox.run(...run);
    expect(stdout).to.match(/^1\|3\|5\| *1\n$/);
    expect(exitCode).to.equal(7);
    const git = ['git', 'credential', 'fill'];
    const asked = await sandbox.runWith(
      { input: 'protocol=https\nhost=github.com\n\n', env: { GIT_TERMINAL_PROMPT: '0' } },
      ...['secrets', 'run', '--bucket', 'plain', '--', ...git],
    );
    expect(asked.stdout).to.match(/username=u\npassword=p\n/);
    const named = await sandbox.runWith(
      { env: { BK_STACK_NAME: 'ci' } },
      'secrets',
      'run',
      '--',
      'echo',
      'ran',
    );
    expect(named.stdout).to.equal('ran\n');
    expect(await refused('', 'run', 'ci')).to.match(/^2: .*There is no command to run/s);
  });

  it('gives a secret to a pipe or to a file of its owner’s, and to a terminal only when asked', async () => {
    expect(await ok('get', '--bucket', 'plain', 'env')).to.equal('A=1\nB=2\n');
    const path = join(folder, 'out');
    writeFileSync(path, 'before', { mode: 0o644 });
    expect(
      await refused('', 'get', '--bucket', 'plain', 'env', '--pipeline', 'app', '--output', path),
    ).to.match(/^2: .*is there already.*--force/s);
    expect(readFileSync(path, 'utf8')).to.equal('before');
    await ok('get', '--bucket', 'plain', 'env', '--pipeline', 'app', '--output', path, '--force');
    expect(readFileSync(path, 'utf8')).to.equal('B=3\nX_TOKEN=4\n');
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.eql(['out']);
    expect(await refused('', 'get', '--bucket', 'plain', 'nothing')).to.match(
      /^1: .*no nothing in plain.*secrets list/s,
    );
    expect(await refused('', 'get', '--bucket', 'plain')).to.match(/^2: .*No key is named/s);
    const hidden = sandbox.terminal(['secrets', 'get', '--bucket', 'plain', 'env']);
    expect(await hidden.ended()).to.equal(2);
    expect(hidden.screen)
      .to.match(/not shown on a terminal/)
      .and.not.match(/A=1/);
    const shown = sandbox.terminal(['secrets', 'get', '--bucket', 'plain', 'env', '--reveal']);
    expect(await shown.ended()).to.equal(0);
    expect(shown.screen).to.match(/A=1/);
  });

  it('keeps versions: history tells them, restore brings one back, rm hides, --all-versions deletes', async () => {
    const env = ['--bucket', 'plain', '--pipeline', 'kept'];
    await okWith('A=1\n', 'put', ...env, '--env', '-');
    const replaced = await okWith('B=2\n', 'put', ...env, '--env', '-');
    expect(replaced).to.match(/No longer in the file: A\. The version before is kept/);
    type History = { versions: { versionId: string; latest: boolean; removal: boolean }[] };
    const { versions } = await json<History>('history', ...env, 'env');
    expect(versions.map(({ latest }) => latest)).to.eql([true, false]);
    await ok('restore', ...env, 'env', versions[1]!.versionId);
    expect(await ok('get', ...env, 'env')).to.equal('A=1\n');
    expect(await refused('', 'rm', ...env, 'env')).to.match(/^2: .*has to be confirmed.*--yes/s);
    await ok('rm', ...env, 'env', '--yes');
    expect(await refused('', 'get', ...env, 'env')).to.match(/^1: /);
    expect(await ok('history', ...env, 'env')).to.match(/removed/);
    await ok('restore', ...env, 'env', versions[0]!.versionId);
    expect(await ok('get', ...env, 'env')).to.equal('B=2\n');
    expect(await refused('', 'restore', ...env, 'env', 'none')).to.match(/^1: .*no version none/s);
    await ok('rm', ...env, 'env', '--all-versions', '--yes');
    expect(await refused('', 'history', ...env, 'env')).to.match(/^1: .*there never was/s);
    expect(await refused('', 'rm', ...env, 'env', '--yes')).to.match(/^1: .*Nothing was removed/s);
  });

  it('asks before it removes, on a terminal', async () => {
    await okWith('x', 'put', '--bucket', 'plain', '--secret-file', 'GONE_TOKEN');
    const terminal = sandbox.terminal(['secrets', 'rm', '--bucket', 'plain', 'secret-files/GONE_TOKEN']);
    await terminal.shows('Remove: secret-files/GONE_TOKEN?');
    terminal.type(KEY.enter);
    expect(await terminal.ended()).to.equal(1);
    expect(terminal.screen)
      .to.match(/Nothing was removed\.\n.*answer yes/)
      .and.not.match(/Error/);
    expect(await ok('get', '--bucket', 'plain', 'secret-files/GONE_TOKEN')).to.equal('x');
  });

  it('asks for a value unseen, on a terminal', async () => {
    const terminal = sandbox.terminal([
      'secrets',
      'put',
      '--bucket',
      'plain',
      '--pipeline',
      'asked',
      '--set',
      'A',
    ]);
    await terminal.shows('Value of --set A (not shown)');
    terminal.type('typed unseen', KEY.enter);
    expect(await terminal.ended()).to.equal(0);
    expect(terminal.output).to.not.contain('typed unseen');
    expect(await ok('get', '--bucket', 'plain', '--pipeline', 'asked', 'env')).to.equal("A='typed unseen'\n");
  });

  it('refuses several lines at a prompt, which would end with the first', async () => {
    const where = ['--bucket', 'plain', '--pipeline', 'pasted'];
    const terminal = sandbox.terminal(['secrets', 'put', ...where, '--set', 'A']);
    await terminal.shows('Value of --set A (not shown)');
    terminal.type('first\rsecond\r');
    expect(await terminal.ended()).to.equal(2);
    expect(terminal.screen).to.match(/Several lines were pasted.*Nothing was stored/s);
    expect(terminal.output).to.not.match(/first\b.*second/s);
    expect(await refused('', 'get', ...where, 'env')).to.match(/^1: /);
  });

  it('works on a stack of the official template', async () => {
    const cloudFormation = new CloudFormation(sandbox.client);
    await cloudFormation.createStack({
      StackName: 'official',
      TemplateBody: JSON.stringify({
        Parameters: { SecretsBucket: { Type: 'String', Default: '' } },
        Conditions: { Managed: { 'Fn::Equals': [{ Ref: 'SecretsBucket' }, ''] } },
        Resources: {
          ManagedSecretsBucket: {
            Type: 'AWS::S3::Bucket',
            Condition: 'Managed',
            Properties: { VersioningConfiguration: { Status: 'Enabled' } },
          },
        },
        Outputs: { ManagedSecretsBucket: { Condition: 'Managed', Value: { Ref: 'ManagedSecretsBucket' } } },
      }),
    });
    await waitUntilStackCreateComplete(
      { client: cloudFormation, maxWaitTime: 600, minDelay: 1, maxDelay: 1 },
      { StackName: 'official' },
    );
    await okWith('x', 'put', 'official', '--pipeline', 'app', '--set', 'A');
    expect(await ok('get', 'official', 'env', '--pipeline', 'app')).to.equal('A=x\n');
    expect(await json('list', 'official', '--effective', 'app')).to.deep.include({
      variables: [{ name: 'A', from: 'app/env', over: [] }],
    });
    expect(
      (await sandbox.run('secrets', 'run', 'official', '--pipeline', 'app', '--', 'printenv', 'A')).stdout,
    ).to.equal('x\n');
    await ok('rm', 'official', 'app/env', '--yes');
    expect(await ok('list', 'official')).to.match(/There are no secrets/);
  });

  it('encrypts with the key that is named, and tells where instances may not use it', async () => {
    const { KeyMetadata } = await new KMS(sandbox.client).createKey({});
    const key = KeyMetadata?.Arn ?? '';
    const put = await sandbox.runWith(
      { input: 'x' },
      'secrets',
      'put',
      'ci',
      '--pipeline',
      'keyed',
      '--set',
      'A',
      '--kms-key',
      key,
    );
    expect(put.exitCode, put.stderr).to.equal(0);
    expect(put.stderr).to.contain(`set SecretsBucketKMSKey to ${key}`);
    const head = await s3.headObject({ Bucket: stackBucket, Key: 'keyed/env' });
    expect(head).to.include({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
    await ok('rm', 'ci', 'env', '--pipeline', 'keyed', '--yes', '--all-versions');
  });

  it('tells how far it is with many, and stores them all', async () => {
    mkdirSync(join(folder, 'secret-files'));
    for (let index = 0; index < 40; index += 1)
      writeFileSync(join(folder, `secret-files/S${index}_TOKEN`), 'x');
    const put = await sandbox.run(
      'secrets',
      'put',
      '--bucket',
      'plain',
      '--pipeline',
      'many',
      '--dir',
      folder,
      '--json',
    );
    expect(put.exitCode, put.stderr).to.equal(0);
    expect((JSON.parse(put.stdout) as { written: unknown[] }).written).to.have.length(40);
    expect(put.stderr).to.match(/Stored 20 of 40\n.*Stored 40 of 40\n/s);
    const keys = Array.from({ length: 40 }, (_, index) => `secret-files/S${index}_TOKEN`);
    await ok('rm', '--bucket', 'plain', '--pipeline', 'many', '--yes', '--all-versions', ...keys);
  });

  it('promises no versions where a bucket keeps none', async () => {
    await s3.createBucket({ Bucket: 'flat' });
    await okWith('A=1\n', 'put', '--bucket', 'flat', '--env', '-');
    expect(await okWith('B=1\n', 'put', '--bucket', 'flat', '--env', '-')).to.match(
      /No longer in the file: A\. The bucket keeps no versions, so they are gone/,
    );
    const terminal = sandbox.terminal(['secrets', 'rm', '--bucket', 'flat', 'env']);
    await terminal.shows('Delete for good, as the bucket keeps no versions: env?');
    terminal.type('y', KEY.enter);
    expect(await terminal.ended()).to.equal(0);
    expect(terminal.screen).to.match(/env: deleted with 1 version\b/);
    expect(await refused('', 'history', '--bucket', 'flat', 'env')).to.match(/^1: .*there never was/s);
  });

  it('ends the command and its ssh-agent when it is ended itself', async () => {
    const where = ['--bucket', 'plain', '--pipeline', 'ended'];
    await ok('put', ...where, '--generate-ssh-key');
    const told = join(folder, 'told');
    const script = 'echo "$$ $SSH_AGENT_PID" > "$0.new"; mv "$0.new" "$0"; exec sleep 1000';
    const child = sandbox.spawn('secrets', 'run', ...where, '--', 'bash', '-c', script, told);
    const ended = new Promise<number | null>((done) => child.on('exit', done));
    await until('the command begins', () => existsSync(told));
    const pids = readFileSync(told, 'utf8').trim().split(' ').map(Number);
    child.kill('SIGTERM');
    expect(await ended).to.equal(128 + 15);
    // Both may be told of their end a little later than the CLI is.
    await until('both end', () => !pids.some(isAlive));
  });

  it('copies to another stack, and replaces nothing unasked', async () => {
    await ok('copy', '--from', 'ci', '--to', 'other');
    type Listed = { secrets: { key: string }[] };
    expect((await json<Listed>('list', 'other')).secrets.map(({ key }) => key)).to.eql([
      'app/env',
      'secret-files/A_TOKEN',
    ]);
    expect(await ok('copy', '--from', 'ci', '--to', 'other')).to.match(
      /0 secrets copied.*2 secrets the same/s,
    );
    await okWith('changed', 'put', 'ci', '--secret-file', 'A_TOKEN');
    const conflict = await refused('', 'copy', '--from', 'ci', '--to', 'other');
    expect(conflict).to.match(/^1: .*something else at secret-files\/A_TOKEN.*--overwrite/s);
    await ok('copy', '--from', 'ci', '--to', 'other', '--overwrite');
    expect(await ok('get', 'other', 'secret-files/A_TOKEN')).to.equal('changed');
  });

  it('finds what is wrong in a bucket', async () => {
    expect(await ok('lint', 'ci')).to.match(/nothing to be seen to/);
    await s3.createBucket({ Bucket: 'sloppy' });
    const put = (Key: string, Body: string, encrypted = true) =>
      s3.putObject({ Bucket: 'sloppy', Key, Body, ...(encrypted && { ServerSideEncryption: 'aws:kms' }) });
    await put('env', 'A=1\n', false);
    await put('enviroment', 'A=1\n');
    await put('app/env', 'A=two words\n');
    await put('app/private_ssh_key', 'ssh-ed25519 AAAA x\n');
    await put('secret-files/NPM', 'x');
    const { exitCode, stdout } = await sandbox.run('secrets', 'lint', '--bucket', 'sloppy');
    expect(exitCode).to.equal(1);
    for (const finding of [
      /✖ env: it is not encrypted by KMS but by AES256/,
      /✖ enviroment: no build ever reads it: did you mean environment\?/,
      /! app\/env: line 1, column 7: what follows the blank/,
      /✖ app\/private_ssh_key: this is a public key/,
      /✖ secret-files\/NPM: no build ever reads it: a secret file's name/,
      /! the bucket keeps no versions/,
      /! the bucket encrypts by AES256/,
      /5 secrets: 4 errors, 3 warnings/,
    ]) {
      expect(stdout).to.match(finding);
    }
    await s3.putBucketEncryption({
      Bucket: 'sloppy',
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
    });
    expect((await sandbox.run('secrets', 'lint', '--bucket', 'sloppy')).stdout).to.not.match(
      /encrypts by AES256/,
    );
  });

  it('refuses a bucket that is open, elsewhere, another’s or not there', async () => {
    const put = (bucket: string, ...more: string[]) =>
      refused('x', 'put', '--bucket', bucket, '--secret-file', 'A_TOKEN', ...more);
    await s3.createBucket({ Bucket: 'by-policy' });
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::by-policy/*' },
      ],
    });
    await s3.deletePublicAccessBlock({ Bucket: 'by-policy' });
    await s3.putBucketPolicy({ Bucket: 'by-policy', Policy });
    expect(await put('by-policy')).to.match(
      /^1: .*by-policy is open to others: its policy.*put-public-access-block/s,
    );
    expect((await s3.listObjectsV2({ Bucket: 'by-policy' })).KeyCount).to.equal(0);

    await new S3({ ...sandbox.client, region: 'eu-west-1', forcePathStyle: true }).createBucket({
      Bucket: 'far-away',
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    });
    expect(await put('far-away')).to.match(
      /^1: .*far-away is in eu-west-1, not in us-east-1.*--region eu-west-1/s,
    );
    expect(await put('no-such-bucket')).to.match(/^1: .*There is no bucket no-such-bucket/s);
    expect(await refused('x', 'put', 'no-stack', '--set', 'A')).to.match(/^1: .*no stack named no-stack/s);
  });

  it('stores without KMS only where that is said', async () => {
    const stored = await json<{ written: { encryption: string }[] }>(
      ...['put', '--bucket', 'plain', '--pipeline', 'open', '--set', 'A=1', '--no-encrypt'],
    );
    expect(stored.written[0]!.encryption).to.equal('AES256');
    const both = await refused(
      '',
      'put',
      '--bucket',
      'plain',
      '--set',
      'A=1',
      '--no-encrypt',
      '--kms-key',
      'x',
    );
    expect(both).to.match(/^2: /);
    expect(await refused('', 'put', '--bucket', 'plain', '--set', 'K=1', '--kms-key', 'alias/none')).to.match(
      /^1: .*KMS/s,
    );
  });

  it('does not replace a key by one that it makes', async () => {
    await ok('put', '--bucket', 'plain', '--pipeline', 'made', '--generate-ssh-key');
    const again = await refused('', 'put', '--bucket', 'plain', '--pipeline', 'made', '--generate-ssh-key');
    expect(again).to.match(/^1: .*There is a key at made\/private_ssh_key already/s);
  });

  it('edits the file that a variable is in, and refuses one that holds commands', async () => {
    const env = ['--bucket', 'plain', '--pipeline', 'edits'];
    const put = (name: string, Body: string) => s3.putObject({ Bucket: 'plain', Key: `edits/${name}`, Body });
    await put('env', '# mine\nA=1\nB=2 # two\n');
    await put('environment', 'A=3\n');
    expect(await okWith('4', 'put', ...env, '--set', 'A', '--unset', 'B', '--unset', 'NONE')).to.match(
      /Set: A\nRemoved: B\nNot there, so not removed: NONE/,
    );
    expect(await ok('get', ...env, 'env')).to.equal('# mine\nA=1\n');
    expect(await ok('get', ...env, 'environment')).to.equal('A=4\n');
    await put('env', 'A=1\nsource other\n');
    const refusal = await refused('x', 'put', ...env, '--set', 'NEW');
    expect(refusal).to.match(/^1: .*edits\/env, line 2, column 1: it holds shell code.*--allow-shell/s);
  });
});
