import type {
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
  DescribeSpotPriceHistoryRequest,
  DescribeSpotPriceHistoryResult,
  InstanceTypeInfo,
  InstanceTypeOffering,
  SpotPrice,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import { partitionOf } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import { page, selected, type Filters } from '../common/describing.ts';
import { invalidValue } from '../common/errors.ts';
import { instanceType, type InstanceTypeFacts } from './instance-types.ts';
import { isOffered, typesOfRegion } from './offerings.ts';
import { spotPrice } from './prices.ts';
import { regionsOf, zonesOf, type Zone } from './regions.ts';

/** The only zones an account sees without opting in to more are Availability Zones; there are no Local Zones here. */
function describeAvailabilityZones(
  input: DescribeAvailabilityZonesRequest,
  { region }: Scope,
): DescribeAvailabilityZonesResult {
  const zones = zonesOf(region);
  const unknown = (input.ZoneNames ?? []).find((name) => !zones.some((zone) => zone.name === name));
  if (unknown !== undefined) {
    throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
  }
  const unknownId = (input.ZoneIds ?? []).find((id) => !zones.some((zone) => zone.id === id));
  if (unknownId !== undefined)
    throw new AwsError('InvalidParameterValue', `Invalid availability zone-id: [${unknownId}]`);
  const asked = zones.filter(
    ({ name, id }) =>
      (!input.ZoneNames?.length || input.ZoneNames.includes(name)) &&
      (!input.ZoneIds?.length || input.ZoneIds.includes(id)),
  );
  const filters: Filters<Zone> = {
    'zone-name': ({ name }) => name,
    'zone-id': ({ id }) => id,
    'zone-type': () => 'availability-zone',
    'group-name': () => `${region}-zg-1`,
    'region-name': () => region,
    state: () => 'available',
    'opt-in-status': () => 'opt-in-not-required',
  };
  return {
    AvailabilityZones: selected(asked, input.Filters, filters).map(({ name, id }) => ({
      ZoneName: name,
      ZoneId: id,
      ZoneType: 'availability-zone',
      RegionName: region,
      GroupName: `${region}-zg-1`,
      NetworkBorderGroup: region,
      OptInStatus: 'opt-in-not-required',
      State: 'available',
      Messages: [],
    })),
  };
}

/** Regions that need opting in to have not been: they are shown when asked for, or with AllRegions. */
function describeRegions(input: DescribeRegionsRequest, { region }: Scope): DescribeRegionsResult {
  const regions = regionsOf(region).map(({ name, optIn }) => ({
    RegionName: name,
    Endpoint: `ec2.${name}.amazonaws.com${partitionOf(name) === 'aws-cn' ? '.cn' : ''}`,
    OptInStatus: optIn ? 'not-opted-in' : 'opt-in-not-required',
  }));
  const unknown = (input.RegionNames ?? []).filter(
    (name) => !regions.some(({ RegionName }) => RegionName === name),
  );
  if (unknown.length > 0) {
    throw new AwsError('InvalidParameterValue', `Invalid region names provided: ${unknown.join(', ')}`);
  }
  const asked = regions.filter(({ RegionName, OptInStatus }) =>
    input.RegionNames?.length
      ? input.RegionNames.includes(RegionName)
      : input.AllRegions || OptInStatus !== 'not-opted-in',
  );
  const filters: Filters<(typeof regions)[number]> = {
    'region-name': ({ RegionName }) => RegionName,
    endpoint: ({ Endpoint }) => Endpoint,
    'opt-in-status': ({ OptInStatus }) => OptInStatus,
  };
  return { Regions: selected(asked, input.Filters, filters) };
}

/** A type that is unknown, or unknown in the region. */
export function unknownTypes(names: readonly string[]): AwsError {
  return new AwsError(
    'InvalidInstanceType',
    `The following supplied instance types do not exist: [${names.join(', ')}]`,
  );
}

const typeFilters: Filters<InstanceTypeFacts> = {
  'instance-type': ({ name }) => name,
  'processor-info.supported-architecture': ({ architecture }) => architecture,
  'vcpu-info.default-vcpus': ({ vCpus }) => String(vCpus),
  'memory-info.size-in-mib': ({ memoryMiB }) => String(memoryMiB),
  'instance-storage-supported': ({ instanceStorage }) => String(instanceStorage !== undefined),
  'bare-metal': ({ name }) => String(isMetal(name)),
  'current-generation': ({ family }) => String(isCurrent(family)),
  'burstable-performance-supported': ({ family }) => String(family.startsWith('t')),
  'free-tier-eligible': ({ name }) => String(name === 't2.micro' || name === 't3.micro'),
  'supported-usage-class': () => ['on-demand', 'spot'],
  hypervisor: ({ family }) => hypervisor(family),
};

function describeInstanceTypes(
  input: DescribeInstanceTypesRequest,
  { region }: Scope,
): DescribeInstanceTypesResult {
  const names = input.InstanceTypes ?? [];
  if (names.length > 100)
    throw new AwsError(
      'InvalidParameterValue',
      'The maximum number of instance types that may be specified is 100',
    );
  const unknown = names.filter((name) => {
    const type = instanceType(name);
    return type === undefined || !isOffered(type, region);
  });
  if (unknown.length > 0) throw unknownTypes(unknown);
  const asked = typesOfRegion(region).filter(
    ({ name }) => names.length === 0 || names.includes(name as never),
  );
  const { items, nextToken } = page(selected(asked, input.Filters, typeFilters), {
    ...input,
    MaxResults: Math.min(input.MaxResults ?? 100, 100),
  });
  return { InstanceTypes: items.map(described), NextToken: nextToken };
}

const isMetal = (name: string): boolean => name.includes('.metal');
const isCurrent = (family: string): boolean => !/^(t1|m[1-3]|c[13]|r3|i2|m4|c4|r4)$/.test(family);
const hypervisor = (family: string): 'xen' | 'nitro' => (/^(t2|m4|c4|r4|i3)$/.test(family) ? 'xen' : 'nitro');

function described(type: InstanceTypeFacts): InstanceTypeInfo {
  const { name, family, instanceStorage, vCpus } = type;
  const threads = type.manufacturer === 'Intel' && vCpus > 1 ? 2 : 1;
  return {
    InstanceType: name as InstanceTypeInfo['InstanceType'],
    CurrentGeneration: isCurrent(family),
    FreeTierEligible: name === 't2.micro' || name === 't3.micro',
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: isMetal(name),
    ...(!isMetal(name) && { Hypervisor: hypervisor(family) }),
    ProcessorInfo: {
      SupportedArchitectures: [type.architecture],
      Manufacturer: type.manufacturer,
      ...(type.clockGhz !== undefined && { SustainedClockSpeedInGhz: type.clockGhz }),
    },
    VCpuInfo: { DefaultVCpus: vCpus, DefaultCores: vCpus / threads, DefaultThreadsPerCore: threads },
    MemoryInfo: { SizeInMiB: type.memoryMiB },
    InstanceStorageSupported: instanceStorage !== undefined,
    ...(instanceStorage !== undefined && {
      InstanceStorageInfo: {
        TotalSizeInGB: instanceStorage.count * instanceStorage.sizeGb,
        Disks: [{ Count: instanceStorage.count, SizeInGB: instanceStorage.sizeGb, Type: 'ssd' }],
        NvmeSupport: 'required',
      },
    }),
    EbsInfo: {
      EbsOptimizedSupport: family === 't2' ? 'unsupported' : 'default',
      EncryptionSupport: 'supported',
      NvmeSupport: hypervisor(family) === 'nitro' ? 'required' : 'unsupported',
    },
    BurstablePerformanceSupported: family.startsWith('t'),
    DedicatedHostsSupported: !family.startsWith('t2'),
    SupportedBootModes: type.architecture === 'arm64' ? ['uefi'] : ['legacy-bios', 'uefi'],
  };
}

function describeInstanceTypeOfferings(
  input: DescribeInstanceTypeOfferingsRequest,
  { region }: Scope,
): DescribeInstanceTypeOfferingsResult {
  const kind = input.LocationType ?? 'region';
  if (!['region', 'availability-zone', 'availability-zone-id'].includes(kind)) {
    throw invalidValue(
      kind,
      'locationType',
      `Allowed values: [region, availability-zone, availability-zone-id, outpost]`,
    );
  }
  const places =
    kind === 'region'
      ? [{ location: region, zone: undefined }]
      : zonesOf(region).map(({ name, id }) => ({
          location: kind === 'availability-zone' ? name : id,
          zone: name,
        }));
  const all = places.flatMap(({ location, zone }) =>
    typesOfRegion(region)
      .filter((type) => isOffered(type, region, zone))
      .map(({ name }): InstanceTypeOffering => ({
        InstanceType: name as InstanceTypeOffering['InstanceType'],
        LocationType: kind,
        Location: location,
      })),
  );
  const filters: Filters<InstanceTypeOffering> = {
    'instance-type': ({ InstanceType }) => InstanceType,
    location: ({ Location }) => Location,
  };
  const { items, nextToken } = page(selected(all, input.Filters, filters), input);
  return { InstanceTypeOfferings: items, NextToken: nextToken };
}

/** One price for each type and zone: that in force at the end of the asked time. */
function describeSpotPriceHistory(
  input: DescribeSpotPriceHistoryRequest,
  { region, world }: Scope,
): DescribeSpotPriceHistoryResult {
  const at = Math.min(input.EndTime?.getTime() ?? world.now(), world.now());
  const names = input.InstanceTypes ?? [];
  const all = zonesOf(region)
    .filter(({ name }) => input.AvailabilityZone === undefined || name === input.AvailabilityZone)
    .flatMap((zone) =>
      typesOfRegion(region)
        .filter(
          (type) =>
            (names.length === 0 || names.includes(type.name as never)) && isOffered(type, region, zone.name),
        )
        .map((type): SpotPrice => ({
          AvailabilityZone: zone.name,
          AvailabilityZoneId: zone.id,
          InstanceType: type.name as SpotPrice['InstanceType'],
          ProductDescription: 'Linux/UNIX',
          SpotPrice: spotPrice(type, zone.name, at).toFixed(6),
          Timestamp: new Date(Math.floor(at / 86_400_000) * 86_400_000),
        })),
    );
  const filters: Filters<SpotPrice> = {
    'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
    'instance-type': ({ InstanceType }) => InstanceType,
    'product-description': ({ ProductDescription }) => ProductDescription,
    'spot-price': (price) => price.SpotPrice,
  };
  const { items, nextToken } = page(selected(all, input.Filters, filters), input, 1);
  return { SpotPriceHistory: items, NextToken: nextToken };
}

export const catalogueOperations = {
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeRegions: describeRegions,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
  DescribeSpotPriceHistory: describeSpotPriceHistory,
};
