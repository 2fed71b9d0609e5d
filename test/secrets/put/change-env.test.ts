import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { parseEnvFile } from '../../../src/secrets/env-file/parse.ts';
import { root, runProcess } from '../../support/process.ts';
import { TestServer } from '../../support/server.ts';

const EDITOR = join(root, 'test/support/env-editor.ts');

describe('changing an env file', function () {
  this.timeout(120_000);
  const server = new TestServer();
  before(() => server.start());
  after(() => server.remove());

  it('loses nothing where two processes make 200 changes each at once', async () => {
    const s3 = new S3({ ...server.client, forcePathStyle: true });
    await s3.createBucket({ Bucket: 'shared' });
    const { accessKeyId, secretAccessKey } = server.client.credentials;
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const edits = ['A', 'B'].map((prefix) =>
      runProcess(process.execPath, ['--import', 'tsx', EDITOR, server.endpoint, 'shared', prefix, '200'], {
        env,
      }),
    );
    for (const { exitCode, stderr } of await Promise.all(edits)) expect(exitCode, stderr).to.equal(0);
    const { Body } = await s3.getObject({ Bucket: 'shared', Key: 'env' });
    const { variables } = parseEnvFile(await Body!.transformToString());
    expect(variables.size).to.equal(400);
    for (const prefix of ['A', 'B']) {
      for (let index = 0; index < 200; index += 1) {
        expect(variables.get(`${prefix}_${index}`)).to.eql({ kind: 'text', text: `value ${index}` });
      }
    }
  });
});
