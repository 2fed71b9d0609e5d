import { isSame } from '../kernel/keys.ts';
import type { Scope, World } from '../kernel/world.ts';
import { groupOfInstance, isWarm, memberOf } from '../services/autoscaling/state.ts';
import type { InstanceRecord } from '../services/ec2/state/instance.ts';
import { roleOfProfile } from '../services/iam/state.ts';
import { ec2State } from '../services/ec2/state/state.ts';
import type { WireRequest, WireResponse } from '../wire/index.ts';

/** Before the path of an instance: `/_imds/us-east-1/i-0123456789abcdef0/KEY/latest/meta-data/instance-id`. */
export const METADATA_PREFIX = '/_imds/';

const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
const TTL_HEADER = `${TOKEN_HEADER}-ttl-seconds`;
const NOT_ALLOWED: WireResponse = {
  status: 405,
  headers: { 'content-type': 'text/plain' },
  body: 'Method Not Allowed\n',
};
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

/** `latest`, or the date of a version, as clients may name one. */
const VERSION = /^(?:latest|\d{4}-\d\d-\d\d)$/;
/** Those that a listing of the root tells of; any other date is taken as well. */
const VERSIONS = ['2016-09-02', '2018-09-24', '2021-03-23', 'latest'];
/** Six hours. */
const LONGEST_TOKEN_SECONDS = 21_600;

/**
 * The instance metadata service of every instance, for programs that run as if they were on one.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function answerMetadata(world: World, { method, path, headers }: WireRequest): WireResponse {
  const [, region = '', instanceId = '', key = '', rest = ''] =
    /^\/_imds\/([^/]+)\/([^/]+)\/([^/]+)\/(.*)$/.exec(path) ?? [];
  if (!isSame(key, pathKey(world, region, instanceId))) return NOT_FOUND;
  const scope = world.scope(region);
  const instance = ec2State(scope).instances[instanceId];
  if (instance?.state !== 'running' || instance.metadata.endpoint === 'disabled') return NOT_FOUND;
  const token = world.keys.derived('metadata token', instanceId);
  if (rest === 'latest/api/token') return method === 'PUT' ? grantToken(headers, token) : NOT_ALLOWED;
  const shown = headers[TOKEN_HEADER];
  if (shown !== token && (shown !== undefined || instance.metadata.tokens === 'required')) {
    return plain(401, 'Unauthorized\n');
  }
  if (method !== 'GET' && method !== 'HEAD') return NOT_ALLOWED;
  if (rest === '') return plain(200, VERSIONS.join('\n'));
  const [version = '', ...below] = rest.split('/');
  const value = VERSION.test(version) ? valueAt(valuesOf(scope, instance), below.join('/')) : undefined;
  return value === undefined ? NOT_FOUND : plain(200, value);
}

/** Answers a request for a session token, which says for how many seconds it is to be good. */
function grantToken(headers: WireRequest['headers'], token: string): WireResponse {
  const ttl = headers[TTL_HEADER];
  const seconds = Number(ttl);
  if (ttl === undefined || !Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TOKEN_SECONDS) {
    return plain(400, 'Bad Request\n');
  }
  return plain(200, token, { [TTL_HEADER]: String(seconds) });
}

function plain(status: number, body: string, headers: Readonly<Record<string, string>> = {}): WireResponse {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body };
}

/**
 * What stands at a path: a value, or below a folder's slash the names in it, those of folders with a slash. A path without it
 * gives the folder's list too.
 */
function valueAt(values: ReadonlyMap<string, string>, path: string): string | undefined {
  const value = values.get(path);
  if (value !== undefined) return value;
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  const names = [...values.keys()].flatMap((each) => {
    if (!each.startsWith(folder)) return [];
    const [name = '', ...below] = each.slice(folder.length).split('/');
    return below.length > 0 ? `${name}/` : name;
  });
  return names.length === 0 ? undefined : [...new Set(names)].sort().join('\n');
}

/**
 * Everything that an instance is told, by its path below the version.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
 */
function valuesOf(scope: Scope, instance: InstanceRecord): Map<string, string> {
  const { instanceId, instanceType, imageId, zone, privateIp, publicIp, interfaceId, subnetId } = instance;
  const { vpcId, userData } = instance;
  const mac = macOf(instance);
  const hostname = `ip-${privateIp.replaceAll('.', '-')}.${
    scope.region === 'us-east-1' ? 'ec2' : `${scope.region}.compute`
  }.internal`;
  const role = roleOf(scope, instance);
  const { vpcs, subnets } = ec2State(scope);
  const network: Readonly<Record<string, string | undefined>> = {
    'device-number': '0',
    'interface-id': interfaceId,
    'local-hostname': hostname,
    'local-ipv4s': privateIp,
    mac,
    'owner-id': scope.accountId,
    'public-ipv4s': publicIp,
    'subnet-id': subnetId,
    'subnet-ipv4-cidr-block': subnets[subnetId]?.CidrBlock,
    'vpc-id': vpcId,
    'vpc-ipv4-cidr-block': vpcs[vpcId]?.CidrBlock,
    'vpc-ipv4-cidr-blocks': vpcs[vpcId]?.CidrBlock,
  };
  const metadata: Readonly<Record<string, string | undefined>> = {
    'ami-id': imageId,
    'ami-launch-index': String(instance.launchIndex),
    'autoscaling/target-lifecycle-state': targetStateOf(scope, instanceId),
    hostname,
    'instance-action': 'none',
    'instance-id': instanceId,
    'instance-life-cycle': instance.spot ? 'spot' : 'on-demand',
    'instance-type': instanceType,
    'local-hostname': hostname,
    'local-ipv4': privateIp,
    mac,
    ...Object.fromEntries(
      Object.entries(network).map(([name, value]) => [`network/interfaces/macs/${mac}/${name}`, value]),
    ),
    'placement/availability-zone': zone,
    'placement/region': scope.region,
    'public-ipv4': publicIp,
    'reservation-id': instance.reservationId,
    'services/domain': scope.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    'services/partition': scope.partition,
    'spot/instance-action':
      instance.interruptionAt === undefined
        ? undefined
        : JSON.stringify({ action: 'terminate', time: timeOf(instance.interruptionAt) }),
    ...(role !== undefined && { [`iam/security-credentials/${role}`]: credentialsOf(scope, instance) }),
  };
  const document = {
    accountId: scope.accountId,
    availabilityZone: zone,
    imageId,
    instanceId,
    instanceType,
    privateIp,
    region: scope.region,
    version: '2017-09-30',
  };
  const values = new Map<string, string>([
    ['dynamic/instance-identity/document', JSON.stringify(document)],
  ]);
  for (const [name, value] of Object.entries(metadata)) {
    if (value !== undefined) values.set(`meta-data/${name}`, value);
  }
  if (userData !== undefined) {
    values.set('user-data', Buffer.from(scope.world.blobs.get(userData)).toString('utf8'));
  }
  return values;
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
