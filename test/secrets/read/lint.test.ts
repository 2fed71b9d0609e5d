import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { AwsContext } from '../../../src/aws/context.ts';
import { bucketByName } from '../../../src/secrets/bucket/location.ts';
import { openForReading, openForWriting } from '../../../src/secrets/bucket/open.ts';
import { lintSecrets } from '../../../src/secrets/read/lint.ts';
import { TestServer } from '../../support/server.ts';

const DAY = 86_400_000;

describe('what is wrong in a secrets bucket', () => {
  const server = new TestServer();
  before(() => server.start());
  after(() => server.remove());

  it('is a secret that is older than it may be, by the day', async () => {
    const context = new AwsContext('us-east-1', server.client);
    await new S3({ ...server.client, forcePathStyle: true }).createBucket({ Bucket: 'mine' });
    const bucket = await bucketByName(context, 'mine');
    const { objects } = await openForWriting(context, bucket, { encrypt: true });
    await objects.write('secret-files/NPM_TOKEN', Buffer.from('token-1'), 'absent');
    const stored = (await objects.versions(''))[0]!.modifiedAt.getTime();
    const old = async (days: number, maxAgeDays: number) => {
      const { findings } = await lintSecrets(openForReading(context, bucket), {
        maxAgeDays,
        now: new Date(stored + days * DAY + 60_000),
      });
      return findings.filter(({ key }) => key !== undefined);
    };
    expect(await old(90, 90)).to.eql([]);
    expect(await old(91, 90)).to.eql([
      {
        severity: 'warning',
        key: 'secret-files/NPM_TOKEN',
        message: 'it is 91 days old: time for a new one',
      },
    ]);
    expect(await old(91, 365)).to.eql([]);
  });
});
