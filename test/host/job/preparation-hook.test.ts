import { expect } from 'chai';
import { preparationHook } from '../../../src/host/job/preparation-hook.ts';
import { fingerprint } from '../../../src/host/job/redaction.ts';
import { HOST_PROGRAM, NODE } from '../../../src/host/program/paths.ts';
import { Settings } from '../../../src/host/program/settings.ts';
import { failureOf, FakeHooks } from '../../support/hook-calls.ts';

const STACK = { BK_STACK_REGION: 'eu-west-1', ECR_REGISTRY: '777788889999.dkr.ecr.eu-west-1.amazonaws.com' };
const HUB = { DOCKER_LOGIN_USER: 'ci', DOCKER_LOGIN_PASSWORD: 'hub-password' };
const RETIRE = `sudo --non-interactive ${NODE} ${HOST_PROGRAM} retire`;

const prepare = (hooks: FakeHooks, job: NodeJS.ProcessEnv = {}, stack: Record<string, string> = {}) =>
  preparationHook(new Settings({ ...STACK, ...stack }), job, hooks);

describe('the preparation of a job', () => {
  it('redacts what env files have made, and nothing again', async () => {
    const hooks = new FakeHooks();
    const known = { BK_STACK_KNOWN_SECRETS: fingerprint('known-before'), OLD_TOKEN: 'known-before' };
    await prepare(hooks, known);
    expect(hooks.commands).to.eql([]);
    await prepare(hooks, { ...known, NEW_TOKEN: 'just-made' });
    expect(hooks.commands).to.eql(['buildkite-agent redactor add --format json']);
    expect(hooks.ran[0]?.options?.input).to.contain('just-made').and.not.contain('known-before');
  });

  it('fails the job where the redactor fails, before anything else', async () => {
    const hooks = new FakeHooks({}, { 'buildkite-agent': { status: 1, stderr: 'no job API' } });
    hooks.short = '/builds has 1 MiB left';
    expect(await failureOf(prepare(hooks, { ...HUB, NEW_TOKEN: 'just-made' }))).to.contain(
      'log redactor failed',
    );
    expect(hooks.commands).to.have.length(1);
    expect(hooks.cleared).to.eql([]);
  });

  describe('makes room, and fails the job where the disk stays full', () => {
    const full = () => {
      const hooks = new FakeHooks();
      hooks.short = '/builds has 1 MiB left';
      return hooks;
    };
    const ROWS: readonly (readonly [
      stack: Record<string, string>,
      cleared: readonly string[],
      retires: boolean,
    ])[] = [
      [{}, ['images 4h', 'images all'], false],
      [{ DOCKER_PRUNE_UNTIL: '1h' }, ['images 1h', 'images all'], false],
      [{ DOCKER_BUILDER_PRUNE: 'true' }, ['images 4h and build cache', 'images all and build cache'], false],
      [{ BUILDKITE_PURGE_BUILDS_ON_DISK_FULL: 'true' }, ['images 4h', 'images all', 'builds'], false],
      [{ BUILDKITE_TERMINATE_INSTANCE_ON_DISK_FULL: 'true' }, ['images 4h', 'images all'], true],
    ];
    for (const [stack, cleared, retires] of ROWS) {
      it(`with ${JSON.stringify(stack)}${retires ? ', and retires the instance' : ''}`, async () => {
        const hooks = full();
        expect(await failureOf(prepare(hooks, HUB, stack))).to.equal(
          'The disk is full: /builds has 1 MiB left',
        );
        expect(hooks.cleared).to.eql(cleared);
        expect(hooks.commands.filter((line) => !line.startsWith('buildkite-agent'))).to.eql(
          retires ? [RETIRE] : [],
        );
      });
    }

    it('on the disk of the job’s builds', async () => {
      const hooks = full();
      await failureOf(prepare(hooks, { BUILDKITE_BUILD_PATH: '/elsewhere' }));
      expect(hooks.buildsPath).to.equal('/elsewhere');
      await failureOf(prepare(hooks));
      expect(hooks.buildsPath).to.equal('/var/lib/buildkite-agent/builds');
    });

    it('and retires nothing where there is room', async () => {
      const hooks = new FakeHooks();
      await prepare(hooks, {}, { BUILDKITE_TERMINATE_INSTANCE_ON_DISK_FULL: 'true' });
      expect(hooks.commands).to.eql([]);
    });
  });

  describe('logs in', () => {
    const ECR = '777788889999.dkr.ecr.eu-west-1.amazonaws.com';
    const HUB_LOGIN = 'docker login --username ci --password-stdin';
    const ECR_LOGIN = `docker login --username AWS --password-stdin ${ECR}`;
    const ROWS: readonly (readonly [
      what: string,
      stack: Record<string, string>,
      job: NodeJS.ProcessEnv,
      logins: readonly string[],
    ])[] = [
      ['nowhere by default', {}, {}, []],
      ['to Docker Hub by the job’s variables', {}, HUB, [HUB_LOGIN]],
      ['not where the stack turns it off', { DOCKER_LOGIN_PLUGIN: 'false' }, HUB, []],
      [
        'where the job turns it on again',
        { DOCKER_LOGIN_PLUGIN: 'false' },
        { ...HUB, DOCKER_LOGIN_PLUGIN_ENABLED: 'true' },
        [HUB_LOGIN],
      ],
      ['to ECR where its policy lets it', { ECR_POLICY: 'readonly' }, {}, [ECR_LOGIN]],
      ['not to ECR with the policy none', { ECR_POLICY: 'none' }, {}, []],
      ['not to ECR without a policy', { ECR_POLICY: '' }, {}, []],
      ['to ECR where the job asks', {}, { AWS_ECR_LOGIN: 'true' }, [ECR_LOGIN]],
      ['not to ECR where the stack turns it off', { ECR_POLICY: 'full', ECR_PLUGIN: 'false' }, {}, []],
      ['to both', { ECR_POLICY: 'full' }, HUB, [HUB_LOGIN, ECR_LOGIN]],
      ['not to ECR where the helper does', { ECR_POLICY: 'full', ECR_CREDENTIAL_HELPER: 'true' }, {}, []],
    ];
    for (const [what, stack, job, logins] of ROWS) {
      it(what, async () => {
        const hooks = new FakeHooks();
        await prepare(hooks, job, stack);
        expect(hooks.commands.filter((line) => line.startsWith('docker'))).to.eql(logins);
        expect(hooks.lines.filter((line) => line.startsWith('Logged in'))).to.have.length(logins.length);
      });
    }

    it('by Amazon’s helper, whose configuration comes before the login to Docker Hub', async () => {
      const hooks = new FakeHooks();
      const job = { ...HUB, BK_STACK_DOCKER_CONFIG: '/tmp/docker-of-job' };
      await prepare(hooks, job, { ECR_CREDENTIAL_HELPER: 'true' });
      expect(hooks.dockerConfigs).to.eql({
        '/tmp/docker-of-job': `{"credHelpers":{"${ECR}":"ecr-login"}}`,
      });
      expect(hooks.lines).to.eql([
        `Docker asks for the credentials of ${ECR} when it needs them`,
        'Logged in to Docker Hub as ci',
      ]);
    });

    it('for the accounts that the job names', async () => {
      const hooks = new FakeHooks();
      const job = { AWS_ECR_LOGIN_REGISTRY_IDS: '111122223333,444455556666' };
      await prepare(hooks, job, { ECR_CREDENTIAL_HELPER: 'true' });
      expect(hooks.lines[0]).to.contain('111122223333.dkr.ecr.eu-west-1.amazonaws.com, 444455556666.dkr');
      expect(Object.values(hooks.dockerConfigs)[0]).to.equal(
        '{"credHelpers":{"111122223333.dkr.ecr.eu-west-1.amazonaws.com":"ecr-login","444455556666.dkr.ecr.eu-west-1.amazonaws.com":"ecr-login"}}',
      );
    });

    it('writes no configuration where the job turns ECR off', async () => {
      const hooks = new FakeHooks();
      await prepare(hooks, { ECR_PLUGIN_ENABLED: 'false' }, { ECR_CREDENTIAL_HELPER: 'true' });
      expect(hooks.dockerConfigs).to.eql({});
      expect(hooks.lines).to.eql([]);
    });

    it('with the job’s variables of Docker, and no other of the job', async () => {
      const hooks = new FakeHooks();
      await prepare(hooks, {
        ...HUB,
        DOCKER_CONFIG: '/c',
        DOCKER_HOST: 'tcp://d',
        LD_PRELOAD: '/x',
        A_DOCKER_B: '1',
      });
      const environment = hooks.ran.at(-1)?.options?.environment;
      expect(environment).to.include({ DOCKER_CONFIG: '/c', DOCKER_HOST: 'tcp://d' });
      expect(environment).to.include({ PATH: process.env['PATH'] });
      expect(environment).to.not.have.any.keys(
        'DOCKER_LOGIN_USER',
        'DOCKER_LOGIN_PASSWORD',
        'LD_PRELOAD',
        'A_DOCKER_B',
      );
    });
  });
});
