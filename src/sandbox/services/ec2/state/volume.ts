import type { VolumeType } from '@aws-sdk/client-ec2';
import type { Instant } from '../../../kernel/time.ts';

/** An EBS volume as the state holds it. */
export interface VolumeRecord {
  readonly volumeId: string;
  readonly zone: string;
  sizeGb: number;
  type: VolumeType;
  iops?: number;
  throughput?: number;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly snapshotId?: string;
  readonly createdAt: Instant;
  attachment?: { instanceId: string; device: string; deleteOnTermination: boolean; at: Instant };
}
