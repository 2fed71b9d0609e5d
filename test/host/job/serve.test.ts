import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { answer, BY_ITSELF, type Question } from '../../../src/host/job/serve/answer.ts';
import { serveHooks } from '../../../src/host/job/serve/server.ts';
import { pruneWhenIdle } from '../../../src/host/job/serve/upkeep.ts';
import { FakeHooks } from '../../support/hook-calls.ts';
import { runProcess } from '../../support/process.ts';

const PROGRAM = '/opt/bk-stack/job/main.mjs';
const JOB = 'BUILDKITE_PIPELINE_SLUG=app\0BUILDKITE_REPO=https://github.com/a/b\0';
const BUCKET = {
  'app/secret-files/NPM_TOKEN': "it's-a-token",
  'app/git-credentials': 'https://robot:a-password@github.com\n',
};

describe('serving hooks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-serve-'));
  const before = process.env['BK_STACK_SETTINGS'];
  beforeEach(() => {
    const path = join(folder, 'stack.env');
    writeFileSync(path, 'SECRETS_BUCKET="secrets"\nBK_STACK_REGION="eu-west-1"\nECR_POLICY="none"\n');
    process.env['BK_STACK_SETTINGS'] = path;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['BK_STACK_SETTINGS'];
    else process.env['BK_STACK_SETTINGS'] = before;
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const ask = (hooks: FakeHooks, command: string, body = JOB) =>
    answer({ command, agentProcess: 815, pipeline: 'app', body }, PROGRAM, hooks);
  /** What a hook makes of an answer. */
  const evaluate = (script: string) =>
    runProcess('/bin/bash', [
      '-c',
      `bk_stack_failed() { echo "failed: $1"; exit 53; }\n${script}\necho "[$NPM_TOKEN]"`,
    ]);

  describe('answers', () => {
    it('with the environment and the lines of the log', async () => {
      const hooks = new FakeHooks(BUCKET);
      const { stdout, stderr } = await evaluate(String(await ask(hooks, 'environment')));
      expect(stdout).to.equal("[it's-a-token]\n");
      expect(stderr).to.equal('~~~ Secrets of app from secrets\n- app/git-credentials\n- NPM_TOKEN\n');
      expect(hooks.begun).to.eql([815]);
    });

    it('with a failure that the hook ends with, and with no secret', async () => {
      const hooks = new FakeHooks(BUCKET, { 'buildkite-agent': { status: 1, stderr: 'no job API' } });
      const answered = String(await ask(hooks, 'environment'));
      expect(answered).to.not.contain('a-token');
      const { stdout, stderr, exitCode } = await evaluate(answered);
      expect([stdout, exitCode]).to.eql(['failed: The environment of this job\n', 53]);
      expect(stderr).to.contain("bk-stack environment: The agent's log redactor failed");
    });

    it('with what the preparation says, or that the hook is to make room by itself', async () => {
      const hooks = new FakeHooks();
      const job = `${JOB}DOCKER_LOGIN_USER=ci\0DOCKER_LOGIN_PASSWORD=pass\0`;
      expect(String(await ask(hooks, 'prepare', job))).to.equal(
        "printf '%s\\n' 'Logged in to Docker Hub as ci' >&2\n",
      );
      for (const command of ['prepare', 'pre-exit']) {
        const full = new FakeHooks();
        full.short = '/builds has 1 MiB left';
        expect(await ask(full, command, job)).to.equal(BY_ITSELF);
        expect([full.commands, full.cleared]).to.eql([[], []]);
      }
    });

    it('git, from the bucket', async () => {
      const hooks = new FakeHooks(BUCKET);
      expect(await ask(hooks, 'git-credential', 'protocol=https\nhost=github.com\n')).to.equal(
        'username=robot\npassword=a-password\n',
      );
    });

    it('nobody else: not without the job’s variables, and no unknown question', async () => {
      for (const [command, body] of [
        ['environment', ''],
        ['reboot', JOB],
        ['', JOB],
      ] as const) {
        expect(await ask(new FakeHooks(BUCKET), command, body), command).to.equal(BY_ITSELF);
      }
    });
  });

  describe('on its socket', () => {
    const socket = join(folder, 'hooks.sock');
    let server: Server | undefined;
    afterEach(() => {
      server?.closeAllConnections();
      server?.close();
    });
    const get = async (path: string, body: string) => {
      const asking = request({ socketPath: socket, path, method: 'POST' });
      asking.end(body);
      const [response] = (await once(asking, 'response')) as [
        Parameters<typeof text>[0] & { statusCode: number },
      ];
      return { status: response.statusCode, body: await text(response) };
    };

    it('is reached by this user alone, and takes the place of one that was killed', async () => {
      writeFileSync(socket, '');
      const seen: Question[] = [];
      server = await serveHooks(socket, PROGRAM, (question) => {
        seen.push(question);
        return Promise.resolve('A=ü');
      });
      expect(statSync(socket).mode & 0o777).to.equal(0o700);
      expect(await get('/environment?process=12', 'x')).to.eql({ status: 200, body: 'A=ü' });
      expect(await get('/git-credential?pipeline=app', 'y')).to.eql({ status: 200, body: 'A=ü' });
      expect(seen).to.eql([
        { command: 'environment', agentProcess: 12, pipeline: undefined, body: 'x' },
        { command: 'git-credential', agentProcess: 0, pipeline: 'app', body: 'y' },
      ]);
    });

    it('has the hook do by itself what fails here', async () => {
      server = await serveHooks(socket, PROGRAM, () => Promise.resolve(BY_ITSELF));
      expect((await get('/x', '')).status).to.equal(501);
      server.close();
      server = await serveHooks(socket, PROGRAM, () => Promise.reject(new Error('no settings')));
      expect((await get('/x', '')).status).to.equal(500);
    });
  });

  describe('prunes', () => {
    it('containers, networks and anonymous volumes that jobs left, while none runs', async () => {
      const hooks = new FakeHooks();
      expect(await pruneWhenIdle({ run: hooks.run, runningJobs: () => Promise.resolve(1) })).to.equal(false);
      expect(hooks.commands).to.eql([]);
      expect(await pruneWhenIdle({ run: hooks.run, runningJobs: () => Promise.resolve(0) })).to.equal(true);
      expect(hooks.commands).to.eql([
        'docker container prune --force --filter label!=bk-stack.keep --filter until=10m',
        'docker network prune --force --filter label!=bk-stack.keep --filter until=10m',
        'docker volume prune --force --filter label!=bk-stack.keep',
      ]);
    });
  });
});
