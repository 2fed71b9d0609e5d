import type { Route, RouteTable, Subnet } from '@aws-sdk/client-ec2';
import type { Finding } from '../findings/finding.ts';
import type { NetworkFacts } from './facts.ts';

/** What tells whether instances reach Buildkite and AWS. */
export interface WayFacts extends Pick<NetworkFacts, 'subnets' | 'routeTables' | 'nats'> {
  /** Whether the launch template gives instances a public address; undefined where it leaves that to the subnet. */
  readonly publicAddress: boolean | undefined;
}

const EVERYWHERE = '0.0.0.0/0';

/** Judges the way from each subnet to the internet, on which Buildkite is. */
export function judgeWaysOut(facts: WayFacts, region: string): Finding[] {
  const found = facts.subnets.flatMap((subnet) => {
    const fault = faultOf(subnet, facts, region);
    return fault === undefined ? [] : [{ ...fault, subnet: subnet.SubnetId ?? '' }];
  });
  // Subnets with the same fault are one finding.
  const kinds = [...new Set(found.map(({ message }) => message))];
  return kinds.map((kind) => {
    const same = found.filter(({ message }) => message === kind);
    const [{ code, meaning, fix } = same[0] as (typeof found)[number]] = same;
    const subnets = same.map(({ subnet }) => subnet).join(', ');
    return { code, severity: 'error', message: `${subnets}: ${kind}`, meaning, fix };
  });
}

/** A subnet's route table, and the route in it that leads to the internet. */
export function routeOut(
  { SubnetId: id }: Subnet,
  routeTables: readonly RouteTable[],
): { readonly table: RouteTable | undefined; readonly route: Route | undefined } {
  const table =
    routeTables.find(({ Associations }) => Associations?.some(({ SubnetId }) => SubnetId === id)) ??
    routeTables.find(({ Associations }) => Associations?.some(({ Main }) => Main));
  const route = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === EVERYWHERE);
  return { table, route };
}

type Fault = Omit<Finding, 'severity' | 'repair'>;

const CUT_OFF = 'Instances there cannot reach Buildkite: their boot fails, or their agents are gone.';

function faultOf(
  subnet: Subnet,
  { routeTables, nats, publicAddress }: WayFacts,
  region: string,
): Fault | undefined {
  const { table, route } = routeOut(subnet, routeTables);
  const id = table?.RouteTableId ?? '';
  if (route === undefined) {
    return {
      code: 'no-way-out',
      message: `no route to the internet (${id} has none for ${EVERYWHERE})`,
      meaning: CUT_OFF,
      fix: `aws ec2 create-route --route-table-id ${id} --destination-cidr-block ${EVERYWHERE} --region ${region} --gateway-id igw-... (or --nat-gateway-id nat-...)`,
    };
  }
  const target = targetOf(route);
  if (route.State === 'blackhole') {
    return {
      code: 'route-blackhole',
      message: `the route to the internet in ${id} leads to ${target}, which is gone`,
      meaning: CUT_OFF,
      fix: `aws ec2 replace-route --route-table-id ${id} --destination-cidr-block ${EVERYWHERE} --region ${region} --gateway-id igw-... (or --nat-gateway-id nat-...)`,
    };
  }
  const nat = nats.find(({ NatGatewayId }) => NatGatewayId === route.NatGatewayId);
  if (nat !== undefined && nat.State !== 'available') {
    return {
      code: 'nat-down',
      message: `the NAT gateway ${target} is ${nat.State ?? '?'}${nat.FailureMessage === undefined ? '' : ` (${nat.FailureMessage})`}`,
      meaning: CUT_OFF,
      fix: `See its state: aws ec2 describe-nat-gateways --nat-gateway-ids ${target} --region ${region}. One that has failed has to be made anew.`,
    };
  }
  // An internet gateway serves only what has an address of its own.
  const addressed = publicAddress ?? subnet.MapPublicIpOnLaunch ?? false;
  if (target.startsWith('igw-') && !addressed) {
    return {
      code: 'no-public-address',
      message: `instances get no public address, and their way out is the internet gateway ${target}`,
      meaning: CUT_OFF,
      fix: `aws ec2 modify-subnet-attribute --subnet-id ${subnet.SubnetId ?? ''} --map-public-ip-on-launch --region ${region}\nOr have the stack do it: --param AssociatePublicIpAddress=true`,
    };
  }
  return undefined;
}

function targetOf(route: Route): string {
  return (
    route.GatewayId ??
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.NetworkInterfaceId ??
    route.InstanceId ??
    route.VpcPeeringConnectionId ??
    '?'
  );
}
