import type { Properties, ResourceProvider } from '../../../providers/provider.ts';
import { text } from '../../../providers/properties.ts';
import {
  associateRouteTable,
  createRouteTable,
  deleteRouteTable,
  disassociateRouteTable,
} from '../routing/route-tables.ts';
import { createRoute, deleteRoute, destinationText, replaceRoute } from '../routing/routes.ts';
import { deleting } from './deleting.ts';
import { retag } from './retag.ts';

const routeTable: ResourceProvider = {
  type: 'AWS::EC2::RouteTable',
  seconds: { create: 11, update: 2, delete: 2 },
  create(properties, context) {
    const { RouteTableId = '' } = createRouteTable({ VpcId: text(properties, 'VpcId') }, context).RouteTable;
    retag(RouteTableId, properties, context);
    return RouteTableId;
  },
  update: (id, next, _previous, context) => {
    retag(id, next, context);
  },
  delete: (RouteTableId, _properties, context) => {
    deleting(() => deleteRouteTable({ RouteTableId }, context));
  },
  attributes: (id) => ({ RouteTableId: id }),
};

function routeRequest(properties: Properties) {
  return {
    RouteTableId: text(properties, 'RouteTableId'),
    DestinationCidrBlock: text(properties, 'DestinationCidrBlock'),
    DestinationIpv6CidrBlock: text(properties, 'DestinationIpv6CidrBlock'),
    DestinationPrefixListId: text(properties, 'DestinationPrefixListId'),
    GatewayId: text(properties, 'GatewayId'),
    NatGatewayId: text(properties, 'NatGatewayId'),
    EgressOnlyInternetGatewayId: text(properties, 'EgressOnlyInternetGatewayId'),
    InstanceId: text(properties, 'InstanceId'),
    NetworkInterfaceId: text(properties, 'NetworkInterfaceId'),
    TransitGatewayId: text(properties, 'TransitGatewayId'),
    VpcPeeringConnectionId: text(properties, 'VpcPeeringConnectionId'),
    VpcEndpointId: text(properties, 'VpcEndpointId'),
    LocalGatewayId: text(properties, 'LocalGatewayId'),
    CarrierGatewayId: text(properties, 'CarrierGatewayId'),
    CoreNetworkArn: text(properties, 'CoreNetworkArn'),
  };
}

const route: ResourceProvider = {
  type: 'AWS::EC2::Route',
  seconds: { create: 2, update: 2, delete: 2 },
  create(properties, context) {
    const request = routeRequest(properties);
    createRoute(request, context);
    return `${request.RouteTableId ?? ''}|${destinationText(request)}`;
  },
  update: (_id, next, _previous, context) => {
    replaceRoute(routeRequest(next), context);
  },
  delete: (_id, properties, context) => {
    deleting(() => deleteRoute(routeRequest(properties), context));
  },
  attributes: (_id, properties) => ({ CidrBlock: destinationText(routeRequest(properties)) }),
};

const association: ResourceProvider = {
  type: 'AWS::EC2::SubnetRouteTableAssociation',
  seconds: { create: 2, delete: 2 },
  create: (properties, context) =>
    associateRouteTable(
      { RouteTableId: text(properties, 'RouteTableId'), SubnetId: text(properties, 'SubnetId') },
      context,
    ).AssociationId,
  delete: (AssociationId, _properties, context) => {
    deleting(() => disassociateRouteTable({ AssociationId }, context));
  },
  attributes: (id) => ({ Id: id }),
};

export const routeResources = [routeTable, route, association];
