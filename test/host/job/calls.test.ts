import { expect } from 'chai';
import nock from 'nock';
import { hookCalls } from '../../../src/host/job/calls.ts';
import { Settings } from '../../../src/host/program/settings.ts';

describe('what the hooks ask AWS', () => {
  const before = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'key' });
    delete process.env['AWS_ENDPOINT_URL'];
  });
  afterEach(() => {
    process.env = { ...before };
    nock.cleanAll();
  });

  it('is the secrets bucket in its own region, else in the stack’s', async () => {
    const STACK = { SECRETS_BUCKET: 'secrets', BK_STACK_REGION: 'eu-west-1' };
    for (const [settings, region] of [
      [STACK, 'eu-west-1'],
      [{ ...STACK, SECRETS_BUCKET_REGION: 'us-east-2' }, 'us-east-2'],
    ] as const) {
      nock(`https://secrets.s3.${region}.amazonaws.com`).get('/env').query(true).reply(200, region);
      const store = await hookCalls().secretStore(new Settings(settings));
      expect(await store.get('env')).to.equal(region);
    }
  });

  it('is a token of ECR, with the registry of its own account', async () => {
    const authorizationToken = Buffer.from('AWS:pass:word').toString('base64');
    const proxyEndpoint = 'https://777788889999.dkr.ecr.eu-west-1.amazonaws.com';
    nock('https://api.ecr.eu-west-1.amazonaws.com')
      .post('/')
      .reply(200, { authorizationData: [{ authorizationToken, proxyEndpoint }] });
    expect(await hookCalls().ecrToken('eu-west-1')).to.eql({
      user: 'AWS',
      password: 'pass:word',
      registry: '777788889999.dkr.ecr.eu-west-1.amazonaws.com',
    });
  });
});
