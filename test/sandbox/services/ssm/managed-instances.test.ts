import { expect } from 'chai';
import { ec2 } from '../../../../src/sandbox/services/ec2/index.ts';
import { iam } from '../../../../src/sandbox/services/iam/index.ts';
import { machines } from '../../../../src/sandbox/machines/index.ts';
import { ssm } from '../../../../src/sandbox/services/ssm/index.ts';
import { AL2023 } from '../../../support/fleet.ts';
import { Caller } from '../../../support/service.ts';

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

describe('instances that Systems Manager manages', () => {
  it('are those that run with a role that lets their agent report', async () => {
    const aws = new Caller([ec2, iam, machines, ssm]);
    const RoleName = 'agent';
    await aws.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify(TRUST) });
    await aws.call('iam', 'CreateInstanceProfile', { InstanceProfileName: 'agent' });
    await aws.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName: 'agent', RoleName });
    const launch = { ImageId: AL2023, InstanceType: 't3.large', MinCount: 1, MaxCount: 1 };
    const { Instances } = await aws.call('ec2', 'RunInstances', {
      ...launch,
      IamInstanceProfile: { Name: 'agent' },
    });
    await aws.call('ec2', 'RunInstances', launch);
    await aws.world.pass(120);
    const managed = async () =>
      (await aws.call('ssm', 'DescribeInstanceInformation')).InstanceInformationList.map(
        ({ InstanceId }: { InstanceId: string }) => InstanceId,
      );
    expect(await managed()).to.eql([]);
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';
    await aws.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
    expect(await managed()).to.eql([Instances[0].InstanceId]);
    await aws.call('ec2', 'TerminateInstances', { InstanceIds: [Instances[0].InstanceId] });
    expect(await managed()).to.eql([]);
  });
});
