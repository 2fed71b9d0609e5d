import type {
  Address,
  DhcpOptions,
  FlowLog,
  InternetGateway,
  KeyPairInfo,
  NatGateway,
  NetworkAcl,
  NetworkAclAssociation,
  NetworkAclEntry,
  RouteTable,
  RouteTableAssociation,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { Instant } from '../../../kernel/time.ts';
import type { InstanceRecord } from './instance.ts';
import type { TemplateRecord } from './launch-template.ts';
import type { VolumeRecord } from './volume.ts';

/** An SDK shape of which some members are always there. */
export type Known<Shape, Member extends keyof Shape> = Shape & {
  [Name in Member]-?: NonNullable<Shape[Name]>;
};
/** An SDK shape as the state holds it: its `Date` is an instant of ours. */
export type Dated<Shape, Member extends keyof Shape> = Omit<Shape, Member> & { createdAt: Instant };

export type VpcRecord = Known<Vpc, 'VpcId' | 'CidrBlock' | 'DhcpOptionsId'> & {
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
};
export type SubnetRecord = Known<Subnet, 'SubnetId' | 'VpcId' | 'CidrBlock' | 'AvailabilityZone'>;
export type InternetGatewayRecord = Known<InternetGateway, 'InternetGatewayId' | 'Attachments'>;
export type AssociationRecord = Known<RouteTableAssociation, 'RouteTableAssociationId' | 'RouteTableId'>;
export type RouteTableRecord = Omit<
  Known<RouteTable, 'RouteTableId' | 'VpcId' | 'Routes'>,
  'Associations'
> & {
  Associations: AssociationRecord[];
};
export type AclEntryRecord = Known<NetworkAclEntry, 'Egress' | 'RuleNumber'>;
export type AclRecord = Omit<
  Known<NetworkAcl, 'NetworkAclId' | 'VpcId'>,
  'Entries' | 'Associations' | 'Tags'
> & {
  Entries: AclEntryRecord[];
  Associations: Known<NetworkAclAssociation, 'NetworkAclAssociationId' | 'NetworkAclId' | 'SubnetId'>[];
};
export type NatGatewayRecord = Dated<
  Known<NatGateway, 'NatGatewayId' | 'State' | 'SubnetId' | 'VpcId' | 'NatGatewayAddresses'>,
  'CreateTime'
> & {
  /** When it becomes available, or is deleted. */
  settlesAt: Instant;
};
export type AddressRecord = Known<Address, 'AllocationId' | 'PublicIp'>;
export type SecurityGroupRecord = Known<
  Omit<SecurityGroup, 'IpPermissions' | 'IpPermissionsEgress'>,
  'GroupId' | 'GroupName' | 'Description' | 'VpcId'
>;
export type RuleRecord = Known<
  SecurityGroupRule,
  'SecurityGroupRuleId' | 'GroupId' | 'IpProtocol' | 'IsEgress'
>;
export type EndpointRecord = Dated<
  Known<
    VpcEndpoint,
    'VpcEndpointId' | 'VpcEndpointType' | 'VpcId' | 'ServiceName' | 'RouteTableIds' | 'SubnetIds' | 'Groups'
  >,
  'CreationTimestamp'
> & {
  /** The addresses of its interfaces, in the order of its subnets. */
  privateIps: string[];
};
export type FlowLogRecord = Dated<Known<FlowLog, 'FlowLogId' | 'ResourceId'>, 'CreationTime'>;
export type KeyPairRecord = Dated<Known<KeyPairInfo, 'KeyPairId' | 'KeyName'>, 'CreateTime'>;
export type DhcpOptionsRecord = Known<DhcpOptions, 'DhcpOptionsId'>;

/** What EC2 holds in one region. Tables are by id. */
export interface Ec2State {
  vpcs: Record<string, VpcRecord>;
  subnets: Record<string, SubnetRecord>;
  internetGateways: Record<string, InternetGatewayRecord>;
  routeTables: Record<string, RouteTableRecord>;
  networkAcls: Record<string, AclRecord>;
  natGateways: Record<string, NatGatewayRecord>;
  addresses: Record<string, AddressRecord>;
  securityGroups: Record<string, SecurityGroupRecord>;
  securityGroupRules: Record<string, RuleRecord>;
  endpoints: Record<string, EndpointRecord>;
  flowLogs: Record<string, FlowLogRecord>;
  dhcpOptions: Record<string, DhcpOptionsRecord>;
  keyPairs: Record<string, KeyPairRecord>;
  launchTemplates: Record<string, TemplateRecord>;
  instances: Record<string, InstanceRecord>;
  /** When an instance next changes its state by itself, by instance id. */
  transitions: Record<string, Instant>;
  volumes: Record<string, VolumeRecord>;
  /** The tags of everything, by the id of what carries them. */
  tags: Record<string, Record<string, string>>;
  /** Whether the region has been given its default VPC. */
  furnished: boolean;
}
