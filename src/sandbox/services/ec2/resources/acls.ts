import type { Properties, ResourceProvider } from '../../../providers/provider.ts';
import { flag, integer, member, text } from '../../../providers/properties.ts';
import {
  createNetworkAclEntry,
  deleteNetworkAclEntry,
  replaceNetworkAclEntry,
} from '../network/acl-entries.ts';
import {
  aclOf,
  associationOf,
  createNetworkAcl,
  deleteNetworkAcl,
  replaceNetworkAclAssociation,
} from '../network/acls.ts';
import { defaultAclId } from '../state/default-acl.ts';
import { ec2State } from '../state/state.ts';
import { deleting } from './deleting.ts';
import { retag } from './retag.ts';

const acl: ResourceProvider = {
  type: 'AWS::EC2::NetworkAcl',
  create(properties, context) {
    const { NetworkAclId } = createNetworkAcl({ VpcId: text(properties, 'VpcId') }, context).NetworkAcl;
    retag(NetworkAclId, properties, context);
    return NetworkAclId;
  },
  update: (id, next, _previous, context) => {
    retag(id, next, context);
  },
  delete: (NetworkAclId, _properties, context) => {
    deleting(() => deleteNetworkAcl({ NetworkAclId }, context));
  },
  attributes: (id) => ({ Id: id }),
};

function entryRequest(properties: Properties) {
  const ports = member(properties, 'PortRange');
  const icmp = member(properties, 'Icmp');
  return {
    NetworkAclId: text(properties, 'NetworkAclId'),
    RuleNumber: integer(properties, 'RuleNumber'),
    Protocol: text(properties, 'Protocol'),
    RuleAction: text(properties, 'RuleAction') as 'allow' | 'deny' | undefined,
    Egress: flag(properties, 'Egress') ?? false,
    CidrBlock: text(properties, 'CidrBlock'),
    Ipv6CidrBlock: text(properties, 'Ipv6CidrBlock'),
    ...(ports && { PortRange: { From: integer(ports, 'From'), To: integer(ports, 'To') } }),
    ...(icmp && { IcmpTypeCode: { Code: integer(icmp, 'Code'), Type: integer(icmp, 'Type') } }),
  };
}

const entry: ResourceProvider = {
  type: 'AWS::EC2::NetworkAclEntry',
  create(properties, context) {
    const request = entryRequest(properties);
    createNetworkAclEntry(request, context);
    const { NetworkAclId = '', RuleNumber = 0, Egress } = request;
    return `${NetworkAclId}|${RuleNumber}|${Egress}`;
  },
  update: (_id, next, _previous, context) => {
    replaceNetworkAclEntry(entryRequest(next), context);
  },
  delete: (_id, properties, context) => {
    const { NetworkAclId, RuleNumber, Egress } = entryRequest(properties);
    deleting(() => deleteNetworkAclEntry({ NetworkAclId, RuleNumber, Egress }, context));
  },
  attributes: (id) => ({ Id: id }),
};

const association: ResourceProvider = {
  type: 'AWS::EC2::SubnetNetworkAclAssociation',
  create(properties, context) {
    const SubnetId = text(properties, 'SubnetId') ?? '';
    const held = associationOf(ec2State(context), { SubnetId });
    return replaceNetworkAclAssociation(
      { AssociationId: held.NetworkAclAssociationId, NetworkAclId: text(properties, 'NetworkAclId') },
      context,
    ).NewAssociationId;
  },
  // A subnet has a network ACL at all times: without one of its own, the VPC's default one.
  delete(AssociationId, _properties, context) {
    deleting(() => {
      const state = ec2State(context);
      const held = associationOf(state, { NetworkAclAssociationId: AssociationId });
      const NetworkAclId = defaultAclId(aclOf(state, held.NetworkAclId).VpcId);
      replaceNetworkAclAssociation({ AssociationId, NetworkAclId }, context);
    });
  },
  attributes: (id) => ({ AssociationId: id }),
};

export const aclResources = [acl, entry, association];
