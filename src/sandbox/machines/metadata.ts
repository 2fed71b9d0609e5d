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
  const [, region = '', instanceId = '', key = '', rest = ''] =
    /^\/_imds\/([^/]+)\/([^/]+)\/([^/]+)\/latest\/(.*)$/.exec(path) ?? [];
  if (!isSame(key, pathKey(world, region, instanceId))) return NOT_FOUND;
  const scope = world.scope(region);
  const instance = ec2State(scope).instances[instanceId];
  if (instance?.state !== 'running' || instance.metadata.endpoint === 'disabled') return NOT_FOUND;
  const token = world.keys.derived('metadata token', instanceId);
  if (rest === 'api/token') {
    if (method !== 'PUT') return plain(405, 'Method Not Allowed\n');
    return headers[`${TOKEN_HEADER}-ttl-seconds`] === undefined
      ? plain(400, 'Bad Request\n')
      : plain(200, token);
  }
  const shown = headers[TOKEN_HEADER];
  if (shown !== token && (shown !== undefined || instance.metadata.tokens === 'required')) {
    return plain(401, 'Unauthorized\n');
  }
  const value = valueOf(scope, instance, rest);
  return value === undefined ? NOT_FOUND : plain(200, value);
}

function plain(status: number, body: string): WireResponse {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

function valueOf(scope: Scope, instance: InstanceRecord, path: string): string | undefined {
  const mac = macOf(instance);
  switch (path) {
    case 'dynamic/instance-identity/document':
      return JSON.stringify({
        accountId: scope.accountId,
        region: scope.region,
        availabilityZone: instance.zone,
        instanceId: instance.instanceId,
        instanceType: instance.instanceType,
        imageId: instance.imageId,
        privateIp: instance.privateIp,
      });
    case 'meta-data/instance-id':
      return instance.instanceId;
    case 'meta-data/instance-type':
      return instance.instanceType;
    case 'meta-data/ami-id':
      return instance.imageId;
    case 'meta-data/placement/region':
      return scope.region;
    case 'meta-data/placement/availability-zone':
      return instance.zone;
    case 'meta-data/instance-life-cycle':
      return instance.spot ? 'spot' : 'on-demand';
    case 'meta-data/mac':
      return mac;
    case `meta-data/network/interfaces/macs/${mac}/vpc-ipv4-cidr-blocks`:
      return ec2State(scope).vpcs[instance.vpcId]?.CidrBlock;
    case 'meta-data/autoscaling/target-lifecycle-state':
      return targetStateOf(scope, instance.instanceId);
    case 'meta-data/spot/instance-action':
      return instance.interruptionAt === undefined
        ? undefined
        : JSON.stringify({ action: 'terminate', time: timeOf(instance.interruptionAt) });
    case 'meta-data/iam/security-credentials/':
      return roleOf(scope, instance);
    case `meta-data/iam/security-credentials/${roleOf(scope, instance) ?? ''}`:
      return credentialsOf(scope, instance);
    default:
      return undefined;
  }
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
