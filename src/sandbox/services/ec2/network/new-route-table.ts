import type { Scope } from '../../../kernel/world.ts';
import type { AssociationRecord, Ec2State, RouteTableRecord, VpcRecord } from '../state/records.ts';

/** Makes a route table with the local route of its VPC. */
export function newRouteTable(
  state: Ec2State,
  scope: Scope,
  vpc: VpcRecord,
  main: boolean,
): RouteTableRecord {
  const id = scope.world.ids.hex('rtb-');
  const table: RouteTableRecord = {
    RouteTableId: id,
    VpcId: vpc.VpcId,
    OwnerId: scope.accountId,
    PropagatingVgws: [],
    Routes: [
      {
        DestinationCidrBlock: vpc.CidrBlock,
        GatewayId: 'local',
        Origin: 'CreateRouteTable',
        State: 'active',
      },
    ],
    Associations: main ? [newAssociation(scope, id, undefined)] : [],
  };
  state.routeTables[id] = table;
  return table;
}

/** Makes an association with a subnet or, without one, as the main table of the VPC. */
export function newAssociation(
  scope: Scope,
  tableId: string,
  subnetId: string | undefined,
): AssociationRecord {
  return {
    RouteTableAssociationId: scope.world.ids.hex('rtbassoc-'),
    RouteTableId: tableId,
    Main: subnetId === undefined,
    ...(subnetId !== undefined && { SubnetId: subnetId }),
    AssociationState: { State: 'associated' },
  };
}
