import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as requestTo } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import type { Finished } from '../support/process.ts';
import { commandLines } from '../support/command-lines.ts';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

/** Stands in every secret, and may stand nowhere else; of this run alone, as the arguments of all processes are looked at. */
const MARKER = `mrk7SECRET${randomBytes(6).toString('hex')}`;

function filesWithMarker(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(MARKER));
}

describe('the values of secrets', function () {
  this.timeout(900_000);
  const sandbox = new CliSandbox();
  let folder: string;
  let temporary: string;
  const seen: string[] = [];

  before(async () => {
    await sandbox.start();
    folder = mkdtempSync(join(tmpdir(), 'bk-stack-marker-'));
    temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const s3 = new S3({ ...sandbox.client, forcePathStyle: true });
    for (const Bucket of ['marked', 'target']) await s3.createBucket({ Bucket });
    for (const Bucket of ['public']) {
      await s3.createBucket({ Bucket });
      await s3.deletePublicAccessBlock({ Bucket });
      const Policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}/*` },
        ],
      });
      await s3.putBucketPolicy({ Bucket, Policy });
    }
    for (const name of ['ci', 'other']) {
      const made = await sandbox.runWith({ input: 'token' }, 'create', name, '--token-stdin', '--no-input');
      expect(made.exitCode, made.stderr).to.equal(0);
    }
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await sandbox.remove();
  });

  /** Runs a command while the arguments of all processes are watched. */
  const runCommand = async (input: string, args: readonly string[]) => {
    let hasEnded = false;
    const look = () => {
      if (commandLines().includes(MARKER)) seen.push(args.join(' '));
      return hasEnded;
    };
    const run = sandbox
      .runWith({ input, env: { TMPDIR: temporary } }, ...args)
      .finally(() => (hasEnded = true));
    const [finished] = await Promise.all([run, until('the command ends', look, { every: 10 })]);
    return finished;
  };
  const run = (input: string, ...args: string[]) => runCommand(input, ['secrets', ...args]);
  /** With everything that it could tell told. */
  const staysWith = async (
    ask: (input: string, args: readonly string[]) => Promise<Finished>,
    exitCode: number,
    input: string,
    ...args: string[]
  ) => {
    const behind = args.indexOf('--');
    const debug =
      behind < 0 ? [...args, '--debug'] : [...args.slice(0, behind), '--debug', ...args.slice(behind)];
    for (const variant of [debug, ...(args[1] === 'run' ? [] : [[...args, '--json']])]) {
      const outcome = await ask(input, variant);
      const what = `${variant.join(' ')}: ${outcome.stderr}`;
      expect(outcome.exitCode, what).to.equal(exitCode);
      expect(outcome.stdout + outcome.stderr, what).to.not.contain(MARKER);
    }
  };
  const stays = (exitCode: number, input: string, ...args: string[]) =>
    staysWith(runCommand, exitCode, input, 'secrets', ...args);
  /** A value where none belongs: whoever typed it sees it, and nobody else shall. */
  const staysUnrepeated = (...args: string[]) =>
    staysWith((input, all) => sandbox.runWith({ input, env: { TMPDIR: temporary } }, ...all), 2, '', ...args);

  it('are in nothing that a command says while all goes well', async () => {
    const env = `A=${MARKER}\nB='${MARKER}\n${MARKER}'\n`;
    await stays(0, env, 'put', 'ci', '--env', '-');
    await stays(0, MARKER, 'put', 'ci', '--set', 'C', '--unset', 'A');
    await stays(0, MARKER, 'put', 'ci', '--secret-file', 'X_TOKEN', '--pipeline', 'app');
    await stays(0, `https://u:${MARKER}@github.com`, 'put', 'ci', '--git-credentials', '-');
    const key = execFileSync(
      process.execPath,
      [
        '-e',
        "process.stdout.write(crypto.generateKeyPairSync('rsa',{modulusLength:2048}).privateKey.export({type:'pkcs1',format:'pem'}))",
      ],
      { encoding: 'utf8' },
    );
    await stays(0, key, 'put', 'ci', '--ssh-key', '-');
    await stays(0, '', 'list', 'ci');
    await stays(0, '', 'list', 'ci', '--effective', 'app');
    await stays(0, '', 'lint', 'ci');
    await stays(0, '', 'history', 'ci', 'env');
    await stays(0, '', 'copy', '--from', 'ci', '--to', 'other');
    await stays(0, '', 'get', 'ci', 'env', '--output', join(folder, 'asked-for'), '--force');
    await stays(
      0,
      '',
      'run',
      'ci',
      '--pipeline',
      'app',
      '--',
      'sh',
      '-c',
      `test "$X_TOKEN" = mrk7"SECRET"${MARKER.slice(10)}`,
    );
    const { versions } = JSON.parse((await run('', 'history', 'ci', 'env', '--json')).stdout) as {
      versions: { versionId: string }[];
    };
    await stays(0, '', 'restore', 'ci', 'env', versions.at(-1)!.versionId);
    await run('', 'rm', 'ci', 'env', '--yes');
  });

  it('are in nothing that a command says when it refuses or fails', async () => {
    const bad = [
      `A=x ${MARKER}`,
      `A="${MARKER}`,
      MARKER,
      `A=pa$${MARKER}`,
      `A=x&${MARKER}`,
      `A=$(${MARKER})`,
      `${MARKER}-x=1`,
      `A=${MARKER}\r\n`,
      `A=${MARKER}\0`,
    ];
    for (const text of bad) await stays(2, text, 'put', '--bucket', 'marked', '--env', '-');
    for (const text of [
      `https://u:${MARKER}/x@github.com`,
      `${MARKER}@x`,
      `https://${MARKER}@github.com`,
      `https://u:${MARKER}%zz@h`,
    ]) {
      await stays(2, text, 'put', '--bucket', 'marked', '--git-credentials', '-');
    }
    const broken = `-----BEGIN RSA PRIVATE KEY-----\n${MARKER}\n-----END RSA PRIVATE KEY-----\n`;
    for (const text of [broken, `ssh-rsa ${MARKER}`, MARKER, broken.replaceAll('RSA', 'OPENSSH')]) {
      await stays(2, text, 'put', '--bucket', 'marked', '--ssh-key', '-');
    }
    await stays(2, `${MARKER}\0`, 'put', '--bucket', 'marked', '--set', 'A');
    await stays(2, MARKER.repeat(9000), 'put', '--bucket', 'marked', '--secret-file', 'A_TOKEN');
    // AWS refuses: no such bucket, a public one, no such key, no such stack.
    await stays(1, MARKER, 'put', '--bucket', 'no-such-bucket', '--set', 'A');
    await stays(1, MARKER, 'put', '--bucket', 'public', '--set', 'A');
    await stays(1, MARKER, 'put', '--bucket', 'marked', '--set', 'A', '--kms-key', 'alias/none');
    await stays(1, MARKER, 'put', 'no-stack', '--set', 'A');
    // What is in the bucket is broken.
    const s3 = new S3({ ...sandbox.client, forcePathStyle: true });
    const put = (Key: string, Body: string) => s3.putObject({ Bucket: 'marked', Key, Body });
    await put('env', `A=1\n${MARKER} x\nB="${MARKER}`);
    await put('git-credentials', `https://${MARKER}@x\n`);
    await put('private_ssh_key', broken);
    await put('secret-files/NO', MARKER);
    await stays(1, MARKER, 'put', '--bucket', 'marked', '--set', 'A');
    await stays(1, '', 'lint', '--bucket', 'marked');
    await stays(0, '', 'list', '--bucket', 'marked', '--effective', 'app');
    await stays(1, '', 'rm', '--bucket', 'marked', 'none', '--yes');
    await stays(1, '', 'restore', '--bucket', 'marked', 'env', 'none');
    await put('env', `A=${MARKER}\n${MARKER} x\n${MARKER}-command`);
    await stays(53, '', 'run', '--bucket', 'marked', '--', 'true');
  });

  it('are not repeated where they stand in the wrong place', async () => {
    const put = ['secrets', 'put', '--bucket', 'marked'];
    await staysUnrepeated(...put, '--env', `A=${MARKER}`);
    await staysUnrepeated(...put, '--ssh-key', `-----BEGIN ${MARKER}`);
    await staysUnrepeated(...put, '--git-credentials', `https://u:${MARKER}@github.com`);
    await staysUnrepeated(...put, '--secret-file', `A_TOKEN=${MARKER}`);
    await staysUnrepeated(...put, '--secret-file', MARKER);
    await staysUnrepeated(...put, '--set', `-${MARKER}=1`);
    await staysUnrepeated('secrets', 'put', 'ci', '--set', 'A', MARKER);
    await staysUnrepeated('secrets', 'put', 'ci', '--set', 'A', `--${MARKER}`);
    await staysUnrepeated('token', 'rotate', 'ci', MARKER);
    await staysUnrepeated('create', 'third', MARKER);
  });

  it('are not repeated where a server quotes what it was sent', async () => {
    // As something between here and S3 or SSM might: all else is the sandbox's own answer.
    const server = createServer((request, response) => {
      void buffer(request).then(async (body) => {
        const { 'x-amz-target': target = '' } = request.headers;
        const stores = request.method === 'PUT' || /PutParameter$/.test(String(target));
        if (stores) {
          const said = body.toString();
          response.writeHead(400, {
            'content-type': target === '' ? 'application/xml' : 'application/x-amz-json-1.1',
          });
          response.end(
            target === ''
              ? `<Error><Code>InvalidRequest</Code><Message>Cannot take ${said.replaceAll('<', '')}</Message></Error>`
              : JSON.stringify({ __type: 'ValidationException', message: `Cannot take ${said}` }),
          );
          return;
        }
        const { method, url, headers } = request;
        // With the host that the request was signed for, which fetch would not let through.
        const onward = requestTo(`${sandbox.endpoint}${url}`, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        });
        onward.end(body);
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const env = {
      BK_STACK_SANDBOX: undefined,
      ...sandbox.awsEnvironment,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      TMPDIR: temporary,
    };
    const quoted = (input: string, ...args: string[]) =>
      staysWith((given, all) => sandbox.runWith({ input: given, env }, ...all), 1, input, ...args);
    try {
      await quoted(MARKER, 'secrets', 'put', '--bucket', 'target', '--set', 'A');
      await quoted(`A=1\nB='x ${MARKER}'\n`, 'secrets', 'put', '--bucket', 'target', '--env', '-');
      await quoted(MARKER, 'secrets', 'put', '--bucket', 'target', '--secret-file', 'A_TOKEN');
      await run(MARKER, 'put', 'ci', '--secret-file', 'FRESH_TOKEN');
      await quoted('', 'secrets', 'copy', '--from', 'ci', '--to', 'other', '--overwrite');
      await quoted(`bkct_${MARKER}`, 'token', 'rotate', 'ci', '--token-stdin');
    } finally {
      server.close();
    }
  });

  it('are in nothing that token rotate says, whether it goes well or not', async () => {
    const rotate = (exitCode: number, token: string, ...more: string[]) =>
      staysWith(runCommand, exitCode, token, 'token', 'rotate', 'ci', '--token-stdin', ...more);
    await rotate(2, `invalid_${MARKER}`);
    await rotate(2, `two ${MARKER} words`);
    await rotate(0, `bkct_${MARKER}`, '--no-roll');
    await rotate(0, `bkct_${MARKER}`);
    await staysWith(runCommand, 1, MARKER, 'token', 'rotate', 'nowhere', '--token-stdin');
    for (const command of ['status', 'params', 'list']) {
      await staysWith(runCommand, 0, '', command, ...(command === 'list' ? [] : ['ci']));
    }
  });

  it('were in no process’s arguments, and are on no disk', () => {
    expect(seen).to.eql([]);
    expect(filesWithMarker(temporary)).to.eql([]);
    expect(filesWithMarker(folder)).to.eql([join(folder, 'asked-for')]);
  });
});
