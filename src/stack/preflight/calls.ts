import type { _InstanceType, InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { agentMetrics } from '../../buildkite/agent-metrics.ts';
import { findStack } from '../facts/stack/find-stack.ts';
import { imageCalls } from '../image/calls.ts';
import { type StackSummary, summaryOf } from '../facts/stack/summary.ts';
import type { TokenCalls } from './checks/agent-token.ts';
import type { InstanceTypeFacts, Placement, TypeArchitectures } from './checks/instance-types.ts';
import type { LaunchCalls } from './checks/launch.ts';
import type { QuotaCalls } from './checks/quotas.ts';
import { logGroupsOf } from './checks/log-groups.ts';
import { type BucketState, bucketState } from './checks/secrets-bucket.ts';

/** Who AWS takes us for. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** A subnet as far as placing instances needs it. */
export type Subnet = (Placement & { readonly kind: 'subnets' })['found'][number];

/** What looking before a creation needs of AWS and Buildkite. Nothing here changes anything. */
export interface PreflightCalls extends TokenCalls, QuotaCalls, LaunchCalls {
  caller(): Promise<Caller>;
  /** The image that an SSM parameter names; undefined where there is no such parameter. */
  namedImage(parameter: string): Promise<string | undefined>;
  stack(stackName: string): Promise<StackSummary | undefined>;
  /** Where each of these types is offered; those that the region does not have are left out. */
  instanceTypes(types: readonly string[]): Promise<readonly InstanceTypeFacts[]>;
  /** Every type of the region, by name. */
  typesOfRegion(): Promise<readonly string[]>;
  /** The availability zones that the account may use, local and wavelength zones left out. */
  zones(): Promise<readonly string[]>;
  bucket(name: string): Promise<BucketState>;
  /** The names of the log groups that begin so. */
  logGroups(prefix: string): Promise<readonly string[]>;
  /** Those of these subnets that are there. */
  subnets(ids: readonly string[]): Promise<readonly Subnet[]>;
}

export function typeArchitectures({
  InstanceType = '' as _InstanceType,
  ProcessorInfo,
}: InstanceTypeInfo): TypeArchitectures {
  const all = ProcessorInfo?.SupportedArchitectures ?? [];
  return { type: InstanceType, architectures: all.filter((each) => ['arm64', 'x86_64'].includes(each)) };
}

/** The same for real. All of it can be aborted. */
export function preflightCalls(aws: AwsContext, signal: AbortSignal): PreflightCalls {
  const aborting = { abortSignal: signal };
  const ec2 = async () => ({ sdk: await import('../../aws/sdk/ec2.ts'), client: await aws.clients.ec2() });

  const offerings = async (type: 'region' | 'availability-zone', instanceTypes?: readonly string[]) => {
    const { sdk, client } = await ec2();
    const found: { type: string; location: string }[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new sdk.DescribeInstanceTypeOfferingsCommand({
          LocationType: type,
          NextToken: token,
          ...(instanceTypes && { Filters: [{ Name: 'instance-type', Values: [...instanceTypes] }] }),
        }),
        aborting,
      );
      for (const { InstanceType, Location } of page.InstanceTypeOfferings ?? []) {
        found.push({ type: InstanceType ?? '', location: Location ?? '' });
      }
      token = page.NextToken;
    } while (token !== undefined);
    return found;
  };

  return {
    async caller() {
      const { GetCallerIdentityCommand } = await import('../../aws/sdk/sts.ts');
      const client = await aws.clients.sts();
      const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}), aborting);
      return { account: Account, arn: Arn };
    },

    namedImage: (parameter) => imageCalls(aws).named(parameter),

    async stack(stackName) {
      const found = await findStack(aws, stackName);
      return found && summaryOf(found, aws.region);
    },

    async instanceTypes(types) {
      const offered = await offerings('availability-zone', types);
      const names = types.filter((type) => offered.some((each) => each.type === type));
      if (names.length === 0) return [];
      const { sdk, client } = await ec2();
      const page = await client.send(
        new sdk.DescribeInstanceTypesCommand({ InstanceTypes: names as _InstanceType[] }),
        aborting,
      );
      return names.map((type) => {
        const facts = page.InstanceTypes?.find(({ InstanceType }) => InstanceType === type);
        return {
          ...typeArchitectures({ ...facts, InstanceType: type as _InstanceType }),
          vCpus: facts?.VCpuInfo?.DefaultVCpus ?? 1,
          zones: offered.filter((each) => each.type === type).map(({ location }) => location),
        };
      });
    },

    async typesOfRegion() {
      return (await offerings('region')).map(({ type }) => type).sort();
    },

    async zones() {
      const { sdk, client } = await ec2();
      const { AvailabilityZones } = await client.send(new sdk.DescribeAvailabilityZonesCommand({}), aborting);
      return (AvailabilityZones ?? [])
        .filter(
          ({ State, ZoneType = 'availability-zone' }) =>
            State === 'available' && ZoneType === 'availability-zone',
        )
        .map(({ ZoneName }) => ZoneName ?? '')
        .sort();
    },

    bucket: (name) => bucketState(aws, name, signal),
    logGroups: (prefix) => logGroupsOf(aws, prefix, signal),

    async subnets(ids) {
      const { sdk, client } = await ec2();
      // By filter: asked for by id, one that is missing hides the others.
      const { Subnets } = await client.send(
        new sdk.DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [...ids] }] }),
        aborting,
      );
      return (Subnets ?? []).map(({ SubnetId, VpcId, AvailabilityZone }) => ({
        id: SubnetId ?? '',
        vpcId: VpcId ?? '',
        zone: AvailabilityZone ?? '',
      }));
    },

    async image(id) {
      const { sdk, client } = await ec2();
      try {
        const { Images } = await client.send(new sdk.DescribeImagesCommand({ ImageIds: [id] }), aborting);
        const found = Images?.[0];
        return found && { architecture: found.Architecture ?? '', state: found.State ?? '' };
      } catch (error) {
        if (awsErrorCode(error)?.startsWith('InvalidAMIID')) return undefined;
        throw error;
      }
    },

    async keyPairs() {
      const { sdk, client } = await ec2();
      const { KeyPairs } = await client.send(new sdk.DescribeKeyPairsCommand({}), aborting);
      return (KeyPairs ?? []).map(({ KeyName }) => KeyName ?? '');
    },

    async vpcCount() {
      const { sdk, client } = await ec2();
      let count = 0;
      let token: string | undefined;
      do {
        const page = await client.send(new sdk.DescribeVpcsCommand({ NextToken: token }), aborting);
        count += page.Vpcs?.length ?? 0;
        token = page.NextToken;
      } while (token !== undefined);
      return count;
    },

    async quota({ service, code }) {
      const sdk = await import('../../aws/sdk/service-quotas.ts');
      const client = await aws.clients.serviceQuotas();
      const input = { ServiceCode: service, QuotaCode: code };
      try {
        const { Quota } = await client.send(new sdk.GetServiceQuotaCommand(input), aborting);
        if (Quota?.Value !== undefined) return Quota.Value;
      } catch (error) {
        // Some regions know no value of the account's own where nothing was ever asked for.
        if (awsErrorCode(error) !== 'NoSuchResourceException') throw error;
      }
      const { Quota } = await client.send(new sdk.GetAWSDefaultServiceQuotaCommand(input), aborting);
      if (Quota?.Value === undefined) throw new Error('Service Quotas names no value');
      return Quota.Value;
    },

    async readParameter(name) {
      const { GetParameterCommand } = await import('../../aws/sdk/ssm.ts');
      const client = await aws.clients.ssm();
      const command = new GetParameterCommand({ Name: name, WithDecryption: true });
      const { Parameter } = await client.send(command, aborting);
      return Parameter?.Value ?? '';
    },

    metrics: (endpoint, token) => agentMetrics(endpoint, token, signal),
  };
}
