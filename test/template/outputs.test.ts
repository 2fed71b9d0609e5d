import { expect } from 'chai';
import { outputsOf, OWN_VPC, stack } from '../support/bk-stack-template.ts';
import { version } from '../support/process.ts';

describe('the outputs', () => {
  it('name what was made, and what is your own', async () => {
    const made = outputsOf(await stack());
    expect(made).to.deep.equal({
      AutoScalingGroupName: '<AgentAutoScaleGroup>',
      LaunchTemplateId: '<AgentLaunchTemplate>',
      Queue: 'default',
      ManagedSecretsBucket: '<ManagedSecretsBucket>',
      ManagedSecretsLoggingBucket: '<ManagedSecretsLoggingBucket>',
      InstanceRoleName: '<InstanceRole>',
      ImageParameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
      InstanceRoleARN: '<InstanceRole.Arn>',
      ScalerFunction: '<Scaler>',
      SecurityGroup: '<SecurityGroup>',
      VpcId: '<Vpc>',
      Subnets: '<Subnet0>,<Subnet1>',
      LogGroupPrefix: '/buildkite/ci',
      TemplateVersion: version,
    });
    const own = outputsOf(await stack({ ...OWN_VPC, SecretsBucket: 'our-secrets' }));
    expect(own).to.include({ VpcId: OWN_VPC.VpcId, Subnets: OWN_VPC.Subnets });
    expect(own).to.not.have.property('ManagedSecretsBucket');
  });
});
