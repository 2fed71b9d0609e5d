import { expect } from 'chai';
import { readTemplate } from '../../../../src/sandbox/cloudformation/template/index.ts';
import { refusal } from '../../../support/template.ts';

const TOPIC = 'Resources: { Topic: { Type: AWS::SNS::Topic } }\n';

const topics = (count: number) =>
  `{"Resources":{${Array.from({ length: count }, (_, i) => `"T${i}":{"Type":"AWS::SNS::Topic"}`).join(',')}}}`;

const named = (section: string, count: number, entry: string) =>
  `${TOPIC}${section}:\n${Array.from({ length: count }, (_, i) => `  N${i}: ${entry}\n`).join('')}`;

describe('reading a template', () => {
  it('gives every section under its own name', () => {
    const template = readTemplate(`
AWSTemplateFormatVersion: 2010-09-09
Description: What it is
Metadata: { Owner: me }
Parameters:
  Size: { Type: Number, Default: 3, MinValue: '1', NoEcho: 'true' }
Mappings: { Regions: { eu-west-1: { Ami: ami-1 } } }
Conditions: { Big: !Equals [!Ref Size, 5] }
Rules: { Sane: { Assertions: [{ Assert: !Equals [a, a], AssertDescription: why }] } }
Resources:
  Queue: { Type: AWS::SQS::Queue }
  Topic:
    Type: AWS::SNS::Topic
    Condition: Big
    DependsOn: Queue
    DeletionPolicy: Retain
    Metadata: { A: b }
    Properties: { DisplayName: x }
Outputs:
  Name: { Value: !Ref Queue, Description: d, Export: { Name: n }, Condition: Big }
`);
    expect(template.format).to.equal('YAML');
    expect(template.version).to.equal('2010-09-09');
    expect(template.description).to.equal('What it is');
    expect(template.metadata).to.deep.equal({ Owner: 'me' });
    expect(template.parameters.get('Size')).to.include({
      type: 'Number',
      default: '3',
      minValue: 1,
      noEcho: true,
    });
    expect(template.mappings.get('Regions')).to.deep.equal({ 'eu-west-1': { Ami: 'ami-1' } });
    expect([...template.conditions.keys()]).to.deep.equal(['Big']);
    expect(template.rules.get('Sane')?.assertions[0]?.description).to.equal('why');
    const topic = template.resources.get('Topic');
    expect(topic).to.deep.include({
      type: 'AWS::SNS::Topic',
      condition: 'Big',
      dependsOn: ['Queue'],
      deletionPolicy: 'Retain',
      metadata: { A: 'b' },
      properties: { DisplayName: 'x' },
    });
    expect(template.outputs.get('Name')).to.deep.include({
      description: 'd',
      exportName: 'n',
      condition: 'Big',
    });
  });

  it('reads the same text only once', () => {
    expect(readTemplate(TOPIC)).to.equal(readTemplate(TOPIC));
  });

  describe('refuses, in AWS’s words,', () => {
    const cases: Readonly<Record<string, readonly [text: string, message: string]>> = {
      'YAML that does not parse': [
        'Resources:\n  A:\n    Type: x\n   B: y\n',
        'Template format error: YAML not well-formed. (line 4, column 1)',
      ],
      'JSON that does not parse': [
        '{"Resources": ,}',
        'Template format error: JSON not well-formed. (line 1, column 15)',
      ],
      'a text that is no map': ['hello', 'Template format error: unsupported structure.'],
      'YAML aliases': [
        'Resources:\n  A: &a { Type: AWS::SNS::Topic }\n  B: *a\n',
        'Template error: YAML aliases are not allowed in CloudFormation templates',
      ],
      'an unknown section': [`${TOPIC}Resource: {}\n`, 'Invalid template property or properties [Resource]'],
      'a section that is empty': [
        `${TOPIC}Parameters:\n`,
        "[/Parameters] 'null' values are not allowed in templates",
      ],
      'a template without resources': [
        'Description: none\n',
        'Template format error: At least one Resources member must be defined.',
      ],
      'another format version': [
        `${TOPIC}AWSTemplateFormatVersion: 2011-01-01\n`,
        'Template format error: unsupported value for AWSTemplateFormatVersion.',
      ],
      'a resource without a type': [
        'Resources: { A: { Properties: {} } }',
        'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
      ],
      'a resource that is no map': [
        'Resources: { A: text }',
        'Template format error: [/Resources/A] resource definition is malformed',
      ],
      'a member that resources have not': [
        'Resources: { A: { Type: AWS::SNS::Topic, Tags: [] } }',
        "Invalid template resource property 'Tags'",
      ],
      'a logical id with a dash': [
        'Resources: { my-topic: { Type: AWS::SNS::Topic } }',
        'Template format error: Resource name my-topic is non alphanumeric.',
      ],
      'types that AWS has not': [
        'Resources: { A: { Type: AWS::SNS::Topik }, B: { Type: AWS::Foo::Bar } }',
        'Template format error: Unrecognized resource types: [AWS::SNS::Topik, AWS::Foo::Bar]',
      ],
      'a null inside of properties': [
        'Resources: { A: { Type: AWS::SNS::Topic, Properties: { Tags: [{ Key: }] } } }',
        "[/Resources/A/Properties/Tags/0/Key] 'null' values are not allowed in templates",
      ],
      'a DependsOn that names nothing': [
        'Resources: { A: { Type: AWS::SNS::Topic, DependsOn: [B, C] } }',
        'Template format error: Unresolved resource dependencies [B, C] in the Resources block of the template',
      ],
      'a DeletionPolicy that is none': [
        'Resources: { A: { Type: AWS::SNS::Topic, DeletionPolicy: Keep } }',
        'Template format error: Unrecognized DeletionPolicy Keep for resource A',
      ],
      'a parameter type that is none': [
        `${TOPIC}Parameters: { P: { Type: Text } }`,
        'Template format error: Unrecognized parameter type: Text',
      ],
      'a parameter without a type': [
        `${TOPIC}Parameters: { P: {} }`,
        'Template format error: Every Parameters object must contain a Type member.',
      ],
      'a member that parameters have not': [
        `${TOPIC}Parameters: { P: { Type: String, Typo: 1 } }`,
        "Invalid template parameter property 'Typo'",
      ],
      'a default that is a list': [
        `${TOPIC}Parameters: { P: { Type: CommaDelimitedList, Default: [a] } }`,
        'Template format error: Every Default member must be a string.',
      ],
      'a bound on what is no number': [
        `${TOPIC}Parameters: { P: { Type: String, MaxValue: 3 } }`,
        "Template error: Parameter 'P' MaxValue must be on a parameter of type Number",
      ],
      'a name that is both parameter and resource': [
        `${TOPIC}Parameters: { Topic: { Type: String } }`,
        'Template error: all resources and parameters must have unique names. Common name(s):[Topic]',
      ],
      'an output without a value': [
        `${TOPIC}Outputs: { O: { Description: x } }`,
        'Template format error: Every Outputs member must contain a Value object',
      ],
      'a mapping two levels deep at most': [
        `${TOPIC}Mappings: { M: { a: b } }`,
        'Template format error: Every Mappings member a must be a map',
      ],
      'a resource’s condition that is not there': [
        'Resources: { A: { Type: AWS::SNS::Topic, Condition: Big } }',
        'Template format error: Unresolved condition dependency Big in the Resources block of the template',
      ],
      'a condition that names a resource': [
        `${TOPIC}Conditions: { C: !Equals [!Ref Topic, x] }`,
        'Template format error: Unresolved dependencies [Topic]. Cannot reference resources in the Conditions block of the template',
      ],
      'a condition that imports': [
        `${TOPIC}Conditions: { C: !Not [!ImportValue x] }`,
        'Template error: Cannot use Fn::ImportValue in Conditions.',
      ],
      'conditions that need each other': [
        `${TOPIC}Conditions: { A: !Not [!Condition B], B: !Not [!Condition A] }`,
        'Template format error: Circular dependency between conditions: [A, B]',
      ],
      'a description that is too long': [
        `${TOPIC}Description: ${'é'.repeat(513)}\n`,
        "Template format error: 'Description' length is greater than 1024.",
      ],
    };
    for (const [what, [text, message]] of Object.entries(cases)) {
      it(what, async () => {
        expect(await refusal(() => readTemplate(text))).to.equal(message);
      });
    }
  });

  describe('holds AWS’s limits:', () => {
    it('51,200 bytes in a request, 1,000,000 by URL', async () => {
      const padded = (bytes: number) => `${TOPIC}#${'x'.repeat(bytes - TOPIC.length - 1)}`;
      expect(readTemplate(padded(51_200)).resources.size).to.equal(1);
      expect(await refusal(() => readTemplate(padded(51_201)))).to.equal(
        "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
      );
      expect(readTemplate(padded(1_000_000), { source: 'url' }).resources.size).to.equal(1);
      expect(await refusal(() => readTemplate(padded(1_000_001), { source: 'url' }))).to.equal(
        'Template may not exceed 1000000 bytes in size.',
      );
    });

    it('500 resources', async () => {
      expect(readTemplate(topics(500)).resources.size).to.equal(500);
      expect(await refusal(() => readTemplate(topics(501)))).to.equal(
        'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
      );
    });

    for (const [section, entry] of [
      ['Parameters', '{ Type: String }'],
      ['Mappings', '{ a: { b: c } }'],
      ['Outputs', '{ Value: x }'],
    ] as const) {
      it(`200 ${section.toLowerCase()}`, async () => {
        readTemplate(named(section, 200, entry));
        expect(await refusal(() => readTemplate(named(section, 201, entry)))).to.equal(
          `Template format error: Number of ${section.toLowerCase()}, 201, is greater than maximum allowed, 200`,
        );
      });
    }
  });

  it('takes the CDK’s own resource, and conditions of any name', () => {
    const template = readTemplate(`
Conditions: { Big&Live: !Equals [a, a] }
Resources: { CDKMetadata: { Type: AWS::CDK::Metadata, Condition: Big&Live, Properties: { Analytics: x } } }
`);
    expect(template.resources.size).to.equal(1);
  });

  it('takes custom resources with any property and attribute', () => {
    const template = readTemplate(`
Resources:
  Fn: { Type: Custom::Thing, Properties: { ServiceToken: arn, Any: 1 } }
  Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !GetAtt Fn.What.Ever } }
`);
    expect(template.resources.size).to.equal(2);
  });

  it('leaves what another transform will change unchecked', () => {
    const template = readTemplate(
      'Transform: AWS::Serverless-2016-10-31\nResources: { F: { Type: AWS::Serverless::Function } }',
    );
    expect(template.transforms).to.deep.equal(['AWS::Serverless-2016-10-31']);
    const { resources } = readTemplate(`
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Timeout: 5 } }
Resources: { F: { Type: AWS::Serverless::Function, IgnoreGlobals: '*' } }
`);
    expect([...resources.keys()]).to.deep.equal(['F']);
  });
});
