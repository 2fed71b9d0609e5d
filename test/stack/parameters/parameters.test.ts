import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/errors.ts';
import { parseTemplate } from '../../../src/cfn/document.ts';
import { checkParameters } from '../../../src/stack/parameters/check.ts';
import { parseConfig } from '../../../src/stack/parameters/config-file.ts';
import { faultOf } from '../../../src/stack/parameters/constraints.ts';
import {
  type ParameterDefinition,
  parameterDefinitions,
  parameterGroups,
  questionsOf,
} from '../../../src/stack/parameters/definition.ts';
import { type GivenParameters, parseParamFlags } from '../../../src/stack/parameters/given.ts';
import { readTemplate } from '../../../src/stack/parameters/read-template.ts';

async function refusal(act: () => unknown): Promise<UsageError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const values = (given: GivenParameters) =>
  Object.fromEntries([...given].map(([name, { value }]) => [name, value]));

describe('reading a config file', () => {
  const config = (text: string) => parseConfig(text, 'stack.yml');

  it('takes a map, in YAML or JSON', () => {
    const expected = { BuildkiteQueue: 'deploy', MaxSize: '20' };
    expect(values(config('BuildkiteQueue: deploy\nMaxSize: 20\n'))).to.deep.equal(expected);
    expect(values(config('{"BuildkiteQueue": "deploy", "MaxSize": 20}'))).to.deep.equal(expected);
  });

  it('takes AWS’s list', () => {
    const text =
      '[{"ParameterKey": "MaxSize", "ParameterValue": "20"}, {"ParameterKey": "A", "ParameterValue": ""}]';
    expect(values(config(text))).to.deep.equal({ MaxSize: '20', A: '' });
  });

  it('keeps values as they are written', () => {
    const text =
      'Mode: 0644\nPrice: 1.10\nBig: 12345678901234567890\nFlag: true\nQuoted: "a\\tb"\nDay: 2026-01-01\n';
    expect(values(config(text))).to.deep.equal({
      Mode: '0644',
      Price: '1.10',
      Big: '12345678901234567890',
      Flag: 'true',
      Quoted: 'a\tb',
      Day: '2026-01-01',
    });
  });

  it('joins lists with commas', () => {
    expect(values(config('Types: [m7i.large, m6i.large]\nNone: []\n'))).to.deep.equal({
      Types: 'm7i.large,m6i.large',
      None: '',
    });
  });

  it('takes an empty one for nothing given', () => {
    expect(values(config(''))).to.deep.equal({});
    expect(values(config('# nothing\n'))).to.deep.equal({});
  });

  const refused: readonly (readonly [what: string, text: string, expected: RegExp])[] = [
    [
      'unreadable YAML',
      'A: 1\nB: [1,\n',
      /^The config stack\.yml is no YAML or JSON: .+ \(line 3, column 1\)$/,
    ],
    ['a duplicate key', 'A: 1\nB: 2\nA: 3\n', /gives A twice; the first time in line 1 \(line 3, column 1\)/],
    [
      'a key that AWS’s list repeats',
      '- {ParameterKey: A, ParameterValue: 1}\n- {ParameterKey: A, ParameterValue: 1}',
      /gives A twice/,
    ],
    ['a nested map', 'A:\n  B: secret\n', /gives A a map; write '' for an empty one \(line 2, column 3\)/],
    ['no value', 'A:\nB: 1\n', /gives A no value/],
    ['an entry without a value', '- ParameterKey: A\n', /gives A no ParameterValue/],
    [
      'an entry for an update',
      '- {ParameterKey: A, UsePreviousValue: true}',
      /"UsePreviousValue", which only an update could use/,
    ],
    ['plain text', 'secret-token', /is neither a map of parameters nor a list/],
  ];
  for (const [what, text, expected] of refused) {
    it(`refuses ${what}, and says where, and never a value`, async () => {
      const { message } = await refusal(() => config(text));
      expect(message).to.match(expected);
      expect(message).to.not.contain('secret');
    });
  }
});

describe('--param', () => {
  it('splits at the first equals sign', () => {
    expect(values(parseParamFlags(['A=b=c', 'Empty=']))).to.deep.equal({ A: 'b=c', Empty: '' });
  });

  it('refuses one without a key without repeating it, and a key twice', async () => {
    const { message } = await refusal(() => parseParamFlags(['top-secret']));
    expect(message).to.not.contain('top-secret');
    expect((await refusal(() => parseParamFlags(['A=1', 'A=2']))).message).to.equal('--param gives A twice');
  });
});

describe('checking parameters against a template', () => {
  const body = parseTemplate(`
Parameters:
  Queue: { Type: String, Default: default, AllowedPattern: '[a-z]+', ConstraintDescription: must be lower-case. }
  Size: { Type: Number, Default: 1, MinValue: 0, MaxValue: 5 }
  Kind: { Type: String, Default: small, AllowedValues: [small, large] }
  Secret: { Type: String, NoEcho: true, Default: '', MaxLength: 4 }
  Network: { Type: 'List<AWS::EC2::Subnet::Id>', Default: subnet-0123456789abcdef0 }
  Needed: { Type: String }
Resources: {}
`).body;
  const template = { name: 'a.yml', definitions: parameterDefinitions(body) };
  const given = (map: Record<string, string>, from = 'stack.yml:1'): GivenParameters =>
    new Map(Object.entries(map).map(([name, value]) => [name, { value, from }]));
  const check = (file: Record<string, string>, flags: Record<string, string> = {}) =>
    checkParameters(template, { file: given(file), flags: given(flags, '--param') });

  it('gives what was given, the command line before the file', () => {
    expect(Object.fromEntries(check({ Queue: 'a', Needed: 'x' }, { Queue: 'b' }))).to.deep.equal({
      Queue: 'b',
      Needed: 'x',
    });
  });

  it('names what is near an unknown parameter', async () => {
    const { message } = await refusal(() => check({ Needed: 'x', Quee: 'a' }));
    expect(message).to.equal('a.yml has no parameter Quee; did you mean Queue? (stack.yml:1)');
  });

  it('tells all that is wrong at once, and where each stands', async () => {
    const { message, details } = await refusal(() => check({ Size: '9', Kind: 'larg' }, { Queue: 'UP' }));
    expect(message).to.equal(
      [
        '4 parameters cannot be used:',
        '  Size must be at most 5, not "9" (stack.yml:1)',
        '  Kind must be one of small, large; did you mean large?, not "larg" (stack.yml:1)',
        '  Queue must be lower-case, not "UP" (--param)',
        '  Needed has no default and has to be given',
      ].join('\n'),
    );
    expect(details).to.have.property('problems').with.length(4);
  });

  it('never shows the value of a NoEcho parameter', async () => {
    const { message } = await refusal(() => check({ Needed: 'x', Secret: 'hunter2' }));
    expect(message).to.equal('Secret must have at most 4 characters (stack.yml:1)');
  });

  it('looks at each value of a list, and at numbers as CloudFormation does', () => {
    const fault = (name: string, value: string) =>
      faultOf(
        template.definitions.find((definition) => definition.name === name)!,
        value,
      );
    expect(fault('Network', 'subnet-0123456789abcdef0, subnet-01234567')).to.equal(undefined);
    expect(fault('Network', 'subnet-0123456789abcdef0,vpc-01234567')).to.contain('id of a subnet');
    expect(fault('Size', 'two')).to.equal('must be a number');
    expect(fault('Size', '-1')).to.equal('must be at least 0');
  });
});

describe('parameters that only count', () => {
  const official = parseTemplate(`
Parameters:
  MinSize: { Type: Number, Default: 0, MinValue: 0 }
  ScaleOutFactor: { Type: Number, Default: 1.0 }
  Share: { Type: Number, Default: 1, MinValue: 0.5 }
  Any: { Type: Number }
Resources: {}
`).body;
  const fault = (definitions: readonly ParameterDefinition[], name: string, value: string) =>
    faultOf(
      definitions.find((definition) => definition.name === name)!,
      value,
    );

  it('take no fraction, in bk-stack’s template and in any other', async () => {
    for (const definitions of [(await readTemplate()).definitions, parameterDefinitions(official)]) {
      expect(fault(definitions, 'MinSize', '1.5')).to.equal('must be a whole number');
      expect(fault(definitions, 'MinSize', '1')).to.equal(undefined);
      expect(fault(definitions, 'ScaleOutFactor', '1.5')).to.equal(undefined);
    }
  });

  it('are those whose default and limits are whole, as they are written', () => {
    for (const name of ['Share', 'Any']) {
      expect(fault(parameterDefinitions(official), name, '1.5')).to.equal(undefined);
    }
    const { body } = parseTemplate('{"Parameters": {"Factor": {"Type": "Number", "Default": 1.0}}}');
    expect(fault(parameterDefinitions(body), 'Factor', '1.5')).to.equal(undefined);
  });
});

describe('parameters of Buildkite’s template that are left out', () => {
  const given = new Map([['SecretsBucketEncryption', { value: 'true', from: 'config.json:12' }]]);

  it('are refused with the reason that docs/parameters.md gives', async () => {
    const { message, hint } = await refusal(async () =>
      checkParameters(await readTemplate(), { file: given, flags: new Map() }),
    );
    expect(message).to.match(
      /^SecretsBucketEncryption of .* is left out: the secrets bucket is always encrypted.*; delete the line \(config\.json:12\)$/,
    );
    expect(hint).to.match(/docs\/parameters\.md$/);
  });

  it('are unknown like any other to another template', async () => {
    const { message, hint } = await refusal(() =>
      checkParameters({ name: 'a.yml', definitions: [] }, { file: given, flags: new Map() }),
    );
    expect(message).to.match(/^a\.yml has no parameter SecretsBucketEncryption/);
    expect(hint).to.match(/under Parameters in a\.yml/);
  });
});

describe('reading a template', () => {
  it('is bk-stack’s own without another, and is the schema of everything', async () => {
    const template = await readTemplate();
    expect(template.definitions.map(({ name }) => name)).to.include.members([
      'BuildkiteQueue',
      'InstanceTypes',
    ]);
    expect(template.questions[0]).to.deep.equal({ parameter: 'BuildkiteQueue', kind: 'text', sets: [] });
    const grouped = template.groups.flatMap(({ parameters }) => parameters);
    expect(grouped.sort()).to.deep.equal(template.definitions.map(({ name }) => name).sort());
    const none = { file: new Map(), flags: new Map() };
    expect(checkParameters(template, none).size).to.equal(0);
  });

  it('takes any template, in JSON too', () => {
    const { body } = parseTemplate('{"Parameters": {"A": {"Type": "String"}}, "Resources": {}}');
    expect(parameterGroups(body)).to.deep.equal([{ label: 'Parameters', parameters: ['A'] }]);
    expect(questionsOf(body)).to.deep.equal([]);
  });

  it('says what is wrong with a file, and where', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bk-stack-template-'));
    const file = join(folder, 'a.yml');
    writeFileSync(file, 'Resources:\n  A: 1\n  A: 2\n');
    expect((await refusal(() => readTemplate(file))).message).to.contain(
      'line 3, column 3: the key "A" is there twice',
    );
    expect((await refusal(() => readTemplate(join(folder, 'none')))).message).to.contain(
      'there is no such file',
    );
    rmSync(folder, { recursive: true });
  });
});
