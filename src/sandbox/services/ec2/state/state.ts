import { defineSlice } from '../../../kernel/slice.ts';
import type { Scope } from '../../../kernel/world.ts';
import { makeDefaultVpc } from './default-vpc.ts';
import type { Ec2State } from './records.ts';

const slice = defineSlice<Ec2State>('ec2', () => ({
  vpcs: {},
  subnets: {},
  internetGateways: {},
  routeTables: {},
  networkAcls: {},
  natGateways: {},
  addresses: {},
  securityGroups: {},
  securityGroupRules: {},
  endpoints: {},
  flowLogs: {},
  dhcpOptions: {},
  keyPairs: {},
  launchTemplates: {},
  instances: {},
  transitions: {},
  volumes: {},
  tags: {},
  furnished: false,
}));

/** EC2's state in a region, which has its default VPC from the first look on. */
export function ec2State(scope: Scope): Ec2State {
  const state = slice(scope);
  if (!state.furnished) {
    state.furnished = true;
    makeDefaultVpc(state, scope);
  }
  return state;
}
