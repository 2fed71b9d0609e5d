import type { _InstanceType } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../aws/context.ts';
import { type TypeArchitectures, typeArchitectures } from '../preflight/index.ts';
import { findStack } from '../facts/stack/find-stack.ts';

export interface VpcFacts {
  readonly id: string;
  /** The tag Name, where there is one. */
  readonly name: string | undefined;
  readonly cidr: string;
  readonly isDefault: boolean;
}

export interface SubnetFacts {
  readonly id: string;
  readonly name: string | undefined;
  readonly zone: string;
  readonly cidr: string;
  readonly freeAddresses: number;
}

/** What the wizard looks up in a region while it asks. Nothing here changes anything. */
export interface WizardSource {
  /** Those that are on for the account. */
  regions(): Promise<readonly string[]>;
  /** The state of the stack of this name, if there is one. */
  stackStatus(stackName: string): Promise<string | undefined>;
  /** The instance types that the region offers. */
  instanceTypes(): Promise<readonly string[]>;
  /** What these types, all of them offered, can run. */
  architectures(types: readonly string[]): Promise<readonly TypeArchitectures[]>;
  vpcs(): Promise<readonly VpcFacts[]>;
  subnets(vpcId: string): Promise<readonly SubnetFacts[]>;
  keyPairs(): Promise<readonly string[]>;
}

/** The same for real. */
export function wizardSource(aws: AwsContext, signal: AbortSignal): WizardSource {
  const aborting = { abortSignal: signal };
  const ec2 = async () => ({ sdk: await import('../../aws/sdk/ec2.ts'), client: await aws.clients.ec2() });
  return {
    async regions() {
      const { sdk, client } = await ec2();
      const { Regions = [] } = await client.send(new sdk.DescribeRegionsCommand({}), aborting);
      return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
    },
    async stackStatus(stackName) {
      return (await findStack(aws, stackName))?.StackStatus;
    },
    async instanceTypes() {
      const { sdk, client } = await ec2();
      const types: string[] = [];
      for await (const page of sdk.paginateDescribeInstanceTypeOfferings({ client }, {})) {
        types.push(...(page.InstanceTypeOfferings ?? []).flatMap(({ InstanceType }) => InstanceType ?? []));
      }
      return types.sort();
    },
    async architectures(types) {
      const { sdk, client } = await ec2();
      const wanted = { InstanceTypes: types as _InstanceType[] };
      const { InstanceTypes = [] } = await client.send(
        new sdk.DescribeInstanceTypesCommand(wanted),
        aborting,
      );
      return InstanceTypes.map(typeArchitectures);
    },
    async vpcs() {
      const { sdk, client } = await ec2();
      const { Vpcs = [] } = await client.send(new sdk.DescribeVpcsCommand({}), aborting);
      return Vpcs.map(({ VpcId = '', CidrBlock = '', IsDefault = false, Tags }) => ({
        id: VpcId,
        name: nameIn(Tags),
        cidr: CidrBlock,
        isDefault: IsDefault,
      }));
    },
    async subnets(vpcId) {
      const { sdk, client } = await ec2();
      const filter = { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] };
      const { Subnets = [] } = await client.send(new sdk.DescribeSubnetsCommand(filter), aborting);
      return Subnets.map((subnet) => ({
        id: subnet.SubnetId ?? '',
        name: nameIn(subnet.Tags),
        zone: subnet.AvailabilityZone ?? '',
        cidr: subnet.CidrBlock ?? '',
        freeAddresses: subnet.AvailableIpAddressCount ?? 0,
      })).sort((left, right) => left.zone.localeCompare(right.zone));
    },
    async keyPairs() {
      const { sdk, client } = await ec2();
      const { KeyPairs = [] } = await client.send(new sdk.DescribeKeyPairsCommand({}), aborting);
      return KeyPairs.flatMap(({ KeyName }) => KeyName ?? []).sort();
    },
  };
}

function nameIn(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): string | undefined {
  return tags?.find(({ Key }) => Key === 'Name')?.Value;
}
