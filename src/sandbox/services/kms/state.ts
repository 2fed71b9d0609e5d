import type {
  CustomerMasterKeySpec,
  KeyMetadata,
  KeySpec,
  KeyState,
  KeyUsageType,
} from '@aws-sdk/client-kms';
import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, type Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';
import { newMaterial, type Material } from './material.ts';

export interface KeyRecord {
  readonly keyId: string;
  readonly arn: string;
  readonly createdAt: Instant;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsageType;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly multiRegion: boolean;
  description: string;
  state: Extract<KeyState, 'Enabled' | 'Disabled' | 'PendingDeletion'>;
  policy: string;
  /** The newest is last: it encrypts; those before still decrypt. */
  readonly material: Material[];
  rotates: boolean;
  rotationDays: number;
  deletedAt?: Instant;
  tags: Record<string, string>;
  readonly grants: Table<GrantRecord>;
}

export interface GrantRecord {
  readonly grantId: string;
  readonly createdAt: Instant;
  readonly granteePrincipal: string;
  readonly retiringPrincipal?: string;
  readonly operations: string[];
  readonly name?: string;
  readonly constraints?: Record<string, unknown>;
}

export interface AliasRecord {
  readonly name: string;
  readonly createdAt: Instant;
  updatedAt: Instant;
  targetKeyId: string;
}

interface KmsState {
  readonly keys: Table<KeyRecord>;
  readonly aliases: Table<AliasRecord>;
}

export const kmsState = defineSlice<KmsState>('kms', () => ({ keys: {}, aliases: {} }));

/** The services whose own keys KMS makes when they first encrypt something. */
const MANAGED = new Set(
  [
    'acm',
    'backup',
    'cloudwatch',
    'dynamodb',
    'ebs',
    'elasticfilesystem',
    'es',
    'glue',
    'kinesis',
    'kinesisvideo',
  ].concat([
    'lambda',
    'lightsail',
    'rds',
    'redshift',
    's3',
    'secretsmanager',
    'sns',
    'sqs',
    'ssm',
    'workspaces',
    'xray',
  ]),
);

export function notFound(message: string): AwsError {
  return new AwsError('NotFoundException', message);
}

/** The default policy: the account's own IAM decides. */
export function defaultPolicy({ partition, accountId }: Scope): string {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] }, undefined, 2);
}

export function addKey(
  scope: Scope,
  of: Pick<KeyRecord, 'keySpec' | 'keyUsage' | 'manager' | 'description'> & Partial<KeyRecord>,
): KeyRecord {
  const { world } = scope;
  const keyId = of.multiRegion ? `mrk-${world.ids.hex('', 32)}` : world.ids.uuid();
  return put(kmsState(scope).keys, keyId, {
    keyId,
    arn: arn(scope, 'kms', `key/${keyId}`),
    createdAt: world.now(),
    multiRegion: false,
    state: 'Enabled',
    policy: defaultPolicy(scope),
    material: [newMaterial(of.keySpec)],
    rotates: of.manager === 'AWS',
    rotationDays: 365,
    tags: {},
    grants: {},
    ...of,
  });
}

/** The key that an alias names. A service's own key is made when its alias is first asked for. */
export function keyOfAlias(scope: Scope, name: string): KeyRecord | undefined {
  const { keys, aliases } = kmsState(scope);
  const known = own(aliases, name);
  if (known !== undefined) return own(keys, known.targetKeyId);
  const [, service = ''] = /^alias\/aws\/(.+)$/.exec(name) ?? [];
  if (!MANAGED.has(service)) return undefined;
  const description = `Default key that protects my ${service.toUpperCase()} data when no other key is defined`;
  const key = addKey(scope, {
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    manager: 'AWS',
    description,
  });
  const now = scope.world.now();
  put(aliases, name, { name, createdAt: now, updatedAt: now, targetKeyId: key.keyId });
  return key;
}

const KEY_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/**
 * The key that an id, a key ARN, an alias or an alias ARN names.
 * @throws AwsError NotFoundException
 */
export function keyNamed(scope: Scope, given: string): KeyRecord {
  const [, region, account, resource] = /^arn:[^:]+:kms:([^:]*):(\d+):(.+)$/.exec(given) ?? [];
  const local = resource ?? given;
  const known = (region ?? scope.region) === scope.region && (account ?? scope.accountId) === scope.accountId;
  if (local.startsWith('alias/')) {
    const key = known ? keyOfAlias(scope, local) : undefined;
    if (key !== undefined) return key;
    throw notFound(`Alias ${resource === undefined ? arn(scope, 'kms', local) : given} is not found.`);
  }
  const keyId = local.replace(/^key\//, '');
  const key = known ? own(kmsState(scope).keys, keyId) : undefined;
  if (key !== undefined) return key;
  if (resource === undefined && !KEY_ID.test(keyId)) throw notFound(`Invalid keyId '${given}'`);
  throw notFound(
    `Key '${resource === undefined ? arn(scope, 'kms', `key/${keyId}`) : given}' does not exist`,
  );
}

/** The key, if it may be used. @throws AwsError DisabledException, KMSInvalidStateException, NotFoundException */
export function usableKey(scope: Scope, given: string): KeyRecord {
  const key = keyNamed(scope, given);
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  checkNotDoomed(key);
  return key;
}

/** @throws AwsError KMSInvalidStateException for a key that waits for its deletion */
export function checkNotDoomed({ arn, state }: KeyRecord): void {
  if (state === 'PendingDeletion')
    throw new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`);
}

/** The spec of a key, also under the name that KMS had for it and still gives. */
export function specMembers({ keySpec }: KeyRecord): Pick<KeyMetadata, 'KeySpec' | 'CustomerMasterKeySpec'> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- KMS still gives it
  return { KeySpec: keySpec, CustomerMasterKeySpec: keySpec as CustomerMasterKeySpec };
}
