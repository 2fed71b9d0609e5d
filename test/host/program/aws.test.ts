import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { clientSettings, keptWhileGood, patienceOf, withAttempts } from '../../../src/host/program/aws.ts';
import { failureOf } from '../../support/hook-calls.ts';
import { root, runProcess } from '../../support/process.ts';

describe('an instance’s credentials', () => {
  it('are asked for by the variables of the AWS CLI, and with patience without', () => {
    expect(patienceOf({})).to.eql({ attempts: 6, timeoutSeconds: 5 });
    expect(patienceOf({ AWS_METADATA_SERVICE_NUM_ATTEMPTS: '2', AWS_METADATA_SERVICE_TIMEOUT: '9' })).to.eql({
      attempts: 2,
      timeoutSeconds: 9,
    });
    for (const wrong of ['', '0', '-1', 'x', '1.5']) {
      expect(patienceOf({ AWS_METADATA_SERVICE_NUM_ATTEMPTS: wrong }).attempts, wrong).to.equal(6);
    }
  });

  it('are asked for again, later each time, and fail as the last attempt did', async () => {
    const pauses: number[] = [];
    let asked = 0;
    const attempt = (failures: number) => () =>
      (asked += 1) <= failures ? Promise.reject(new Error(`refused ${asked}`)) : Promise.resolve(asked);
    const pause = (seconds: number) => Promise.resolve(pauses.push(seconds));
    const patience = { attempts: 6, timeoutSeconds: 1 };
    expect(await withAttempts(patience, attempt(5), pause)).to.equal(6);
    expect(pauses).to.eql([0.25, 0.5, 1, 2, 4]);
    asked = 0;
    expect(await failureOf(withAttempts(patience, attempt(6), pause))).to.equal('refused 6');
  });

  it('are kept until shortly before they expire, for all who ask at once, and failures are not', async () => {
    let [asked, now] = [0, 0];
    const results = [undefined, 1_000_000, 2_000_000, 3_000_000];
    const get = keptWhileGood(
      () => {
        const expires = results[asked++];
        if (expires === undefined) return Promise.reject(new Error('refused'));
        return Promise.resolve({
          accessKeyId: `${asked}`,
          secretAccessKey: 'x',
          expiration: new Date(expires),
        });
      },
      () => now,
    );
    expect(await failureOf(get())).to.equal('refused');
    const id = async () => (await get()).accessKeyId;
    expect(await Promise.all([id(), id()])).to.eql(['2', '2']);
    now = 699_999;
    expect(await id()).to.equal('2');
    now = 700_000;
    expect(await id()).to.equal('3');
    expect(asked).to.equal(3);
  });

  describe('by a metadata service', () => {
    let service: Server;
    const tokens: number[] = [];
    before(async () => {
      service = createServer((request, response) => {
        const answer = (status: number, body = '') => response.writeHead(status).end(body);
        if (request.method === 'PUT') {
          tokens.push(Date.now());
          // Never an answer, then a refusal.
          if (tokens.length === 1) return;
          answer(tokens.length === 2 ? 503 : 200, 'token');
        } else if (request.headers['x-aws-ec2-metadata-token'] !== 'token') answer(401);
        else if (request.url?.endsWith('security-credentials/') === true) answer(200, 'role');
        else {
          const Expiration = new Date(Date.now() + 3_600_000);
          answer(200, JSON.stringify({ AccessKeyId: 'AKID', SecretAccessKey: 's', Token: 't', Expiration }));
        }
      });
      await once(service.listen(0, '127.0.0.1'), 'listening');
    });
    after(() => {
      service.closeAllConnections();
      service.close();
    });

    it('that is late once and refuses once are got all the same', async () => {
      const { port } = service.address() as AddressInfo;
      const program = `
        import { instanceCredentials } from '${root}/src/host/program/aws.ts';
        process.stdout.write((await instanceCredentials()).accessKeyId);`;
      const { stdout, stderr } = await runProcess(
        process.execPath,
        ['--import=tsx', '--input-type=module', '--eval', program],
        {
          env: {
            AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
            AWS_METADATA_SERVICE_TIMEOUT: '1',
            AWS_CONFIG_FILE: '/dev/null',
            AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
            AWS_ACCESS_KEY_ID: undefined,
            AWS_SECRET_ACCESS_KEY: undefined,
            AWS_SESSION_TOKEN: undefined,
            AWS_PROFILE: undefined,
            AWS_EC2_METADATA_DISABLED: undefined,
          },
        },
      );
      expect(stdout, stderr).to.equal('AKID');
      expect(tokens).to.have.length(3);
    });
  });

  it('come with limits for every request', () => {
    const { requestHandler, maxAttempts } = clientSettings('eu-west-1');
    expect(maxAttempts).to.equal(5);
    expect(requestHandler).to.eql({
      connectionTimeout: 5_000,
      requestTimeout: 30_000,
      throwOnRequestTimeout: true,
    });
  });
});
