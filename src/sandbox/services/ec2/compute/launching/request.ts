import type {
  BlockDeviceMapping,
  RequestLaunchTemplateData,
  RunInstancesRequest,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../../kernel/errors.ts';
import type { Scope } from '../../../../kernel/world.ts';
import type { PublicImage } from '../../catalogue/images.ts';
import { instanceType, type InstanceTypeFacts } from '../../catalogue/instance-types.ts';
import { isOffered, zonesOffering } from '../../catalogue/offerings.ts';
import { unknownTypes } from '../../catalogue/operations.ts';
import { invalidCombination, missingParameter } from '../../common/errors.ts';
import { subnetOf } from '../../network/subnets.ts';
import { defaultVpcId } from '../../state/default-vpc.ts';
import { groupOf, requestedGroup } from '../../security/groups.ts';
import type { Ec2State, SubnetRecord } from '../../state/records.ts';
import { imageOf } from '../images.ts';
import { keyPairNamed } from '../key-pairs.ts';
import { templateOf, versionOf } from '../launch-templates.ts';

/** A launch with everything that it names found and checked. */
export interface Launch {
  readonly type: InstanceTypeFacts;
  readonly image: PublicImage;
  readonly subnet: SubnetRecord;
  readonly securityGroupIds: string[];
  readonly keyName?: string;
  readonly publicIp: boolean;
  readonly spot: boolean;
  readonly data: RequestLaunchTemplateData;
  readonly blockDevices: readonly BlockDeviceMapping[];
  readonly tagSpecifications: readonly TagSpecification[];
  /** The template and its version, as the tags of the instance name them. */
  readonly template?: { readonly id: string; readonly version: number };
}

/**
 * What a RunInstances request comes to, with its launch template read.
 * @throws AwsError for anything that is not there, or does not go together
 */
export function resolveLaunch(state: Ec2State, scope: Scope, input: RunInstancesRequest): Launch {
  const { data, template } = merged(state, input);
  if (data.ImageId === undefined) throw missingParameter('ImageId');
  const [networkInterface] = data.NetworkInterfaces ?? [];
  if (networkInterface !== undefined && (data.SecurityGroupIds?.length ?? 0) > 0) {
    throw invalidCombination(
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    );
  }
  const image = imageOf(scope, imageId(data.ImageId));
  const type = launchedType(data.InstanceType, scope.region);
  checkArchitecture(type, image);
  const placement = data.Placement?.AvailabilityZone;
  const subnet = subnetFor(
    state,
    networkInterface?.SubnetId ?? input.SubnetId,
    placement,
    type,
    scope.region,
  );
  checkOffered(type, subnet.AvailabilityZone, scope.region);
  const groupIds = networkInterface?.Groups ?? data.SecurityGroupIds ?? [];
  const named = (data.SecurityGroups ?? []).map((GroupName) => requestedGroup(state, { GroupName }).GroupId);
  if (data.KeyName !== undefined) keyPairNamed(state, data.KeyName);
  return {
    type,
    image,
    subnet,
    securityGroupIds: groupsFor(state, subnet, [...groupIds, ...named]),
    ...(data.KeyName !== undefined && { keyName: data.KeyName }),
    publicIp: networkInterface?.AssociatePublicIpAddress ?? subnet.MapPublicIpOnLaunch ?? false,
    spot: data.InstanceMarketOptions?.MarketType === 'spot',
    data,
    blockDevices: data.BlockDeviceMappings ?? [],
    tagSpecifications: [...(data.TagSpecifications ?? [])],
    ...(template !== undefined && { template }),
  };
}

/** A template's data under the request's own members, which win. */
function merged(state: Ec2State, { LaunchTemplate, ...own }: RunInstancesRequest) {
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const request: Partial<RequestLaunchTemplateData> = { ...given };
  if (LaunchTemplate === undefined) return { data: request as RequestLaunchTemplateData };
  const found = templateOf(state, LaunchTemplate);
  const version = versionOf(found, LaunchTemplate.Version);
  const data: RequestLaunchTemplateData = { ...version.data, ...request };
  data.TagSpecifications = [...(own.TagSpecifications ?? []), ...(version.data.TagSpecifications ?? [])];
  return { data, template: { id: found.LaunchTemplateId, version: version.number } };
}

/** A template may name its image as `resolve:ssm:`; the Parameter Store is not asked here, as only an id is accepted. */
function imageId(text: string): string {
  if (text.startsWith('resolve:ssm:')) {
    throw new AwsError(
      'InvalidParameterValue',
      `The image id '${text}' names a parameter; the sandbox takes image ids only.`,
    );
  }
  return text;
}

function launchedType(name: string | undefined, region: string): InstanceTypeFacts {
  if (name === undefined) throw missingParameter('InstanceType');
  const type = instanceType(name);
  if (type === undefined) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${name}' for InstanceType.`);
  }
  if (!isOffered(type, region)) throw unknownTypes([name]);
  return type;
}

function checkArchitecture(type: InstanceTypeFacts, image: PublicImage): void {
  if (type.architecture === image.architecture) return;
  throw new AwsError(
    'InvalidParameterValue',
    `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
  );
}

function checkOffered(type: InstanceTypeFacts, zone: string, region: string): void {
  if (isOffered(type, region, zone)) return;
  throw new AwsError(
    'Unsupported',
    `Your requested instance type (${type.name}) is not supported in your requested Availability Zone (${zone}). Please retry your request by not specifying an Availability Zone or choosing ${zonesOffering(type, region).join(', ')}.`,
  );
}

function subnetFor(
  state: Ec2State,
  id: string | undefined,
  zone: string | undefined,
  type: InstanceTypeFacts,
  region: string,
): SubnetRecord {
  if (id !== undefined) return subnetOf(state, id);
  const vpcId = defaultVpcId(state);
  const found = Object.values(state.subnets).find(
    (subnet) =>
      subnet.VpcId === vpcId &&
      subnet.DefaultForAz &&
      (zone === undefined
        ? isOffered(type, region, subnet.AvailabilityZone)
        : subnet.AvailabilityZone === zone),
  );
  if (found !== undefined) return found;
  throw new AwsError(
    'MissingInput',
    zone === undefined
      ? 'No subnets found for the default VPC. Please specify a subnet.'
      : `No default subnet for availability zone: '${zone}'.`,
  );
}

function groupsFor(state: Ec2State, subnet: SubnetRecord, ids: readonly string[]): string[] {
  if (ids.length === 0) {
    return Object.values(state.securityGroups)
      .filter((group) => group.VpcId === subnet.VpcId && group.GroupName === 'default')
      .map(({ GroupId }) => GroupId);
  }
  return ids.map((id) => {
    const group = groupOf(state, id);
    if (group.VpcId === subnet.VpcId) return group.GroupId;
    throw new AwsError(
      'InvalidParameter',
      `Security group ${id} and subnet ${subnet.SubnetId} belong to different networks.`,
    );
  });
}
