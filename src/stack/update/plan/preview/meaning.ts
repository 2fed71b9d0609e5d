import type { Strategy } from '../../request/options.ts';
import { type ChangeKind, isTagsOnly, type PlannedChange } from './changes.ts';

/** What a change does to running builds, and to what the stack keeps. */
export interface Meaning {
  /** `refused`: it takes data or the ground of running builds away. `instances`: they have to be replaced. */
  readonly weight: 'refused' | 'instances' | 'builds' | 'none';
  readonly text: string;
}

/** Types that hold what cannot be made again, or what running instances stand on; in words. */
const HOLDERS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'what is in it',
  'AWS::KMS::Key': 'what it has encrypted',
  'AWS::EC2::VPC': 'the network of running instances',
  'AWS::EC2::Subnet': 'the network of running instances',
  'AWS::AutoScaling::AutoScalingGroup': 'its running instances',
  'AWS::Logs::LogGroup': 'its logs',
  'AWS::SSM::Parameter': 'its value',
  'AWS::SecretsManager::Secret': 'its value',
  'AWS::DynamoDB::Table': 'its data',
  'AWS::EFS::FileSystem': 'its data',
  'AWS::RDS::DBInstance': 'its data',
  'AWS::ECR::Repository': 'its images',
};

const VERBS: Readonly<Record<ChangeKind, string>> = {
  add: 'added',
  change: 'changed',
  replace: 'replaced',
  'perhaps replace': 'replaced, perhaps',
  remove: 'removed',
};

/** What a change means, in words. `allowed` are the logical ids that may be replaced or removed all the same. */
export function meaningOf(
  change: PlannedChange,
  strategy: Strategy,
  allowed: ReadonlySet<string> = new Set(),
): Meaning {
  const { type, kind, logicalId, retained } = change;
  const held = HOLDERS[type];
  const loses = kind === 'remove' || kind === 'replace' || kind === 'perhaps replace';
  if (held !== undefined && loses) {
    const stays = retained
      ? 'it would stay in the account, and the stack no longer use it'
      : `${held} would be lost`;
    const text = `it would be ${VERBS[kind]}: ${stays}`;
    return allowed.has(logicalId)
      ? { weight: 'builds', text: `${text}; allowed` }
      : { weight: 'refused', text };
  }
  if (type === 'AWS::EC2::LaunchTemplate' && kind !== 'add') return launch(strategy);
  if (isTagsOnly(change)) return { weight: 'none', text: 'nothing for running builds' };
  if (type === 'AWS::AutoScaling::AutoScalingGroup' && kind === 'change') return group(change);
  if (change.ofFunctions && kind !== 'add') {
    return {
      weight: 'none',
      text: 'a function runs by it, and no build: it has the changed permissions at once',
    };
  }
  if (/^AWS::IAM::(Role|Policy|ManagedPolicy|RolePolicy)$/.test(type) && kind !== 'add') {
    return { weight: 'builds', text: 'what runs by it has the changed permissions at once' };
  }
  if (/^AWS::EC2::SecurityGroup/.test(type) && kind !== 'add') {
    return { weight: 'builds', text: 'it holds for running instances at once' };
  }
  if (
    /^AWS::EC2::(Route|SubnetRouteTableAssociation|RouteTable|VPCEndpoint|InternetGateway)/.test(type) &&
    loses
  ) {
    return { weight: 'builds', text: 'running instances may lose connections for a moment' };
  }
  if (type === 'AWS::Lambda::Function' && kind !== 'add') {
    return { weight: 'none', text: 'the scaler works on with it from its next look' };
  }
  return { weight: 'none', text: 'nothing for running builds' };
}

/** What the strategy `drain` does to every instance. */
export const DRAINED = 'all instances end as their jobs finish, and new ones start after the update';

function launch(strategy: Strategy): Meaning {
  const how: Record<Strategy, string> = {
    rolling: 'instances are replaced as their jobs finish',
    drain: DRAINED,
    'in-place': 'new instances have it; those that run stay as they are until they end',
  };
  return { weight: 'instances', text: how[strategy] };
}

function group({ properties }: PlannedChange): Meaning {
  const changed = properties.map(({ path }) => path);
  if (changed.length > 0 && changed.every((path) => /^(MinSize|MaxSize)$/.test(path))) {
    return { weight: 'none', text: 'the limits of its size hold at once; no instance with a job is ended' };
  }
  return { weight: 'none', text: 'it holds for instances that are launched from then on' };
}
