import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';

const STACKS = 100;

describe('bk-stack list, of a hundred stacks', () => {
  const sandbox = new CliSandbox();
  before(async function () {
    this.timeout(300_000);
    await sandbox.start();
    const cloudFormation = new CloudFormation(sandbox.client);
    for (let number = 0; number < STACKS; number++) {
      await cloudFormation.createStack({
        StackName: `agents-${String(number).padStart(3, '0')}`,
        TemplateBody: JSON.stringify({
          Parameters: { BuildkiteQueue: { Type: 'String', Default: `queue-${number}` } },
          Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
        }),
        Tags: [
          { Key: 'bk-stack:stack', Value: `agents-${String(number).padStart(3, '0')}` },
          { Key: 'bk-stack:version', Value: '0.1.0' },
        ],
      });
    }
  });
  after(() => sandbox.remove());

  it('shows each, in one table', async () => {
    const { stdout, exitCode } = await sandbox.run('list');
    expect(exitCode).to.equal(0);
    const names = stdout.match(/agents-\d{3}/g) ?? [];
    expect(new Set(names)).to.have.property('size', STACKS);
  });

  it('asks no more than pagination needs', async () => {
    const { stdout, stderr, exitCode } = await sandbox.run('list', '--json', '--debug');
    expect(exitCode).to.equal(0);
    expect((JSON.parse(stdout) as { stacks: unknown[] }).stacks).to.have.length(STACKS);
    const requests = stderr.split('\n').filter((line) => / \d+ ms\b/.test(line));
    expect(requests.filter((line) => line.includes('DescribeStacks'))).to.have.length.within(1, 4);
    expect(requests, stderr).to.have.length.below(5);
  });
});
