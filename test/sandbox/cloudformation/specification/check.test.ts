import { expect } from 'chai';
import { checkProperties } from '../../../../src/sandbox/cloudformation/specification/index.ts';
import {
  KNOWN_AFTER_APPLY,
  type TemplateBody,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { refusal } from '../../../support/template.ts';

const refused = (type: string, properties: TemplateBody) =>
  refusal(() => checkProperties('Thing', type, properties));

const message = (...complaints: string[]) =>
  `Properties validation failed for resource Thing with message:\n[${complaints.join(', ')}]`;

describe('the check of properties', () => {
  it('turns texts into what the schema wants, and numbers into texts', () => {
    expect(
      checkProperties('Thing', 'AWS::AutoScaling::AutoScalingGroup', {
        MinSize: 1,
        MaxSize: 5,
        Cooldown: 300,
        NewInstancesProtectedFromScaleIn: 'true',
        HealthCheckGracePeriod: '60',
        Tags: [{ Key: 'a', Value: 5, PropagateAtLaunch: 'false' }],
      }),
    ).to.deep.equal({
      MinSize: '1',
      MaxSize: '5',
      Cooldown: '300',
      NewInstancesProtectedFromScaleIn: true,
      HealthCheckGracePeriod: 60,
      Tags: [{ Key: 'a', Value: '5', PropagateAtLaunch: false }],
    });
  });

  it('refuses a missing, an unknown and a wrong property', async () => {
    expect(await refused('AWS::EC2::Subnet', {})).to.equal(message('#: required key [VpcId] not found'));
    expect(await refused('AWS::SNS::Topic', { DisplayNam: 'x' })).to.equal(
      message('#: extraneous key [DisplayNam] is not permitted'),
    );
    expect(await refused('AWS::SNS::Topic', { DisplayName: ['x'] })).to.equal(
      message('#/DisplayName: expected type: String, found: JSONArray'),
    );
    expect(await refused('AWS::SQS::Queue', { DelaySeconds: 'soon' })).to.equal(
      message('#/DelaySeconds: expected type: Integer, found: String'),
    );
    expect(await refused('AWS::SQS::Queue', { FifoQueue: 'yes' })).to.equal(
      message('#/FifoQueue: expected type: Boolean, found: String'),
    );
  });

  it('says where, inside of nested properties, and everything at once', async () => {
    const properties = {
      BucketName: 'b',
      VersioningConfiguration: { State: 'Enabled' },
      Tags: [{ Key: 'a' }],
    };
    expect(await refused('AWS::S3::Bucket', properties)).to.equal(
      message(
        '#/VersioningConfiguration: required key [Status] not found',
        '#/VersioningConfiguration: extraneous key [State] is not permitted',
        '#/Tags/0: required key [Value] not found',
      ),
    );
  });

  it('lets documents, and what is not known yet, be what they are', () => {
    const properties = {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Any: [1, { thing: true }] },
      ManagedPolicyArns: KNOWN_AFTER_APPLY,
      MaxSessionDuration: '{{resolve:ssm:/duration}}',
    };
    expect(checkProperties('Role', 'AWS::IAM::Role', properties)).to.deep.equal(properties);
  });

  it('leaves custom resources alone', () => {
    expect(checkProperties('Thing', 'Custom::Thing', { A: '5' })).to.deep.equal({ A: '5' });
    expect(checkProperties('Thing', 'AWS::CloudFormation::CustomResource', { A: '5' })).to.deep.equal({
      A: '5',
    });
  });
});
