import type { Properties, ResourceContext, ResourceProvider } from '../../../providers/provider.ts';
import { AwsError } from '../../../kernel/errors.ts';
import { flag, text, texts } from '../../../providers/properties.ts';
import { allocateAddress, releaseAddress } from '../routing/addresses.ts';
import {
  createVpcEndpoint,
  deleteVpcEndpoints,
  endpointOf,
  modifyVpcEndpoint,
} from '../routing/endpoints.ts';
import {
  attachInternetGateway,
  createInternetGateway,
  deleteInternetGateway,
  detachInternetGateway,
} from '../routing/internet-gateways.ts';
import { createNatGateway, deleteNatGateway, natState } from '../routing/nat-gateways.ts';
import { ec2State } from '../state/state.ts';
import { deleting } from './deleting.ts';
import { retag } from './retag.ts';

const internetGateway: ResourceProvider = {
  type: 'AWS::EC2::InternetGateway',
  seconds: { create: 16, update: 2, delete: 2 },
  create(properties, context) {
    const { InternetGatewayId = '' } = createInternetGateway({}, context).InternetGateway;
    retag(InternetGatewayId, properties, context);
    return InternetGatewayId;
  },
  update: (id, next, _previous, context) => {
    retag(id, next, context);
  },
  delete: (InternetGatewayId, _properties, context) => {
    deleting(() => deleteInternetGateway({ InternetGatewayId }, context));
  },
  attributes: (id) => ({ InternetGatewayId: id }),
};

const attachment: ResourceProvider = {
  type: 'AWS::EC2::VPCGatewayAttachment',
  seconds: { create: 2, delete: 2 },
  create(properties, context) {
    const VpcId = text(properties, 'VpcId');
    const InternetGatewayId = text(properties, 'InternetGatewayId');
    if (InternetGatewayId === undefined) {
      throw new AwsError('ValidationError', 'Either InternetGatewayId or VpnGatewayId must be set.');
    }
    attachInternetGateway({ VpcId, InternetGatewayId }, context);
    return `IGW|${VpcId ?? ''}`;
  },
  update(_id, next, previous, context) {
    this.delete('', previous, context);
    this.create(next, context);
  },
  delete(_id, properties, context) {
    const VpcId = text(properties, 'VpcId');
    const InternetGatewayId = text(properties, 'InternetGatewayId');
    try {
      deleting(() => detachInternetGateway({ VpcId, InternetGatewayId }, context));
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'Gateway.NotAttached')) throw error;
    }
  },
  attributes: () => ({ AttachmentType: 'IGW' }),
};

/** An Elastic IP's physical id is its address. */
const elasticIp: ResourceProvider = {
  type: 'AWS::EC2::EIP',
  seconds: { create: 16, delete: 2 },
  create(properties, context) {
    const { AllocationId, PublicIp } = allocateAddress({ Domain: 'vpc' }, context);
    retag(AllocationId, properties, context);
    return PublicIp;
  },
  update(id, next, _previous, context) {
    retag(allocationOf(id, context), next, context);
  },
  delete(id, _properties, context) {
    deleting(() => releaseAddress({ AllocationId: allocationOf(id, context) }, context));
  },
  attributes: (id, _properties, context) => ({ PublicIp: id, AllocationId: allocationOf(id, context) }),
};

function allocationOf(publicIp: string, context: ResourceContext): string {
  const found = Object.values(ec2State(context).addresses).find(({ PublicIp }) => PublicIp === publicIp);
  if (found === undefined) throw new AwsError('InvalidAddress.NotFound', `Address '${publicIp}' not found.`);
  return found.AllocationId;
}

const natGateway: ResourceProvider = {
  type: 'AWS::EC2::NatGateway',
  create(properties, context) {
    const { NatGatewayId } = createNatGateway(
      {
        SubnetId: text(properties, 'SubnetId'),
        AllocationId: text(properties, 'AllocationId'),
        ConnectivityType: text(properties, 'ConnectivityType') as 'public' | undefined,
      },
      context,
    ).NatGateway;
    retag(NatGatewayId, properties, context);
    return NatGatewayId;
  },
  update: (id, next, _previous, context) => {
    retag(id, next, context);
  },
  delete: (NatGatewayId, _properties, context) => {
    deleting(() => deleteNatGateway({ NatGatewayId }, context));
  },
  isStable(id, _properties, context) {
    const gateway = ec2State(context).natGateways[id];
    return gateway === undefined || natState(gateway, context.world.now()) === 'available';
  },
  isDeleted(id, _properties, context) {
    const gateway = ec2State(context).natGateways[id];
    return gateway === undefined || natState(gateway, context.world.now()) === 'deleted';
  },
  attributes: (id) => ({ NatGatewayId: id }),
};

const endpoint: ResourceProvider = {
  type: 'AWS::EC2::VPCEndpoint',
  seconds: { create: 6, update: 4, delete: 6 },
  create(properties, context) {
    const { VpcEndpointId } = createVpcEndpoint(
      {
        VpcId: text(properties, 'VpcId'),
        ServiceName: text(properties, 'ServiceName'),
        VpcEndpointType: text(properties, 'VpcEndpointType') as 'Gateway' | undefined,
        RouteTableIds: texts(properties, 'RouteTableIds'),
        SubnetIds: texts(properties, 'SubnetIds'),
        SecurityGroupIds: texts(properties, 'SecurityGroupIds'),
        PrivateDnsEnabled: flag(properties, 'PrivateDnsEnabled') ?? false,
        PolicyDocument: policyText(properties),
      },
      context,
    ).VpcEndpoint;
    retag(VpcEndpointId, properties, context);
    return VpcEndpointId;
  },
  update(id, next, previous, context) {
    const change = (name: string) => {
      const before = texts(previous, name) ?? [];
      const after = texts(next, name) ?? [];
      return {
        added: after.filter((one) => !before.includes(one)),
        removed: before.filter((one) => !after.includes(one)),
      };
    };
    const tables = change('RouteTableIds');
    const groups = change('SecurityGroupIds');
    const policy = policyText(next);
    modifyVpcEndpoint(
      {
        VpcEndpointId: id,
        AddRouteTableIds: tables.added,
        RemoveRouteTableIds: tables.removed,
        AddSecurityGroupIds: groups.added,
        RemoveSecurityGroupIds: groups.removed,
        PrivateDnsEnabled: flag(next, 'PrivateDnsEnabled'),
        ...(policy === undefined ? { ResetPolicy: true } : { PolicyDocument: policy }),
      },
      context,
    );
    retag(id, next, context);
  },
  delete: (id, _properties, context) => {
    deleteVpcEndpoints({ VpcEndpointIds: [id] }, context);
  },
  attributes(id, _properties, context) {
    const found = endpointOf(ec2State(context), id);
    return {
      Id: id,
      CreationTimestamp: new Date(found.createdAt).toISOString(),
      DnsEntries: (found.DnsEntries ?? []).map(
        ({ DnsName, HostedZoneId }) => `${HostedZoneId ?? ''}:${DnsName ?? ''}`,
      ),
      NetworkInterfaceIds: found.NetworkInterfaceIds ?? [],
    };
  },
};

function policyText({ PolicyDocument }: Properties): string | undefined {
  return typeof PolicyDocument === 'object' && PolicyDocument !== null
    ? JSON.stringify(PolicyDocument)
    : (PolicyDocument as string | undefined);
}

export const gatewayResources = [internetGateway, attachment, elasticIp, natGateway, endpoint];
