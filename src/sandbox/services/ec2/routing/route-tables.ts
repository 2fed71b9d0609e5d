import type { Known } from '../../common/known.ts';
import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
  Route,
  RouteTable,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import type { Instant } from '../../../kernel/time.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { dependencyViolation, required } from '../common/errors.ts';
import { subnetOf } from '../network/subnets.ts';
import { vpcOf } from '../network/vpcs.ts';
import type { AssociationRecord, Ec2State, RouteTableRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { newAssociation, newRouteTable } from '../network/new-route-table.ts';
import { natState } from './nat-gateways.ts';

export const tableMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidRouteTableID.NotFound',
    ids.length === 1
      ? `The routeTable ID '${ids[0] ?? ''}' does not exist`
      : `The routeTable IDs '${ids.join(', ')}' do not exist`,
  );

export function tableOf(state: Ec2State, id: string): RouteTableRecord {
  return byId(state.routeTables, id, tableMissing);
}

export function createRouteTable(
  input: CreateRouteTableRequest,
  scope: Scope,
): Known<CreateRouteTableResult, 'RouteTable'> {
  const state = ec2State(scope);
  const vpc = vpcOf(state, required(input.VpcId, 'vpcId'));
  const tags = requestedTags(input.TagSpecifications, 'route-table');
  const table = newRouteTable(state, scope, vpc, false);
  setTags(state, table.RouteTableId, tags);
  return { RouteTable: described(state, table) };
}

/** @throws AwsError DependencyViolation for a VPC's main table, or one with subnets */
export function deleteRouteTable(input: DeleteRouteTableRequest, scope: Scope): object {
  const state = ec2State(scope);
  const table = tableOf(state, required(input.RouteTableId, 'routeTableId'));
  if (table.Associations.length > 0) {
    throw dependencyViolation(
      `The routeTable '${table.RouteTableId}' has dependencies and cannot be deleted.`,
    );
  }
  for (const endpoint of Object.values(state.endpoints)) {
    endpoint.RouteTableIds = endpoint.RouteTableIds.filter((id) => id !== table.RouteTableId);
  }
  Reflect.deleteProperty(state.routeTables, table.RouteTableId);
  Reflect.deleteProperty(state.tags, table.RouteTableId);
  return {};
}

/** @throws AwsError Resource.AlreadyAssociated for a subnet that has a table of its own */
export function associateRouteTable(
  input: AssociateRouteTableRequest,
  scope: Scope,
): Known<AssociateRouteTableResult, 'AssociationId' | 'AssociationState'> {
  const state = ec2State(scope);
  const table = tableOf(state, required(input.RouteTableId, 'routeTableId'));
  const subnet = subnetOf(state, required(input.SubnetId, 'subnetId'));
  if (subnet.VpcId !== table.VpcId) {
    throw new AwsError(
      'InvalidParameterValue',
      `Route table ${table.RouteTableId} and subnet ${subnet.SubnetId} belong to different networks`,
    );
  }
  const held = associations(state).find(({ SubnetId }) => SubnetId === subnet.SubnetId);
  if (held !== undefined && held.RouteTableId !== table.RouteTableId) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `the specified association for route table ${table.RouteTableId} conflicts with an existing association`,
    );
  }
  const association = held ?? newAssociation(scope, table.RouteTableId, subnet.SubnetId);
  if (held === undefined) table.Associations.push(association);
  return { AssociationId: association.RouteTableAssociationId, AssociationState: { State: 'associated' } };
}

function associations(state: Ec2State): AssociationRecord[] {
  return Object.values(state.routeTables).flatMap(({ Associations }) => Associations);
}

function associationOf(state: Ec2State, id: string): AssociationRecord {
  const found = associations(state).find(({ RouteTableAssociationId }) => RouteTableAssociationId === id);
  if (found !== undefined) return found;
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
}

export function disassociateRouteTable(input: DisassociateRouteTableRequest, scope: Scope): object {
  const state = ec2State(scope);
  const association = associationOf(state, required(input.AssociationId, 'associationId'));
  if (association.Main) {
    throw new AwsError(
      'InvalidParameterValue',
      `cannot disassociate the main route table association ${association.RouteTableAssociationId}`,
    );
  }
  const table = tableOf(state, association.RouteTableId);
  table.Associations = table.Associations.filter((one) => one !== association);
  return {};
}

/** Moves a subnet, or a VPC's main association, to another table. */
export function replaceRouteTableAssociation(
  input: ReplaceRouteTableAssociationRequest,
  scope: Scope,
): ReplaceRouteTableAssociationResult {
  const state = ec2State(scope);
  const association = associationOf(state, required(input.AssociationId, 'associationId'));
  const target = tableOf(state, required(input.RouteTableId, 'routeTableId'));
  const source = tableOf(state, association.RouteTableId);
  source.Associations = source.Associations.filter((one) => one !== association);
  const moved = newAssociation(scope, target.RouteTableId, association.SubnetId);
  target.Associations.push(moved);
  return { NewAssociationId: moved.RouteTableAssociationId, AssociationState: { State: 'associated' } };
}

const filters = (state: Ec2State, now: Instant): Filters<RouteTableRecord> => ({
  'route-table-id': (table) => table.RouteTableId,
  'vpc-id': (table) => table.VpcId,
  'owner-id': (table) => table.OwnerId,
  'association.main': (table) => table.Associations.map(({ Main }) => String(Main)),
  'association.subnet-id': (table) => table.Associations.map(({ SubnetId }) => SubnetId),
  'association.route-table-id': (table) => table.Associations.map(({ RouteTableId }) => RouteTableId),
  'association.route-table-association-id': (table) =>
    table.Associations.map(({ RouteTableAssociationId }) => RouteTableAssociationId),
  'route.gateway-id': (table) => table.Routes.map(({ GatewayId }) => GatewayId),
  'route.nat-gateway-id': (table) => table.Routes.map(({ NatGatewayId }) => NatGatewayId),
  'route.destination-cidr-block': (table) =>
    table.Routes.map(({ DestinationCidrBlock }) => DestinationCidrBlock),
  'route.state': (table) => table.Routes.map((route) => routeState(state, table, route, now)),
  'route.origin': (table) => table.Routes.map(({ Origin }) => Origin),
});

function described(state: Ec2State, table: RouteTableRecord): RouteTable {
  return { ...table, Tags: tagList(state, table.RouteTableId) };
}

/** What a route leads to may be gone: EC2 keeps the route, and what it carries is lost. */
function routeState(
  state: Ec2State,
  { VpcId }: RouteTableRecord,
  route: Route,
  now: Instant,
): Route['State'] {
  const { NatGatewayId, GatewayId } = route;
  if (NatGatewayId !== undefined) {
    const nat = state.natGateways[NatGatewayId];
    return nat === undefined || /^delet/.test(natState(nat, now)) ? 'blackhole' : route.State;
  }
  if (GatewayId?.startsWith('igw-') !== true) return route.State;
  const attached = state.internetGateways[GatewayId]?.Attachments.some((each) => each.VpcId === VpcId);
  return attached ? route.State : 'blackhole';
}

function describeRouteTables(input: DescribeRouteTablesRequest, scope: Scope): DescribeRouteTablesResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.routeTables, input.RouteTableIds, tableMissing),
    input.Filters,
    filters(state, scope.world.now()),
    (table) => state.tags[table.RouteTableId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  const now = scope.world.now();
  const withStates = (table: RouteTableRecord): RouteTable => ({
    ...described(state, table),
    Routes: table.Routes.map((route) => ({ ...route, State: routeState(state, table, route, now) })),
  });
  return { RouteTables: items.map(withStates), NextToken: nextToken };
}

export const routeTableOperations = {
  CreateRouteTable: createRouteTable,
  DeleteRouteTable: deleteRouteTable,
  AssociateRouteTable: associateRouteTable,
  DisassociateRouteTable: disassociateRouteTable,
  ReplaceRouteTableAssociation: replaceRouteTableAssociation,
  DescribeRouteTables: describeRouteTables,
};
