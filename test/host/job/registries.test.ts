import { expect } from 'chai';
import { logIn, loginsOf } from '../../../src/host/job/registries.ts';
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
});
