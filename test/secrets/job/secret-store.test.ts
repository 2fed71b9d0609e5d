import { expect } from 'chai';
import nock from 'nock';
import { secretStore } from '../../../src/secrets/job/secret-store.ts';
import { failureOf } from '../../support/hook-calls.ts';

const HOST = 'https://secrets.s3.eu-west-1.amazonaws.com';
const refused = (code: string) => `<Error><Code>${code}</Code><Message>${code} it is</Message></Error>`;
const page = (keys: readonly string[], next?: string) =>
  `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}${
    next === undefined
      ? '<IsTruncated>false</IsTruncated>'
      : `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>`
  }</ListBucketResult>`;

describe('the secrets bucket as a job reads it', () => {
  const before = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'key' });
    delete process.env['AWS_ENDPOINT_URL'];
  });
  afterEach(() => {
    process.env = { ...before };
    nock.cleanAll();
  });
  const store = (region = 'eu-west-1') => secretStore({ bucket: 'secrets', client: { region } });

  it('gives what a key holds, and nothing for one that is not there', async () => {
    nock(HOST).get('/env').query(true).reply(200, 'A=ü\n');
    expect(await store().get('env')).to.equal('A=ü\n');
    nock(HOST).get('/env').query(true).reply(404, refused('NoSuchKey'));
    expect(await store().get('env')).to.equal(undefined);
  });

  it('fails with key and reason for anything else, as a secret left out breaks a build far from its cause', async () => {
    nock(HOST).get('/app/env').query(true).reply(403, refused('AccessDenied'));
    expect(await failureOf(store().get('app/env'))).to.equal(
      's3://secrets/app/env cannot be read: AccessDenied: AccessDenied it is',
    );
    nock(HOST).get('/').query(true).reply(404, refused('NoSuchBucket'));
    expect(await failureOf(store().list('secret-files/'))).to.equal(
      's3://secrets/secret-files/ cannot be read: NoSuchBucket: NoSuchBucket it is',
    );
  });

  it('lists all pages below a prefix', async () => {
    const query = (token?: string) => (asked: Record<string, unknown>) =>
      asked['prefix'] === 'secret-files/' && asked['continuation-token'] === token;
    nock(HOST)
      .get('/')
      .query(query())
      .reply(200, page(['secret-files/A_TOKEN'], 'next'));
    nock(HOST)
      .get('/')
      .query(query('next'))
      .reply(200, page(['secret-files/B_TOKEN']));
    expect(await store().list('secret-files/')).to.eql(['secret-files/A_TOKEN', 'secret-files/B_TOKEN']);
    nock(HOST).get('/').query(true).reply(200, page([]));
    expect(await store().list('secret-files/')).to.eql([]);
  });

  it('follows the bucket to its region', async () => {
    nock('https://secrets.s3.us-east-1.amazonaws.com')
      .get('/env')
      .query(true)
      .reply(301, refused('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' });
    nock(HOST).get('/env').query(true).reply(200, 'A=1\n');
    expect(await store('us-east-1').get('env')).to.equal('A=1\n');
  });

  it('is asked by path at an endpoint of one’s own', async () => {
    process.env['AWS_ENDPOINT_URL'] = 'http://s3.test';
    nock('http://s3.test').get('/secrets/env').query(true).reply(200, 'A=1\n');
    expect(await store().get('env')).to.equal('A=1\n');
  });
});
