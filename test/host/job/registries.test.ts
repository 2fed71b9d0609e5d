import { expect } from 'chai';
import { credentialHelperConfig, logIn, loginsOf, registryHosts } from '../../../src/host/job/registries.ts';
import type { Run } from '../../../src/shell/run.ts';

const STACK = { region: 'eu-west-1', ecrByDefault: false };

describe('registry logins', () => {
  it('are those that the environment asks for', () => {
    expect(loginsOf({}, STACK)).to.eql({});
    expect(loginsOf({}, { ...STACK, ecrByDefault: true })).to.eql({
      ecr: { accounts: [], region: 'eu-west-1' },
    });
    const asked = { AWS_ECR_LOGIN: 'true', AWS_ECR_LOGIN_REGISTRY_IDS: '111122223333, 444455556666' };
    expect(loginsOf(asked, STACK).ecr?.accounts).to.eql(['111122223333', '444455556666']);
    const hub = { DOCKER_LOGIN_USER: 'ci', DOCKER_LOGIN_PASSWORD: 'x' };
    expect(loginsOf(hub, STACK).docker).to.eql({ user: 'ci', password: 'x', server: undefined });
  });

  it('can be turned off', () => {
    const off = { DOCKER_LOGIN_USER: 'ci', DOCKER_LOGIN_PASSWORD: 'x', DOCKER_LOGIN_PLUGIN_ENABLED: 'false' };
    expect(loginsOf({ ...off, AWS_ECR_LOGIN: '0' }, { ...STACK, ecrByDefault: true })).to.eql({});
    expect(loginsOf({ ECR_PLUGIN_ENABLED: 'off' }, { ...STACK, ecrByDefault: true })).to.eql({});
  });

  it('are refused by halves', () => {
    expect(() => loginsOf({ DOCKER_LOGIN_USER: 'ci' }, STACK)).to.throw('without DOCKER_LOGIN_PASSWORD');
    expect(() => loginsOf({ DOCKER_LOGIN_PASSWORD: 'secret' }, STACK))
      .to.throw('without DOCKER_LOGIN_USER')
      .and.not.match(/secret/);
    const ids = { AWS_ECR_LOGIN: '1', AWS_ECR_LOGIN_REGISTRY_IDS: '1234' };
    expect(() => loginsOf(ids, STACK)).to.throw('12 digits');
  });

  it('go to each registry, the password by standard input alone', async () => {
    const calls: { args: readonly string[]; input: string | undefined }[] = [];
    const run: Run = (_command, args, options) => {
      calls.push({ args, input: options?.input });
      return Promise.resolve({ status: 0, stdout: '', stderr: '' });
    };
    await logIn(
      run,
      {
        docker: { user: 'ci', password: 'hub secret', server: 'registry.example.com' },
        ecr: { accounts: ['111122223333', '444455556666'], region: 'eu-west-1' },
      },
      () =>
        Promise.resolve({
          user: 'AWS',
          password: 'ecr secret',
          registry: '777788889999.dkr.ecr.eu-west-1.amazonaws.com',
        }),
    );
    expect(calls.map(({ args }) => args.at(-1))).to.eql([
      'registry.example.com',
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com',
      '444455556666.dkr.ecr.eu-west-1.amazonaws.com',
    ]);
    expect(calls.map(({ input }) => input)).to.eql(['hub secret', 'ecr secret', 'ecr secret']);
    expect(JSON.stringify(calls.map(({ args }) => args))).to.not.contain('secret');
  });

  it('that are refused fail at once, with the reason', async () => {
    let attempts = 0;
    const run: Run = () => {
      attempts += 1;
      return Promise.resolve({
        status: 1,
        stdout: '',
        stderr: 'unauthorized: incorrect username or password',
      });
    };
    const docker = { user: 'ci', password: 'x', server: undefined };
    const reason = await logIn(run, { docker }, () => Promise.reject(new Error('not asked'))).catch(
      (error: unknown) => (error as Error).message,
    );
    expect(reason).to.contain('Docker Hub as ci').and.to.contain('incorrect username');
    expect(attempts).to.equal(1);
  });

  describe('that fail', () => {
    const docker = { user: 'ci', password: 'x', server: undefined };
    /** Docker answers with these outcomes, one attempt after the other; the last stays. */
    const attempts = async (...outcomes: readonly (readonly [status: number, stderr: string])[]) => {
      let tried = 0;
      const pauses: number[] = [];
      const run: Run = () => {
        const [status, stderr] = outcomes[Math.min(tried, outcomes.length - 1)] ?? [0, ''];
        tried += 1;
        return Promise.resolve({ status, stdout: '', stderr });
      };
      const pause = (seconds: number) => Promise.resolve(pauses.push(seconds));
      const said = await logIn(run, { docker }, () => Promise.reject(new Error('not asked')), pause).catch(
        (error: unknown) => (error as Error).message,
      );
      return { said, tried, pauses };
    };

    it('are repeated, each time after a longer pause', async () => {
      expect(await attempts([1, 'timeout'], [1, 'timeout'], [0, ''])).to.eql({
        said: ['Logged in to Docker Hub as ci'],
        tried: 3,
        pauses: [1, 2],
      });
    });

    it('three times at most', async () => {
      expect(await attempts([1, 'timeout\n'])).to.eql({
        said: 'docker login to Docker Hub as ci failed: timeout',
        tried: 3,
        pauses: [1, 2],
      });
    });

    for (const refusal of ['Error: UNAUTHORIZED', 'access denied', 'incorrect password']) {
      it(`are not repeated when refused: ${refusal}`, async () => {
        expect(await attempts([1, refusal])).to.include({ tried: 1 });
      });
    }
  });

  it('have a time limit and name the server in their lines', async () => {
    const limits: unknown[] = [];
    const run: Run = (_command, _args, options) => {
      limits.push(options?.timeoutSeconds);
      return Promise.resolve({ status: 0, stdout: '', stderr: '' });
    };
    const docker = { user: 'ci', password: 'x', server: 'registry.example.com' };
    const ecr = { accounts: [], region: 'eu-west-1' };
    const regions: string[] = [];
    const token = (region: string) => {
      regions.push(region);
      return Promise.resolve({ user: 'AWS', password: 'p', registry: 'own.example.com' });
    };
    expect(await logIn(run, { docker, ecr }, token)).to.eql([
      'Logged in to registry.example.com as ci',
      'Logged in to own.example.com',
    ]);
    expect(regions).to.eql(['eu-west-1']);
    expect(limits).to.eql([60, 60]);
  });

  it('read empty variables as unset', () => {
    const empty = { AWS_ECR_LOGIN: '', AWS_ECR_LOGIN_REGISTRY_IDS: ' , ', DOCKER_LOGIN_USER: '' };
    expect(loginsOf(empty, STACK)).to.eql({});
    expect(loginsOf(empty, { ...STACK, ecrByDefault: true })).to.eql({
      ecr: { accounts: [], region: 'eu-west-1' },
    });
    const hub = { DOCKER_LOGIN_USER: 'ci', DOCKER_LOGIN_PASSWORD: 'x', DOCKER_LOGIN_SERVER: '' };
    expect(loginsOf(hub, STACK).docker?.server).to.equal(undefined);
    expect(loginsOf({ ...hub, DOCKER_LOGIN_SERVER: 'r' }, STACK).docker?.server).to.equal('r');
  });

  it('take words for on as they are, and any other for off', () => {
    for (const on of ['on', '1', 'true', 'TRUE']) {
      expect(loginsOf({ AWS_ECR_LOGIN: on }, STACK), on).to.have.property('ecr');
    }
    for (const off of ['off', '0', 'false', 'no', 'xtrue', '11']) {
      expect(loginsOf({ AWS_ECR_LOGIN: off }, { ...STACK, ecrByDefault: true }), off).to.eql({});
    }
  });

  it('name the account that is none', () => {
    const wrong = (ids: string) => () =>
      loginsOf({ AWS_ECR_LOGIN: '1', AWS_ECR_LOGIN_REGISTRY_IDS: `111122223333,${ids}` }, STACK);
    for (const id of ['1111222233334', '11112222333', 'x111122223333', '111122223333x']) {
      expect(wrong(id), id).to.throw(`has ${id}, which is no account`);
    }
  });
});

describe('the registries of ECR', () => {
  const OWN = '777788889999.dkr.ecr.eu-west-1.amazonaws.com';

  it('are the instance’s own, or those of the accounts', () => {
    expect(registryHosts(OWN, [])).to.eql([OWN]);
    expect(registryHosts(OWN, ['111122223333'])).to.eql(['111122223333.dkr.ecr.eu-west-1.amazonaws.com']);
    expect(registryHosts('x.777788889999', ['111122223333'])).to.eql(['x.777788889999']);
  });

  it('are the only ones that Amazon’s helper is asked for', () => {
    expect(JSON.parse(credentialHelperConfig(['a', 'b']))).to.eql({
      credHelpers: { a: 'ecr-login', b: 'ecr-login' },
    });
  });
});
