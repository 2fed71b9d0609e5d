import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
  Route,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId } from '../common/describing.ts';
import { invalidValue, missingParameter, required } from '../common/errors.ts';
import { cidrText, parseCidr } from '../common/cidr.ts';
import type { Ec2State, RouteTableRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { gatewayMissing } from './internet-gateways.ts';
import { natMissing } from './nat-gateways.ts';
import { tableOf } from './route-tables.ts';

/** The members of a request that say where a route leads; exactly one is given. */
const TARGETS = [
  'GatewayId',
  'NatGatewayId',
  'EgressOnlyInternetGatewayId',
  'InstanceId',
  'NetworkInterfaceId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'VpcEndpointId',
  'LocalGatewayId',
  'CarrierGatewayId',
  'CoreNetworkArn',
] as const;

type RouteInput = Pick<CreateRouteRequest, (typeof TARGETS)[number] | keyof Destination>;

interface Destination {
  DestinationCidrBlock?: string | undefined;
  DestinationIpv6CidrBlock?: string | undefined;
  DestinationPrefixListId?: string | undefined;
}

function destinationOf(input: Destination): Destination {
  if (input.DestinationIpv6CidrBlock !== undefined)
    return { DestinationIpv6CidrBlock: input.DestinationIpv6CidrBlock };
  if (input.DestinationPrefixListId !== undefined)
    return { DestinationPrefixListId: input.DestinationPrefixListId };
  const text = input.DestinationCidrBlock;
  if (text === undefined) throw missingParameter('destinationCidrBlock');
  const block = parseCidr(text);
  if (block === undefined)
    throw invalidValue(text, 'destinationCidrBlock', 'This is not a valid CIDR block.');
  return { DestinationCidrBlock: cidrText(block) };
}

/** What identifies a route within its table. */
export function destinationText(destination: Destination): string {
  return (
    destination.DestinationCidrBlock ??
    destination.DestinationIpv6CidrBlock ??
    destination.DestinationPrefixListId ??
    ''
  );
}

function findRoute(table: RouteTableRecord, destination: Destination): Route | undefined {
  const wanted = destinationText(destination);
  return table.Routes.find((route) => destinationText(route) === wanted);
}

function targetOf(state: Ec2State, table: RouteTableRecord, input: RouteInput): Partial<Route> {
  const given = TARGETS.filter((name) => input[name] !== undefined);
  const [name] = given;
  if (name === undefined) {
    throw new AwsError(
      'MissingParameter',
      'The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, carrierGatewayId, coreNetworkArn, vpcEndpointId or instanceId',
    );
  }
  if (given.length > 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameters ${given.join(' and ')} cannot be used together`,
    );
  }
  const { GatewayId, NatGatewayId } = input;
  if (GatewayId?.startsWith('igw-')) {
    const gateway = byId(state.internetGateways, GatewayId, gatewayMissing);
    if (!gateway.Attachments.some(({ VpcId }) => VpcId === table.VpcId)) {
      throw new AwsError(
        'InvalidParameterValue',
        `route table ${table.RouteTableId} and network gateway ${GatewayId} belong to different networks`,
      );
    }
  }
  if (NatGatewayId !== undefined) byId(state.natGateways, NatGatewayId, natMissing);
  // A gateway load balancer's endpoint is shown as the gateway of its route.
  return name === 'VpcEndpointId' ? { GatewayId: input.VpcEndpointId } : { [name]: input[name] };
}

/** @throws AwsError RouteAlreadyExists, InvalidParameterValue, ... */
export function createRoute(input: CreateRouteRequest, scope: Scope): CreateRouteResult {
  const state = ec2State(scope);
  const table = tableOf(state, required(input.RouteTableId, 'routeTableId'));
  const destination = destinationOf(input);
  if (findRoute(table, destination) !== undefined) {
    throw new AwsError(
      'RouteAlreadyExists',
      `The route identified by ${destinationText(destination)} already exists.`,
    );
  }
  table.Routes.push({
    ...destination,
    ...targetOf(state, table, input),
    Origin: 'CreateRoute',
    State: 'active',
  });
  return { Return: true };
}

export function replaceRoute(input: ReplaceRouteRequest, scope: Scope): object {
  const state = ec2State(scope);
  const table = tableOf(state, required(input.RouteTableId, 'routeTableId'));
  const destination = destinationOf(input);
  const route = findRoute(table, destination);
  if (route === undefined) {
    throw new AwsError(
      'InvalidParameterValue',
      `There is no route defined for '${destinationText(destination)}' in the route table. Use CreateRoute instead.`,
    );
  }
  const next = {
    ...destination,
    ...targetOf(state, table, input),
    Origin: 'CreateRoute',
    State: 'active',
  } as const;
  table.Routes[table.Routes.indexOf(route)] = next;
  return {};
}

/** @throws AwsError InvalidRoute.NotFound; InvalidParameterValue for the local route */
export function deleteRoute(input: DeleteRouteRequest, scope: Scope): object {
  const table = tableOf(ec2State(scope), required(input.RouteTableId, 'routeTableId'));
  const destination = destinationOf(input);
  const route = findRoute(table, destination);
  if (route === undefined) {
    throw new AwsError(
      'InvalidRoute.NotFound',
      `no route with destination-cidr-block ${destinationText(destination)} in route table ${table.RouteTableId}`,
    );
  }
  if (route.GatewayId === 'local') {
    throw new AwsError(
      'InvalidParameterValue',
      `cannot remove local route ${destinationText(destination)} in route table ${table.RouteTableId}`,
    );
  }
  table.Routes = table.Routes.filter((one) => one !== route);
  return {};
}

export const routeOperations = {
  CreateRoute: createRoute,
  ReplaceRoute: replaceRoute,
  DeleteRoute: deleteRoute,
};
