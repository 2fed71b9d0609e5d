import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import type { RuleLookups, Template } from '../template/index.ts';

interface Described {
  readonly value: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Item = Readonly<Record<string, unknown>> & {
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
};

/** Where EC2 lists the values of a parameter type, and what identifies one. */
const LISTS: Readonly<Record<string, readonly [operation: string, member: string, id: string]>> = {
  'AWS::EC2::Image::Id': ['DescribeImages', 'Images', 'ImageId'],
  'AWS::EC2::KeyPair::KeyName': ['DescribeKeyPairs', 'KeyPairs', 'KeyName'],
  'AWS::EC2::SecurityGroup::GroupName': ['DescribeSecurityGroups', 'SecurityGroups', 'GroupName'],
  'AWS::EC2::SecurityGroup::Id': ['DescribeSecurityGroups', 'SecurityGroups', 'GroupId'],
  'AWS::EC2::Subnet::Id': ['DescribeSubnets', 'Subnets', 'SubnetId'],
  'AWS::EC2::VPC::Id': ['DescribeVpcs', 'Vpcs', 'VpcId'],
};

/**
 * What Fn::RefAll and Fn::ValueOf of a template's Rules can ask, read beforehand.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
 */
export async function ruleLookups(scope: Scope, template: Template): Promise<RuleLookups> {
  const asked = /Fn::(?:RefAll|ValueOf|ValueOfAll)/.test(JSON.stringify([...template.rules.values()]));
  const lists = new Map<string, readonly Described[]>();
  if (asked) {
    await Promise.all(Object.keys(LISTS).map(async (type) => lists.set(type, await list(scope, type))));
    await addDefaults(scope, lists);
  }
  const find = (type: string, value: string) =>
    lists.get(type)?.find((described) => described.value === value);
  return {
    values: (type) => (lists.get(type) ?? []).map(({ value }) => value),
    attribute: (type, value, attribute) => find(type, value)?.attributes[attribute],
  };
}

async function list(scope: Scope, type: string): Promise<Described[]> {
  const [operation = '', member = '', id = ''] = LISTS[type] ?? [];
  return (await items(scope, operation, member)).map((item) => ({
    value: String(item[id]),
    attributes: {
      ...Object.fromEntries(
        Object.entries(item).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
      ...Object.fromEntries((item.Tags ?? []).map(({ Key = '', Value = '' }) => [`Tags.${Key}`, Value])),
    },
  }));
}

/** DefaultNetworkAcl and DefaultSecurityGroup of each VPC. */
async function addDefaults(scope: Scope, lists: Map<string, readonly Described[]>): Promise<void> {
  const acls = await items(scope, 'DescribeNetworkAcls', 'NetworkAcls');
  const groups = await items(scope, 'DescribeSecurityGroups', 'SecurityGroups');
  const vpcs = (lists.get('AWS::EC2::VPC::Id') ?? []).map(({ value, attributes }) => {
    const acl = acls.find((item) => item['VpcId'] === value && item['IsDefault'] === true);
    const group = groups.find((item) => item['VpcId'] === value && item['GroupName'] === 'default');
    return {
      value,
      attributes: {
        ...attributes,
        ...(acl === undefined ? {} : { DefaultNetworkAcl: String(acl['NetworkAclId']) }),
        ...(group === undefined ? {} : { DefaultSecurityGroup: String(group['GroupId']) }),
      },
    };
  });
  lists.set('AWS::EC2::VPC::Id', vpcs);
}

async function items(scope: Scope, operation: string, member: string): Promise<readonly Item[]> {
  try {
    const answer = await scope.world.call<Record<string, readonly Item[] | undefined>>(
      scope,
      'ec2',
      operation,
      {},
    );
    return answer[member] ?? [];
  } catch (error) {
    if (error instanceof AwsError && error.code === 'InvalidAction') return [];
    throw error;
  }
}
