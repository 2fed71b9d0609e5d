import { expect } from 'chai';
import {
  checkCapabilities,
  readTemplate,
  requiredCapabilities,
  templateSummary,
  validateTemplateOutput,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { refusal } from '../../../support/template.ts';

const ROLE = 'Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } }';
const NAMED = 'Named: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {}, RoleName: mine } }';
const POLICY = 'Policy: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, PolicyDocument: {} } }';

const of = (...resources: string[]) => readTemplate(`Resources: { ${resources.join(', ')} }`);

describe('capabilities', () => {
  it('are asked for by IAM’s resources, and more by names of one’s own', () => {
    expect(requiredCapabilities(of('T: { Type: AWS::SNS::Topic }'))).to.deep.equal({ capabilities: [] });
    expect(requiredCapabilities(of(ROLE, POLICY))).to.deep.equal({
      capabilities: ['CAPABILITY_IAM'],
      reason: 'The following resource(s) require capabilities: [AWS::IAM::Role, AWS::IAM::Policy]',
    });
    expect(requiredCapabilities(of(ROLE, NAMED)).capabilities).to.deep.equal(['CAPABILITY_NAMED_IAM']);
  });

  it('must be given; the greater covers the lesser', async () => {
    const code = 'InsufficientCapabilitiesException';
    expect(
      await refusal(() => {
        checkCapabilities(of(ROLE), []);
      }, code),
    ).to.equal('Requires capabilities : [CAPABILITY_IAM]');
    expect(
      await refusal(() => {
        checkCapabilities(of(NAMED), ['CAPABILITY_IAM']);
      }, code),
    ).to.equal('Requires capabilities : [CAPABILITY_NAMED_IAM]');
    checkCapabilities(of(ROLE), ['CAPABILITY_NAMED_IAM']);
    checkCapabilities(of(NAMED), ['CAPABILITY_NAMED_IAM']);
  });

  it('are asked for by transforms, unless a change set shows what they make', async () => {
    const template = readTemplate(
      'Transform: AWS::LanguageExtensions\nResources: { T: { Type: AWS::SNS::Topic } }\n',
    );
    expect(
      await refusal(() => {
        checkCapabilities(template, []);
      }, 'InsufficientCapabilitiesException'),
    ).to.equal('Requires capabilities : [CAPABILITY_AUTO_EXPAND]');
    checkCapabilities(template, [], { changeSet: true });
  });
});

describe('a template’s summary', () => {
  const template = readTemplate(`
AWSTemplateFormatVersion: 2010-09-09
Description: What it is
Metadata: { Owner: me }
Parameters:
  Size: { Type: Number, Default: 3, Description: how many }
  Kind: { Type: String, AllowedValues: [a, b] }
  Token: { Type: String, NoEcho: true, Default: secret }
Resources:
  Queue: { Type: AWS::SQS::Queue }
  Topic: { Type: AWS::SNS::Topic }
  Other: { Type: AWS::SNS::Topic }
`);

  it('tells parameters, types, and what could be imported', () => {
    expect(templateSummary(template)).to.deep.equal({
      Description: 'What it is',
      Version: '2010-09-09',
      Metadata: '{"Owner":"me"}',
      Parameters: [
        {
          ParameterKey: 'Size',
          ParameterType: 'Number',
          DefaultValue: '3',
          NoEcho: false,
          Description: 'how many',
          ParameterConstraints: {},
        },
        {
          ParameterKey: 'Kind',
          ParameterType: 'String',
          NoEcho: false,
          ParameterConstraints: { AllowedValues: ['a', 'b'] },
        },
        {
          ParameterKey: 'Token',
          ParameterType: 'String',
          DefaultValue: '****',
          NoEcho: true,
          ParameterConstraints: {},
        },
      ],
      ResourceTypes: ['AWS::SQS::Queue', 'AWS::SNS::Topic'],
      ResourceIdentifierSummaries: [
        { ResourceType: 'AWS::SQS::Queue', LogicalResourceIds: ['Queue'], ResourceIdentifiers: ['QueueUrl'] },
        {
          ResourceType: 'AWS::SNS::Topic',
          LogicalResourceIds: ['Topic', 'Other'],
          ResourceIdentifiers: ['TopicArn'],
        },
      ],
    });
  });

  it('is shorter from ValidateTemplate', () => {
    expect(validateTemplateOutput(template)).to.deep.equal({
      Description: 'What it is',
      Parameters: [
        { ParameterKey: 'Size', DefaultValue: '3', NoEcho: false, Description: 'how many' },
        { ParameterKey: 'Kind', NoEcho: false },
        { ParameterKey: 'Token', DefaultValue: '****', NoEcho: true },
      ],
    });
  });
});
