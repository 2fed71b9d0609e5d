import { expect } from 'chai';
import { environmentHook } from '../../../src/host/job/environment-hook.ts';
import { fingerprint } from '../../../src/host/job/redaction.ts';
import { Settings } from '../../../src/host/program/settings.ts';
import { type Answers, failureOf, FakeHooks, SSH_AGENT } from '../../support/hook-calls.ts';

const STACK = {
  BK_STACK_NAME: 'ci',
  BK_STACK_VERSION: '1.2.3',
  BK_STACK_REGION: 'eu-west-1',
  BUILDKITE_AGENTS_PER_INSTANCE: '2',
  SECRETS_BUCKET: 'secrets',
};
const PROGRAM = '/opt/bk-stack/job/main.mjs';
const BUCKET = { 'secret-files/NPM_TOKEN': 'token-of-all', 'app/secret-files/NPM_TOKEN': 'token-of-app' };
const JOB = { BUILDKITE_PIPELINE_SLUG: 'app', BUILDKITE_REPO: 'https://github.com/a/b' };

const run = (hooks: FakeHooks, job: NodeJS.ProcessEnv = JOB, stack: Record<string, string> = {}) =>
  environmentHook(
    new Settings({ ...STACK, ...stack }),
    { variables: job, agentProcess: 815 },
    PROGRAM,
    hooks,
  );

describe('the environment hook', () => {
  it('prints the stack, the folder of Docker and the secrets of the pipeline, and tells their names', async () => {
    const hooks = new FakeHooks(BUCKET);
    await run(hooks);
    for (const [name, value] of Object.entries({
      BUILDKITE_STACK_NAME: 'ci',
      BUILDKITE_STACK_VERSION: '1.2.3',
      BUILDKITE_SECRETS_BUCKET: 'secrets',
      BUILDKITE_AGENTS_PER_INSTANCE: '2',
      DOCKER_CONFIG: '/tmp/docker-of-job',
      BK_STACK_DOCKER_CONFIG: '/tmp/docker-of-job',
      NPM_TOKEN: 'token-of-app',
    })) {
      expect(hooks.printed).to.contain(`export ${name}='${value}'\n`);
    }
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
      expect(hooks.printed).to.contain(`[ -n "\${${name}+set}" ] || export ${name}='eu-west-1'\n`);
    }
    expect(hooks.lines).to.eql(['~~~ Secrets of app from secrets', '- NPM_TOKEN']);
    expect(hooks.printed).to.not.contain('BUILDKITE_ARTIFACT_UPLOAD_DESTINATION');
  });

  it('redacts before it prints, and leaves fingerprints of what the job and the bucket bring', async () => {
    const hooks = new FakeHooks(BUCKET);
    await run(hooks, { ...JOB, DEPLOY_PASSWORD: 'of-the-job' });
    expect(hooks.commands).to.eql(['buildkite-agent redactor add --format json']);
    expect(hooks.ran[0]?.options?.input).to.contain('token-of-app');
    const known = ['token-of-app', 'of-the-job'].map(fingerprint).join(' ');
    expect(hooks.printed).to.match(new RegExp(`\nbk_stack_known_secrets='${known}'\n$`));
  });

  describe('reads the bucket', () => {
    /** By SECRETS_PLUGIN_ENABLED of the job. */
    const ROWS: readonly (readonly [
      stack: Record<string, string>,
      job: string | undefined,
      reads: boolean,
    ])[] = [
      [{}, undefined, true],
      [{ SECRETS_BUCKET: '' }, undefined, false],
      [{ SECRETS_PLUGIN: 'false' }, undefined, false],
      [{ SECRETS_PLUGIN: 'true' }, undefined, true],
      ...['true', 'on', '1', 'TRUE'].map((on) => [{}, on, true] as const),
      ...['false', '0', 'off', '', 'truely', 'xon'].map((off) => [{}, off, false] as const),
    ];
    for (const [stack, job, reads] of ROWS) {
      it(`or not: ${JSON.stringify({ ...stack, job })} ${reads ? 'does' : 'does not'}`, async () => {
        const hooks = new FakeHooks(BUCKET);
        await run(hooks, { ...JOB, SECRETS_PLUGIN_ENABLED: job }, stack);
        expect(hooks.printed.includes('token-of-app')).to.equal(reads);
        expect(hooks.lines.length > 0, 'what the log says').to.equal(reads);
        expect(hooks.printed).to.contain("export BUILDKITE_STACK_NAME='ci'\n");
      });
    }
  });

  it('takes the secrets of every pipeline for a slug that is none', async () => {
    for (const slug of [undefined, '', '../app', 'app/../other']) {
      const hooks = new FakeHooks(BUCKET);
      await run(hooks, { ...JOB, BUILDKITE_PIPELINE_SLUG: slug });
      expect(hooks.printed, slug).to.contain("export NPM_TOKEN='token-of-all'\n");
      expect(hooks.lines[0]).to.equal('~~~ Secrets of every pipeline from secrets');
    }
  });

  it('has git ask this program, by the pipeline', async () => {
    const credentials = { 'git-credentials': 'https://robot:a-password@github.com\n' };
    const helperFor = async (slug: string | undefined) => {
      const hooks = new FakeHooks(credentials);
      await run(hooks, { BUILDKITE_PIPELINE_SLUG: slug });
      expect(hooks.lines).to.include('- git-credentials');
      return /credential\.helper=!(.*?)'/.exec(hooks.printed)?.[1]?.replace(/['\\]+$/, '');
    };
    const program = '/opt/bk-stack/job/git-credential';
    expect(await helperFor('app')).to.equal(`${program} app`);
    expect(await helperFor(undefined)).to.equal(`${program} -`);
  });

  it('names a place for artifacts where the stack has one', async () => {
    const job = {
      BUILDKITE_PIPELINE_ID: 'p',
      BUILDKITE_BUILD_ID: 'b',
      BUILDKITE_JOB_ID: 'j',
    };
    const printedWith = async (stack: Record<string, string>) => {
      const hooks = new FakeHooks();
      await run(hooks, job, { ARTIFACTS_BUCKET: 'artifacts', ARTIFACTS_S3_ACL: 'private', ...stack });
      return hooks.printed;
    };
    const plain = await printedWith({});
    expect(plain).to.contain("export BUILDKITE_ARTIFACT_UPLOAD_DESTINATION='s3://artifacts/p/b/j'\n");
    expect(plain).to.contain("export BUILDKITE_S3_ACL='private'\n");
    expect(plain).to.not.contain('BUILDKITE_S3_DEFAULT_REGION');
    expect(await printedWith({ ARTIFACTS_BUCKET_REGION: 'us-east-2' })).to.contain(
      "export BUILDKITE_S3_DEFAULT_REGION='us-east-2'\n",
    );
    expect(await failureOf(printedWith({ ARTIFACTS_S3_ACL: '' }))).to.contain('lacks ARTIFACTS_S3_ACL');
  });

  describe('with SSH keys', () => {
    const KEYS = { private_ssh_key: 'PRIVATE of all', 'app/private_ssh_key': 'PRIVATE of app' };

    it('starts an agent with the pipeline’s first, and leaves it to the job', async () => {
      const hooks = new FakeHooks(KEYS, SSH_AGENT);
      await run(hooks);
      expect(hooks.printed).to.contain(
        "export SSH_AUTH_SOCK='/tmp/ssh/agent'\nexport SSH_AGENT_PID='4711'\n",
      );
      const added = hooks.ran.filter(({ line }) => line.startsWith('ssh-add'));
      expect(added.map(({ options }) => options?.input)).to.eql(['PRIVATE of app\n', 'PRIVATE of all\n']);
      expect(hooks.lines.slice(1)).to.eql(['- app/private_ssh_key', '- private_ssh_key']);
      expect(hooks.commands).to.include('ssh-agent -s -a /tmp/ssh/agent');
      expect([hooks.begun, hooks.ended]).to.eql([[815], []]);
    });

    it('starts none without keys', async () => {
      const hooks = new FakeHooks(BUCKET, SSH_AGENT);
      await run(hooks);
      expect(hooks.commands).to.not.include('ssh-agent -s -a /tmp/ssh/agent');
      expect(hooks.printed).to.not.contain('SSH_AUTH_SOCK');
    });

    it('tells of a key that ssh-add refuses, and that none is usable', async () => {
      const answers: Answers = { ...SSH_AGENT, 'ssh-add': { status: 1, stderr: 'invalid format' } };
      const hooks = new FakeHooks({ private_ssh_key: 'x' }, answers);
      await run(hooks, { ...JOB, BUILDKITE_REPO: 'git@github.com:a/b.git' });
      expect(hooks.lines.slice(1)).to.eql([
        '⚠️ SSH key private_ssh_key: invalid format',
        '⚠️ git@github.com:a/b.git is reached by SSH, and there is no usable key in secrets.',
      ]);
    });

    describe('misses one', () => {
      const ROWS: readonly (readonly [string, Record<string, string>, boolean])[] = [
        ['git@github.com:a/b.git', {}, true],
        ['ssh://git@github.com/a/b.git', {}, true],
        ['git@github.com:a/b.git', { SKIP_SSH_KEY_WARNING: 'true' }, false],
        ['git@github.com:a/b.git', { SECRETS_PLUGIN: 'false' }, false],
        ['https://github.com/a/b', {}, false],
        ['https://user@github.com:443/a/b', {}, false],
        ['/var/git@b:c', {}, false],
        ['', {}, false],
      ];
      for (const [repository, stack, warns] of ROWS) {
        it(`for "${repository}" with ${JSON.stringify(stack)}: ${warns ? 'warns' : 'says nothing'}`, async () => {
          const hooks = new FakeHooks(BUCKET);
          await run(hooks, { ...JOB, BUILDKITE_REPO: repository }, stack);
          expect(hooks.lines.some((line) => line.includes('is reached by SSH'))).to.equal(warns);
        });
      }

      it('not where it has one', async () => {
        const hooks = new FakeHooks(KEYS, SSH_AGENT);
        await run(hooks, { ...JOB, BUILDKITE_REPO: 'git@github.com:a/b.git' });
        expect(hooks.lines.join()).to.not.contain('is reached by SSH');
      });
    });

    describe('ends what it has begun, prints nothing and fails the job', () => {
      it('where the redactor fails, as logs could show secrets', async () => {
        const answers: Answers = { ...SSH_AGENT, 'buildkite-agent': { status: 1, stderr: 'no job API' } };
        const hooks = new FakeHooks({ ...KEYS, ...BUCKET }, answers);
        expect(await failureOf(run(hooks))).to.match(/log redactor failed.*no job API$/);
        expect(hooks.ended).to.eql([815]);
        expect(hooks.printed).to.equal('');
      });

      it('where a secret can’t be read', async () => {
        const hooks = new FakeHooks({ ...KEYS, 'app/env': 'A=1' }, SSH_AGENT);
        hooks.forbidden = { 'app/env': 's3://secrets/app/env cannot be read: AccessDenied' };
        expect(await failureOf(run(hooks))).to.contain('app/env cannot be read');
        expect(hooks.ended).to.eql([815]);
        expect(hooks.printed).to.equal('');
      });

      it('where the agent itself doesn’t start', async () => {
        const hooks = new FakeHooks(KEYS, { 'ssh-agent -s': { status: 1, stderr: 'no fork\n' } });
        expect(await failureOf(run(hooks))).to.equal('ssh-agent does not start: no fork');
        expect(hooks.ended).to.eql([815]);
        expect(hooks.printed).to.equal('');
      });
    });
  });

  it('warns of what the job would lose or its log would show, by name and line', async () => {
    const hooks = new FakeHooks({
      env: 'A=x;B=1\r\nC=two\n',
      'secret-files/LONG_TOKEN': 'x'.repeat(65_537),
      'secret-files/SHORT_TOKEN': '12345',
    });
    await run(hooks);
    expect(hooks.lines.slice(1)).to.eql([
      '- env',
      "⚠️ env, line 1, column 4: the value ends at this semicolon: put the whole value in quotes, NAME='one;two'",
      '- LONG_TOKEN',
      '⚠️ LONG_TOKEN: it has 65537 bytes, and Buildkite redacts values of up to 65536 from logs',
      '- SHORT_TOKEN',
    ]);
  });
});
