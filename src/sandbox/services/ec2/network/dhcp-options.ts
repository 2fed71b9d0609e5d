import type {
  AssociateDhcpOptionsRequest,
  CreateDhcpOptionsRequest,
  CreateDhcpOptionsResult,
  DeleteDhcpOptionsRequest,
  DescribeDhcpOptionsRequest,
  DescribeDhcpOptionsResult,
  DhcpOptions,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { dependencyViolation, required } from '../common/errors.ts';
import type { DhcpOptionsRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { vpcOf } from './vpcs.ts';

const dhcpMissing = (ids: readonly string[]): AwsError =>
  new AwsError('InvalidDhcpOptionID.NotFound', `The dhcpOption ID '${ids.join(', ')}' does not exist`);

export function createDhcpOptions(
  input: CreateDhcpOptionsRequest,
  scope: Scope,
): CreateDhcpOptionsResult & { DhcpOptions: DhcpOptions & { DhcpOptionsId: string } } {
  const state = ec2State(scope);
  const tags = requestedTags(input.TagSpecifications, 'dhcp-options');
  const id = scope.world.ids.hex('dopt-');
  state.dhcpOptions[id] = {
    DhcpOptionsId: id,
    OwnerId: scope.accountId,
    DhcpConfigurations: required(input.DhcpConfigurations, 'dhcpConfigurationSet').map(({ Key, Values }) => ({
      Key,
      Values: (Values ?? []).map((Value) => ({ Value })),
    })),
  };
  setTags(state, id, tags);
  return { DhcpOptions: { ...state.dhcpOptions[id], Tags: tagList(state, id) } };
}

/** @throws AwsError DependencyViolation while a VPC uses them */
export function deleteDhcpOptions(input: DeleteDhcpOptionsRequest, scope: Scope): object {
  const state = ec2State(scope);
  const { DhcpOptionsId } = byId(
    state.dhcpOptions,
    required(input.DhcpOptionsId, 'dhcpOptionsId'),
    dhcpMissing,
  );
  if (Object.values(state.vpcs).some((vpc) => vpc.DhcpOptionsId === DhcpOptionsId)) {
    throw dependencyViolation(`The dhcpOptions '${DhcpOptionsId}' has dependencies and cannot be deleted.`);
  }
  Reflect.deleteProperty(state.dhcpOptions, DhcpOptionsId);
  Reflect.deleteProperty(state.tags, DhcpOptionsId);
  return {};
}

/** Gives a VPC other DHCP options; `default` means none. */
export function associateDhcpOptions(input: AssociateDhcpOptionsRequest, scope: Scope): object {
  const state = ec2State(scope);
  const vpc = vpcOf(state, required(input.VpcId, 'vpcId'));
  const id = required(input.DhcpOptionsId, 'dhcpOptionsId');
  vpc.DhcpOptionsId = id === 'default' ? id : byId(state.dhcpOptions, id, dhcpMissing).DhcpOptionsId;
  return {};
}

const filters: Filters<DhcpOptionsRecord> = {
  'dhcp-options-id': (options) => options.DhcpOptionsId,
  key: (options) => options.DhcpConfigurations?.map(({ Key }) => Key),
};

function describeDhcpOptions(input: DescribeDhcpOptionsRequest, scope: Scope): DescribeDhcpOptionsResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.dhcpOptions, input.DhcpOptionsIds, dhcpMissing),
    input.Filters,
    filters,
    (options) => state.tags[options.DhcpOptionsId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return {
    DhcpOptions: items.map((options) => ({ ...options, Tags: tagList(state, options.DhcpOptionsId) })),
    NextToken: nextToken,
  };
}

export const dhcpOptionsOperations = {
  CreateDhcpOptions: createDhcpOptions,
  DeleteDhcpOptions: deleteDhcpOptions,
  AssociateDhcpOptions: associateDhcpOptions,
  DescribeDhcpOptions: describeDhcpOptions,
};
