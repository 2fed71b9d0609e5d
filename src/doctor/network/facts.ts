import type {
  NatGateway,
  NetworkAcl,
  RouteTable,
  SecurityGroup,
  Subnet,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../aws/context.ts';

/** The network of a group's instances, as EC2 tells it. */
export interface NetworkFacts {
  /** As the group names them. */
  readonly wanted: readonly string[];
  /** Those that are there. */
  readonly subnets: readonly Subnet[];
  /** Of the VPC. */
  readonly routeTables: readonly RouteTable[];
  readonly networkAcls: readonly NetworkAcl[];
  readonly nats: readonly NatGateway[];
  readonly endpoints: readonly VpcEndpoint[];
  /** Those that the instances are to have, by id. */
  readonly wantedGroups: readonly string[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly dnsSupport: boolean;
}

/** Reads the network around these subnets; undefined where none of them is there. */
export async function networkFacts(
  aws: AwsContext,
  wanted: readonly string[],
  wantedGroups: readonly string[],
): Promise<NetworkFacts | { readonly wanted: readonly string[]; readonly subnets: readonly [] }> {
  const sdk = await import('../../aws/sdk/ec2.ts');
  const client = await aws.clients.ec2();
  // By filter: asked for by id, one that is missing hides the others.
  const { Subnets = [] } = await client.send(
    new sdk.DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [...wanted] }] }),
  );
  const vpc = Subnets[0]?.VpcId;
  if (vpc === undefined) return { wanted, subnets: [] };
  const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
  // Each of them fits on a page: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
  const [tables, acls, nats, endpoints, groups, dns] = await Promise.all([
    client.send(new sdk.DescribeRouteTablesCommand({ Filters })),
    client.send(new sdk.DescribeNetworkAclsCommand({ Filters })),
    client.send(new sdk.DescribeNatGatewaysCommand({ Filter: Filters })),
    client.send(new sdk.DescribeVpcEndpointsCommand({ Filters })),
    wantedGroups.length === 0
      ? { SecurityGroups: [] }
      : client.send(
          new sdk.DescribeSecurityGroupsCommand({
            Filters: [{ Name: 'group-id', Values: [...wantedGroups] }],
          }),
        ),
    client.send(new sdk.DescribeVpcAttributeCommand({ VpcId: vpc, Attribute: 'enableDnsSupport' })),
  ]);
  return {
    wanted,
    subnets: Subnets,
    routeTables: tables.RouteTables ?? [],
    networkAcls: acls.NetworkAcls ?? [],
    nats: nats.NatGateways ?? [],
    endpoints: endpoints.VpcEndpoints ?? [],
    wantedGroups,
    securityGroups: groups.SecurityGroups ?? [],
    dnsSupport: dns.EnableDnsSupport?.Value ?? true,
  };
}
