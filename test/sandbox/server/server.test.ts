import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OperationError } from '../../../src/errors.ts';
import { Storage } from '../../../src/sandbox/server/persistence/storage.ts';
import { TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';

describe('the sandbox’s server', () => {
  let server: TestServer;
  beforeEach(() => {
    server = new TestServer();
  });
  afterEach(() => server.remove());

  const s3 = () => new S3({ ...server.client, forcePathStyle: true, maxAttempts: 1 });

  it('takes up its state where it left it', async () => {
    await server.start();
    const cloudFormation = new CloudFormation(server.client);
    await cloudFormation.createStack({
      StackName: 'stays',
      TemplateBody: JSON.stringify({
        Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } } },
      }),
    });
    await s3().createBucket({ Bucket: 'stays' });
    await s3().putObject({ Bucket: 'stays', Key: 'a', Body: 'content' });
    await server.stop();

    await server.start({ speed: 1000 });
    const { Body } = await s3().getObject({ Bucket: 'stays', Key: 'a' });
    expect(await Body?.transformToString()).to.equal('content');
    const status = async () => {
      const { Stacks } = await new CloudFormation(server.client).describeStacks({ StackName: 'stays' });
      return Stacks?.[0]?.StackStatus;
    };
    await until('the creation ends', async () => (await status()) !== 'CREATE_IN_PROGRESS');
    expect(await status()).to.equal('CREATE_COMPLETE');
  });

  it('goes on with no state of another version’s form', async () => {
    await server.start();
    await server.stop();
    const storage = new Storage(server.directory);
    storage.save({ ...storage.load()!, version: 1 as never });
    expect(() => storage.load())
      .to.throw(OperationError, /another version of bk-stack/)
      .with.property('hint')
      .that.contains('bk-stack sandbox reset --yes');
  });

  it('writes nothing that can be read without its key, and nothing that others may read', async () => {
    await server.start();
    await s3().createBucket({ Bucket: 'secret-bucket' });
    await s3().putObject({ Bucket: 'secret-bucket', Key: 'k', Body: 'a secret that is tried out' });
    await server.stop();
    const files = readdirSync(server.directory, { recursive: true, encoding: 'utf8' })
      .map((name) => join(server.directory, name))
      .filter((file) => statSync(file).isFile());
    expect(files).to.have.length.greaterThan(2);
    for (const file of files) {
      expect(readFileSync(file, 'latin1')).to.not.match(/secret-bucket|a secret that/);
      expect(statSync(file).mode & 0o077, file).to.equal(0);
    }
  });

  it('listens on loopback only', async () => {
    await server.start();
    expect(new URL(server.endpoint).hostname).to.equal('127.0.0.1');
  });

  it('forgets everything at a reset', async () => {
    await server.start();
    await s3().createBucket({ Bucket: 'gone' });
    const reset = await fetch(`${server.endpoint}/_sandbox/reset`, {
      method: 'POST',
      headers: server.bearer,
    });
    expect(reset.status).to.equal(200);
    expect((await s3().listBuckets({})).Buckets ?? []).to.deep.equal([]);
  });

  it('goes wrong as it is told to', async () => {
    await server.start({
      faults: ['api:s3.ListBuckets=SlowDown', 'api:s3.HeadBucket=reset', 'api:s3.CreateBucket=503'],
    });
    const outcome = (call: Promise<unknown>) =>
      call.then(
        () => 'done',
        (error: unknown) => (error as Error).name,
      );
    expect(await outcome(s3().listBuckets({}))).to.equal('SlowDown');
    expect(await outcome(s3().createBucket({ Bucket: 'any' }))).to.equal('ServiceUnavailable');
    expect(await outcome(s3().headBucket({ Bucket: 'any' }))).to.match(/Error|ECONNRESET|TimeoutError/);
    expect(server.logged.join('\n')).to.contain('s3.ListBuckets SlowDown 503');
  });

  it('counts credentials as expired when told so', async () => {
    await server.start({ faults: ['credentials'] });
    const error = await s3()
      .listBuckets({})
      .catch((cause: unknown) => cause as Error);
    expect(error).to.have.property('name', 'ExpiredToken');
  });

  it('serves Buildkite’s Agent API', async () => {
    await server.start();
    const metrics = (token: string) =>
      fetch(`${server.endpoint}/_buildkite/v3/metrics`, { headers: { authorization: `Token ${token}` } });
    expect((await metrics('bkct_any')).status).to.equal(200);
    expect((await fetch(`${server.endpoint}/_buildkite/v3/metrics`)).status).to.equal(401);
  });
});
