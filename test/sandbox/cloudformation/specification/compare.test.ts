import { expect } from 'chai';
import { compareProperties, recreation } from '../../../../src/sandbox/cloudformation/specification/index.ts';
import type { TemplateBody } from '../../../../src/sandbox/cloudformation/template/index.ts';

const LAUNCH_TEMPLATE = 'AWS::EC2::LaunchTemplate';
const BUCKET = 'AWS::S3::Bucket';

/** The one difference there is. */
function difference(type: string, before: TemplateBody, after: TemplateBody) {
  const differences = compareProperties(type, before, after);
  expect(differences).to.have.length(1);
  return differences[0];
}

describe('differences of properties', () => {
  it('say whether the resource is replaced', () => {
    expect(difference(BUCKET, { BucketName: 'a' }, { BucketName: 'b' })).to.deep.equal({
      name: 'BucketName',
      path: '/Properties/BucketName',
      requiresRecreation: 'Always',
      changeType: 'Modify',
      before: 'a',
      after: 'b',
    });
    expect(difference('AWS::EC2::Instance', { InstanceType: 'a' }, { InstanceType: 'b' })).to.include({
      requiresRecreation: 'Conditionally',
    });
    expect(difference('AWS::SNS::Topic', { DisplayName: 'a' }, { DisplayName: 'b' })).to.include({
      requiresRecreation: 'Never',
    });
  });

  it('go as deep as they can', () => {
    const tags = (value: string): TemplateBody => ({
      Tags: [
        { Key: 'a', Value: 'same' },
        { Key: 'b', Value: value },
      ],
    });
    expect(difference(BUCKET, tags('x'), tags('y'))).to.include({
      name: 'Tags',
      path: '/Properties/Tags/1/Value',
      before: 'x',
      after: 'y',
    });
    const policy = (resource: string): TemplateBody => ({
      PolicyDocument: { Statement: [{ Effect: 'Allow', Resource: [resource] }] },
    });
    expect(difference('AWS::IAM::ManagedPolicy', policy('a'), policy('b'))).to.include({
      path: '/Properties/PolicyDocument/Statement/0/Resource/0',
    });
  });

  it('tell what came and what went, with the whole of it', () => {
    expect(difference(BUCKET, {}, { Tags: [{ Key: 'a', Value: 'b' }] })).to.deep.equal({
      name: 'Tags',
      path: '/Properties/Tags',
      requiresRecreation: 'Never',
      changeType: 'Add',
      after: '[{"Key":"a","Value":"b"}]',
    });
    expect(difference(BUCKET, { Tags: [1, 2] }, { Tags: [1] })).to.deep.include({
      path: '/Properties/Tags/1',
      changeType: 'Remove',
      before: '2',
    });
  });

  it('are none where CloudFormation sees the same', () => {
    const before = { DelaySeconds: '5', FifoQueue: 'true', Tags: [{ Key: 'a', Value: 1 }] };
    const after = { DelaySeconds: 5, FifoQueue: true, Tags: [{ Value: '1', Key: 'a' }] };
    expect(compareProperties('AWS::SQS::Queue', before, after)).to.deep.equal([]);
  });

  it('take the strictest rule on the way down', () => {
    const volume = (type: string): TemplateBody => ({
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeType: type } }],
    });
    expect(difference('AWS::AutoScaling::LaunchConfiguration', volume('gp2'), volume('gp3'))).to.include({
      requiresRecreation: 'Always',
      path: '/Properties/BlockDeviceMappings/0/Ebs/VolumeType',
    });
    const data = (type: string): TemplateBody => ({ LaunchTemplateData: { InstanceType: type } });
    expect(difference(LAUNCH_TEMPLATE, data('a'), data('b'))).to.include({ requiresRecreation: 'Never' });
    expect(difference(LAUNCH_TEMPLATE, { LaunchTemplateName: 'a' }, { LaunchTemplateName: 'b' })).to.include({
      requiresRecreation: 'Always',
    });
  });

  it('replace nothing for a type outside of the specification', () => {
    expect(difference('Custom::Thing', { A: 'a' }, { A: 'b' })).to.include({ requiresRecreation: 'Never' });
  });

  it('together mean the strictest of them', () => {
    const all = compareProperties(BUCKET, { BucketName: 'a', Tags: [] }, { BucketName: 'b', Tags: [1] });
    expect(recreation(all)).to.equal('Always');
    expect(recreation([])).to.equal('Never');
  });
});
