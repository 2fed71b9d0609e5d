import type {
  BucketLifecycleConfiguration,
  GetBucketLifecycleConfigurationOutput,
  PutBucketLifecycleConfigurationRequest,
  PutBucketLoggingRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { Operation, World } from '../../../kernel/world.ts';
import { own, put, remove } from '../../../kernel/table.ts';
import { onBucket, type BucketRequest } from '../access.ts';
import { malformedXml } from '../errors.ts';
import { bucketsOf, type BucketRecord } from '../state.ts';

/** A configuration that S3 keeps and gives back. */
interface Configuration {
  /** As in the names of its operations: `BucketCors`. */
  readonly name: string;
  /** The request's member that holds it. */
  readonly given: string;
  readonly action: string;
  /** The error where there is none; without it, the answer is empty. */
  readonly missing?: readonly [code: string, message: string];
}

const CONFIGURATIONS: readonly Configuration[] = [
  {
    name: 'BucketCors',
    given: 'CORSConfiguration',
    action: 'BucketCORS',
    missing: ['NoSuchCORSConfiguration', 'The CORS configuration does not exist'],
  },
  {
    name: 'BucketWebsite',
    given: 'WebsiteConfiguration',
    action: 'BucketWebsite',
    missing: ['NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'],
  },
  {
    name: 'BucketReplication',
    given: 'ReplicationConfiguration',
    action: 'ReplicationConfiguration',
    missing: ['ReplicationConfigurationNotFoundError', 'The replication configuration was not found'],
  },
  {
    name: 'BucketAccelerateConfiguration',
    given: 'AccelerateConfiguration',
    action: 'AccelerateConfiguration',
  },
  {
    name: 'BucketNotificationConfiguration',
    given: 'NotificationConfiguration',
    action: 'BucketNotification',
  },
];

/** Answers that wrap the configuration; the others give its members bare. */
const WRAPPED = new Set(['BucketReplication']);

function keptOperations({ name, given, action, missing }: Configuration): Record<string, Operation> {
  return {
    [`Put${name}`]: onBucket<BucketRequest, object>(`s3:Put${action}`, (bucket, input) => {
      put(bucket.configurations, name, (input as Record<string, unknown>)[given] ?? {});
      return {};
    }),
    [`Get${name}`]: onBucket<BucketRequest, object>(`s3:Get${action}`, (bucket) => {
      const kept = own(bucket.configurations, name);
      if (kept === undefined && missing !== undefined) {
        throw new AwsError(missing[0], missing[1], 404, { BucketName: bucket.name });
      }
      return WRAPPED.has(name) ? { [given]: kept } : (kept ?? {});
    }),
    [`Delete${name}`]: onBucket<BucketRequest, object>(`s3:Put${action}`, (bucket) => {
      remove(bucket.configurations, name);
      return {};
    }),
  };
}

const LIFECYCLE = 'BucketLifecycleConfiguration';
const LOGGING = 'BucketLogging';

/** @throws AwsError MalformedXML, InvalidArgument */
export function setLifecycle(
  bucket: BucketRecord,
  configuration: BucketLifecycleConfiguration | undefined,
): void {
  const rules = configuration?.Rules ?? [];
  if (rules.length === 0) throw malformedXml();
  for (const rule of rules) {
    if (rule.Status !== 'Enabled' && rule.Status !== 'Disabled') throw malformedXml();
    const acts = [
      rule.Expiration,
      rule.Transitions,
      rule.NoncurrentVersionExpiration,
      rule.NoncurrentVersionTransitions,
      rule.AbortIncompleteMultipartUpload,
    ];
    if (acts.every((action) => action === undefined)) {
      throw new AwsError('InvalidRequest', 'At least one action needs to be specified in a rule');
    }
  }
  const ids = rules.flatMap(({ ID }) => ID ?? []);
  if (new Set(ids).size < ids.length) {
    throw new AwsError('InvalidArgument', 'Rule ID must be unique. Found same ID for more than one rule');
  }
  // Dates become texts, as the state is plain JSON.
  put(bucket.configurations, LIFECYCLE, JSON.parse(JSON.stringify({ Rules: rules })));
}

function lifecycleOf({ name, configurations }: BucketRecord): GetBucketLifecycleConfigurationOutput {
  const kept = own(configurations, LIFECYCLE) as BucketLifecycleConfiguration | undefined;
  if (kept === undefined) {
    throw new AwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404, {
      BucketName: name,
    });
  }
  const dated = <Value extends { Date?: Date | undefined }>(value: Value): Value =>
    value.Date === undefined ? value : { ...value, Date: new Date(value.Date) };
  return {
    Rules: kept.Rules?.map((rule) => ({
      ...rule,
      ...(rule.Expiration !== undefined && { Expiration: dated(rule.Expiration) }),
      ...(rule.Transitions !== undefined && { Transitions: rule.Transitions.map(dated) }),
    })),
  };
}

/** @throws AwsError InvalidTargetBucketForLogging */
export function setLogging(
  bucket: BucketRecord,
  status: PutBucketLoggingRequest['BucketLoggingStatus'],
  world: World,
): void {
  const target = status?.LoggingEnabled;
  if (target === undefined) {
    remove(bucket.configurations, LOGGING);
    return;
  }
  if (own(bucketsOf(world), target.TargetBucket) === undefined) {
    throw new AwsError('InvalidTargetBucketForLogging', 'The target bucket for logging does not exist', 400, {
      TargetBucket: target.TargetBucket,
    });
  }
  put(bucket.configurations, LOGGING, { LoggingEnabled: target });
}

export const configurationOperations: Record<string, Operation> = {
  ...Object.fromEntries(CONFIGURATIONS.flatMap((each) => Object.entries(keptOperations(each)))),
  PutBucketLifecycleConfiguration: onBucket<PutBucketLifecycleConfigurationRequest, object>(
    's3:PutLifecycleConfiguration',
    (bucket, input) => {
      setLifecycle(bucket, input.LifecycleConfiguration);
      return {};
    },
  ),
  GetBucketLifecycleConfiguration: onBucket<BucketRequest, object>(
    's3:GetLifecycleConfiguration',
    lifecycleOf,
  ),
  DeleteBucketLifecycle: onBucket<BucketRequest, object>('s3:PutLifecycleConfiguration', (bucket) => {
    remove(bucket.configurations, LIFECYCLE);
    return {};
  }),
  PutBucketLogging: onBucket<PutBucketLoggingRequest, object>(
    's3:PutBucketLogging',
    (bucket, input, { world }) => {
      setLogging(bucket, input.BucketLoggingStatus, world);
      return {};
    },
  ),
  GetBucketLogging: onBucket<BucketRequest, object>(
    's3:GetBucketLogging',
    ({ configurations }) => own(configurations, LOGGING) ?? {},
  ),
  GetBucketRequestPayment: onBucket<BucketRequest, object>('s3:GetBucketRequestPayment', () => ({
    Payer: 'BucketOwner',
  })),
  GetObjectLockConfiguration: onBucket<BucketRequest, object>(
    's3:GetBucketObjectLockConfiguration',
    ({ name }) => {
      throw new AwsError(
        'ObjectLockConfigurationNotFoundError',
        'Object Lock configuration does not exist for this bucket',
        404,
        { BucketName: name },
      );
    },
  ),
};
