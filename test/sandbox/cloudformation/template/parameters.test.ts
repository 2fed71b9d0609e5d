import { expect } from 'chai';
import {
  describeParameters,
  missingParameterValues,
  readTemplate,
  resolveParameters,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { parametersOf, refusal, store, supplied } from '../../../support/template.ts';

const template = (parameters: string) =>
  readTemplate(`Parameters:\n${parameters}\nResources: { Topic: { Type: AWS::SNS::Topic } }\n`);

const referencesFor = async (parameters: string, values: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(
    (await parametersOf(template(parameters), values)).map(({ key, reference }) => [key, reference]),
  );

describe('parameters', () => {
  it('take the value given, or their default, in the template’s order', async () => {
    const parameters = await parametersOf(
      template(
        '  B: { Type: String, Default: b }\n  A: { Type: Number }\n  C: { Type: String, Default: "" }',
      ),
      { A: '5' },
    );
    expect(parameters.map(({ key, value }) => [key, value])).to.deep.equal([
      ['B', 'b'],
      ['A', '5'],
      ['C', ''],
    ]);
  });

  it('of list types are lists, their elements trimmed', async () => {
    const references = await referencesFor(
      `  Names: { Type: CommaDelimitedList, Default: 'a, b ,,c' }
  Ports: { Type: List<Number>, Default: '80, 443' }
  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' }
  One: { Type: CommaDelimitedList, Default: x }`,
      { Subnets: 'subnet-1,subnet-2' },
    );
    expect(references).to.deep.equal({
      Names: ['a', 'b', '', 'c'],
      Ports: ['80', '443'],
      Subnets: ['subnet-1', 'subnet-2'],
      One: ['x'],
    });
  });

  describe('are refused, in AWS’s words:', () => {
    const cases: Readonly<
      Record<string, readonly [parameters: string, values: Record<string, string>, message: string]>
    > = {
      'without a value': [
        '  A: { Type: String }\n  B: { Type: Number }\n  C: { Type: String, Default: x }',
        {},
        'Parameters: [A, B] must have values',
      ],
      'that the template has not': [
        '  A: { Type: String }',
        { A: 'x', B: 'y', C: 'z' },
        'Parameters: [B, C] do not exist in the template',
      ],
      'outside of the allowed values': [
        '  A: { Type: String, AllowedValues: [a, b] }',
        { A: 'c' },
        "Parameter 'A' must be one of AllowedValues",
      ],
      'by a default outside of them, if it is used': [
        '  A: { Type: String, AllowedValues: [a, b], Default: c }',
        {},
        "Parameter 'A' must be one of AllowedValues",
      ],
      'by one element of a list': [
        '  A: { Type: CommaDelimitedList, AllowedValues: [a, b] }',
        { A: 'a,c' },
        "Parameter 'A' must be one of AllowedValues",
      ],
      'that do not match the pattern as a whole': [
        "  A: { Type: String, AllowedPattern: '[a-z]+' }",
        { A: 'abc5' },
        "Parameter 'A' must match pattern [a-z]+",
      ],
      'with the words of the ConstraintDescription': [
        "  A: { Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: small letters only }",
        { A: 'ABC' },
        "Parameter 'A' failed to satisfy constraint: small letters only",
      ],
      'that are too short': [
        '  A: { Type: String, MinLength: 3 }',
        { A: 'ab' },
        "Parameter 'A' must contain at least 3 characters",
      ],
      'that are too long': [
        '  A: { Type: String, MaxLength: 3 }',
        { A: 'abcd' },
        "Parameter 'A' must contain at most 3 characters",
      ],
      'that are no number': ['  A: { Type: Number }', { A: 'five' }, "Parameter 'A' must be a number."],
      'that are too small': [
        '  A: { Type: Number, MinValue: 1 }',
        { A: '0' },
        "Parameter 'A' must be a number not less than 1",
      ],
      'that are too big': [
        '  A: { Type: List<Number>, MaxValue: 10 }',
        { A: '5,11' },
        "Parameter 'A' must be a number not greater than 10",
      ],
      'beyond 4,096 bytes': [
        '  A: { Type: String }',
        { A: 'é'.repeat(2049) },
        "Parameter 'A' must not be longer than 4096 bytes",
      ],
      'by a pattern that is none': [
        "  A: { Type: String, AllowedPattern: '[a-' }",
        { A: 'a' },
        "Template error: Parameter 'A' AllowedPattern must be a valid regular expression.",
      ],
    };
    for (const [what, [parameters, values, message]] of Object.entries(cases)) {
      it(what, async () => {
        expect(await refusal(() => parametersOf(template(parameters), values))).to.equal(message);
      });
    }

    it('for a template that takes none', async () => {
      const none = readTemplate('Resources: { Topic: { Type: AWS::SNS::Topic } }');
      expect(await refusal(() => parametersOf(none, { A: 'x' }))).to.equal(
        'Parameter values specified for a template which does not require them.',
      );
    });
  });

  it('match patterns written for Java', async () => {
    const pattern = (text: string) => `  A: { Type: String, AllowedPattern: '${text}' }`;
    for (const [text, value] of [
      ['(?i)[a-z]+', 'ABC'],
      ['\\p{Alnum}+', 'aB5'],
      ['[\\w\\-.]+', 'a-b.c'],
      ['\\A[0-9]+\\z', '55'],
      ['^$|^vpc-[0-9a-f]+$', ''],
      ['[\\x20-\\x7E]*', 'plain text!'],
    ] as const) {
      expect(await referencesFor(pattern(text), { A: value }), text).to.deep.equal({ A: value });
    }
  });

  describe('with UsePreviousValue', () => {
    const lookups = store();
    const previous = [{ key: 'A', type: 'String', value: 'old', noEcho: true, reference: 'old' }];
    const keep = { ParameterKey: 'A', UsePreviousValue: true };
    const one = template('  A: { Type: String, Default: new }');

    it('keep the value that the stack has', async () => {
      const [parameter] = await resolveParameters(one, [keep], { previous, lookups });
      expect(parameter?.value).to.equal('old');
    });

    it('go back to the default where nothing is said', async () => {
      const [parameter] = await resolveParameters(one, [], { previous, lookups });
      expect(parameter?.value).to.equal('new');
    });

    it('must have had one, and get no other', async () => {
      expect(await refusal(() => resolveParameters(one, [keep], { lookups }))).to.equal(
        'Invalid input for parameter key A. Cannot specify usePreviousValue as true for a parameter key not in the previous template',
      );
      expect(
        await refusal(() =>
          resolveParameters(one, [{ ...keep, ParameterValue: 'x' }], { previous, lookups }),
        ),
      ).to.equal(
        'Invalid input for parameter key A. Cannot specify usePreviousValue as true and non empty value for a parameter',
      );
    });

    it('are refused when the template has them no more', async () => {
      const other = template('  B: { Type: String, Default: b }');
      expect(await refusal(() => resolveParameters(other, [keep], { previous, lookups }))).to.equal(
        'Parameters: [A] do not exist in the template',
      );
    });

    it('are checked against the constraints of today', async () => {
      const stricter = template('  A: { Type: String, MinLength: 5 }');
      expect(await refusal(() => resolveParameters(stricter, [keep], { previous, lookups }))).to.equal(
        "Parameter 'A' must contain at least 5 characters",
      );
    });
  });

  describe('of SSM types', () => {
    const image = template(
      "  Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /images/latest }\n" +
        "  Names: { Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /names }",
    );

    it('are what the Parameter Store holds, and show both', async () => {
      const parameters = await resolveParameters(image, [], {
        lookups: store({ '/images/latest': 'ami-5', '/names': 'a,b' }),
      });
      expect(parameters.map(({ reference }) => reference)).to.deep.equal(['ami-5', ['a', 'b']]);
      expect(describeParameters(parameters)).to.deep.equal([
        { ParameterKey: 'Image', ParameterValue: '/images/latest', ResolvedValue: 'ami-5' },
        { ParameterKey: 'Names', ParameterValue: '/names', ResolvedValue: 'a,b' },
      ]);
    });

    it('are refused where it holds nothing, or a secret', async () => {
      expect(
        await refusal(() => resolveParameters(image, [], { lookups: store({ '/names': 'a' }) })),
      ).to.equal('Unable to fetch parameters [/images/latest] from parameter store for this account.');
      const secret = { ssmParameter: () => Promise.resolve({ type: 'SecureString', value: 'x' }) };
      expect(await refusal(() => resolveParameters(image, [], { lookups: secret }))).to.equal(
        'Parameters [/images/latest, /names] referenced by template have types not supported by CloudFormation.',
      );
    });
  });

  it('of AWS-specific types must exist, which shows only once the stack is being made', async () => {
    const parameters = await parametersOf(
      template(
        "  Vpc: { Type: 'AWS::EC2::VPC::Id' }\n  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' }\n  Text: { Type: String }",
      ),
      { Vpc: 'vpc-1', Subnets: 'subnet-1,subnet-2', Text: 'x' },
    );
    const there = (...ids: string[]) => ({
      exists: (type: string, value: string) => Promise.resolve(ids.includes(`${type} ${value}`)),
    });
    expect(await missingParameterValues(parameters, there('AWS::EC2::Subnet::Id subnet-1'))).to.equal(
      'Parameter validation failed: parameter value vpc-1 for parameter name Vpc does not exist, ' +
        'parameter value subnet-2 for parameter name Subnets does not exist. Rollback requested by user.',
    );
    const all = there(
      'AWS::EC2::VPC::Id vpc-1',
      'AWS::EC2::Subnet::Id subnet-1',
      'AWS::EC2::Subnet::Id subnet-2',
    );
    expect(await missingParameterValues(parameters, all)).to.equal(undefined);
  });

  it('with NoEcho are masked wherever they are shown', async () => {
    const parameters = await resolveParameters(
      template('  Token: { Type: String, NoEcho: true }'),
      supplied({ Token: 'secret' }),
      { lookups: store() },
    );
    expect(describeParameters(parameters)).to.deep.equal([{ ParameterKey: 'Token', ParameterValue: '****' }]);
    expect(parameters[0]?.reference).to.equal('secret');
  });
});
