import type { Properties, ResourceContext, ResourceProvider } from '../../../providers/provider.ts';
import { flag, integer, text, texts } from '../../../providers/properties.ts';
import { associateDhcpOptions, createDhcpOptions, deleteDhcpOptions } from '../network/dhcp-options.ts';
import { associationOf } from '../network/acls.ts';
import { defaultAclId } from '../state/default-acl.ts';
import { createFlowLogs, deleteFlowLogs } from '../network/flow-logs.ts';
import { createSubnet, deleteSubnet, modifySubnetAttribute, subnetOf } from '../network/subnets.ts';
import {
  associateVpcCidrBlock,
  createVpc,
  deleteVpc,
  disassociateVpcCidrBlock,
  modifyVpcAttribute,
  vpcOf,
} from '../network/vpcs.ts';
import { ec2State } from '../state/state.ts';
import { deleting } from './deleting.ts';
import { retag } from './retag.ts';

function setDns(VpcId: string, properties: Properties, context: ResourceContext): void {
  const EnableDnsSupport = { Value: flag(properties, 'EnableDnsSupport') ?? true };
  const EnableDnsHostnames = { Value: flag(properties, 'EnableDnsHostnames') ?? false };
  modifyVpcAttribute({ VpcId, EnableDnsSupport }, context);
  modifyVpcAttribute({ VpcId, EnableDnsHostnames }, context);
}

const vpc: ResourceProvider = {
  type: 'AWS::EC2::VPC',
  seconds: { create: 11, update: 2, delete: 2 },
  create(properties, context) {
    const { VpcId = '' } = createVpc(
      {
        CidrBlock: text(properties, 'CidrBlock'),
        InstanceTenancy: text(properties, 'InstanceTenancy') as 'default' | undefined,
      },
      context,
    ).Vpc;
    setDns(VpcId, properties, context);
    retag(VpcId, properties, context);
    return VpcId;
  },
  update(id, next, _previous, context) {
    setDns(id, next, context);
    retag(id, next, context);
  },
  delete: (VpcId, _properties, context) => {
    deleting(() => deleteVpc({ VpcId }, context));
  },
  attributes(id, _properties, context) {
    const state = ec2State(context);
    const found = vpcOf(state, id);
    const group = Object.values(state.securityGroups).find(
      ({ VpcId, GroupName }) => VpcId === id && GroupName === 'default',
    );
    return {
      VpcId: id,
      CidrBlock: found.CidrBlock,
      CidrBlockAssociations: (found.CidrBlockAssociationSet ?? []).map(({ AssociationId }) => AssociationId),
      Ipv6CidrBlocks: (found.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
      DefaultNetworkAcl: defaultAclId(id),
      DefaultSecurityGroup: group?.GroupId,
    };
  },
};

const cidrBlock: ResourceProvider = {
  type: 'AWS::EC2::VPCCidrBlock',
  seconds: { create: 5, delete: 5 },
  create(properties, context) {
    const answer = associateVpcCidrBlock(
      {
        VpcId: text(properties, 'VpcId'),
        CidrBlock: text(properties, 'CidrBlock'),
        AmazonProvidedIpv6CidrBlock: flag(properties, 'AmazonProvidedIpv6CidrBlock'),
      },
      context,
    );
    return (answer.CidrBlockAssociation ?? answer.Ipv6CidrBlockAssociation)?.AssociationId ?? '';
  },
  delete: (AssociationId, _properties, context) => {
    deleting(() => disassociateVpcCidrBlock({ AssociationId }, context));
  },
  attributes: (id, properties) => ({ Id: id, VpcId: text(properties, 'VpcId') }),
};

const subnet: ResourceProvider = {
  type: 'AWS::EC2::Subnet',
  seconds: { create: 3, update: 2, delete: 2 },
  create(properties, context) {
    const { SubnetId = '' } = createSubnet(
      {
        VpcId: text(properties, 'VpcId'),
        CidrBlock: text(properties, 'CidrBlock'),
        Ipv6CidrBlock: text(properties, 'Ipv6CidrBlock'),
        AvailabilityZone: text(properties, 'AvailabilityZone'),
        AvailabilityZoneId: text(properties, 'AvailabilityZoneId'),
      },
      context,
    ).Subnet;
    setSubnet(SubnetId, properties, context);
    retag(SubnetId, properties, context);
    return SubnetId;
  },
  update(id, next, _previous, context) {
    setSubnet(id, next, context);
    retag(id, next, context);
  },
  delete: (SubnetId, _properties, context) => {
    deleting(() => deleteSubnet({ SubnetId }, context));
  },
  attributes(id, _properties, context) {
    const state = ec2State(context);
    const found = subnetOf(state, id);
    return {
      SubnetId: id,
      VpcId: found.VpcId,
      CidrBlock: found.CidrBlock,
      AvailabilityZone: found.AvailabilityZone,
      AvailabilityZoneId: found.AvailabilityZoneId,
      Ipv6CidrBlocks: (found.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
      NetworkAclAssociationId: associationOf(state, { SubnetId: id }).NetworkAclAssociationId,
      OutpostArn: '',
    };
  },
};

function setSubnet(SubnetId: string, properties: Properties, context: ResourceContext): void {
  modifySubnetAttribute(
    {
      SubnetId,
      MapPublicIpOnLaunch: { Value: flag(properties, 'MapPublicIpOnLaunch') ?? false },
      AssignIpv6AddressOnCreation: { Value: flag(properties, 'AssignIpv6AddressOnCreation') ?? false },
    },
    context,
  );
}

const dhcpOptions: ResourceProvider = {
  type: 'AWS::EC2::DHCPOptions',
  create(properties, context) {
    const configuration = [
      ['domain-name', text(properties, 'DomainName')?.split(' ')],
      ['domain-name-servers', texts(properties, 'DomainNameServers')],
      ['ntp-servers', texts(properties, 'NtpServers')],
      ['netbios-name-servers', texts(properties, 'NetbiosNameServers')],
      ['netbios-node-type', text(properties, 'NetbiosNodeType')?.split(' ')],
    ] as const;
    const DhcpConfigurations = configuration.flatMap(([Key, Values]) =>
      Values === undefined ? [] : [{ Key, Values }],
    );
    const { DhcpOptionsId } = createDhcpOptions({ DhcpConfigurations }, context).DhcpOptions;
    retag(DhcpOptionsId, properties, context);
    return DhcpOptionsId;
  },
  update: (id, next, _previous, context) => {
    retag(id, next, context);
  },
  delete: (DhcpOptionsId, _properties, context) => {
    deleting(() => deleteDhcpOptions({ DhcpOptionsId }, context));
  },
  attributes: (id) => ({ DhcpOptionsId: id }),
};

const dhcpAssociation: ResourceProvider = {
  type: 'AWS::EC2::VPCDHCPOptionsAssociation',
  create(properties, context) {
    const VpcId = text(properties, 'VpcId') ?? '';
    const DhcpOptionsId = text(properties, 'DhcpOptionsId') ?? '';
    associateDhcpOptions({ VpcId, DhcpOptionsId }, context);
    return `${DhcpOptionsId}|${VpcId}`;
  },
  update(_id, next, _previous, context) {
    associateDhcpOptions({ VpcId: text(next, 'VpcId'), DhcpOptionsId: text(next, 'DhcpOptionsId') }, context);
  },
  delete(_id, properties, context) {
    deleting(() =>
      associateDhcpOptions({ VpcId: text(properties, 'VpcId'), DhcpOptionsId: 'default' }, context),
    );
  },
};

const flowLog: ResourceProvider = {
  type: 'AWS::EC2::FlowLog',
  create(properties, context) {
    const answer = createFlowLogs(
      {
        ResourceIds: [text(properties, 'ResourceId') ?? ''],
        ResourceType: text(properties, 'ResourceType') as 'VPC' | undefined,
        TrafficType: text(properties, 'TrafficType') as 'ALL' | undefined,
        LogDestinationType: text(properties, 'LogDestinationType') as 's3' | undefined,
        LogDestination: text(properties, 'LogDestination'),
        LogGroupName: text(properties, 'LogGroupName'),
        LogFormat: text(properties, 'LogFormat'),
        DeliverLogsPermissionArn: text(properties, 'DeliverLogsPermissionArn'),
        MaxAggregationInterval: integer(properties, 'MaxAggregationInterval'),
      },
      context,
    );
    const [id = ''] = answer.FlowLogIds;
    retag(id, properties, context);
    return id;
  },
  update: (id, next, _previous, context) => {
    retag(id, next, context);
  },
  delete: (id, _properties, context) => {
    deleting(() => deleteFlowLogs({ FlowLogIds: [id] }, context));
  },
  attributes: (id) => ({ Id: id }),
};

export const networkResources = [vpc, cidrBlock, subnet, dhcpOptions, dhcpAssociation, flowLog];
