import { expect } from 'chai';
import {
  processTemplate,
  readTemplate,
  resolveOutputs,
  resolveProperties,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { evaluated, parametersOf, PSEUDO, refusal, resolvedIn } from '../../../support/template.ts';

const EXTENDED = `Transform: AWS::LanguageExtensions
Parameters: { Names: { Type: CommaDelimitedList, Default: 'one,two' } }
Mappings: { Sizes: { small: { Cpu: 1 } } }
`;

describe('AWS::LanguageExtensions', () => {
  it('counts with Fn::Length', async () => {
    expect(await resolvedIn('!Length [a, b, c]', EXTENDED)).to.equal(3);
    expect(await resolvedIn('!Length { Ref: Names }', EXTENDED)).to.equal(2);
  });

  it('writes JSON with Fn::ToJsonString', async () => {
    expect(
      await resolvedIn('{ Fn::ToJsonString: { a: !Ref Topic, b: [1, !Ref "AWS::NoValue"] } }', EXTENDED),
    ).to.equal('{"a":"topic","b":[1]}');
  });

  it('finds a default in maps', async () => {
    expect(await resolvedIn('!FindInMap [Sizes, large, Cpu, { DefaultValue: 5 }]', EXTENDED)).to.equal(5);
    expect(await resolvedIn('!FindInMap [Sizes, small, Cpu, { DefaultValue: 5 }]', EXTENDED)).to.equal(1);
    expect(
      await resolvedIn('!FindInMap [Nope, small, Cpu, { DefaultValue: !Ref Topic }]', EXTENDED),
    ).to.equal('topic');
  });

  it('makes resources, properties and outputs in loops', async () => {
    const evaluation = await evaluated(`${EXTENDED}
Resources:
  Fn::ForEach::Topics:
    - Name
    - !Ref Names
    - Topic\${Name}:
        Type: AWS::SNS::Topic
        Properties:
          TopicName: !Sub '\${AWS::StackName}-\${Name}'
          DisplayName: !Ref Name
          Fn::ForEach::Flags:
            - Flag
            - [FifoTopic]
            - \${Flag}: true
  Last: { Type: AWS::SNS::Topic, DependsOn: Topictwo }
Outputs:
  Fn::ForEach::Arns:
    - Name
    - [one, two]
    - Arn\${Name}: { Value: !GetAtt 'Topic\${Name}.TopicArn' }
`);
    expect([...evaluation.template.resources.keys()]).to.deep.equal(['Topicone', 'Topictwo', 'Last']);
    expect(resolveProperties('Topictwo', evaluation)).to.deep.equal({
      TopicName: 'demo-two',
      DisplayName: 'two',
      FifoTopic: true,
    });
    expect(resolveOutputs(evaluation)).to.deep.equal([
      { key: 'Arnone', value: 'TopicArn of Topicone' },
      { key: 'Arntwo', value: 'TopicArn of Topictwo' },
    ]);
    expect(evaluation.template.body).not.to.have.property('Transform');
  });

  it('nests loops, and makes names of what is no letter with &{}', async () => {
    const evaluation = await evaluated(`${EXTENDED}
Resources:
  Fn::ForEach::Outer:
    - X
    - [a, b]
    - Fn::ForEach::Inner:
        - Y
        - [1.0-x, 2.0-y]
        - T\${X}&{Y}: { Type: AWS::SNS::Topic, Properties: { DisplayName: '\${X} \${Y} \${!Z}' } }
`);
    expect([...evaluation.template.resources.keys()]).to.deep.equal(['Ta10x', 'Ta20y', 'Tb10x', 'Tb20y']);
    expect(evaluation.template.resources.get('Tb10x')?.properties).to.deep.equal({
      DisplayName: 'b 1.0-x ${!Z}',
    });
  });

  it('takes functions for names and policies', async () => {
    const evaluation = await evaluated(`${EXTENDED}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    DeletionPolicy: { Fn::FindInMap: [Policies, a, b, { DefaultValue: Retain }] }
    UpdateReplacePolicy: !Sub Delete
    Properties:
      DisplayName: { Ref: { Fn::Join: ['', [Que, ue]] } }
      TopicName: { Fn::GetAtt: [!Sub 'Queue', QueueName] }
  Queue: { Type: AWS::SQS::Queue }
`);
    const topic = evaluation.template.resources.get('Topic');
    expect(topic).to.include({ deletionPolicy: 'Retain', updateReplacePolicy: 'Delete' });
    expect(resolveProperties('Topic', evaluation)).to.deep.equal({
      DisplayName: 'queue',
      TopicName: 'QueueName of Queue',
    });
  });

  it('checks what the loops made', async () => {
    const text = `${EXTENDED}
Resources:
  Fn::ForEach::Topics:
    - Name
    - [x-y]
    - T\${Name}: { Type: AWS::SNS::Topic }
`;
    expect(await refusal(() => evaluated(text))).to.equal(
      'Template format error: Resource name Tx-y is non alphanumeric.',
    );
  });
});

describe('other transforms', () => {
  it('are refused by name', async () => {
    for (const [transform, body] of [
      ['AWS::Serverless-2016-10-31', 'Transform: AWS::Serverless-2016-10-31'],
      ['Mine', 'Transform: [AWS::LanguageExtensions, Mine]'],
      ['AWS::Include', 'Metadata: { Fn::Transform: { Name: AWS::Include } }'],
    ] as const) {
      const template = readTemplate(`${body}\nResources: { T: { Type: AWS::SNS::Topic } }\n`);
      const parameters = await parametersOf(template);
      expect(await refusal(() => processTemplate(template, parameters, PSEUDO))).to.equal(
        `No transform named ${transform} found.`,
      );
    }
  });

  it('need no processing where there are none', async () => {
    const template = readTemplate('Resources: { T: { Type: AWS::SNS::Topic } }');
    expect(processTemplate(template, await parametersOf(template), PSEUDO)).to.equal(template);
  });
});
