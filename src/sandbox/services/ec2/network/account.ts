import type { DescribeAccountAttributesRequest, DescribeAccountAttributesResult } from '@aws-sdk/client-ec2';
import type { Scope } from '../../../kernel/world.ts';
import { defaultVpcId } from '../state/default-vpc.ts';
import type { Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';

function attributesOf(state: Ec2State): Record<string, string[]> {
  return {
    'supported-platforms': ['VPC'],
    'default-vpc': [defaultVpcId(state) ?? 'none'],
    'max-instances': ['20'],
    'vpc-max-security-groups-per-interface': ['5'],
    'max-elastic-ips': ['5'],
    'vpc-max-elastic-ips': ['5'],
  };
}

function describeAccountAttributes(
  input: DescribeAccountAttributesRequest,
  scope: Scope,
): DescribeAccountAttributesResult {
  const all = attributesOf(ec2State(scope));
  const asked = input.AttributeNames?.length ? input.AttributeNames : Object.keys(all);
  return {
    AccountAttributes: asked.map((name) => ({
      AttributeName: name,
      AttributeValues: (all[name] ?? []).map((AttributeValue) => ({ AttributeValue })),
    })),
  };
}

export const accountOperations = { DescribeAccountAttributes: describeAccountAttributes };
