import type { Instance } from '@aws-sdk/client-ec2';
import type { Scope } from '../../../kernel/world.ts';
import { instanceType } from '../catalogue/instance-types.ts';
import { publicDnsName } from '../routing/addresses.ts';
import type { Ec2State } from '../state/records.ts';
import { tagList } from '../tagging/tags.ts';
import { STATE_CODES, type InstanceRecord } from '../state/instance.ts';

/** The private DNS name of an address. */
export function privateDnsName(address: string, region: string): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${address.replaceAll('.', '-')}.${domain}`;
}

/** An instance as DescribeInstances shows it; one that has ended has lost its place in the network. */
export function describedInstance(state: Ec2State, scope: Scope, instance: InstanceRecord): Instance {
  const { instanceId, publicIp, stateReason, instanceProfile } = instance;
  const gone = instance.state === 'terminated';
  const arm = instanceType(instance.instanceType)?.architecture === 'arm64';
  return {
    InstanceId: instanceId,
    ImageId: instance.imageId,
    InstanceType: instance.instanceType as Instance['InstanceType'],
    State: { Name: instance.state, Code: STATE_CODES[instance.state] },
    StateTransitionReason: instance.stateTransitionReason,
    ...(stateReason && { StateReason: { Code: stateReason.code, Message: stateReason.message } }),
    LaunchTime: new Date(instance.launchTime),
    AmiLaunchIndex: instance.launchIndex,
    ...(instance.keyName !== undefined && { KeyName: instance.keyName }),
    ...(instance.clientToken !== undefined && { ClientToken: instance.clientToken }),
    ...(instance.spot && { InstanceLifecycle: 'spot', SpotInstanceRequestId: `sir-${instanceId.slice(-8)}` }),
    Placement: { AvailabilityZone: instance.zone, GroupName: '', Tenancy: 'default' },
    Monitoring: { State: instance.monitoring ? 'enabled' : 'disabled' },
    Architecture: arm ? 'arm64' : 'x86_64',
    RootDeviceName: instance.rootDevice,
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    EbsOptimized: instance.ebsOptimized,
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    ProductCodes: [],
    MetadataOptions: {
      State: 'applied',
      HttpTokens: instance.metadata.tokens,
      HttpPutResponseHopLimit: instance.metadata.hopLimit,
      HttpEndpoint: instance.metadata.endpoint,
      InstanceMetadataTags: instance.metadata.tags,
      HttpProtocolIpv6: 'disabled',
    },
    ...(instanceProfile && {
      IamInstanceProfile: { Arn: instanceProfile.arn, Id: `AIPA${instanceId.slice(2).toUpperCase()}` },
    }),
    PrivateDnsName: gone ? '' : privateDnsName(instance.privateIp, scope.region),
    PublicDnsName: publicIp === undefined ? '' : publicDnsName(publicIp, scope.region),
    ...(publicIp !== undefined && { PublicIpAddress: publicIp }),
    ...(!gone && inNetwork(state, scope, instance)),
    BlockDeviceMappings: gone
      ? []
      : instance.volumes.map(({ device, volumeId, deleteOnTermination }) => ({
          DeviceName: device,
          Ebs: {
            VolumeId: volumeId,
            Status: 'attached',
            DeleteOnTermination: deleteOnTermination,
            AttachTime: new Date(instance.launchTime),
          },
        })),
    Tags: tagList(state, instanceId),
  };
}

function inNetwork(state: Ec2State, scope: Scope, instance: InstanceRecord): Partial<Instance> {
  const SecurityGroups = instance.securityGroupIds.map((GroupId) => ({
    GroupId,
    GroupName: state.securityGroups[GroupId]?.GroupName,
  }));
  const { publicIp } = instance;
  return {
    SubnetId: instance.subnetId,
    VpcId: instance.vpcId,
    PrivateIpAddress: instance.privateIp,
    SourceDestCheck: true,
    SecurityGroups,
    NetworkInterfaces: [
      {
        NetworkInterfaceId: instance.interfaceId,
        SubnetId: instance.subnetId,
        VpcId: instance.vpcId,
        OwnerId: scope.accountId,
        PrivateIpAddress: instance.privateIp,
        PrivateDnsName: privateDnsName(instance.privateIp, scope.region),
        Groups: SecurityGroups,
        Status: 'in-use',
        InterfaceType: 'interface',
        SourceDestCheck: true,
        Attachment: {
          DeviceIndex: 0,
          Status: 'attached',
          DeleteOnTermination: true,
          AttachTime: new Date(instance.launchTime),
        },
        ...(publicIp !== undefined && {
          Association: {
            PublicIp: publicIp,
            PublicDnsName: publicDnsName(publicIp, scope.region),
            IpOwnerId: 'amazon',
          },
        }),
      },
    ],
  };
}
