import { expect } from 'chai';
import nock from 'nock';
import { AwsContext } from '../../../src/aws/context.ts';
import { type Encryption, secretObjects } from '../../../src/secrets/bucket/objects.ts';

const ENDPOINT = 'http://s3.test';
const PLACE = { bucket: 'secrets', region: 'us-east-1', account: '123456789012', name: 'ci' };

describe('the objects of a secrets bucket', () => {
  const objects = (encryption: Encryption = { kind: 'kms' }) =>
    secretObjects(new AwsContext('us-east-1', { endpoint: ENDPOINT }), PLACE, encryption);
  const put = (headers: Record<string, string>) =>
    nock(ENDPOINT, {
      reqheaders: {
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-expected-bucket-owner': '123456789012',
        'if-none-match': '*',
      },
    })
      .put('/secrets/env')
      .query(true)
      .reply(200, '', headers);
  const failure = (write: Promise<unknown>) =>
    write.then(
      () => 'it was stored',
      (error: unknown) => (error as Error).message,
    );
  afterEach(() => {
    nock.cleanAll();
  });

  it('are asked to be encrypted by KMS, and only in the account’s own bucket', async () => {
    put({ 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-version-id': 'v1' });
    const written = await objects().write('env', Buffer.from('A=1'), 'absent');
    expect(written).to.eql({ key: 'env', versionId: 'v1', bytes: 3, encryption: 'aws:kms' });
  });

  it('do not stay where they were not encrypted', async () => {
    put({ 'x-amz-server-side-encryption': 'AES256', 'x-amz-version-id': 'v1' });
    const removed = nock(ENDPOINT)
      .delete('/secrets/env')
      .query((query) => query['versionId'] === 'v1')
      .reply(204);
    expect(await failure(objects().write('env', Buffer.from('A=1'), 'absent'))).to.match(
      /not encrypted by KMS but by AES256, so it has been taken out again/,
    );
    expect(removed.isDone()).to.equal(true);
  });

  it('do not stay where they were encrypted with another key', async () => {
    const arn = (id: string) => `arn:aws:kms:us-east-1:123456789012:key/${id}`;
    put({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': arn('other'),
    });
    const removed = nock(ENDPOINT).delete('/secrets/env').query(true).reply(204);
    const write = objects({ kind: 'kms', key: arn('asked') }).write('env', Buffer.from('A=1'), 'absent');
    expect(await failure(write)).to.match(/encrypted with another key than the one asked for/);
    expect(removed.isDone()).to.equal(true);
  });
});
