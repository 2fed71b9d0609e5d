import { expect } from 'chai';
import type { ChangeKind } from '../../../../../src/stack/update/plan/preview/changes.ts';
import { DRAINED, meaningOf } from '../../../../../src/stack/update/plan/preview/meaning.ts';

const changeOf = (type: string, kind: ChangeKind, ...paths: string[]) => ({
  ...{ logicalId: 'X', type, kind, retained: false },
  properties: paths.map((path) => ({ path, recreates: 'never' as const })),
});
const meaning = (type: string, kind: ChangeKind, ...paths: string[]) =>
  meaningOf(changeOf(type, kind, ...paths), 'rolling');
const NOTHING = { weight: 'none', text: 'nothing for running builds' };

describe('the meaning of a change that would lose something', () => {
  for (const [type, lost] of [
    ['AWS::S3::Bucket', 'what is in it'],
    ['AWS::KMS::Key', 'what it has encrypted'],
    ['AWS::EC2::VPC', 'the network of running instances'],
    ['AWS::EC2::Subnet', 'the network of running instances'],
    ['AWS::AutoScaling::AutoScalingGroup', 'its running instances'],
    ['AWS::Logs::LogGroup', 'its logs'],
    ['AWS::SSM::Parameter', 'its value'],
    ['AWS::SecretsManager::Secret', 'its value'],
    ['AWS::DynamoDB::Table', 'its data'],
    ['AWS::EFS::FileSystem', 'its data'],
    ['AWS::RDS::DBInstance', 'its data'],
    ['AWS::ECR::Repository', 'its images'],
  ] as const) {
    it(`is a refusal: ${type} holds ${lost}`, () => {
      for (const [kind, verb] of [
        ['remove', 'removed'],
        ['replace', 'replaced'],
        ['perhaps replace', 'replaced, perhaps'],
      ] as const) {
        const text = `it would be ${verb}: ${lost} would be lost`;
        expect(meaning(type, kind, 'Other'), kind).to.eql({ weight: 'refused', text });
        const allowed = meaningOf(changeOf(type, kind, 'Other'), 'rolling', new Set(['X']));
        expect(allowed, kind).to.eql({ weight: 'builds', text: `${text}; allowed` });
        const another = meaningOf(changeOf(type, kind, 'Other'), 'rolling', new Set(['Y']));
        expect(another.weight, 'another is allowed').to.equal('refused');
      }
      for (const kind of ['add', 'change'] as const) {
        expect(meaning(type, kind, 'Other').weight, kind).to.equal('none');
      }
    });
  }

  it('says that what is retained stays in the account', () => {
    const retained = { ...changeOf('AWS::S3::Bucket', 'remove'), retained: true };
    expect(meaningOf(retained, 'rolling')).to.eql({
      weight: 'refused',
      text: 'it would be removed: it would stay in the account, and the stack no longer use it',
    });
  });
});

describe('the meaning of a change for running builds', () => {
  const PERMISSIONS = { weight: 'builds', text: 'what runs by it has the changed permissions at once' };
  const FIREWALL = { weight: 'builds', text: 'it holds for running instances at once' };
  const ROUTES = { weight: 'builds', text: 'running instances may lose connections for a moment' };
  const SCALER = { weight: 'none', text: 'the scaler works on with it from its next look' };
  const LIMITS = {
    weight: 'none',
    text: 'the limits of its size hold at once; no instance with a job is ended',
  };
  const LATER = { weight: 'none', text: 'it holds for instances that are launched from then on' };
  const ROLLED = { weight: 'instances', text: 'instances are replaced as their jobs finish' };
  const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
  const LAUNCH = 'AWS::EC2::LaunchTemplate';

  for (const [what, found, expected] of [
    ['a launch template that changes', () => meaning(LAUNCH, 'change', 'ImageId'), ROLLED],
    ['a launch template whose tags change', () => meaning(LAUNCH, 'change', 'TagSpecifications/0'), ROLLED],
    ['a launch template that is replaced', () => meaning(LAUNCH, 'replace', 'Name'), ROLLED],
    ['a launch template that is removed', () => meaning(LAUNCH, 'remove'), ROLLED],
    ['a launch template that is added', () => meaning(LAUNCH, 'add'), NOTHING],
    ['a role that changes', () => meaning('AWS::IAM::Role', 'change', 'Policies'), PERMISSIONS],
    ['a role that is removed', () => meaning('AWS::IAM::Role', 'remove'), PERMISSIONS],
    ['a role that is added', () => meaning('AWS::IAM::Role', 'add'), NOTHING],
    ['a role whose tags change', () => meaning('AWS::IAM::Role', 'change', 'Tags'), NOTHING],
    ['a policy', () => meaning('AWS::IAM::Policy', 'change', 'PolicyDocument'), PERMISSIONS],
    ['a managed policy', () => meaning('AWS::IAM::ManagedPolicy', 'change', 'PolicyDocument'), PERMISSIONS],
    ['a policy of a role', () => meaning('AWS::IAM::RolePolicy', 'change', 'PolicyDocument'), PERMISSIONS],
    ['an instance profile', () => meaning('AWS::IAM::InstanceProfile', 'change', 'Roles'), NOTHING],
    ['a service-linked role', () => meaning('AWS::IAM::RoleAlias', 'change', 'Roles'), NOTHING],
    ['a type that ends in a role', () => meaning('My::AWS::IAM::Role', 'change', 'Roles'), NOTHING],
    [
      'a security group',
      () => meaning('AWS::EC2::SecurityGroup', 'change', 'SecurityGroupIngress'),
      FIREWALL,
    ],
    ['a rule of one', () => meaning('AWS::EC2::SecurityGroupEgress', 'remove'), FIREWALL],
    ['a security group that is added', () => meaning('AWS::EC2::SecurityGroup', 'add'), NOTHING],
    ['a type that ends in one', () => meaning('My::AWS::EC2::SecurityGroup', 'change', 'A'), NOTHING],
    ['a route that is replaced', () => meaning('AWS::EC2::Route', 'replace', 'GatewayId'), ROUTES],
    ['a route that is perhaps replaced', () => meaning('AWS::EC2::Route', 'perhaps replace', 'A'), ROUTES],
    ['a route that changes', () => meaning('AWS::EC2::Route', 'change', 'GatewayId'), NOTHING],
    ['a route that is added', () => meaning('AWS::EC2::Route', 'add'), NOTHING],
    ['a route table that is removed', () => meaning('AWS::EC2::RouteTable', 'remove'), ROUTES],
    ['its association', () => meaning('AWS::EC2::SubnetRouteTableAssociation', 'remove'), ROUTES],
    ['an endpoint that is removed', () => meaning('AWS::EC2::VPCEndpoint', 'remove'), ROUTES],
    ['a gateway that is removed', () => meaning('AWS::EC2::InternetGateway', 'remove'), ROUTES],
    ['a type that ends in a route', () => meaning('My::AWS::EC2::Route', 'remove'), NOTHING],
    ['a topic that is removed', () => meaning('AWS::SNS::Topic', 'remove'), NOTHING],
    ['a function that changes', () => meaning('AWS::Lambda::Function', 'change', 'Code'), SCALER],
    ['a function that is added', () => meaning('AWS::Lambda::Function', 'add'), NOTHING],
    ['a group’s minimum', () => meaning(GROUP, 'change', 'MinSize'), LIMITS],
    ['a group’s minimum and maximum', () => meaning(GROUP, 'change', 'MinSize', 'MaxSize'), LIMITS],
    ['a group’s maximum and more', () => meaning(GROUP, 'change', 'MaxSize', 'Cooldown'), LATER],
    ['a group’s launch template', () => meaning(GROUP, 'change', 'LaunchTemplate/Version'), LATER],
    ['what only ends in a limit', () => meaning(GROUP, 'change', 'OtherMinSize'), LATER],
    ['what only begins with a limit', () => meaning(GROUP, 'change', 'MaxSizes'), LATER],
    ['a group that is added', () => meaning(GROUP, 'add', 'MinSize'), NOTHING],
    ['a change without properties', () => meaning(GROUP, 'change'), NOTHING],
    ['a topic that changes', () => meaning('AWS::SNS::Topic', 'change', 'TopicName'), NOTHING],
  ] as const) {
    it(`is for ${what}: ${expected.text}`, () => {
      expect(found()).to.eql(expected);
    });
  }

  it('is none for a role that only functions take, unless the role is added', () => {
    const role = (kind: ChangeKind) =>
      meaningOf({ ...changeOf('AWS::IAM::Role', kind, 'Policies'), ofFunctions: true }, 'rolling');
    expect(role('change')).to.eql({
      weight: 'none',
      text: 'a function runs by it, and no build: it has the changed permissions at once',
    });
    expect(role('add')).to.eql(NOTHING);
  });

  it('depends for a launch template on the strategy', () => {
    const launch = (strategy: 'drain' | 'in-place') =>
      meaningOf(changeOf(LAUNCH, 'change', 'ImageId'), strategy);
    expect(DRAINED).to.equal('all instances end as their jobs finish, and new ones start after the update');
    expect(launch('drain')).to.eql({ weight: 'instances', text: DRAINED });
    expect(launch('in-place')).to.eql({
      weight: 'instances',
      text: 'new instances have it; those that run stay as they are until they end',
    });
  });
});
