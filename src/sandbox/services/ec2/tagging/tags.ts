import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
  Tag,
  TagDescription,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { missingParameter, required } from '../common/errors.ts';
import { page, selected, type Filters } from '../common/describing.ts';
import type { Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';

/** The kinds of things that carry tags, by the prefix of their ids. */
const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  vpc: 'vpc',
  subnet: 'subnet',
  igw: 'internet-gateway',
  rtb: 'route-table',
  acl: 'network-acl',
  nat: 'natgateway',
  eipalloc: 'elastic-ip',
  sg: 'security-group',
  sgr: 'security-group-rule',
  vpce: 'vpc-endpoint',
  fl: 'vpc-flow-log',
  dopt: 'dhcp-options',
  key: 'key-pair',
  lt: 'launch-template',
  i: 'instance',
  vol: 'volume',
};

const MOST_TAGS = 50;

/** Tags in EC2's form; a resource without tags has an empty list. */
export function tagList(state: Ec2State, id: string): Tag[] {
  return Object.entries(state.tags[id] ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Puts tags on something, those of AWS's own included. */
export function setTags(state: Ec2State, id: string, tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > 0) state.tags[id] = { ...state.tags[id], ...tags };
}

/** Makes the tags of something exactly `tags`. */
export function replaceTags(state: Ec2State, id: string, tags: Readonly<Record<string, string>>): void {
  state.tags[id] = { ...tags };
}

/**
 * The tags that a request asks for on what it makes of one kind.
 * @param type the only kind that the operation makes, so that others are refused
 * @throws AwsError InvalidParameterValue
 */
export function requestedTags(
  specifications: readonly TagSpecification[] | undefined,
  type: ResourceType,
  alsoMade: readonly ResourceType[] = [],
): Record<string, string> {
  for (const { ResourceType } of specifications ?? []) {
    if (ResourceType === undefined)
      throw new AwsError('InvalidParameterValue', 'Tag specification resource type must have a value');
    if (ResourceType !== type && !alsoMade.includes(ResourceType)) {
      throw new AwsError(
        'InvalidParameterValue',
        `'${ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    }
  }
  return checkedTags(
    (specifications ?? [])
      .filter(({ ResourceType }) => ResourceType === type)
      .flatMap(({ Tags }) => Tags ?? []),
  );
}

function checkedTags(tags: readonly Tag[]): Record<string, string> {
  for (const { Key = '' } of tags) {
    if (Key.toLowerCase().startsWith('aws:')) {
      throw new AwsError(
        'InvalidParameterValue',
        `Value ( ${Key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
      );
    }
  }
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

function createTags(input: CreateTagsRequest, scope: Scope): object {
  const state = ec2State(scope);
  const ids = required(input.Resources, 'resourceIdSet');
  if (!input.Tags?.length) throw missingParameter('tagSet');
  const tags = checkedTags(input.Tags);
  for (const id of ids) checkExists(state, id);
  for (const id of ids) {
    const count = Object.keys({ ...state.tags[id], ...tags }).filter((key) => !key.startsWith('aws:')).length;
    if (count > MOST_TAGS) {
      throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
    }
    setTags(state, id, tags);
  }
  return {};
}

function deleteTags(input: DeleteTagsRequest, scope: Scope): object {
  const state = ec2State(scope);
  for (const id of required(input.Resources, 'resourceIdSet')) {
    const held = state.tags[id] ?? {};
    const toDelete = input.Tags ?? Object.keys(held).map((Key): Tag => ({ Key }));
    const gone = toDelete
      .filter(
        ({ Key = '', Value }) => !Key.startsWith('aws:') && (Value === undefined || held[Key] === Value),
      )
      .map(({ Key }) => Key);
    state.tags[id] = Object.fromEntries(Object.entries(held).filter(([key]) => !gone.includes(key)));
  }
  return {};
}

function checkExists(state: Ec2State, id: string): void {
  const type = resourceType(id);
  if (type === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  const tables: Readonly<Record<string, unknown>>[] = [
    state.vpcs,
    state.subnets,
    state.internetGateways,
    state.routeTables,
    state.networkAcls,
    state.natGateways,
    state.addresses,
    state.securityGroups,
    state.securityGroupRules,
    state.endpoints,
    state.flowLogs,
    state.dhcpOptions,
    state.keyPairs,
    state.launchTemplates,
    state.instances,
    state.volumes,
  ];
  if (tables.some((table) => Object.hasOwn(table, id))) return;
  const name = NOT_FOUND[type];
  throw name === undefined
    ? new AwsError('InvalidID', `The ID '${id}' is not valid`)
    : new AwsError(`${name[0]}.NotFound`, `The ${name[1]} ID '${id}' does not exist`);
}

const NOT_FOUND: Readonly<Record<string, readonly [string, string]>> = {
  vpc: ['InvalidVpcID', 'vpc'],
  subnet: ['InvalidSubnetID', 'subnet'],
  'internet-gateway': ['InvalidInternetGatewayID', 'internetGateway'],
  'route-table': ['InvalidRouteTableID', 'routeTable'],
  'network-acl': ['InvalidNetworkAclID', 'networkAcl'],
  'security-group': ['InvalidGroup', 'security group'],
  instance: ['InvalidInstanceID', 'instance'],
  volume: ['InvalidVolume', 'volume'],
};

function resourceType(id: string): ResourceType | undefined {
  return RESOURCE_TYPES[id.slice(0, id.indexOf('-'))];
}

const filters: Filters<TagDescription> = {
  key: (tag) => tag.Key,
  value: (tag) => tag.Value,
  'resource-id': (tag) => tag.ResourceId,
  'resource-type': (tag) => tag.ResourceType,
};

function describeTags(input: DescribeTagsRequest, scope: Scope): DescribeTagsResult {
  const all = Object.entries(ec2State(scope).tags).flatMap(([id, tags]) =>
    Object.entries(tags).map(([Key, Value]): TagDescription => ({
      Key,
      Value,
      ResourceId: id,
      ResourceType: resourceType(id),
    })),
  );
  const byTag: Filters<TagDescription> = { ...filters };
  const chosen = selected(all, input.Filters, byTag, (tag) => ({ [tag.Key ?? '']: tag.Value ?? '' }));
  const { items, nextToken } = page(chosen, input);
  return { Tags: items, NextToken: nextToken };
}

export const tagOperations = { CreateTags: createTags, DeleteTags: deleteTags, DescribeTags: describeTags };
