import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { runCli, type RunOptions } from '../support/process.ts';
import { HARD_VALUES, secretsRoundTrip } from '../support/secrets-round-trip.ts';
import { Moto } from './support/moto.ts';
import { runTool } from './support/tools.ts';

describe('bk-stack secrets on moto', function () {
  this.timeout(300_000);
  let moto: Moto;
  let env: Record<string, string>;
  before(async () => {
    moto = await Moto.start();
    env = { AWS_ENDPOINT_URL: moto.endpoint, AWS_REGION: 'us-east-1' };
    const s3 = new S3({ endpoint: moto.endpoint, region: 'us-east-1', forcePathStyle: true });
    await s3.createBucket({ Bucket: 'secrets' });
    await s3.putBucketVersioning({ Bucket: 'secrets', VersioningConfiguration: { Status: 'Enabled' } });
  });
  after(() => {
    moto.stop();
  });

  const cli = (options: RunOptions, ...args: string[]) =>
    runCli(args, { ...options, env: { ...env, ...options.env } });

  it('brings every kind of secret to a build, byte for byte', async () => {
    await secretsRoundTrip(cli, { AWS_ENDPOINT_URL: moto.endpoint }, 'secrets');
  });

  it('encrypts by KMS what the AWS CLI then reads as it was', async () => {
    const key = 'app/secret-files/DOLLARS_TOKEN';
    const aws = (...args: string[]) => runTool('awscli', 'aws', args, { env });
    const head = await aws('s3api', 'head-object', '--bucket', 'secrets', '--key', key);
    expect((JSON.parse(head.stdout) as { ServerSideEncryption: string }).ServerSideEncryption).to.equal(
      'aws:kms',
    );
    expect((await aws('s3', 'cp', `s3://secrets/${key}`, '-')).stdout).to.equal(HARD_VALUES['DOLLARS']);
  });

  it('reads what the AWS CLI has written, and keeps its versions', async () => {
    const aws = (input: string) =>
      runTool('awscli', 'aws', ['s3', 'cp', '-', 's3://secrets/other/env', '--sse', 'aws:kms'], {
        env,
        input,
      });
    expect((await aws('A=1\n')).exitCode).to.equal(0);
    const where = ['--bucket', 'secrets', '--pipeline', 'other'];
    expect((await cli({ input: '2' }, 'secrets', 'put', ...where, '--set', 'A')).exitCode).to.equal(0);
    const history = await cli({}, 'secrets', 'history', ...where, 'env', '--json');
    const { versions } = JSON.parse(history.stdout) as { versions: { versionId: string }[] };
    expect(versions).to.have.length(2);
    expect((await cli({}, 'secrets', 'restore', ...where, 'env', versions[1]!.versionId)).exitCode).to.equal(
      0,
    );
    expect((await cli({}, 'secrets', 'get', ...where, 'env')).stdout).to.equal('A=1\n');
    const listed = await cli({}, 'secrets', 'list', '--bucket', 'secrets', '--json');
    expect((JSON.parse(listed.stdout) as { secrets: unknown[] }).secrets.length).to.be.greaterThan(10);
  });
});
