import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation, type StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { SandboxJobs } from '../support/jobs.ts';
import { root, version as present } from '../support/process.ts';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

/** Templates that were released, each as it was: they are never changed. */
const RELEASED = join(root, 'test/fixtures/templates');

/** What a stack keeps, or what its instances stand on. */
const KEPT =
  /^AWS::(S3::Bucket|KMS::Key|SSM::Parameter|Logs::LogGroup|EC2::VPC|EC2::Subnet|AutoScaling::.*Group)$/;

for (const file of readdirSync(RELEASED)) {
  const [, former = ''] = /^bk-stack-(.+)\.yml$/.exec(file) ?? [];

  describe(`bk-stack update of a stack that bk-stack ${former} has made`, function () {
    this.timeout(300_000);
    const sandbox = new CliSandbox();
    const jobs = new SandboxJobs(sandbox, 'default');
    const ran = async (options: { input?: string }, ...args: string[]) => {
      const done = await sandbox.runWith(options, ...args);
      expect(done.exitCode, done.stdout + done.stderr).to.equal(0);
      return done;
    };
    const resources = async () => {
      const cloudFormation = new CloudFormation(sandbox.client);
      const found: StackResourceSummary[] = [];
      let NextToken: string | undefined;
      do {
        const page = await cloudFormation.listStackResources({ StackName: 'ci', NextToken });
        found.push(...(page.StackResourceSummaries ?? []));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return found
        .filter(({ ResourceType = '' }) => KEPT.test(ResourceType))
        .map(
          ({ LogicalResourceId = '', PhysicalResourceId = '' }) =>
            `${LogicalResourceId} ${PhysicalResourceId}`,
        );
    };

    /** Instances that finish their jobs. */
    const ending = async () => {
      const { AutoScalingGroups: [group] = [] } = await new AutoScaling(
        sandbox.client,
      ).describeAutoScalingGroups({});
      return (group?.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'Terminating:Wait')
        .length;
    };

    before(async () => {
      await sandbox.start('--speed', '200');
      await ran(
        { input: 'token' },
        ...['create', 'ci', '--token-stdin', '--no-input', '--param', 'MinSize=2', '--param', 'MaxSize=4'],
        ...['--template', join(RELEASED, file)],
      );
      await ran({ input: 'FOO=kept' }, 'secrets', 'put', 'ci', '--env', '-');
    });
    after(() => sandbox.remove());

    it('has the new template, all of its data, and loses no job', async () => {
      await jobs.push(2);
      await jobs.allTaken();
      const before = await resources();
      expect(before.length).to.be.greaterThan(5);
      const updating = ran({}, 'update', 'ci');
      await until('jobs are finished on instances that end', async () => (await ending()) > 0);
      await jobs.allFinished();
      const { stdout } = await updating;
      expect(stdout).to.contain(`version ${former} → ${present}`);
      expect(stdout).to.match(/✔ ci is updated/);
      const status = JSON.parse((await ran({}, 'status', 'ci', '--json')).stdout) as object;
      expect(status).to.include({ status: 'UPDATE_COMPLETE', version: present });
      expect(await resources()).to.include.members(before);
      expect((await ran({}, 'secrets', 'get', 'ci', 'env')).stdout).to.contain('FOO=kept');
    });

    it('can be made again what it was', async () => {
      const before = await resources();
      const { stdout } = await ran({}, 'rollback', 'ci', '--strategy', 'in-place');
      expect(stdout).to.contain(`version ${present} → ${former}`);
      expect(await resources()).to.include.members(before);
      expect((await ran({}, 'secrets', 'get', 'ci', 'env')).stdout).to.contain('FOO=kept');
    });
  });
}
