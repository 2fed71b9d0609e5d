import type { VolumeRecord } from '../state/volume.ts';
import type {
  CreateVolumeRequest,
  DeleteVolumeRequest,
  DescribeVolumesRequest,
  DescribeVolumesResult,
  Volume,
  VolumeType,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { zonesOf } from '../catalogue/regions.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { invalidValue, missingParameter, required } from '../common/errors.ts';
import type { Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';

export interface VolumeShape {
  readonly zone: string;
  readonly sizeGb: number | undefined;
  readonly type: VolumeType | undefined;
  readonly iops?: number | undefined;
  readonly throughput?: number | undefined;
  readonly encrypted?: boolean | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly snapshotId?: string | undefined;
}

const volumeMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidVolume.NotFound',
    ids.length === 1
      ? `The volume '${ids[0] ?? ''}' does not exist.`
      : `The volumes '${ids.join(', ')}' do not exist.`,
  );

export function volumeOf(state: Ec2State, id: string): VolumeRecord {
  return byId(state.volumes, id, volumeMissing);
}

/** Makes a volume, with what its type has where nothing is said. */
export function newVolume(state: Ec2State, scope: Scope, shape: VolumeShape): VolumeRecord {
  const type = shape.type ?? 'gp2';
  const sizeGb = shape.sizeGb ?? 8;
  const iops =
    shape.iops ??
    (type === 'gp3' ? 3000 : type === 'gp2' ? Math.max(100, Math.min(16_000, sizeGb * 3)) : undefined);
  const throughput = type === 'gp3' ? (shape.throughput ?? 125) : undefined;
  const volume: VolumeRecord = {
    volumeId: scope.world.ids.hex('vol-'),
    zone: shape.zone,
    sizeGb,
    type,
    encrypted: shape.encrypted ?? false,
    createdAt: scope.world.now(),
    ...(iops !== undefined && { iops }),
    ...(throughput !== undefined && { throughput }),
    ...(shape.kmsKeyId !== undefined && { kmsKeyId: shape.kmsKeyId }),
    ...(shape.snapshotId !== undefined && { snapshotId: shape.snapshotId }),
  };
  state.volumes[volume.volumeId] = volume;
  return volume;
}

/** @throws AwsError InvalidParameterValue, InvalidZone.NotFound, MissingParameter */
export function createVolume(input: CreateVolumeRequest, scope: Scope): Volume & { VolumeId: string } {
  const state = ec2State(scope);
  const zone = required(input.AvailabilityZone, 'availabilityZone');
  if (!zonesOf(scope.region).some(({ name }) => name === zone)) {
    throw new AwsError('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
  }
  if (input.Size === undefined && input.SnapshotId === undefined) throw missingParameter('size/snapshot');
  if (input.Size !== undefined && (input.Size < 1 || input.Size > 65_536)) {
    throw invalidValue(String(input.Size), 'size');
  }
  const tags = requestedTags(input.TagSpecifications, 'volume');
  const volume = newVolume(state, scope, {
    zone,
    sizeGb: input.Size,
    type: input.VolumeType,
    iops: input.Iops,
    throughput: input.Throughput,
    encrypted: input.Encrypted,
    kmsKeyId: input.KmsKeyId,
    snapshotId: input.SnapshotId,
  });
  setTags(state, volume.volumeId, tags);
  return described(state, volume);
}

/** @throws AwsError VolumeInUse */
export function deleteVolume(input: DeleteVolumeRequest, scope: Scope): object {
  const state = ec2State(scope);
  const volume = volumeOf(state, required(input.VolumeId, 'volumeId'));
  if (volume.attachment !== undefined) {
    throw new AwsError(
      'VolumeInUse',
      `Volume ${volume.volumeId} is currently attached to ${volume.attachment.instanceId}`,
    );
  }
  dropVolume(state, volume.volumeId);
  return {};
}

export function dropVolume(state: Ec2State, id: string): void {
  Reflect.deleteProperty(state.volumes, id);
  Reflect.deleteProperty(state.tags, id);
}

const filters: Filters<VolumeRecord> = {
  'volume-id': (volume) => volume.volumeId,
  'volume-type': (volume) => volume.type,
  'availability-zone': (volume) => volume.zone,
  size: (volume) => String(volume.sizeGb),
  encrypted: (volume) => String(volume.encrypted),
  status: (volume) => (volume.attachment === undefined ? 'available' : 'in-use'),
  'attachment.instance-id': (volume) => volume.attachment?.instanceId,
  'attachment.device': (volume) => volume.attachment?.device,
  'attachment.delete-on-termination': (volume) =>
    volume.attachment && String(volume.attachment.deleteOnTermination),
};

function described(state: Ec2State, volume: VolumeRecord): Volume & { VolumeId: string } {
  const { attachment } = volume;
  return {
    VolumeId: volume.volumeId,
    AvailabilityZone: volume.zone,
    Size: volume.sizeGb,
    VolumeType: volume.type,
    Iops: volume.iops,
    Throughput: volume.throughput,
    Encrypted: volume.encrypted,
    KmsKeyId: volume.kmsKeyId,
    SnapshotId: volume.snapshotId ?? '',
    State: attachment === undefined ? 'available' : 'in-use',
    MultiAttachEnabled: false,
    CreateTime: new Date(volume.createdAt),
    Attachments:
      attachment === undefined
        ? []
        : [
            {
              VolumeId: volume.volumeId,
              InstanceId: attachment.instanceId,
              Device: attachment.device,
              State: 'attached',
              DeleteOnTermination: attachment.deleteOnTermination,
              AttachTime: new Date(attachment.at),
            },
          ],
    Tags: tagList(state, volume.volumeId),
  };
}

function describeVolumes(input: DescribeVolumesRequest, scope: Scope): DescribeVolumesResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.volumes, input.VolumeIds, volumeMissing),
    input.Filters,
    filters,
    (volume) => state.tags[volume.volumeId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return { Volumes: items.map((volume) => described(state, volume)), NextToken: nextToken };
}

export const volumeOperations = {
  CreateVolume: createVolume,
  DeleteVolume: deleteVolume,
  DescribeVolumes: describeVolumes,
};
