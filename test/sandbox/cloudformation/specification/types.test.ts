import { expect } from 'chai';
import {
  attributeNames,
  isKnownType,
  loadSpecification,
  primaryIdentifier,
  taggingOf,
} from '../../../../src/sandbox/cloudformation/specification/index.ts';

describe('the resource specification', () => {
  it('knows the types AWS has, and no other', () => {
    expect(isKnownType('AWS::EC2::VPC')).to.equal(true);
    expect(isKnownType('AWS::CloudFormation::WaitConditionHandle')).to.equal(true);
    expect(isKnownType('AWS::EC2::Vpc')).to.equal(false);
    expect(isKnownType('constructor')).to.equal(false);
  });

  it('knows the attributes of a type', () => {
    expect(attributeNames('AWS::EC2::VPC')).to.include.members([
      'CidrBlock',
      'DefaultSecurityGroup',
      'VpcId',
    ]);
    expect(attributeNames('AWS::S3::Bucket')).to.include.members(['Arn', 'RegionalDomainName']);
    expect(attributeNames('AWS::Foo::Bar')).to.deep.equal([]);
  });

  it('knows where a type keeps its tags', () => {
    expect(taggingOf('AWS::EC2::VPC')).to.deep.equal({ property: 'Tags', shape: 'list' });
    expect(taggingOf('AWS::AutoScaling::AutoScalingGroup')).to.deep.equal({ property: 'Tags', shape: 'asg' });
    expect(taggingOf('AWS::SSM::Parameter')).to.deep.equal({ property: 'Tags', shape: 'map' });
    expect(taggingOf('AWS::EC2::Route')).to.equal(undefined);
  });

  it('knows what identifies a resource', () => {
    expect(primaryIdentifier('AWS::S3::Bucket')).to.deep.equal(['BucketName']);
    expect(primaryIdentifier('AWS::EC2::Route')).to.deep.equal(['RouteTableId', 'CidrBlock']);
  });

  it('reads a type in a moment', () => {
    loadSpecification();
    const start = process.cpuUsage();
    loadSpecification().get('AWS::QuickSight::Analysis');
    const { user, system } = process.cpuUsage(start);
    expect(user + system, 'microseconds').to.be.below(100_000);
  });
});
