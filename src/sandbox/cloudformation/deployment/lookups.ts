import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import type { ParameterLookups } from '../template/index.ts';

/** How EC2 is asked for a value of an AWS-specific parameter type. */
const DESCRIBE: Readonly<Record<string, readonly [operation: string, filter: string]>> = {
  'AWS::EC2::AvailabilityZone::Name': ['DescribeAvailabilityZones', 'ZoneNames'],
  'AWS::EC2::Image::Id': ['DescribeImages', 'ImageIds'],
  'AWS::EC2::Instance::Id': ['DescribeInstances', 'InstanceIds'],
  'AWS::EC2::KeyPair::KeyName': ['DescribeKeyPairs', 'KeyNames'],
  'AWS::EC2::SecurityGroup::GroupName': ['DescribeSecurityGroups', 'GroupNames'],
  'AWS::EC2::SecurityGroup::Id': ['DescribeSecurityGroups', 'GroupIds'],
  'AWS::EC2::Subnet::Id': ['DescribeSubnets', 'SubnetIds'],
  'AWS::EC2::VPC::Id': ['DescribeVpcs', 'VpcIds'],
  'AWS::EC2::Volume::Id': ['DescribeVolumes', 'VolumeIds'],
};

/** What the checking of parameters asks, answered by the sandbox's own services. */
export function parameterLookups(scope: Scope): ParameterLookups {
  return {
    async exists(type, value) {
      if (type === 'AWS::SSM::Parameter::Name') return (await ssmParameter(scope, value)) !== undefined;
      const [operation, filter] = DESCRIBE[type] ?? [];
      if (operation === undefined || filter === undefined) return true;
      // A service that the sandbox has not, or an operation, can't tell: then the value stands.
      if (scope.world.service('ec2')?.operations[operation] === undefined) return true;
      try {
        await scope.world.call(scope, 'ec2', operation, { [filter]: [value] });
        return true;
      } catch (error) {
        if (error instanceof AwsError && error.status < 500) return false;
        throw error;
      }
    },
    ssmParameter: (name) => ssmParameter(scope, name),
  };
}

async function ssmParameter(
  scope: Scope,
  name: string,
): Promise<{ readonly type: string; readonly value: string } | undefined> {
  try {
    const { Parameter } = await scope.world.call<{ Parameter?: { Type?: string; Value?: string } }>(
      scope,
      'ssm',
      'GetParameter',
      { Name: name },
    );
    return Parameter === undefined
      ? undefined
      : { type: Parameter.Type ?? 'String', value: Parameter.Value ?? '' };
  } catch (error) {
    if (error instanceof AwsError && error.status < 500) return undefined;
    throw error;
  }
}
