import type { RequestLaunchTemplateData, RunInstancesRequest, VolumeType } from '@aws-sdk/client-ec2';
import type { Properties, ResourceContext, ResourceProvider } from '../../../providers/provider.ts';
import { AwsError } from '../../../kernel/errors.ts';
import { flag, integer, member, members, tagsOf, text, texts, typed } from '../../../providers/properties.ts';
import { publicDnsName } from '../routing/addresses.ts';
import { privateDnsName } from '../compute/instance-description.ts';
import { endInstance, userInitiated } from '../compute/lifecycle.ts';
import { createKeyPair, deleteKeyPair, importKeyPair, keyPairNamed } from '../compute/key-pairs.ts';
import { createLaunchTemplate, deleteLaunchTemplate, templateOf } from '../compute/launch-templates.ts';
import { launchInstances } from '../compute/launching/run-instances.ts';
import { createLaunchTemplateVersion } from '../compute/template-versions.ts';
import { createVolume, deleteVolume, volumeOf } from '../compute/volumes.ts';
import { ec2State } from '../state/state.ts';
import { replaceTags } from '../tagging/tags.ts';
import { deleting } from './deleting.ts';
import { retag } from './retag.ts';

/** The members of LaunchTemplateData and of an instance that are numbers or booleans: templates may give either as text. */
const KINDS = {
  numbers: new Set([
    'VolumeSize',
    'Iops',
    'Throughput',
    'VolumeInitializationRate',
    'DeviceIndex',
    'NetworkCardIndex',
    'Ipv6AddressCount',
    'SecondaryPrivateIpAddressCount',
    'HttpPutResponseHopLimit',
    'CoreCount',
    'ThreadsPerCore',
    'PartitionNumber',
    'BlockDurationMinutes',
    'Ipv4PrefixCount',
    'Ipv6PrefixCount',
  ]),
  booleans: new Set([
    'EbsOptimized',
    'Encrypted',
    'DeleteOnTermination',
    'AssociatePublicIpAddress',
    'AssociateCarrierIpAddress',
    'DisableApiTermination',
    'DisableApiStop',
    'Enabled',
    'Configured',
    'PrimaryIpv6',
    'EnableResourceNameDnsARecord',
    'EnableResourceNameDnsAAAARecord',
  ]),
};

const templateData = (properties: Properties): RequestLaunchTemplateData =>
  typed(member(properties, 'LaunchTemplateData') ?? {}, KINDS) as RequestLaunchTemplateData;

const launchTemplate: ResourceProvider = {
  type: 'AWS::EC2::LaunchTemplate',
  seconds: { create: 6, update: 3, delete: 2 },
  create(properties, context) {
    const { LaunchTemplateId } = createLaunchTemplate(
      {
        LaunchTemplateName:
          text(properties, 'LaunchTemplateName') ?? `${context.logicalId}_${context.world.ids.suffix(12)}`,
        VersionDescription: text(properties, 'VersionDescription'),
        LaunchTemplateData: templateData(properties),
      },
      context,
    ).LaunchTemplate;
    replaceTags(ec2State(context), LaunchTemplateId, templateTags(properties, context));
    return LaunchTemplateId;
  },
  /** A change of the data makes a version, which becomes the latest and not the default. */
  update(id, next, previous, context) {
    const data = templateData(next);
    if (JSON.stringify(data) !== JSON.stringify(templateData(previous))) {
      createLaunchTemplateVersion(
        {
          LaunchTemplateId: id,
          VersionDescription: text(next, 'VersionDescription'),
          LaunchTemplateData: data,
        },
        context,
      );
    }
    replaceTags(ec2State(context), id, templateTags(next, context));
  },
  delete: (LaunchTemplateId, _properties, context) => {
    deleting(() => deleteLaunchTemplate({ LaunchTemplateId }, context));
  },
  attributes(id, _properties, context) {
    const { latestVersion, defaultVersion } = templateOf(ec2State(context), { LaunchTemplateId: id });
    return {
      LaunchTemplateId: id,
      LatestVersionNumber: String(latestVersion),
      DefaultVersionNumber: String(defaultVersion),
    };
  },
};

/** The template's own tags stand in its TagSpecifications, not in a Tags property. */
function templateTags(properties: Properties, context: ResourceContext): Record<string, string> {
  const Tags = members(properties, 'TagSpecifications')
    .filter((one) => text(one, 'ResourceType') === 'launch-template')
    .flatMap((one) => members(one, 'Tags'));
  return tagsOf({ Tags }, context.tags);
}

/** A key pair's physical id is its name. */
const keyPair: ResourceProvider = {
  type: 'AWS::EC2::KeyPair',
  create(properties, context) {
    const KeyName = text(properties, 'KeyName') ?? '';
    const material = text(properties, 'PublicKeyMaterial');
    const { KeyPairId } =
      material === undefined
        ? createKeyPair({ KeyName, KeyType: text(properties, 'KeyType') as 'rsa' | undefined }, context)
        : importKeyPair({ KeyName, PublicKeyMaterial: Buffer.from(material) }, context);
    retag(KeyPairId, properties, context);
    return KeyName;
  },
  delete: (KeyName, _properties, context) => {
    deleteKeyPair({ KeyName }, context);
  },
  attributes(id, _properties, context) {
    const { KeyPairId, KeyFingerprint } = keyPairNamed(ec2State(context), id);
    return { KeyPairId, KeyFingerprint };
  },
};

function instanceRequest(properties: Properties): RunInstancesRequest {
  const {
    Tags: _tags,
    IamInstanceProfile,
    AvailabilityZone,
    Tenancy: _tenancy,
    Monitoring,
    LaunchTemplate,
    ...same
  } = typed(properties, KINDS) as Properties;
  const template = LaunchTemplate as RunInstancesRequest['LaunchTemplate'];
  return {
    ...(same as Partial<RunInstancesRequest>),
    MinCount: 1,
    MaxCount: 1,
    ...(template !== undefined && {
      LaunchTemplate: { ...template, Version: text({ ...template }, 'Version') ?? '' },
    }),
    ...(IamInstanceProfile !== undefined && {
      IamInstanceProfile: { Name: text(properties, 'IamInstanceProfile') },
    }),
    ...(AvailabilityZone !== undefined && {
      Placement: { AvailabilityZone: text(properties, 'AvailabilityZone') },
    }),
    ...(Monitoring !== undefined && { Monitoring: { Enabled: flag(properties, 'Monitoring') } }),
    SecurityGroupIds: texts(properties, 'SecurityGroupIds'),
  };
}

const instance: ResourceProvider = {
  type: 'AWS::EC2::Instance',
  create(properties, context) {
    const [launched] = launchInstances(instanceRequest(properties), context, {
      serviceTags: tagsOf(properties, context.tags),
    });
    return launched?.instanceId ?? '';
  },
  update(id, next, _previous, context) {
    retag(id, next, context);
  },
  delete(id, _properties, context) {
    const state = ec2State(context);
    const found = state.instances[id];
    if (found !== undefined) endInstance(state, context, found, userInitiated(context));
  },
  isStable(id, _properties, context) {
    const found = ec2State(context).instances[id];
    if (found === undefined || found.state === 'terminated') {
      throw new AwsError('NotStabilized', `Instance ${id} did not stabilize. Current state: terminated.`);
    }
    return found.state === 'running';
  },
  isDeleted(id, _properties, context) {
    const found = ec2State(context).instances[id];
    return found === undefined || found.state === 'terminated';
  },
  attributes(id, _properties, context) {
    const found = ec2State(context).instances[id];
    if (found === undefined) return {};
    return {
      InstanceId: id,
      AvailabilityZone: found.zone,
      PrivateIp: found.privateIp,
      PrivateDnsName: privateDnsName(found.privateIp, context.region),
      PublicIp: found.publicIp ?? '',
      PublicDnsName: found.publicIp === undefined ? '' : publicDnsName(found.publicIp, context.region),
      VpcId: found.vpcId,
    };
  },
};

const volume: ResourceProvider = {
  type: 'AWS::EC2::Volume',
  seconds: { create: 10, delete: 5 },
  create(properties, context) {
    const { VolumeId } = createVolume(
      {
        AvailabilityZone: text(properties, 'AvailabilityZone'),
        Size: integer(properties, 'Size'),
        VolumeType: text(properties, 'VolumeType') as VolumeType | undefined,
        Iops: integer(properties, 'Iops'),
        Throughput: integer(properties, 'Throughput'),
        Encrypted: flag(properties, 'Encrypted'),
        KmsKeyId: text(properties, 'KmsKeyId'),
        SnapshotId: text(properties, 'SnapshotId'),
      },
      context,
    );
    retag(VolumeId, properties, context);
    return VolumeId;
  },
  update(id, next, _previous, context) {
    const found = volumeOf(ec2State(context), id);
    found.sizeGb = integer(next, 'Size') ?? found.sizeGb;
    found.type = (text(next, 'VolumeType') as VolumeType | undefined) ?? found.type;
    found.iops = integer(next, 'Iops') ?? found.iops;
    found.throughput = integer(next, 'Throughput') ?? found.throughput;
    retag(id, next, context);
  },
  delete: (VolumeId, _properties, context) => {
    deleting(() => deleteVolume({ VolumeId }, context));
  },
  attributes: (id) => ({ VolumeId: id }),
};

export const computeResources = [launchTemplate, keyPair, instance, volume];
