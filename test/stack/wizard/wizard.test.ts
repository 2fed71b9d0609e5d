import { expect } from 'chai';
import { readTemplate, type Template } from '../../../src/stack/parameters/index.ts';
import type { Choice, Prompter } from '../../../src/stack/wizard/prompter.ts';
import type { WizardSource } from '../../../src/stack/wizard/source.ts';
import { askForStack, type WizardContext } from '../../../src/stack/wizard/wizard.ts';
import type { Theme } from '../../../src/terminal/theme.ts';

/** What is answered to a question: some text, a choice's name, a list, yes or no. Wrong ones come before the right one. */
type Script = readonly (readonly [question: RegExp, ...answers: (string | boolean | readonly string[])[]])[];

/** Answers by a script, as a person would: a refused answer is followed by the next. */
class ScriptedPrompter implements Prompter {
  readonly asked: string[] = [];
  readonly refusals: string[] = [];
  said = '';

  constructor(private readonly script: Script) {}

  #answers(message: string): readonly (string | boolean | readonly string[])[] | undefined {
    this.asked.push(message);
    return this.script.find(([question]) => question.test(message))?.slice(1) as
      readonly (string | boolean | readonly string[])[] | undefined;
  }

  async text({ message, preset, check }: Parameters<Prompter['text']>[0]): Promise<string> {
    for (const answer of this.#answers(message) ?? [preset ?? '']) {
      const fault = await check?.(answer as string);
      if (fault === undefined) return answer as string;
      this.refusals.push(fault);
    }
    throw new Error(`no answer to "${message}" was taken: ${this.refusals.at(-1)}`);
  }

  secret(question: Parameters<Prompter['secret']>[0]): Promise<string> {
    return this.text(question);
  }

  choice<Value>(question: {
    readonly message: string;
    readonly choices: readonly Choice<Value>[];
    readonly preset?: Value;
  }): Promise<Value> {
    const { message, choices, preset } = question;
    const [answer] = this.#answers(message) ?? [];
    const found = choices.find(({ name }) => answer !== undefined && name.includes(answer as string));
    const value = found === undefined ? (preset ?? choices[0]!.value) : found.value;
    return Promise.resolve(value);
  }

  several({ message, choices, check }: Parameters<Prompter['several']>[0]): Promise<readonly string[]> {
    const [answer] = this.#answers(message) ?? [];
    const chosen = (answer as readonly string[] | undefined) ?? choices.map(({ value }) => value);
    const fault = check?.(chosen);
    return fault === undefined ? Promise.resolve(chosen) : Promise.reject(new Error(fault));
  }

  yes({ message, preset }: Parameters<Prompter['yes']>[0]): Promise<boolean> {
    const [answer] = this.#answers(message) ?? [];
    return Promise.resolve((answer as boolean | undefined) ?? preset);
  }

  say(text: string): void {
    this.said += `${text}\n`;
  }
}

const same = (text: string) => text;
const theme: Theme = {
  stack: same,
  command: same,
  good: same,
  busy: same,
  bad: same,
  dim: same,
  heading: same,
};

const source: WizardSource = {
  regions: () => Promise.resolve(['us-east-1', 'eu-central-1']),
  stackStatus: (name) => Promise.resolve({ taken: 'CREATE_COMPLETE', failed: 'ROLLBACK_COMPLETE' }[name]),
  instanceTypes: () => Promise.resolve(['c7gn.xlarge', 'm7i.large', 'm7i.xlarge', 't3.large']),
  architectures: (types) =>
    Promise.resolve(
      types.map((type) => ({ type, architectures: [type === 'c7gn.xlarge' ? 'arm64' : 'x86_64'] })),
    ),
  vpcs: () =>
    Promise.resolve([{ id: 'vpc-01234567', name: 'office', cidr: '10.0.0.0/16', isDefault: false }]),
  subnets: () =>
    Promise.resolve(
      ['a', 'b'].map((letter, index) => ({
        id: `subnet-0123456${index}`,
        name: undefined,
        zone: `us-east-1${letter}`,
        cidr: `10.0.${index}.0/24`,
        freeAddresses: 250,
      })),
    ),
  keyPairs: () => Promise.resolve(['ops']),
};

describe('the wizard', () => {
  let template: Template;
  before(async () => {
    template = await readTemplate();
  });

  const run = async (
    script: Script,
    given: Partial<WizardContext['given']> = {},
    more: Partial<WizardContext> = {},
  ) => {
    const prompter = new ScriptedPrompter(script);
    const answers = await askForStack({
      prompter,
      theme,
      template,
      given: { parameters: new Map(), configured: false, ...given },
      region: 'us-east-1',
      token: { kind: 'ask' },
      withheld: ['BuildkiteAgentToken', 'BuildkiteAgentTokenParameterStorePath'],
      sourceOf: () => source,
      nameFault: (name) => (/^[a-z-]+$/i.test(name) ? undefined : 'no such name'),
      tokenFault: (token) => Promise.resolve(token === 'good' ? undefined : 'Buildkite does not accept it'),
      ...more,
    });
    return { prompter, answers };
  };
  const TOKEN = [/token/i, 'good'] as const;

  it('asks for what matters, in the template’s order, and keeps the defaults that were agreed to', async () => {
    const { prompter, answers } = await run([TOKEN]);
    expect(answers).to.deep.equal({
      stackName: 'buildkite',
      region: 'us-east-1',
      token: 'good',
      parameters: new Map(),
    });
    const expected = [
      ...[
        'Region',
        'Name of the stack',
        'Agent token',
        'Queue',
        'Instance types',
        'Fewest',
        'Most instances',
      ],
      ...['Agents per instance', 'Share of spot', 'VPC', 'SSH key', 'advanced', 'Create buildkite?'],
    ];
    expect(prompter.asked).to.have.length(expected.length);
    prompter.asked.forEach((asked, index) => {
      expect(asked.toLowerCase()).to.contain(expected[index]!.toLowerCase());
    });
  });

  it('refuses wrong values at the question', async () => {
    const { prompter, answers } = await run([
      [/token/i, '', 'bad', 'good'],
      [/Region/, 'eu-centrl-1', 'eu-central-1'],
      [/Name/, 'no good', 'taken', 'failed'],
      [/Queue/, 'two words', 'deploy'],
      [/Instance types/, 'm7i.larg', 'm7i.large, c7gn.xlarge', 'm7i.large, t3.large'],
      [/Fewest/, 'two', '3'],
      [/Most/, '2', '5'],
      [/spot/, '101', '40%'],
    ]);
    expect(prompter.refusals).to.have.length(11);
    expect(prompter.refusals).to.include(
      'There is a stack named taken in eu-central-1 already (CREATE_COMPLETE); choose another name',
    );
    expect(prompter.refusals).to.include(
      'eu-central-1 has no instance type m7i.larg; did you mean m7i.large or m7i.xlarge?',
    );
    expect(prompter.refusals.join('\n')).to.contain('m7i.large is x86_64, c7gn.xlarge is arm64');
    expect(prompter.refusals).to.include('It must be at least the fewest instances, 3');
    expect(answers?.stackName).to.equal('failed');
    expect(Object.fromEntries(answers!.parameters)).to.deep.equal({
      BuildkiteQueue: 'deploy',
      InstanceTypes: 'm7i.large,t3.large',
      MinSize: '3',
      MaxSize: '5',
      OnDemandPercentage: '60',
    });
  });

  it('offers the VPCs and key pairs that there are', async () => {
    const { answers } = await run([
      TOKEN,
      [/^VPC/, 'office'],
      [/Subnets/, ['subnet-01234560']],
      [/SSH/, 'ops'],
    ]);
    expect(Object.fromEntries(answers!.parameters)).to.deep.equal({
      VpcId: 'vpc-01234567',
      Subnets: 'subnet-01234560',
      KeyName: 'ops',
    });
  });

  it('asks for nothing that was given', async () => {
    const given = {
      stackName: 'mine',
      region: 'eu-central-1',
      parameters: new Map([['MinSize', '1']]),
      configured: true,
    };
    const { prompter, answers } = await run([], given, { token: { kind: 'known', from: 'from stdin' } });
    expect(prompter.asked).to.deep.equal(['Create mine?']);
    expect(answers).to.deep.equal({
      stackName: 'mine',
      region: 'eu-central-1',
      parameters: given.parameters,
    });
  });

  it('groups the rest behind advanced settings', async () => {
    let visits = 0;
    const { prompter, answers } = await run([
      TOKEN,
      [/advanced/, true],
      // Whoever comes back to the list a second time has enough.
      [{ test: (message: string) => message === 'Which?' && visits++ === 0 } as RegExp, 'Root Volume'],
      [/^Size/, '2', '40'],
    ]);
    expect(Object.fromEntries(answers!.parameters)).to.deep.equal({ RootVolumeSize: '40' });
    expect(prompter.asked.filter((asked) => asked === 'Which?')).to.have.length(2);
    expect(new Set(prompter.asked).size).to.equal(prompter.asked.length - 1);
  });

  it('shows all of it before it asks once, without the token', async () => {
    const { prompter, answers } = await run([TOKEN, [/Queue/, 'deploy'], [/Create/, false]]);
    expect(answers).to.equal(undefined);
    expect(prompter.said)
      .to.match(/Stack\s+buildkite/)
      .and.to.match(/Queue\s+deploy/)
      .and.to.match(/VPC\s+a new one/);
    expect(prompter.said).to.not.contain('good');
  });
});
