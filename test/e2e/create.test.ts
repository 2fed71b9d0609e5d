import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { SSM } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../support/process.ts';
import { KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';

const TOKEN = 'a-token-that-nobody-may-see';
const token = { env: { BUILDKITE_AGENT_TOKEN: TOKEN } };

/** Operations by whose name nothing changes. */
const READS = /^(Describe|Get|Head|List|Validate)/;

describe('bk-stack create, without a terminal', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-create-'));
  const sandbox = new CliSandbox();
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  before(() => sandbox.start());
  after(async () => {
    await sandbox.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('from a file', () => {
    it('makes the stack and prints one JSON document', async () => {
      const config = file(
        'stack.yml',
        'BuildkiteQueue: deploy\nMinSize: 2\nMaxSize: 4\nInstanceTypes: t3.small\n',
      );
      const { exitCode, stdout, stderr } = await sandbox.runWith(
        { input: `${TOKEN}\n` },
        ...['create', 'deploy', '--no-input', '--config', config, '--token-stdin', '--json'],
        ...['--tag', 'team=build', '--termination-protection', '--param', 'MaxSize=3'],
      );
      expect(exitCode, stderr).to.equal(0);
      const result = JSON.parse(stdout) as Record<string, unknown>;
      expect(result).to.include({ stackName: 'deploy', status: 'CREATE_COMPLETE', region: 'us-east-1' });
      expect(result).to.include({ queue: 'deploy', account: '111122223333' });
      expect(result['outputs']).to.include({ Queue: 'deploy' });
      expect(stdout + stderr).to.not.contain(TOKEN);

      const cloudFormation = new CloudFormation(sandbox.client);
      const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName: 'deploy' });
      expect(stack?.EnableTerminationProtection).to.equal(true);
      expect(stack?.Tags).to.deep.include({ Key: 'team', Value: 'build' });
      expect(stack?.Parameters).to.deep.include({ ParameterKey: 'MaxSize', ParameterValue: '3' });
      const kept = await new SSM(sandbox.client).getParameter({
        ...{ Name: '/bk-stack/deploy/agent-token', WithDecryption: true },
      });
      expect(kept.Parameter).to.include({ Type: 'SecureString', Value: TOKEN });
    });

    it('shows the instances of the new stack in its status', async () => {
      const { stdout } = await sandbox.run('status', 'deploy', '--json');
      const status = JSON.parse(stdout) as { group: { instances: object[] } };
      expect(status).to.include({ status: 'CREATE_COMPLETE', queue: 'deploy', version });
      expect(status.group.instances).to.have.length(2);
    });

    it('reads an AWS parameter list from stdin as well', async () => {
      const list = [{ ParameterKey: 'BuildkiteQueue', ParameterValue: 'from-stdin' }];
      const { exitCode, stdout, stderr } = await sandbox.runWith(
        { input: JSON.stringify(list), ...token },
        ...['create', 'listed', '--config', '-', '--dry-run', '--json'],
      );
      expect(exitCode, stderr).to.equal(0);
      expect(JSON.parse(stdout)).to.deep.include({ dryRun: true, stackName: 'listed' });
      expect(stdout).to.contain('from-stdin').and.to.not.contain(TOKEN);
    });

    it('makes nothing in a dry run, and without waiting returns at once', async () => {
      const preview = await sandbox.runWith(token, 'create', 'later', '--dry-run');
      expect(preview.exitCode, preview.stderr).to.equal(0);
      expect(preview.stdout)
        .to.contain('Would create later')
        .and.to.contain('AWS::AutoScaling::AutoScalingGroup');
      expect((await sandbox.run('status', 'later')).stderr).to.contain('There is no stack named later');

      const begun = await sandbox.runWith(token, 'create', 'later', '--no-wait', '--json');
      expect(JSON.parse(begun.stdout)).to.include({ stackName: 'later', status: 'CREATE_IN_PROGRESS' });
      const watched = await sandbox.run('status', 'later', '--wait', '--json');
      expect(JSON.parse(watched.stdout)).to.include({ status: 'CREATE_COMPLETE' });
    });

    it('writes a line with its time for each thing that happens', async () => {
      const { stderr } = await sandbox.runWith(token, 'create', 'lines');
      const [first, ...lines] = stderr.trimEnd().split('\n');
      expect(first).to.contain('nothing touches AWS');
      for (const line of lines) expect(line).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /);
      expect(stderr).to.contain('✔ Agent token: accepted');
      expect(stderr).to.match(/CREATE_COMPLETE +AgentAutoScaleGroup/);
    });
  });

  describe('refuses', () => {
    it('an unknown parameter, and names the nearest', async () => {
      const { exitCode, stdout, stderr } = await sandbox.runWith(
        token,
        ...['create', 'bad', '--param', 'InstanceTypez=t3.small', '--no-input', '--debug', '--json'],
      );
      expect(exitCode, stderr).to.equal(2);
      const { error } = JSON.parse(stdout) as { error: { message: string; exitCode: number } };
      expect(error.exitCode).to.equal(2);
      expect(error.message).to.match(/InstanceTypez[^]*InstanceTypes/);
      const requests = [...stderr.matchAll(/^· \S+ (\w+) \d+ /gm)].map(([, name = '']) => name);
      expect(requests.filter((name) => !READS.test(name))).to.deep.equal([]);
    });

    it('a flag that it does not know', async () => {
      const { exitCode, stderr } = await sandbox.run('create', 'bad', '--colour', 'red');
      expect(exitCode).to.equal(2);
      expect(stderr)
        .to.contain('--colour')
        .and.to.not.match(/^\s+at /m);
    });

    it('and leaves nothing behind', async () => {
      const { stdout } = await sandbox.run('list', '--json');
      const { stacks } = JSON.parse(stdout) as { stacks: { stackName: string }[] };
      expect(stacks.map(({ stackName }) => stackName)).to.have.members(['deploy', 'later', 'lines']);
    });
  });
});

describe('bk-stack create, when the creation fails', function () {
  this.timeout(300_000);
  const cases = [
    {
      what: 'a resource that AWS refuses',
      fault: 'resource:AWS::EC2::LaunchTemplate',
      cause: /AgentLaunchTemplate/,
    },
    { what: 'instances that never signal', fault: 'boot', cause: /AgentAutoScaleGroup/ },
  ];
  for (const { what, fault, cause } of cases) {
    it(`tells the first cause of ${what}, and can be repeated after cleaning up`, async () => {
      const sandbox = new CliSandbox();
      const folder = mkdtempSync(join(tmpdir(), 'bk-stack-flawed-'));
      const config = join(folder, 'stack.yml');
      writeFileSync(config, 'MinSize: 1\n');
      try {
        await sandbox.start('--fail', fault);
        const size = ['--param', 'MinSize=1'];
        const failed = await sandbox.runWith(token, 'create', 'flawed', ...size);
        expect(failed.exitCode, failed.stderr).to.equal(1);
        expect(failed.stderr).to.match(/ROLLBACK_COMPLETE +flawed/);
        const last = failed.stderr.slice(failed.stderr.lastIndexOf('Error:'));
        expect(last)
          .to.match(cause)
          .and.to.match(/line \d+ of the template/)
          .and.to.not.contain('cancelled');

        await sandbox.run('sandbox', 'stop');
        await sandbox.start();
        const again = await sandbox.runWith(token, 'create', 'flawed', ...size);
        expect(again.exitCode, again.stderr).to.equal(2);
        expect(again.stderr).to.contain('ROLLBACK_COMPLETE').and.to.contain('--yes');

        const terminal = sandbox.terminal(['create', 'flawed', '--config', config], token);
        await terminal.shows(/Remove it, and go on with the new flawed\?/);
        terminal.type('n', KEY.enter);
        expect(await terminal.ended()).to.equal(1);
        expect(terminal.screen)
          .to.match(/Nothing was changed\. The name flawed is taken/)
          .and.match(/--yes/);

        const cleaned = await sandbox.runWith(token, 'create', 'flawed', ...size, '--yes', '--json');
        expect(cleaned.exitCode, cleaned.stderr).to.equal(0);
        expect(JSON.parse(cleaned.stdout)).to.include({ status: 'CREATE_COMPLETE' });
      } finally {
        await sandbox.remove();
        rmSync(folder, { recursive: true });
      }
    });
  }
});
