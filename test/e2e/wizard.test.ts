import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { KEY, type CliTerminal } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';

const TOKEN = 'wizard-token-that-nobody-may-see';

/** The questions in their order, with an answer to each. */
const QUESTIONS: readonly (readonly [question: string, ...answer: string[]])[] = [
  ['Region:', KEY.enter],
  ['Name of the stack:', KEY.enter],
  ['Agent token (not shown):', TOKEN, KEY.enter],
  ['Queue:', KEY.enter],
  ['Instance types, in the order of preference, with commas:', KEY.enter],
  ['Fewest instances:', KEY.enter],
  ['Most instances:', KEY.enter],
  ['Agents per instance (1 to 100):', KEY.enter],
  ['Share of spot instances, in percent (0 to 100):', KEY.enter],
  ['VPC:', KEY.enter],
  ['SSH key pair:', KEY.enter],
  ['Look at advanced settings?', KEY.enter],
  ['Create buildkite?', KEY.enter],
];

/** Waits until a question is the one that is open, and the ones before it are answered. */
function asked(terminal: CliTerminal, question: string): Promise<string> {
  const words = question.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return terminal.shows(new RegExp(`^\\? .*${words}`, 'm'));
}

async function answer(terminal: CliTerminal, questions: typeof QUESTIONS): Promise<void> {
  for (const [question, ...keys] of questions) {
    await asked(terminal, question);
    terminal.type(...keys);
  }
}

describe('the create wizard', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  before(async () => {
    await sandbox.start();
    await new EC2(sandbox.client).createKeyPair({ KeyName: 'oncall' });
  });
  after(() => sandbox.remove());

  const what = async () => ({
    stacks: (await new CloudFormation(sandbox.client).describeStacks()).Stacks?.length ?? 0,
    parameters: (await new SSM(sandbox.client).describeParameters()).Parameters?.length ?? 0,
    buckets: (await new S3({ ...sandbox.client, forcePathStyle: true }).listBuckets()).Buckets?.length ?? 0,
  });

  for (const [index, [question]] of QUESTIONS.entries()) {
    it(`leaves nothing behind after Ctrl-C at "${question}"`, async () => {
      const terminal = sandbox.terminal(['create']);
      await answer(terminal, QUESTIONS.slice(0, index));
      await asked(terminal, question);
      terminal.type(KEY.ctrlC);
      expect(await terminal.ended(), terminal.screen).to.equal(130);
      expect(terminal.screen).to.contain('Interrupted').and.to.contain('Nothing has been made.');
      expect(await what()).to.deep.equal({ stacks: 0, parameters: 0, buckets: 0 });
    });
  }

  it('makes nothing after a no', async () => {
    const terminal = sandbox.terminal(['create']);
    await answer(terminal, QUESTIONS.slice(0, -1));
    await asked(terminal, 'Create buildkite?');
    terminal.type('n', KEY.enter);
    expect(await terminal.ended()).to.equal(1);
    expect(terminal.screen)
      .to.match(/Nothing has been made\.\n.*answer yes/)
      .and.not.match(/Interrupted|Error/);
    expect(await what()).to.deep.equal({ stacks: 0, parameters: 0, buckets: 0 });
  });

  it('refuses a wrong answer at its question, and makes the stack of the right ones', async () => {
    const terminal = sandbox.terminal(['create'], { rows: 60 });
    const corrected = async (question: string, wrong: string, reason: RegExp, right: string) => {
      await asked(terminal, question);
      terminal.type(wrong, KEY.enter);
      await terminal.shows(reason);
      terminal.type(...Array<string>(wrong.length).fill(KEY.backspace), right, KEY.enter);
    };
    await corrected('Region:', 'eu-west-9', /did you mean .*eu-west-1/, 'eu-west-1');
    await corrected('Name of the stack:', '7up', /begins with a letter/, 'builds');
    await corrected('Agent token (not shown):', 'invalid-token', /Buildkite/, TOKEN);
    await corrected('Queue:', 'two words', /one queue name/, 'deploy');
    await corrected('Instance types', 't9.mega', /no instance type t9/, 't3.small,t3.medium');
    await corrected('Fewest instances', '-1', /at least 0/, '1');
    await corrected('Most instances', 'many', /number/, '3');
    await corrected('Agents per instance', '0', /at least 1/, '2');
    await corrected('Share of spot instances', '120', /whole number from 0/, '50');
    // There is no key pair in this region, and so no question of it.
    await answer(terminal, [
      ['VPC:', KEY.enter],
      ['Look at advanced settings?', KEY.enter],
    ]);
    const summary = await terminal.shows('Create builds?');
    expect(summary)
      .to.match(/Region +eu-west-1/)
      .and.to.match(/Share of spot instances +50 %/);
    terminal.type(KEY.enter);
    expect(await terminal.ended(60), terminal.screen).to.equal(0);
    expect(terminal.screen).to.contain('builds is created in eu-west-1');
    expect(terminal.output).to.not.contain(TOKEN);

    const cloudFormation = new CloudFormation({ ...sandbox.client, region: 'eu-west-1' });
    const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName: 'builds' });
    expect(stack?.StackStatus).to.equal('CREATE_COMPLETE');
    const parameters = Object.fromEntries(
      stack?.Parameters?.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]) ?? [],
    );
    expect(parameters).to.include({
      ...{ BuildkiteQueue: 'deploy', InstanceTypes: 't3.small,t3.medium', AgentsPerInstance: '2' },
      ...{ MinSize: '1', MaxSize: '3', OnDemandPercentage: '50', VpcId: '', KeyName: '' },
    });
  });
});
