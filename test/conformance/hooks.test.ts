import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { until } from '../support/until.ts';
import { AgentMachine } from './support/agent.ts';
import { Sandbox } from './support/sandbox.ts';

const BUCKET = 'hook-secrets';
/** Part of every secret, and of nothing else. */
const MARK = 'mark7f3a91';
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
});

/** Secrets of every kind, by their keys. */
const PLANTED: Readonly<Record<string, string>> = {
  'secret-files/PLAIN_TOKEN': `plain-${MARK}`,
  'secret-files/LINE_TOKEN': `line-${MARK}\n`,
  'secret-files/LINES_SECRET': `first-${MARK}\n\t"second-${MARK}"\nx\nlast-${MARK}\n`,
  'secret-files/DOS_PASSWORD': `first-dos-${MARK}\r\nlast-dos-${MARK}\r\n`,
  'secret-files/BLANKS_PASSWORD': `  blanks ${MARK}  `,
  'secret-files/QUOTES_ACCESS_KEY': `it's "${MARK}" \\ $x`,
  'secret-files/KEY_SECRET_KEY': `-----BEGIN PRIVATE KEY-----\n${MARK}abc\n-----END PRIVATE KEY-----\n`,
  env: [
    `GH_TOKEN_RO=named-${MARK}`,
    `export MADE_TOKEN=$(echo made-${MARK})`,
    `MULTI_PRIVATE_KEY="of-env-${MARK}`,
    `more-of-env-${MARK}"`,
    `MY_CONNECTION_STRING='Server=a;Password=${MARK}'`,
    `DOCKER_LOGIN_USER=ci`,
    `DOCKER_LOGIN_PASSWORD=hub-${MARK}`,
  ].join('\r\n'),
  'git-credentials': `https://robot:${MARK}%2Fp%40ss@github.com\nhttps://token-${MARK}:x-oauth-basic@example.com\n`,
  private_ssh_key: String(KEY),
};

const VARIABLES =
  'PLAIN_TOKEN LINE_TOKEN LINES_SECRET DOS_PASSWORD BLANKS_PASSWORD QUOTES_ACCESS_KEY KEY_SECRET_KEY ' +
  'GH_TOKEN_RO MADE_TOKEN MULTI_PRIVATE_KEY MY_CONNECTION_STRING DOCKER_LOGIN_PASSWORD';

/** Shows each in 20 forms and more: whole, by line, as arguments are quoted, as JSON, and traced; of Git, each encoding. */
const SHOW = [
  `for name in ${VARIABLES}; do`,
  '  echo "$name=${!name}"; printf "%s" "${!name}" | head -1; printf "%s" "${!name}" | tail -1; echo',
  '  printf "%s" "${!name}" | tr -d "\\r"; echo; node -p "JSON.stringify(process.env.$name)"',
  'done',
  'set -x; : "$PLAIN_TOKEN" "$LINE_TOKEN" "$QUOTES_ACCESS_KEY"; { set +x; } 2>/dev/null; declare -p QUOTES_ACCESS_KEY',
  `for host in github.com example.com; do`,
  '  credential=$(printf "protocol=https\\nhost=%s\\n" "$host" | git credential fill); echo "$credential"',
  '  echo "$credential" | sed "s#/#%2F#g; s#@#%40#g"; echo "$credential" | sed "s#/#%2f#g; s#@#%40#g"',
  'done',
  'cat "$DOCKER_CONFIG/config.json"; ssh-add -l; env',
].join('\n');

describe('the job hooks of a real Buildkite Agent', function () {
  this.timeout(300_000);
  let sandbox: Sandbox;
  let machine: AgentMachine;
  let server: ChildProcess;
  before(async () => {
    sandbox = await Sandbox.start();
    machine = new AgentMachine(() => sandbox.client);
    await machine.setUp({
      BK_STACK_NAME: 'ci',
      BK_STACK_REGION: 'us-east-1',
      SECRETS_BUCKET: BUCKET,
      ECR_POLICY: 'none',
    });
    const s3 = new S3({ ...sandbox.client, forcePathStyle: true });
    await s3.createBucket({ Bucket: BUCKET });
    const put = (Key: string, Body: string) => s3.putObject({ Bucket: BUCKET, Key, Body });
    for (const [key, body] of Object.entries(PLANTED)) await put(`app/${key}`, body);
    await put('broken/private_ssh_key', String(KEY));
    await put('broken/env', 'A="');
    server = await machine.serve();
    machine.start('hooks');
  });
  after(async () => {
    machine.remove();
    await sandbox.stop();
  });

  const run = async (command: string, pipeline = 'app') => {
    const id = await machine.push('hooks', command, { BUILDKITE_PIPELINE_SLUG: pipeline });
    const job = await machine.finished(id);
    return { ...job, log: job.log.replaceAll('\r', '') };
  };
  const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const commandLine = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  /** Command lines now that hold a text, which is not this test's own. */
  const running = (text: string) =>
    processes()
      .map(commandLine)
      .filter((line) => line.includes(text));
  const sshAgents = () => running(`${machine.folder}/`).filter((line) => line.startsWith('ssh-agent'));
  const folders = () =>
    readdirSync(machine.folder)
      .filter((name) => name.startsWith('bk-stack-jobs-'))
      .flatMap((name) => readdirSync(join(machine.folder, name)));
  const untilCleared = () =>
    until('what jobs began has ended', () => sshAgents().length + folders().length === 0);
  /** Files below the machine's folder with a text in them. */
  const filesWith = (text: string) =>
    readdirSync(machine.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => readFileSync(path).includes(text));

  const keepsSecrets = (how: string, cleared: () => Promise<unknown>) => {
    it(`keeps every secret, in every form, ${how}`, async () => {
      const seen: string[] = [];
      let over = false;
      const watching = until('the jobs are over', () => {
        seen.push(...running(MARK));
        return over;
      });
      const shown = await run(SHOW);
      const other = await run('env; ls -a "$DOCKER_CONFIG"', 'other');
      over = true;
      await watching;
      expect(shown.exitStatus, shown.log).to.equal('0');
      expect(shown.log.match(/\[REDACTED\]/g), shown.log).to.have.length.greaterThan(60);
      expect(shown.log)
        .to.contain('username=robot')
        .and.to.match(/2048 SHA256:/);
      expect(other.exitStatus, other.log).to.equal('0');
      for (const name of VARIABLES.split(' ')) expect(other.log, 'of another job').to.not.contain(`${name}=`);
      for (const { log } of await machine.jobs()) expect(log).to.not.contain(MARK);
      expect(seen, 'in the list of processes').to.eql([]);
      await cleared();
      // The stand-in for docker, which has no other place, writes down what it was told.
      expect(filesWith(MARK)).to.eql([join(machine.folder, 'docker.log')]);
    });
  };

  keepsSecrets('served', untilCleared);

  it('leaves nothing of a job that its environment hook fails', async () => {
    const { exitStatus, log } = await run('echo never', 'broken');
    expect(exitStatus, log).to.equal('53');
    expect(log).to.contain('broken/env in the secrets bucket');
    await untilCleared();
  });

  it('keeps logins and keys until hooks after the agent’s own have run, and no longer', async () => {
    const { exitStatus, log } = await run(
      [
        'mkdir -p .buildkite/hooks',
        `printf '#!/bin/bash\\nls "$DOCKER_CONFIG"; ssh-add -l\\n' >.buildkite/hooks/pre-exit`,
        'chmod +x .buildkite/hooks/pre-exit',
      ].join('\n'),
    );
    expect(exitStatus, log).to.equal('0');
    expect(log.slice(log.lastIndexOf('pre-exit')))
      .to.contain('config.json')
      .and.to.match(/2048 SHA256:/);
    await untilCleared();
  });

  it('gives a job everything when the program that serves is killed in the middle', async () => {
    server.kill('SIGSTOP');
    const id = await machine.push('hooks', 'test -n "$PLAIN_TOKEN" && ssh-add -l', {
      BUILDKITE_PIPELINE_SLUG: 'app',
    });
    await until('the hook asks', () => running(machine.socket).some((line) => line.includes('/environment')));
    server.kill('SIGKILL');
    await once(server, 'exit');
    const { exitStatus, log } = await machine.finished(id);
    expect(exitStatus, log).to.equal('0');
    expect(log).to.match(/2048 SHA256:/);
  });

  describe('without the program that serves', () => {
    keepsSecrets('by the hooks alone', () => run('true', 'other'));

    it('clears after a job when the next one begins', async () => {
      await run('true');
      expect(sshAgents()).to.have.length(1);
      await run('true', 'other');
      expect(sshAgents()).to.eql([]);
    });

    it('leaves the rest to the program’s next start', async () => {
      await machine.serve();
      await untilCleared();
      for (const each of running(machine.socket)) expect(each).to.contain('serve');
    });
  });
});
