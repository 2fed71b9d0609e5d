import { expect } from 'chai';
import fc from 'fast-check';
import {
  KNOWN_AFTER_APPLY,
  readTemplate,
  resolveProperties,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { evaluated, MADE, refusal, resolvedIn, templateWith } from '../../../support/template.ts';

const SECTIONS = `
Parameters:
  Name: { Type: String, Default: build }
  Zones: { Type: CommaDelimitedList, Default: 'a, b ,c' }
  Ports: { Type: List<Number>, Default: '80, 443' }
  Secret: { Type: String, Default: s3cret, NoEcho: true }
Mappings:
  Regions:
    eu-west-1: { Ami: ami-1, Sizes: [m5.large, c5.large] }
Conditions:
  Yes: !Equals [!Ref Name, build]
  No: !Not [!Condition Yes]
`;

const inSections = (value: string) => resolvedIn(value, SECTIONS);

describe('functions', () => {
  const cases: Readonly<Record<string, readonly [value: string, result: unknown]>> = {
    'Ref of a parameter': ['!Ref Name', 'build'],
    'Ref of a list parameter, trimmed': ['!Ref Zones', ['a', 'b', 'c']],
    'Ref of a list of numbers': ['!Ref Ports', ['80', '443']],
    'Ref of a NoEcho parameter': ['!Ref Secret', 's3cret'],
    'Ref of a resource': ['!Ref Topic', 'topic'],
    'GetAtt, dotted': ['!GetAtt Topic.TopicArn', 'TopicArn of Topic'],
    'GetAtt, long form with a text': ['{ Fn::GetAtt: Topic.TopicArn }', 'TopicArn of Topic'],
    'GetAtt with a function for the attribute': [
      '{ Fn::GetAtt: [Topic, { Fn::Sub: ["Topic${S}", { S: Arn }] }] }',
      'TopicArn of Topic',
    ],
    'Sub with parameters, resources, attributes and pseudo parameters': [
      '!Sub "${AWS::StackName}/${Name}/${Topic}/${Topic.TopicArn}"',
      'demo/build/topic/TopicArn of Topic',
    ],
    'Sub with variables of its own, which win': [
      '!Sub ["${Name}-${X}", { Name: !Ref Topic, X: 5 }]',
      'topic-5',
    ],
    'Sub with a literal': ['!Sub "${!Name} ${Name} $Name {Name} ${!}"', '${Name} build $Name {Name} ${}'],
    'Sub with AWS::NoValue in the text': ['!Sub "a${AWS::NoValue}b"', 'ab'],
    Join: ['!Join ["-", [a, !Ref Name, 5, true]]', 'a-build-5-true'],
    'Join of a list function': ['!Join [",", !Ref Zones]', 'a,b,c'],
    'Join leaves AWS::NoValue out': ['!Join ["-", [a, !Ref "AWS::NoValue", b]]', 'a-b'],
    Split: ['!Split ["|", "a||b|"]', ['a', '', 'b', '']],
    Select: ['!Select [1, !Split [",", "a,b"]]', 'b'],
    'Select by a text': ['!Select ["0", [x, y]]', 'x'],
    FindInMap: ['!FindInMap [Regions, !Ref "AWS::Region", Ami]', 'ami-1'],
    'FindInMap of a list': ['!Select [1, !FindInMap [Regions, eu-west-1, Sizes]]', 'c5.large'],
    'GetAZs of this region': ['!GetAZs ""', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    'GetAZs of another': ['!Select [0, !GetAZs us-east-1]', 'us-east-1a'],
    If: ['!If [Yes, a, b]', 'a'],
    'If not': ['!If [No, a, !Ref Name]', 'build'],
    Base64: ['{ Fn::Base64: !Sub "${Name} é" }', 'YnVpbGQgw6k='],
    Cidr: ['!Cidr [10.0.0.0/16, 3, 8]', ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
    'Cidr with texts': ['!Select [1, !Cidr [10.0.0.0/16, "2", "12"]]', '10.0.16.0/20'],
    ImportValue: ['{ Fn::ImportValue: { Fn::Join: ["-", [shared, vpc]] } }', 'vpc-5'],
    AccountId: ['!Ref AWS::AccountId', '111122223333'],
    NotificationARNs: ['!Ref AWS::NotificationARNs', ['arn:aws:sns:eu-west-1:111122223333:events']],
    Partition: ['!Ref AWS::Partition', 'aws'],
    StackId: ['!Ref AWS::StackId', 'arn:aws:cloudformation:eu-west-1:111122223333:stack/demo/0a1b'],
    URLSuffix: ['!Sub "s3.${AWS::URLSuffix}"', 's3.amazonaws.com'],
    'AWS::NoValue in a map, in a list, and nested': [
      '{ a: !Ref "AWS::NoValue", b: [1, !If [No, 2, !Ref "AWS::NoValue"], 3], c: { d: !Ref "AWS::NoValue" } }',
      { b: [1, 3], c: {} },
    ],
    'a map with more keys than one is data': ['{ Ref: a, Other: b }', { Ref: 'a', Other: 'b' }],
    'a dynamic reference stays as it is': ['!Sub "{{resolve:ssm:/${Name}:1}}"', '{{resolve:ssm:/build:1}}'],
  };
  for (const [what, [value, result]] of Object.entries(cases)) {
    it(what, async () => {
      expect(await inSections(value)).to.deep.equal(result);
    });
  }

  it('GetStackOutput of this region and of another', async () => {
    const references = {
      ...MADE,
      stackOutput: (stack: string, output: string, region: string) => [region, stack, output].join('/'),
    };
    const value = '{ Fn::GetStackOutput: { StackName: !Ref AWS::StackName, OutputName: Arn } }';
    expect(await resolvedIn(value, '', {}, references)).to.equal('eu-west-1/demo/Arn');
    const elsewhere = '!GetStackOutput { StackName: net, OutputName: Arn, Region: us-east-1 }';
    expect(await resolvedIn(elsewhere, '', {}, references)).to.equal('us-east-1/net/Arn');
  });

  it('may stand for all of the properties', async () => {
    const evaluation = await evaluated(`
Conditions: { Yes: !Equals [a, a] }
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: !If [Yes, { DisplayName: !Ref AWS::Region }, {}]
`);
    expect(resolveProperties('Topic', evaluation)).to.deep.equal({ DisplayName: 'eu-west-1' });
  });

  it('AWS::NoValue takes a property away', async () => {
    const evaluation = await evaluated(templateWith('!Ref "AWS::NoValue"'));
    expect(resolveProperties('Subject', evaluation)).to.deep.equal({});
  });

  describe('are refused, in AWS’s words:', () => {
    const refusals: Readonly<Record<string, readonly [value: string, message: string]>> = {
      'Ref of nothing there': [
        '[!Ref Nope, !Sub "${Neither}"]',
        'Template format error: Unresolved resource dependencies [Nope, Neither] in the Resources block of the template',
      ],
      'Ref of no text': ['!Ref [a]', 'Template error: every Ref object must have a single String value.'],
      'GetAtt of nothing there': [
        '!GetAtt Nope.Arn',
        'Template error: instance of Fn::GetAtt references undefined resource Nope',
      ],
      'GetAtt of an attribute the type has not': [
        '!GetAtt Topic.Arn',
        'Template error: resource Topic does not support attribute type Arn in Fn::GetAtt',
      ],
      'Sub with a variable that is nothing': [
        '!Sub ["a ${X}", { X: !Ref "AWS::NoValue" }]',
        'Template error: every value of the context object of every Fn::Sub object must be a string or a function that returns a string',
      ],
      'Sub of an attribute that is not there': [
        '!Sub "${Topic.Arn}"',
        'Template error: instance of Fn::Sub references invalid resource attribute Topic.Arn',
      ],
      'Sub of an attribute of nothing there': [
        '!Sub "${Nope.Arn}"',
        'Template error: instance of Fn::Sub references invalid resource attribute Nope.Arn',
      ],
      'an output of a stack that has it not': [
        '!GetStackOutput { StackName: other, OutputName: Nope }',
        'No output named Nope found in stack other.',
      ],
      'GetAtt without an attribute': [
        '!GetAtt Topic',
        'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
      ],
      'Sub with a name that is none': [
        '!Sub "${a b}"',
        'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
      ],
      'Sub without its variables': [
        '!Sub ["${a}"]',
        "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
      ],
      'Sub of a list': [
        '!Sub "${Zones}"',
        'Template error: variable Zones in Fn::Sub expression does not resolve to a string',
      ],
      'Join of a text': [
        '!Join [",", !Ref Name]',
        'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
      ],
      'Split of a list': [
        '!Split [",", !Ref Zones]',
        'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
      ],
      'Select beyond the end': [
        '!Select [3, !Ref Zones]',
        'Template error: Fn::Select cannot select nonexistent value at index 3',
      ],
      'Select by what is no number': [
        '!Select [one, !Ref Zones]',
        'Template error: Fn::Select requires a list argument with a valid index value as its first element',
      ],
      'FindInMap in a map that is not there': [
        '!FindInMap [Nope, a, b]',
        "Template error: Mapping named 'Nope' is not present in the 'Mappings' section of template.",
      ],
      'FindInMap of a key that is not there': [
        '!FindInMap [Regions, us-east-1, Ami]',
        'Template error: Unable to get mapping for Regions::us-east-1::Ami',
      ],
      'FindInMap of a key that every JavaScript object has': [
        '!FindInMap [Regions, eu-west-1, constructor]',
        'Template error: Unable to get mapping for Regions::eu-west-1::constructor',
      ],
      'If without its condition': [
        '!If [Maybe, a, b]',
        'Template error: unresolved condition dependency Maybe in Fn::If',
      ],
      'If with two elements': [
        '!If [Yes, a]',
        'Template error: Fn::If requires a list argument with three elements',
      ],
      'Base64 of a list': [
        '!Base64 [a]',
        'Template error: every Fn::Base64 object must have a String-typed value.',
      ],
      'an import that nobody exports': ['!ImportValue nope', 'No export named nope found.'],
      'Cidr blocks that do not fit': [
        '!Cidr [10.0.0.0/24, 5, 6]',
        'Template error: Fn::Cidr cannot fit 5 blocks with 6 CIDR bits in 10.0.0.0/24',
      ],
      'Cidr of what is no block': [
        '!Cidr [10.0.0/16, 1, 8]',
        'Template error: Fn::Cidr ipBlock 10.0.0/16 is not a valid CIDR block',
      ],
      'more than 256 Cidr blocks': [
        '!Cidr [10.0.0.0/8, 257, 8]',
        'Template error: Fn::Cidr count must be an integer between 1 and 256',
      ],
    };
    for (const [what, [value, message]] of Object.entries(refusals)) {
      it(what, async () => {
        expect(await refusal(() => inSections(value))).to.equal(message);
      });
    }

    it('a function that is not there, with those that are', async () => {
      expect(await refusal(() => inSections('{ Fn::Jion: [] }'))).to.match(
        /^Template error: Encountered unsupported function: Fn::Jion Supported functions are: \[Ref, .*Fn::Sub.*\]$/,
      );
      expect(await refusal(() => inSections('!Length [a]'))).to.include('unsupported function: Fn::Length');
    });

    it('a reference of an output, by its own block', async () => {
      const text = `${templateWith('x')}Outputs: { O: { Value: !Ref Nope } }\n`;
      expect(await refusal(() => readTemplate(text))).to.equal(
        'Template format error: Unresolved resource dependencies [Nope] in the Outputs block of the template',
      );
    });
  });

  describe('of what is not made yet', () => {
    const unmade = { ...MADE, ref: () => KNOWN_AFTER_APPLY, attribute: () => KNOWN_AFTER_APPLY };

    for (const value of [
      '!Ref Topic',
      '!Sub "arn:${Topic}"',
      '!Join ["-", [a, !GetAtt Topic.TopicArn]]',
      '!Join ["-", !GetAtt Topic.TopicArn]',
      '!Select [0, !Split [":", !GetAtt Topic.TopicArn]]',
      '!Base64 { Ref: Topic }',
      '!Cidr [!GetAtt Topic.TopicArn, 4, 8]',
      '!ImportValue { Ref: Topic }',
    ]) {
      it(`are not known either: ${value}`, async () => {
        expect(await resolvedIn(value, '', {}, unmade)).to.equal(KNOWN_AFTER_APPLY);
      });
    }

    it('leave what stands beside them known', async () => {
      expect(await resolvedIn('{ a: [!Ref Topic, b] }', '', {}, unmade)).to.deep.equal({
        a: [KNOWN_AFTER_APPLY, 'b'],
      });
    });
  });

  describe('hold for any text:', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'Z', '5', ' ', ',', '|', 'é', '.', '/') });
    const property = (value: unknown) => JSON.stringify(value);

    it('Join undoes Split', async () => {
      await fc.assert(
        fc.asyncProperty(text, fc.constantFrom(',', '|', 'a,'), async (source, delimiter) => {
          const value = { 'Fn::Join': [delimiter, { 'Fn::Split': [delimiter, source] }] };
          expect(await resolvedIn(property(value))).to.equal(source);
        }),
        { numRuns: 50 },
      );
    });

    it('Sub without variables is the text itself, and a literal is never looked up', async () => {
      await fc.assert(
        fc.asyncProperty(text, text, async (before, after) => {
          const value = { 'Fn::Sub': `${before}\${!Nope}${after}` };
          expect(await resolvedIn(property(value))).to.equal(`${before}\${Nope}${after}`);
        }),
        { numRuns: 50 },
      );
    });
  });
});
