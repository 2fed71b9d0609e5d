import type {
  LifecycleRule,
  ObjectOwnership,
  ServerSideEncryption,
  TargetObjectKeyFormat,
} from '@aws-sdk/client-s3';
import { completeCreation } from '../../providers/complete-creation.ts';
import { generatedName } from '../../providers/generated-name.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../../providers/provider.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove } from '../../kernel/table.ts';
import { flag, integer, member, members, tagsOf, text, typed } from '../../providers/properties.ts';
import { setLifecycle, setLogging } from './buckets/configurations.ts';
import { setEncryption } from './buckets/encryption.ts';
import { addBucket, removeBucket } from './buckets/lifecycle.ts';
import { setPolicy } from './buckets/policy.ts';
import { checkAcl, setVersioning } from './buckets/settings.ts';
import { invalidRequest, noSuchBucket } from './errors.ts';
import { bucketsOf, type BucketRecord } from './state.ts';

const LONGEST_NAME = 63;

function existing(name: string, { world }: Scope): BucketRecord {
  const bucket = own(bucketsOf(world), name);
  if (bucket === undefined) throw noSuchBucket(name);
  return bucket;
}

/** Everything about a bucket but its name. What the properties leave out is as in a new bucket. */
function settle(bucket: BucketRecord, properties: Properties, context: ResourceContext): void {
  bucket.tags = tagsOf(properties, context.tags);
  const encryption = members(
    member(properties, 'BucketEncryption') ?? {},
    'ServerSideEncryptionConfiguration',
  )[0];
  const rule = member(encryption ?? {}, 'ServerSideEncryptionByDefault') ?? {};
  setEncryption(bucket, {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: (text(rule, 'SSEAlgorithm') ?? 'AES256') as ServerSideEncryption,
          KMSMasterKeyID: text(rule, 'KMSMasterKeyID'),
        },
        BucketKeyEnabled: flag(encryption ?? {}, 'BucketKeyEnabled'),
      },
    ],
  });
  const versioning = text(member(properties, 'VersioningConfiguration') ?? {}, 'Status');
  setVersioning(bucket, versioning ?? (bucket.versioning === undefined ? undefined : 'Suspended'));
  bucket.ownership = (text(
    members(member(properties, 'OwnershipControls') ?? {}, 'Rules')[0] ?? {},
    'ObjectOwnership',
  ) ?? 'BucketOwnerEnforced') as ObjectOwnership;
  const block = member(properties, 'PublicAccessBlockConfiguration');
  const blocks = (name: string) => (block === undefined ? true : (flag(block, name) ?? false));
  bucket.publicAccessBlock = {
    BlockPublicAcls: blocks('BlockPublicAcls'),
    IgnorePublicAcls: blocks('IgnorePublicAcls'),
    BlockPublicPolicy: blocks('BlockPublicPolicy'),
    RestrictPublicBuckets: blocks('RestrictPublicBuckets'),
  };
  setAcl(bucket, text(properties, 'AccessControl'));
  settleLogging(bucket, member(properties, 'LoggingConfiguration'), context);
  const rules = members(member(properties, 'LifecycleConfiguration') ?? {}, 'Rules');
  if (rules.length > 0) setLifecycle(bucket, { Rules: rules.map(lifecycleRule) });
  else remove(bucket.configurations, 'BucketLifecycleConfiguration');
  for (const [property, name] of KEPT) {
    const value = member(properties, property);
    if (value === undefined) remove(bucket.configurations, name);
    else put(bucket.configurations, name, value);
  }
}

/** Properties whose shape the sandbox only keeps. */
const KEPT = [['AccelerateConfiguration', 'BucketAccelerateConfiguration']] as const;

/** CloudFormation's names for canned ACLs: `LogDeliveryWrite`. */
function setAcl(bucket: BucketRecord, accessControl: string | undefined): void {
  const acl = (accessControl ?? 'Private').replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  if (acl !== 'private') {
    if (bucket.ownership === 'BucketOwnerEnforced') {
      throw invalidRequest("Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
    }
    checkAcl(bucket, acl);
  }
  bucket.acl = acl;
}

function settleLogging(bucket: BucketRecord, logging: Properties | undefined, { world }: Scope): void {
  const LoggingEnabled =
    logging === undefined
      ? undefined
      : {
          TargetBucket: text(logging, 'DestinationBucketName') ?? bucket.name,
          TargetPrefix: text(logging, 'LogFilePrefix') ?? '',
          ...(member(logging, 'TargetObjectKeyFormat') !== undefined && {
            TargetObjectKeyFormat: member(logging, 'TargetObjectKeyFormat') as TargetObjectKeyFormat,
          }),
        };
  setLogging(bucket, { LoggingEnabled }, world);
}

const KINDS = {
  numbers: new Set([
    'Days',
    'NoncurrentDays',
    'NewerNoncurrentVersions',
    'DaysAfterInitiation',
    'TransitionInDays',
  ]),
  booleans: new Set(['ExpiredObjectDeleteMarker']),
};

/** A lifecycle rule as the API has it, from CloudFormation's flatter form. */
function lifecycleRule(rule: Properties): LifecycleRule {
  const transitions = [
    ...members(rule, 'Transitions'),
    ...[member(rule, 'Transition') ?? []].flat(),
  ] as Properties[];
  const noncurrentDays = integer(rule, 'NoncurrentVersionExpirationInDays');
  const noncurrent = typed(
    member(rule, 'NoncurrentVersionExpiration'),
    KINDS,
  ) as LifecycleRule['NoncurrentVersionExpiration'];
  const expiration = {
    ...(integer(rule, 'ExpirationInDays') !== undefined && { Days: integer(rule, 'ExpirationInDays') }),
    ...(text(rule, 'ExpirationDate') !== undefined && { Date: new Date(text(rule, 'ExpirationDate') ?? '') }),
    ...(flag(rule, 'ExpiredObjectDeleteMarker') !== undefined && {
      ExpiredObjectDeleteMarker: flag(rule, 'ExpiredObjectDeleteMarker'),
    }),
  };
  const tags = members(rule, 'TagFilters').map((tag) => ({
    Key: text(tag, 'Key') ?? '',
    Value: text(tag, 'Value') ?? '',
  }));
  const Prefix = text(rule, 'Prefix') ?? '';
  return {
    ...(text(rule, 'Id') !== undefined && { ID: text(rule, 'Id') }),
    Status: text(rule, 'Status') as LifecycleRule['Status'],
    Filter: tags.length > 0 ? { And: { Prefix, Tags: tags } } : { Prefix },
    ...(Object.keys(expiration).length > 0 && { Expiration: expiration }),
    ...(transitions.length > 0 && {
      Transitions: transitions.map((transition) => ({
        StorageClass: text(transition, 'StorageClass') as never,
        Days: integer(transition, 'TransitionInDays'),
      })),
    }),
    ...(noncurrent !== undefined && { NoncurrentVersionExpiration: noncurrent }),
    ...(noncurrentDays !== undefined && { NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays } }),
    ...(member(rule, 'AbortIncompleteMultipartUpload') !== undefined && {
      AbortIncompleteMultipartUpload: typed(
        member(rule, 'AbortIncompleteMultipartUpload'),
        KINDS,
      ) as LifecycleRule['AbortIncompleteMultipartUpload'],
    }),
  };
}

const bucketProvider: ResourceProvider = {
  type: 'AWS::S3::Bucket',
  seconds: { create: 15, update: 5, delete: 3 },
  create(properties, context) {
    const name = text(properties, 'BucketName') ?? generatedName(context, LONGEST_NAME, 'lower');
    const bucket = addBucket(name, context);
    completeCreation(
      () => {
        settle(bucket, properties, context);
      },
      () => {
        removeBucket(bucket, context);
      },
    );
    return name;
  },
  update(name, next, _previous, context) {
    settle(existing(name, context), next, context);
  },
  delete(name, _properties, context) {
    const bucket = own(bucketsOf(context.world), name);
    if (bucket !== undefined) removeBucket(bucket, context);
  },
  attributes(name, _properties, { region, partition }) {
    return {
      Arn: `arn:${partition}:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
    };
  },
};

function putPolicy(properties: Properties, context: ResourceContext): string {
  const name = text(properties, 'Bucket') ?? '';
  const policy = properties['PolicyDocument'];
  setPolicy(
    existing(name, context),
    typeof policy === 'string' ? policy : JSON.stringify(policy ?? {}),
    context,
  );
  return name;
}

const bucketPolicyProvider: ResourceProvider = {
  type: 'AWS::S3::BucketPolicy',
  create: putPolicy,
  update(_name, next, _previous, context) {
    putPolicy(next, context);
  },
  delete(name, _properties, { world }) {
    const bucket = own(bucketsOf(world), name);
    if (bucket !== undefined) delete bucket.policy;
  },
};

export const s3Resources = [bucketProvider, bucketPolicyProvider];
