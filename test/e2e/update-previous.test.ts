import { join } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { root } from '../support/process.ts';
import { CliSandbox } from '../support/sandbox.ts';

/** Templates that were released, each as it was: they are never changed. */
const RELEASED = ['0.1.0', '0.2.0'];

for (const version of RELEASED) {
  describe(`bk-stack update of a stack that bk-stack ${version} has made`, function () {
    this.timeout(120_000);
    const sandbox = new CliSandbox();
    const ran = async (options: { input?: string }, ...args: string[]) => {
      const done = await sandbox.runWith(options, ...args);
      expect(done.exitCode, done.stdout + done.stderr).to.equal(0);
      return done;
    };

    before(async () => {
      await sandbox.start('--speed', '200');
      await ran(
        { input: 'token' },
        ...['create', 'ci', '--token-stdin', '--no-input', '--param', 'MinSize=2', '--param', 'MaxSize=4'],
        ...['--template', join(root, `test/fixtures/templates/bk-stack-${version}.yml`)],
      );
      await ran({ input: 'FOO=kept' }, 'secrets', 'put', 'ci', '--env', '-');
    });
    after(() => sandbox.remove());

    it('has the new template and all of its data', async () => {
      const cloudFormation = new CloudFormation(sandbox.client);
      const buckets = async () =>
        ((await new S3({ ...sandbox.client, forcePathStyle: true }).listBuckets({})).Buckets ?? []).map(
          ({ Name }) => Name,
        );
      const before = await buckets();
      const { stdout } = await ran({}, 'update', 'ci');
      expect(stdout).to.match(new RegExp(`version ${version.replaceAll('.', '\\.')} → `));
      expect(stdout).to.match(/✔ ci is updated/);
      const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName: 'ci' });
      const { version: present } = JSON.parse((await ran({}, 'status', 'ci', '--json')).stdout) as {
        version: string;
      };
      expect(stack?.StackStatus).to.equal('UPDATE_COMPLETE');
      expect(present).to.not.equal(version);
      expect(await buckets()).to.eql(before);
      expect((await ran({}, 'secrets', 'get', 'ci', 'env')).stdout).to.contain('FOO=kept');
    });
  });
}
