import type {
  BucketVersioningStatus,
  ChecksumAlgorithm,
  ChecksumType,
  ObjectOwnership,
  PublicAccessBlockConfiguration,
  ServerSideEncryption,
  StorageClass,
} from '@aws-sdk/client-s3';
import type { World } from '../../kernel/world.ts';
import type { Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';

export interface DefaultEncryption {
  readonly algorithm: ServerSideEncryption;
  readonly kmsKeyId?: string;
  readonly bucketKey: boolean;
}

export interface BucketRecord {
  readonly name: string;
  readonly region: string;
  readonly createdAt: Instant;
  tags: Record<string, string>;
  /** Undefined until versioning is first turned on. */
  versioning?: BucketVersioningStatus;
  encryption: DefaultEncryption;
  policy?: string;
  publicAccessBlock?: PublicAccessBlockConfiguration;
  ownership?: ObjectOwnership;
  acl: string;
  /** What S3 keeps for a bucket as it was given: lifecycle rules, logging and so on, by the name of the operation. */
  readonly configurations: Table<unknown>;
  /** The versions of each key, newest first. */
  readonly objects: Table<VersionRecord[]>;
  readonly uploads: Table<UploadRecord>;
}

/** What a client says of an object beside its body. */
export interface ObjectSettings {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: Instant;
  readonly websiteRedirectLocation?: string;
  readonly metadata: Record<string, string>;
  readonly storageClass: StorageClass;
  readonly encryption: DefaultEncryption;
  readonly tags: Record<string, string>;
}

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64, with `-N` after it for a checksum of N parts' checksums. */
  readonly value: string;
}

export interface StoredPart {
  readonly partNumber: number;
  readonly size: number;
  readonly checksum?: Checksum;
}

export type VersionRecord = ObjectVersion | DeleteMarkerVersion;

export interface ObjectVersion extends ObjectSettings {
  readonly deleteMarker?: undefined;
  readonly versionId: string;
  readonly modifiedAt: Instant;
  /** With its quotes. */
  readonly etag: string;
  readonly size: number;
  readonly blob: string;
  readonly checksum: Checksum;
  readonly parts?: readonly StoredPart[];
  tags: Record<string, string>;
}

export interface DeleteMarkerVersion {
  readonly deleteMarker: true;
  readonly versionId: string;
  readonly modifiedAt: Instant;
}

export interface UploadRecord {
  readonly uploadId: string;
  readonly key: string;
  readonly startedAt: Instant;
  readonly settings: ObjectSettings;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
  readonly parts: Table<UploadedPart>;
}

export interface UploadedPart extends StoredPart {
  readonly etag: string;
  readonly blob: string;
  readonly modifiedAt: Instant;
}

interface S3State {
  readonly buckets: Table<BucketRecord>;
}

const slice = defineSlice<S3State>('s3', () => ({ buckets: {} }));

/** The buckets of all regions: their names are global. */
export function bucketsOf(world: World): Table<BucketRecord> {
  return slice(world.scope('aws-global')).buckets;
}
