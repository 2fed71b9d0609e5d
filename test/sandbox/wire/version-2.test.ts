import { createHmac } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { STS } from '@aws-sdk/client-sts';
import { expect } from 'chai';
import { querySignature, stringToSign } from '../../../src/sandbox/wire/signing/version-2.ts';
import { TestServer } from '../../support/server.ts';
import { send } from '../../support/signed-request.ts';

const signature = (secret: string, text: string) => createHmac('sha1', secret).update(text).digest('base64');

describe('Signature Version 2 in a URL', () => {
  const server = new TestServer();
  const hour = () => Math.floor(Date.now() / 1000) + 3600;
  before(async () => {
    await server.start();
    for (const [Bucket, region] of [
      ['older', 'us-east-1'],
      ['west', 'eu-west-1'],
      ['newer', 'eu-central-1'],
    ] as const) {
      const s3 = new S3({ ...server.client, region, forcePathStyle: true });
      const LocationConstraint = region === 'us-east-1' ? undefined : region;
      await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint } });
      await s3.putObject({ Bucket, Key: 'a key', Body: 'content' });
    }
  });
  afterEach(() => expect(server.failures).to.deep.equal([]));
  after(() => server.remove());

  interface Asked {
    readonly path?: string;
    readonly query?: Record<string, string>;
    readonly expires?: number;
    readonly host?: string;
    /** The canonical resource and the headers before it, where they are not path and query. */
    readonly text?: string;
    readonly credentials?: { accessKeyId: string; secretAccessKey: string };
    readonly change?: (url: string) => string;
    readonly method?: string;
  }
  /** What is answered to a presigned URL: its status, and the code of its error. */
  const asked = async ({ path = '/older/a%20key', query = {}, expires = hour(), ...more }: Asked) => {
    const { credentials = server.client.credentials, text = path, method = 'GET' } = more;
    const value = signature(credentials.secretAccessKey, `GET\n\n\n${expires}\n${text}`);
    const search = new URLSearchParams({
      ...query,
      ...{ AWSAccessKeyId: credentials.accessKeyId, Signature: value, Expires: String(expires) },
    });
    const url = `${server.endpoint}${path}?${search.toString()}`;
    const host = more.host ?? new URL(server.endpoint).host;
    const answer = await send({ url: more.change?.(url) ?? url, method, headers: { host } });
    return `${answer.status} ${/<Code>(\w+)/.exec(answer.text)?.[1] ?? answer.text}`;
  };

  it('signs the text of AWS’s own example', () => {
    const query = new URLSearchParams({ AWSAccessKeyId: 'x', Signature: 'y', Expires: '1175139620' });
    const request = { method: 'GET', path: '/photos/puppy.jpg', query, headers: {} };
    const text = stringToSign(request, 1_175_139_620, 'johnsmith');
    expect(text).to.equal('GET\n\n\n1175139620\n/johnsmith/photos/puppy.jpg');
    expect(signature('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', text)).to.equal(
      'NpgCjnDzrM+WFzoENXmpNDUsSn8=',
    );
  });

  it('opens an object, whether path or host names the bucket, in each region that takes it', async () => {
    expect(await asked({})).to.equal('200 content');
    expect(await asked({ path: '/west/a%20key' })).to.equal('200 content');
    const { port } = new URL(server.endpoint);
    expect(
      await asked({ path: '/a%20key', host: `older.s3.localhost:${port}`, text: '/older/a%20key' }),
    ).to.equal('200 content');
    expect(await asked({ path: '/newer/a%20key' })).to.equal('400 InvalidRequest');
  });

  it('signs the parameters that S3 lists, and no other', async () => {
    const query = { 'response-content-type': 'text/x', unsigned: '1' };
    expect(await asked({ query, text: '/older/a%20key?response-content-type=text/x' })).to.equal(
      '200 content',
    );
    expect(await asked({ query })).to.equal('403 SignatureDoesNotMatch');
  });

  it('is refused when it is changed, old, or another’s', async () => {
    expect(await asked({ change: (url) => url.replace('a%20key', 'other') })).to.equal(
      '403 SignatureDoesNotMatch',
    );
    expect(await asked({ method: 'DELETE' })).to.equal('403 SignatureDoesNotMatch');
    expect(await asked({ change: (url) => url.replace(/Expires=\d+/, 'Expires=9999999999') })).to.equal(
      '403 SignatureDoesNotMatch',
    );
    expect(await asked({ expires: hour() - 3700 })).to.equal('403 AccessDenied');
    const { accessKeyId, secretAccessKey } = server.client.credentials;
    expect(await asked({ credentials: { accessKeyId, secretAccessKey: 'guessed' } })).to.equal(
      '403 SignatureDoesNotMatch',
    );
    expect(await asked({ credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey } })).to.equal(
      '403 InvalidAccessKeyId',
    );
    for (const part of ['AWSAccessKeyId', 'Signature', 'Expires']) {
      expect(await asked({ change: (url) => url.replace(`${part}=`, 'x=') }), part).to.equal(
        '403 AccessDenied',
      );
    }
  });

  it('takes a session’s token into the signature', async () => {
    const { Credentials: session } = await new STS(server.client).assumeRole({
      ...{ RoleArn: 'arn:aws:iam::111122223333:role/deploy', RoleSessionName: 'night' },
    });
    const credentials = {
      accessKeyId: session?.AccessKeyId ?? '',
      secretAccessKey: session?.SecretAccessKey ?? '',
    };
    const token = session?.SessionToken ?? '';
    const query = { 'x-amz-security-token': token };
    const text = `x-amz-security-token:${token}\n/older/a%20key`;
    expect(await asked({ credentials, query, text })).to.equal('200 content');
    expect(await asked({ credentials, query })).to.equal('403 SignatureDoesNotMatch');
    expect(await asked({ credentials })).to.equal('403 InvalidAccessKeyId');
  });

  it('leads to S3 alone', async () => {
    const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
    expect(await asked({ path: '/', query })).to.match(/^200 ListAllMyBuckets|^200 <\?xml/);
  });

  it('has three parts', () => {
    const all = { AWSAccessKeyId: 'AKIA', Signature: 'x', Expires: '12' };
    const read = (query: Record<string, string>) => querySignature({ query: new URLSearchParams(query) });
    expect(read(all)).to.deep.equal({ accessKeyId: 'AKIA', value: 'x', expires: 12 });
    for (const Expires of ['', 'soon', '-1', '1e9', '1'.repeat(13)]) {
      expect(read({ ...all, Expires }), Expires).to.equal(undefined);
    }
  });
});
