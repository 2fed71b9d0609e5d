import type { BlockDeviceMapping, Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../../kernel/errors.ts';
import type { Scope } from '../../../../kernel/world.ts';
import { addressText } from '../../common/cidr.ts';
import { takeAddresses } from '../../network/subnets.ts';
import { publicAddress } from '../../routing/addresses.ts';
import type { Ec2State } from '../../state/records.ts';
import { ec2State } from '../../state/state.ts';
import { requestedTags, setTags } from '../../tagging/tags.ts';
import { describedInstance } from '../instance-description.ts';
import type { InstanceRecord } from '../../state/instance.ts';
import { resolveLaunch, type Launch } from './request.ts';
import { refuseLaunch } from './refusals.ts';
import { refuseBeyondQuota } from './vcpus.ts';
import { enterState } from '../lifecycle.ts';
import { decodedUserData } from '../user-data.ts';
import { newVolume } from '../volumes.ts';

export interface LaunchOptions {
  /** Tags that only AWS's own services may give: those of `aws:autoscaling:` and the like. */
  readonly serviceTags?: Readonly<Record<string, string>>;
}

/** RunInstances. @throws AwsError as EC2 refuses a launch */
export function runInstances(input: RunInstancesRequest, scope: Scope): Reservation {
  const state = ec2State(scope);
  const known = Object.values(state.instances).filter(
    ({ clientToken }) => clientToken !== undefined && clientToken === input.ClientToken,
  );
  const instances = known.length > 0 ? known : launchInstances(input, scope);
  return {
    ReservationId: instances[0]?.reservationId,
    OwnerId: scope.accountId,
    Groups: [],
    Instances: instances.map((instance) => describedInstance(state, scope, instance)),
  };
}

/**
 * Launches instances: as many as MaxCount where the subnet has addresses for them, but no fewer than MinCount.
 * @throws AwsError as EC2 refuses a launch
 */
export function launchInstances(
  input: RunInstancesRequest,
  scope: Scope,
  options: LaunchOptions = {},
): InstanceRecord[] {
  const state = ec2State(scope);
  const { world } = scope;
  const { MinCount: least = 1, MaxCount: most = least } = input;
  if (least < 1 || most < least) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value '${most < least ? most : least}' for ${most < least ? 'maxCount. Must be no less than minCount.' : 'minCount. Must be at least 1.'}`,
    );
  }
  const launch = resolveLaunch(state, scope, input);
  const tags = launchTags(launch, options);
  refuseBeyondQuota(scope, launch.type.name, launch.spot, least);
  refuseLaunch(scope, launch);
  const addresses = takeAddresses(state, launch.subnet, least, world.now());
  const reservationId = world.ids.hex('r-');
  const userData =
    launch.data.UserData === undefined ? undefined : world.blobs.put(decodedUserData(launch.data.UserData));
  return addresses.map((address, index) => {
    const instanceId = world.ids.hex('i-');
    const instance: InstanceRecord = {
      instanceId,
      reservationId,
      launchIndex: index,
      ...(input.ClientToken !== undefined && { clientToken: input.ClientToken }),
      imageId: launch.image.id,
      instanceType: launch.type.name,
      ...(launch.keyName !== undefined && { keyName: launch.keyName }),
      launchTime: world.now(),
      state: 'pending',
      stateTransitionReason: '',
      zone: launch.subnet.AvailabilityZone,
      subnetId: launch.subnet.SubnetId,
      vpcId: launch.subnet.VpcId,
      interfaceId: world.ids.hex('eni-'),
      privateIp: addressText(address),
      hasPublicIp: launch.publicIp,
      ...(launch.publicIp && { publicIp: publicAddress(scope) }),
      securityGroupIds: launch.securityGroupIds,
      ...profileOf(launch, scope),
      ...(userData !== undefined && { userData }),
      spot: launch.spot,
      monitoring: launch.data.Monitoring?.Enabled ?? false,
      ebsOptimized: launch.data.EbsOptimized ?? false,
      disableApiTermination: launch.data.DisableApiTermination ?? false,
      metadata: metadataOf(launch),
      rootDevice: launch.image.rootDevice,
      volumes: volumesFor(state, scope, launch, instanceId, tags.volume),
    };
    state.instances[instanceId] = instance;
    setTags(state, instanceId, tags.instance);
    enterState(state, scope, instance, 'pending');
    return instance;
  });
}

function launchTags({ tagSpecifications, template }: Launch, { serviceTags = {} }: LaunchOptions) {
  const others = ['volume', 'network-interface', 'spot-instances-request'] as const;
  return {
    instance: {
      ...requestedTags(tagSpecifications, 'instance', others),
      ...(template && {
        'aws:ec2launchtemplate:id': template.id,
        'aws:ec2launchtemplate:version': String(template.version),
      }),
      ...serviceTags,
    },
    volume: requestedTags(tagSpecifications, 'volume', ['instance', ...others]),
  };
}

function profileOf(
  { data }: Launch,
  { partition, accountId }: Scope,
): Pick<InstanceRecord, 'instanceProfile'> {
  const { Arn, Name } = data.IamInstanceProfile ?? {};
  const arn =
    Arn ?? (Name === undefined ? undefined : `arn:${partition}:iam::${accountId}:instance-profile/${Name}`);
  return arn === undefined
    ? {}
    : { instanceProfile: { arn, name: Name ?? arn.slice(arn.lastIndexOf('/') + 1) } };
}

/** Amazon Linux 2023 asks for tokens where nothing is said. */
function metadataOf({ data, image }: Launch): InstanceRecord['metadata'] {
  const { HttpTokens, HttpPutResponseHopLimit, HttpEndpoint, InstanceMetadataTags } =
    data.MetadataOptions ?? {};
  const modern = image.name.startsWith('al2023');
  return {
    tokens: HttpTokens ?? (modern ? 'required' : 'optional'),
    hopLimit: HttpPutResponseHopLimit ?? (modern ? 2 : 1),
    endpoint: HttpEndpoint ?? 'enabled',
    tags: InstanceMetadataTags ?? 'disabled',
  };
}

function volumesFor(
  state: Ec2State,
  scope: Scope,
  { blockDevices, image, subnet }: Launch,
  instanceId: string,
  tags: Readonly<Record<string, string>>,
): InstanceRecord['volumes'] {
  const root: BlockDeviceMapping =
    blockDevices.find(({ DeviceName }) => DeviceName === image.rootDevice) ?? {};
  const rootEbs = root.Ebs ?? {};
  const mappings: BlockDeviceMapping[] = [
    {
      DeviceName: image.rootDevice,
      Ebs: {
        ...rootEbs,
        VolumeSize: rootEbs.VolumeSize ?? image.rootGb,
        VolumeType: rootEbs.VolumeType ?? 'gp3',
      },
    },
    ...blockDevices.filter(({ DeviceName, Ebs }) => DeviceName !== image.rootDevice && Ebs !== undefined),
  ];
  return mappings.map(({ DeviceName = '', Ebs = {} }) => {
    if (DeviceName === image.rootDevice && (Ebs.VolumeSize ?? 0) < image.rootGb) {
      throw new AwsError(
        'InvalidBlockDeviceMapping',
        `Volume of size ${Ebs.VolumeSize ?? 0}GB is smaller than snapshot 'snap-0', expect size >= ${image.rootGb}GB`,
      );
    }
    const volume = newVolume(state, scope, {
      zone: subnet.AvailabilityZone,
      sizeGb: Ebs.VolumeSize,
      type: Ebs.VolumeType,
      iops: Ebs.Iops,
      throughput: Ebs.Throughput,
      encrypted: Ebs.Encrypted,
      kmsKeyId: Ebs.KmsKeyId,
      snapshotId: Ebs.SnapshotId,
    });
    const deleteOnTermination = Ebs.DeleteOnTermination ?? true;
    volume.attachment = { instanceId, device: DeviceName, deleteOnTermination, at: scope.world.now() };
    setTags(state, volume.volumeId, tags);
    return { device: DeviceName, volumeId: volume.volumeId, deleteOnTermination };
  });
}
