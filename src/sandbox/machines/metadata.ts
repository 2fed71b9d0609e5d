import { isSame } from '../kernel/keys.ts';
import type { Scope, World } from '../kernel/world.ts';
import { groupOfInstance, isWarm, memberOf } from '../services/autoscaling/state.ts';
import type { InstanceRecord } from '../services/ec2/state/instance.ts';
import { roleOfProfile } from '../services/iam/state.ts';
import { privateDnsName } from '../services/ec2/compute/instance-description.ts';
import { ec2State } from '../services/ec2/state/state.ts';
import type { WireRequest, WireResponse } from '../wire/index.ts';

/** Before the path of an instance: `/_imds/us-east-1/i-0123456789abcdef0/KEY/latest/meta-data/instance-id`. */
export const METADATA_PREFIX = '/_imds/';

const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
const MOST_TOKEN_SECONDS = 21_600;
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const VERSIONS = [
  ...[
    '1.0',
    '2007-01-19',
    '2007-03-01',
    '2007-08-29',
    '2007-10-10',
    '2007-12-15',
    '2008-02-01',
    '2008-09-01',
  ],
  ...['2009-04-04', '2011-01-01', '2011-05-01', '2012-01-12', '2014-02-25', '2014-11-05', '2015-10-20'],
  ...['2016-04-19', '2016-06-30', '2016-09-02', '2018-03-28', '2018-08-17', '2018-09-24', '2019-10-01'],
  ...['2020-10-27', '2021-01-03', '2021-03-23', '2021-07-15', 'latest'],
];
const NOT_FOUND: WireResponse = {
  status: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'Not Found\n',
};

/**
 * The address of an instance's metadata service, as AWS_EC2_METADATA_SERVICE_ENDPOINT takes it. In EC2 only the instance reaches it; here
 * only who has been told the key in its path.
 */
export function metadataEndpoint(
  { world, region }: { readonly world: Pick<World, 'endpoint' | 'keys'>; readonly region: string },
  instanceId: string,
): string {
  return `${world.endpoint}${METADATA_PREFIX}${region}/${instanceId}/${pathKey(world, region, instanceId)}`;
}

function pathKey({ keys }: Pick<World, 'keys'>, region: string, instanceId: string): string {
  return keys.derived('metadata', `${region}/${instanceId}`);
}

/**
 * The instance metadata service of every instance, for programs that run as if they were on one.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function answerMetadata(world: World, { method, path, headers }: WireRequest): WireResponse {
  const [, region = '', instanceId = '', key = '', version = '', rest = ''] =
    /^\/_imds\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
  if (!VERSIONS.includes(version) || !isSame(key, pathKey(world, region, instanceId))) return NOT_FOUND;
  const scope = world.scope(region);
  const instance = ec2State(scope).instances[instanceId];
  if (instance?.state !== 'running' || instance.metadata.endpoint === 'disabled') return NOT_FOUND;
  const token = world.keys.derived('metadata token', instanceId);
  if (version === 'latest' && rest === 'api/token') {
    return method === 'PUT' ? tokenAnswer(token, headers) : plain(405, 'Method Not Allowed\n');
  }
  const shown = headers[TOKEN_HEADER];
  if (shown !== token && (shown !== undefined || instance.metadata.tokens === 'required')) {
    return plain(401, 'Unauthorized\n');
  }
  const value = valueOf(scope, instance, rest);
  return value === undefined ? NOT_FOUND : plain(200, value);
}

/** Clients read from the answer how long the token is good. */
function tokenAnswer(token: string, headers: WireRequest['headers']): WireResponse {
  const header = `${TOKEN_HEADER}-ttl-seconds`;
  const lifetime = headers[header] ?? '';
  const valid = /^\d+$/.test(lifetime) && Number(lifetime) >= 1 && Number(lifetime) <= MOST_TOKEN_SECONDS;
  if (!valid) return plain(400, 'Bad Request\n');
  const { status, headers: type, body } = plain(200, token);
  return { status, headers: { ...type, [header]: lifetime }, body: body ?? '' };
}

function plain(status: number, body: string): WireResponse {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

/** A value, a folder's listing, or undefined for what the instance does not have. */
function valueOf(scope: Scope, instance: InstanceRecord, path: string): string | undefined {
  if (path === 'user-data') return userDataOf(scope, instance);
  const values = valuesOf(scope, instance);
  return values[path] ?? listing(values, path);
}

function userDataOf({ world }: Scope, { userData }: InstanceRecord): string | undefined {
  return userData === undefined ? undefined : Buffer.from(world.blobs.get(userData)).toString();
}

/** The names in a folder, those of folders with a slash; EC2 lists it with and without one at the path's end. */
function listing(values: Readonly<Record<string, string>>, path: string): string | undefined {
  const folder = path === '' ? '' : `${path.replace(/\/$/, '')}/`;
  const names = Object.keys(values)
    .filter((name) => name.startsWith(folder))
    .map((name) => name.slice(folder.length).replace(/\/.*$/, '/'));
  return names.length === 0 ? undefined : [...new Set(names)].sort().join('\n');
}

/** Every value of an instance, by its path below the version. */
function valuesOf(scope: Scope, instance: InstanceRecord): Readonly<Record<string, string>> {
  const mac = macOf(instance);
  const hostname = privateDnsName(instance.privateIp, scope.region);
  const role = roleOf(scope, instance);
  const values: Readonly<Record<string, string | undefined>> = {
    'dynamic/instance-identity/document': JSON.stringify({
      accountId: scope.accountId,
      region: scope.region,
      availabilityZone: instance.zone,
      instanceId: instance.instanceId,
      instanceType: instance.instanceType,
      imageId: instance.imageId,
      privateIp: instance.privateIp,
    }),
    'meta-data/instance-id': instance.instanceId,
    'meta-data/instance-type': instance.instanceType,
    'meta-data/ami-id': instance.imageId,
    'meta-data/hostname': hostname,
    'meta-data/local-hostname': hostname,
    'meta-data/local-ipv4': instance.privateIp,
    'meta-data/public-ipv4': instance.publicIp,
    'meta-data/placement/region': scope.region,
    'meta-data/placement/availability-zone': instance.zone,
    'meta-data/instance-life-cycle': instance.spot ? 'spot' : 'on-demand',
    'meta-data/mac': mac,
    [`meta-data/network/interfaces/macs/${mac}/vpc-ipv4-cidr-blocks`]:
      ec2State(scope).vpcs[instance.vpcId]?.CidrBlock,
    'meta-data/autoscaling/target-lifecycle-state': targetStateOf(scope, instance.instanceId),
    'meta-data/spot/instance-action':
      instance.interruptionAt === undefined
        ? undefined
        : JSON.stringify({ action: 'terminate', time: timeOf(instance.interruptionAt) }),
    ...(role !== undefined && {
      [`meta-data/iam/security-credentials/${role}`]: credentialsOf(scope, instance),
    }),
  };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The name of the role in an instance's profile. */
function roleOf(scope: Scope, { instanceProfile }: InstanceRecord): string | undefined {
  return (
    instanceProfile && roleOfProfile(scope, instanceProfile.name ?? instanceProfile.arn?.split('/').at(-1))
  );
}

const LIFETIME = 6 * 3_600_000;

/**
 * Credentials of the instance's role, good for six hours on the clock of whoever asks, which is this machine's.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
function credentialsOf(scope: Scope, instance: InstanceRecord): string | undefined {
  const { world, partition, accountId } = scope;
  const role = roleOf(scope, instance);
  if (role === undefined) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = world.keys.session(
    `arn:${partition}:sts::${accountId}:assumed-role/${role}/${instance.instanceId}`,
    { expiresAt: world.now() + LIFETIME * world.speed },
  );
  return JSON.stringify({
    Code: 'Success',
    LastUpdated: timeOf(Date.now()),
    Type: 'AWS-HMAC',
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: timeOf(Date.now() + LIFETIME),
  });
}

function macOf({ privateIp }: InstanceRecord): string {
  const bytes = privateIp.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}

/** To the second, as EC2 writes it. */
function timeOf(instant: number): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Where the instance's group takes it; undefined outside of one. */
export function targetStateOf(scope: Scope, instanceId: string): string | undefined {
  const group = groupOfInstance(scope, instanceId);
  const member = group && memberOf(group, instanceId);
  if (member === undefined) return undefined;
  const leaving = member.lifecycle.includes('Terminat');
  if (isWarm(member)) return leaving ? 'Warmed:Terminated' : 'Warmed:Stopped';
  if (leaving) return 'Terminated';
  return member.lifecycle === 'Standby' || member.lifecycle === 'EnteringStandby' ? 'Standby' : 'InService';
}
