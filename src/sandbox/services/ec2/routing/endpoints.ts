import type {
  CreateVpcEndpointRequest,
  CreateVpcEndpointResult,
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  ModifyVpcEndpointRequest,
  ModifyVpcEndpointResult,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { missingParameter, required } from '../common/errors.ts';
import { addressText } from '../common/cidr.ts';
import { subnetOf, takeAddresses } from '../network/subnets.ts';
import { vpcOf } from '../network/vpcs.ts';
import { groupOf } from '../security/groups.ts';
import type { Ec2State, EndpointRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { tableOf } from './route-tables.ts';

/** What AWS grants through an endpoint that says nothing itself. */
const FULL_ACCESS = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});
/** The services with gateway endpoints; every other has interface endpoints only. */
const GATEWAY_SERVICES = new Set(['s3', 'dynamodb']);

const endpointMissing = (ids: readonly string[]): AwsError =>
  new AwsError('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${ids.join(', ')}' does not exist`);

export function endpointOf(state: Ec2State, id: string): EndpointRecord {
  return byId(state.endpoints, id, endpointMissing);
}

/** @throws AwsError InvalidServiceName, RouteAlreadyExists, InvalidParameter, ... */
export function createVpcEndpoint(
  input: CreateVpcEndpointRequest,
  scope: Scope,
): CreateVpcEndpointResult & { VpcEndpoint: VpcEndpoint & { VpcEndpointId: string } } {
  const state = ec2State(scope);
  const vpc = vpcOf(state, required(input.VpcId, 'vpcId'));
  const service = required(input.ServiceName, 'serviceName');
  const type = input.VpcEndpointType ?? 'Gateway';
  checkService(service, type, scope.region);
  const tableIds = (input.RouteTableIds ?? []).map((id) => tableOf(state, id).RouteTableId);
  const subnets = (input.SubnetIds ?? []).map((id) => subnetOf(state, id));
  const tags = requestedTags(input.TagSpecifications, 'vpc-endpoint');
  if (type === 'Gateway') refuseSecondRoute(state, service, tableIds);
  const { world } = scope;
  const defaultGroup = Object.values(state.securityGroups).filter(
    (group) => group.VpcId === vpc.VpcId && group.GroupName === 'default',
  );
  const groups = input.SecurityGroupIds?.length
    ? input.SecurityGroupIds.map((id) => groupOf(state, id))
    : type === 'Interface'
      ? defaultGroup
      : [];
  const id = world.ids.hex('vpce-');
  const endpoint: EndpointRecord = {
    VpcEndpointId: id,
    VpcEndpointType: type,
    VpcId: vpc.VpcId,
    OwnerId: scope.accountId,
    ServiceName: service,
    // EC2 writes it small, and the SDK's own enumeration with a capital.
    State: 'available' as 'Available',
    PolicyDocument: input.PolicyDocument ?? FULL_ACCESS,
    RouteTableIds: tableIds,
    SubnetIds: subnets.map(({ SubnetId }) => SubnetId),
    Groups: groups.map(({ GroupId, GroupName }) => ({ GroupId, GroupName })),
    PrivateDnsEnabled: type === 'Interface' && (input.PrivateDnsEnabled ?? true),
    RequesterManaged: false,
    IpAddressType: 'ipv4',
    NetworkInterfaceIds: type === 'Interface' ? subnets.map(() => world.ids.hex('eni-')) : [],
    privateIps:
      type === 'Interface'
        ? subnets.map((subnet) => addressText(takeAddresses(state, subnet, 1, world.now())[0] ?? 0))
        : [],
    DnsEntries: type === 'Interface' ? [{ DnsName: dnsName(id, service, scope) }] : [],
    createdAt: world.now(),
  };
  state.endpoints[id] = endpoint;
  setTags(state, id, tags);
  return { VpcEndpoint: described(state, endpoint) };
}

function dnsName(id: string, service: string, { region, world }: Scope): string {
  return `${id}-${world.ids.hex('', 8)}.${service.split('.').slice(3).join('.')}.${region}.vpce.amazonaws.com`;
}

/**
 * Services whose interface endpoints in aws-cn have names of their own; those of the others begin as everywhere.
 * https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ec2/lib/vpc-endpoint.ts
 */
const CHINESE_PREFIX: ReadonlySet<string> = new Set(
  (
    'application-autoscaling athena autoscaling backup batch cloudformation ebs ec2 ecr.api ecr.dkr eks elasticache ' +
    'elasticbeanstalk elasticfilesystem execute-api fsx lambda license-manager monitoring rds s3 securityhub ' +
    'servicecatalog sqs states sts transfer xray'
  ).split(' '),
);

function checkService(service: string, type: string, region: string): void {
  const unknown = new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${service}' does not exist`);
  const [, prefix = '', where, name = ''] =
    /^((?:com|cn\.com)\.amazonaws)\.([a-z0-9-]+)\.(.+)$/.exec(service) ?? [];
  const shared = /^(?:com|cn\.com)\.amazonaws\.vpce\./.test(service);
  const wanted =
    type === 'Interface' && region.startsWith('cn-') && CHINESE_PREFIX.has(name)
      ? 'cn.com.amazonaws'
      : 'com.amazonaws';
  if (!shared && (where !== region || name === '' || prefix !== wanted)) throw unknown;
  if (type === 'Gateway' && !GATEWAY_SERVICES.has(name)) {
    throw new AwsError(
      'InvalidParameter',
      `Endpoint type (Gateway) does not match available service types ([Interface]).`,
    );
  }
}

function refuseSecondRoute(state: Ec2State, service: string, tableIds: readonly string[]): void {
  const held = Object.values(state.endpoints)
    .filter((endpoint) => endpoint.VpcEndpointType === 'Gateway' && endpoint.ServiceName === service)
    .flatMap((endpoint) => endpoint.RouteTableIds);
  const again = tableIds.find((id) => held.includes(id));
  if (again === undefined) return;
  throw new AwsError(
    'RouteAlreadyExists',
    `route table ${again} already has a route with destination-prefix-list-id for ${service}`,
  );
}

/** Endpoints that are not there come back as unsuccessful, as EC2 does; the others are deleted. */
export function deleteVpcEndpoints(input: DeleteVpcEndpointsRequest, scope: Scope): DeleteVpcEndpointsResult {
  const state = ec2State(scope);
  const ids = input.VpcEndpointIds ?? [];
  if (ids.length === 0) throw missingParameter('VpcEndpointId');
  const Unsuccessful = ids
    .filter((id) => !Object.hasOwn(state.endpoints, id))
    .map((id) => ({
      ResourceId: id,
      Error: { Code: 'InvalidVpcEndpoint.NotFound', Message: `The Vpc Endpoint Id '${id}' does not exist` },
    }));
  for (const id of ids) {
    Reflect.deleteProperty(state.endpoints, id);
    Reflect.deleteProperty(state.tags, id);
  }
  return { Unsuccessful };
}

export function modifyVpcEndpoint(input: ModifyVpcEndpointRequest, scope: Scope): ModifyVpcEndpointResult {
  const state = ec2State(scope);
  const endpoint = endpointOf(state, required(input.VpcEndpointId, 'vpcEndpointId'));
  const changed = (
    held: readonly string[],
    added: readonly string[] = [],
    removed: readonly string[] = [],
  ) => [...new Set([...held.filter((id) => !removed.includes(id)), ...added])];
  for (const id of input.AddRouteTableIds ?? []) tableOf(state, id);
  if (input.ResetPolicy) endpoint.PolicyDocument = FULL_ACCESS;
  if (input.PolicyDocument !== undefined) endpoint.PolicyDocument = input.PolicyDocument;
  endpoint.RouteTableIds = changed(endpoint.RouteTableIds, input.AddRouteTableIds, input.RemoveRouteTableIds);
  const groupIds = changed(
    endpoint.Groups.map(({ GroupId = '' }) => GroupId),
    input.AddSecurityGroupIds,
    input.RemoveSecurityGroupIds,
  );
  endpoint.Groups = groupIds.map((id) => {
    const { GroupId, GroupName } = groupOf(state, id);
    return { GroupId, GroupName };
  });
  if (input.PrivateDnsEnabled !== undefined) endpoint.PrivateDnsEnabled = input.PrivateDnsEnabled;
  return { Return: true };
}

const filters: Filters<EndpointRecord> = {
  'vpc-endpoint-id': (endpoint) => endpoint.VpcEndpointId,
  'vpc-endpoint-type': (endpoint) => endpoint.VpcEndpointType,
  'vpc-endpoint-state': (endpoint) => endpoint.State,
  'vpc-id': (endpoint) => endpoint.VpcId,
  'service-name': (endpoint) => endpoint.ServiceName,
};

function described(state: Ec2State, endpoint: EndpointRecord) {
  const { createdAt, privateIps: _privateIps, ...shown } = endpoint;
  return { ...shown, CreationTimestamp: new Date(createdAt), Tags: tagList(state, endpoint.VpcEndpointId) };
}

function describeVpcEndpoints(input: DescribeVpcEndpointsRequest, scope: Scope): DescribeVpcEndpointsResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.endpoints, input.VpcEndpointIds, endpointMissing),
    input.Filters,
    filters,
    (endpoint) => state.tags[endpoint.VpcEndpointId] ?? {},
  );
  const { items, nextToken } = page(found, input, 1);
  return { VpcEndpoints: items.map((endpoint) => described(state, endpoint)), NextToken: nextToken };
}

export const endpointOperations = {
  CreateVpcEndpoint: createVpcEndpoint,
  DeleteVpcEndpoints: deleteVpcEndpoints,
  ModifyVpcEndpoint: modifyVpcEndpoint,
  DescribeVpcEndpoints: describeVpcEndpoints,
};
