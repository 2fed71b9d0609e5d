import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';

const SECRET = 'marker-that-nobody-may-see';

describe('bk-stack params', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();

  before(async () => {
    await sandbox.start('--speed', '300');
    const parameters = [
      ...['MaxSize=7', 'BuildkiteQueue=q'],
      `BootstrapScriptUrl=https://user:${SECRET}@example.com/boot.sh`,
      `AgentEnvFileUrl=https://example.com/env?X-Amz-Signature=${SECRET}&a=b`,
    ].flatMap((each) => ['--param', each]);
    const made = await sandbox.runWith(
      { input: SECRET },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', ...parameters],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
  });
  after(() => sandbox.remove());

  it('shows them all, what is not the default beside the default, and no secret', async () => {
    const { stdout } = await sandbox.run('params', 'ci');
    expect(stdout).to.match(/^PARAMETER +VALUE +DEFAULT\nBuildkiteAgentToken +\*{4}\n/);
    expect(stdout).to.match(/\nMaxSize +7 +10\n/);
    expect(stdout).to.match(/\nMinSize +0\n/);
    expect(stdout).to.contain('https://****@example.com/boot.sh').and.to.contain('X-Amz-Signature=****&a=b');
    expect(stdout).to.not.contain(SECRET);
  });

  it('does so for a stack of the official template, whatever it takes as parameters', async () => {
    const text = (Default: string, more = {}) => ({ Type: 'String', Default, ...more });
    const template = {
      Description: 'Buildkite stack v6.40.0',
      Parameters: {
        BuildkiteAgentToken: text(SECRET, { NoEcho: true }),
        BuildkiteQueue: text('default'),
        DatadogApiKey: text(SECRET),
        BuildkiteAgentTags: text('a=b'),
      },
      Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    };
    await new CloudFormation(sandbox.client).createStack({
      StackName: 'official',
      TemplateBody: JSON.stringify(template),
      Parameters: [{ ParameterKey: 'BuildkiteAgentTags', ParameterValue: `key=bkct_${SECRET}` }],
    });
    const table = await sandbox.run('params', 'official', '--markdown');
    expect(table.stdout, table.stderr)
      .to.match(/^Stack `official` in us-east-1: elastic-ci-stack v6\.40\.0, CREATE_/)
      .and.contain('| BuildkiteAgentToken | **** | same |')
      .and.contain('| DatadogApiKey | **** | same |')
      .and.contain('| BuildkiteAgentTags | key=**** | a=b |');
    const json = await sandbox.run('params', 'official', '--json');
    expect(json.stdout + table.stdout).to.not.contain(SECRET);
  });

  it('makes a table for a ticket, and JSON', async () => {
    const { stdout } = await sandbox.run('params', 'ci', '--changed', '--markdown');
    expect(stdout).to.match(/^Stack `ci` in us-east-1: bk-stack [\d.]+, CREATE_COMPLETE\n\n\| parameter/);
    expect(stdout)
      .to.contain('| MaxSize | 7 | 10 |')
      .and.to.not.match(/MinSize/);
    const json = await sandbox.run('params', 'ci', '--changed', '--json');
    const { parameters } = JSON.parse(json.stdout) as { parameters: { name: string; group: string }[] };
    expect(parameters).to.deep.include({
      ...{ name: 'MaxSize', value: '7', preset: '10', changed: true, group: 'Auto-scaling Configuration' },
    });
    expect(json.stdout + stdout).to.not.contain(SECRET);
  });
});
