import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseTemplate, type TemplateBody } from '../../../../../src/cfn/document.ts';
import {
  isTagsOnly,
  mayEndInstances,
  plannedChanges,
} from '../../../../../src/stack/update/plan/preview/changes.ts';
import { meaningOf } from '../../../../../src/stack/update/plan/preview/meaning.ts';

const template = {
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: {} },
  },
};

function change(
  LogicalResourceId: string,
  ResourceType: string,
  Replacement: 'True' | 'False' | 'Conditional',
  details: ResourceChange['Details'],
): ResourceChange {
  return { Action: 'Modify', LogicalResourceId, ResourceType, Replacement, Details: details };
}

const tagged = change('Vpc', 'AWS::EC2::VPC', 'False', [
  { Target: { Attribute: 'Tags', RequiresRecreation: 'Never' }, ChangeSource: 'DirectModification' },
]);
const replaced = change('Vpc', 'AWS::EC2::VPC', 'True', [
  { Target: { Attribute: 'Properties', Name: 'CidrBlock', RequiresRecreation: 'Always' } },
]);
const subnet = (CausingEntity: string) =>
  change('Subnet', 'AWS::EC2::Subnet', 'Conditional', [
    {
      Target: { Attribute: 'Properties', Name: 'CidrBlock', RequiresRecreation: 'Always' },
      Evaluation: 'Dynamic',
      ChangeSource: 'ResourceAttribute',
      CausingEntity,
    },
  ]);
const kinds = (changes: readonly ResourceChange[]) =>
  Object.fromEntries(plannedChanges(changes, template).map(({ logicalId, kind }) => [logicalId, kind]));

describe('what a change set means for a resource', () => {
  it('is nothing, where it only gives back a property of another that does not change', () => {
    expect(kinds([tagged, subnet('Vpc.CidrBlock')])).to.eql({ Vpc: 'change' });
  });

  it('is not known, where it gives back what is no property', () => {
    expect(kinds([tagged, subnet('Vpc.DefaultSecurityGroup')])).to.eql({
      Vpc: 'change',
      Subnet: 'perhaps replace',
    });
  });

  it('is a replacement, where what it refers to is replaced', () => {
    expect(kinds([replaced, subnet('Vpc')])).to.eql({ Vpc: 'replace', Subnet: 'replace' });
    expect(kinds([replaced, subnet('Vpc.CidrBlock')])).to.eql({ Vpc: 'replace', Subnet: 'replace' });
  });

  it('is told from tags alone', () => {
    expect(plannedChanges([tagged, replaced], template).map(isTagsOnly)).to.eql([true, false]);
  });
});

describe('what a change means for running builds', () => {
  const planned = (type: string, kind: 'change' | 'replace' | 'remove', retained = false) => ({
    ...{ logicalId: 'X', type, kind, retained },
    properties: [{ path: 'Other', recreates: 'never' as const }],
  });

  it('is refused where data or the ground of builds would go, unless that is allowed', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::EC2::VPC', 'AWS::Logs::LogGroup']) {
      for (const kind of ['replace', 'remove'] as const) {
        expect(meaningOf(planned(type, kind), 'rolling').weight, `${type} ${kind}`).to.equal('refused');
      }
      expect(meaningOf(planned(type, 'change'), 'rolling').weight).to.not.equal('refused');
    }
    const kept = meaningOf(planned('AWS::S3::Bucket', 'remove', true), 'rolling');
    expect(kept.text).to.match(/stay in the account/);
    expect(meaningOf(planned('AWS::S3::Bucket', 'remove'), 'rolling', new Set(['X'])).weight).to.equal(
      'builds',
    );
  });

  it('is nothing where only tags differ, except that a launch template has another version then', () => {
    const properties = [{ path: 'Tags', recreates: 'never' as const }];
    for (const type of ['AWS::IAM::Role', 'AWS::EC2::SecurityGroup', 'AWS::Lambda::Function']) {
      const tags = meaningOf({ ...planned(type, 'change'), properties }, 'rolling');
      expect(tags, type).to.eql({ weight: 'none', text: 'nothing for running builds' });
    }
    const launch = meaningOf({ ...planned('AWS::EC2::LaunchTemplate', 'change'), properties }, 'rolling');
    expect(launch.weight).to.equal('instances');
  });

  it('is nothing where permissions of the scaler change: no build runs by its role', async () => {
    const { body } = parseTemplate(await readFile('template/bk-stack.yml', 'utf8'));
    const details = [{ Target: { Attribute: 'Properties' as const, Name: 'Policies' } }];
    const meanings = (template: TemplateBody, ...roles: string[]) =>
      plannedChanges(
        roles.map((role) => change(role, 'AWS::IAM::Role', 'False', details)),
        template,
      ).map((planned) => meaningOf(planned, 'rolling'));
    const [scaler, builds] = meanings(body, 'ScalerRole', 'InstanceRole');
    expect(scaler?.weight).to.equal('none');
    expect(scaler?.text).to.match(/no build.*the changed permissions at once/);
    expect(builds).to.eql({
      weight: 'builds',
      text: 'what runs by it has the changed permissions at once',
    });
    // Whoever else can take it may be a build.
    const role = (...Statement: unknown[]) => ({
      Properties: { AssumeRolePolicyDocument: { Statement } },
    });
    const lambda = { Principal: { Service: ['lambda.amazonaws.com'] } };
    const Resources = {
      Only: role(lambda),
      Also: role({ Principal: { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] } }),
      Account: role({ Principal: { Service: 'lambda.amazonaws.com', AWS: '123456789012' } }),
      Anybody: role(lambda, { Principal: '*' }),
      Perhaps: role(lambda, { 'Fn::If': ['Own', {}, {}] }),
      Untold: {},
    };
    const weights = meanings({ Resources } as unknown as TemplateBody, ...Object.keys(Resources), 'Gone');
    expect(weights.map(({ weight }) => weight)).to.eql(['none', ...Array<string>(6).fill('builds')]);
  });

  it('says by the strategy what happens to instances', () => {
    const text = (strategy: 'rolling' | 'drain' | 'in-place') =>
      meaningOf(planned('AWS::EC2::LaunchTemplate', 'change'), strategy).text;
    expect(text('rolling')).to.match(/replaced as their jobs finish/);
    expect(text('drain')).to.match(/new ones start after/);
    expect(text('in-place')).to.match(/until they end/);
  });
});

describe('a resource of a change set', () => {
  const planned = (parts: ResourceChange, template_: TemplateBody = {}) =>
    plannedChanges([parts], template_)[0];
  const detail = (parts: Partial<NonNullable<ResourceChange['Details']>[number]> = {}) => ({
    Action: 'Modify' as const,
    Details: [{ Target: { Attribute: 'Properties' as const, Name: 'P' }, ...parts }],
  });

  for (const [Action, Replacement, kind] of [
    ['Add', undefined, 'add'],
    ['Import', undefined, 'add'],
    ['Remove', undefined, 'remove'],
    ['Modify', 'True', 'replace'],
    ['Modify', 'Conditional', 'perhaps replace'],
    ['Modify', 'False', 'change'],
    ['Dynamic', undefined, 'change'],
  ] as const) {
    it(`is a case of "${kind}" for ${Action} with replacement ${Replacement ?? 'untold'}`, () => {
      const Details = [
        { Target: { Attribute: 'Properties' as const, Name: 'P', RequiresRecreation: 'Always' as const } },
      ];
      const parts = { Action, Details, ...(Replacement !== undefined && { Replacement }) };
      expect(planned(parts)?.kind).to.equal(kind);
    });
  }

  it('has its ids and type, as far as CloudFormation tells them', () => {
    const ids = { LogicalResourceId: 'Topic', PhysicalResourceId: 'arn', ResourceType: 'AWS::SNS::Topic' };
    const others = { retained: false, properties: [] };
    expect(planned({ Action: 'Add', ...ids })).to.eql({
      ...{ logicalId: 'Topic', physicalId: 'arn', type: 'AWS::SNS::Topic', kind: 'add', ...others },
    });
    expect(planned({ Action: 'Add' })).to.eql({ logicalId: '', type: '', kind: 'add', ...others });
    expect(planned({ Action: 'Add', PhysicalResourceId: '' })).to.not.have.property('physicalId');
  });

  it('stays in the account where its policy retains it', () => {
    for (const [PolicyAction, retained] of [
      ['Retain', true],
      ['ReplaceAndRetain', true],
      ['Delete', false],
      ['Snapshot', false],
      ['ReplaceAndDelete', false],
    ] as const) {
      expect(planned({ Action: 'Remove', PolicyAction })?.retained, PolicyAction).to.equal(retained);
    }
  });

  it('is left out where nothing of it changes, unless it is added, replaced or removed', () => {
    expect(planned({ Action: 'Modify', Replacement: 'False', Details: [] })).to.equal(undefined);
    expect(planned({ Action: 'Modify', Replacement: 'False' })).to.equal(undefined);
    for (const parts of [
      { Action: 'Add' },
      { Action: 'Remove' },
      { Action: 'Modify', Replacement: 'True' },
    ]) {
      expect(planned(parts as ResourceChange)).to.not.equal(undefined);
    }
  });

  for (const [what, Target, expected] of [
    ['its name', { Attribute: 'Properties', Name: 'P' }, { path: 'Properties/P' }],
    ['its path', { Attribute: 'Properties', Name: 'P', Path: '/Properties/P/0/Q' }, { path: 'P/0/Q' }],
    ['a path without a slash', { Path: 'Properties/P' }, { path: 'P' }],
    ['another attribute', { Attribute: 'UpdatePolicy' }, { path: 'UpdatePolicy' }],
    ['a path under another', { Path: '/Metadata/Properties/P' }, { path: 'Metadata/Properties/P' }],
    ['its values', { Path: '/Properties/P', BeforeValue: 'b', AfterValue: 'a' }, { before: 'b', after: 'a' }],
    [
      'values that are tags',
      { Path: '/Properties/Tags/0', AfterValue: '{"Key":"k","Value":"v"}' },
      { after: 'k=v' },
    ],
    [
      'a tag by its attribute',
      { Attribute: 'Tags', AfterValue: '{"Key":"k","Value":"v"}' },
      { after: 'k=v' },
    ],
    [
      'tags of instances',
      { Path: '/Properties/Data/Tags', BeforeValue: '{"Key":"k","Value":"v"}' },
      { before: 'k=v' },
    ],
    [
      'what is only called like tags',
      { Path: '/Properties/TagsOf/0', AfterValue: '{"Key":"k","Value":"v"}' },
      { after: '{"Key":"k","Value":"v"}' },
    ],
    [
      'what only ends like tags',
      { Path: '/Properties/MyTags/0', AfterValue: '{"Key":"k","Value":"v"}' },
      { after: '{"Key":"k","Value":"v"}' },
    ],
    ['no recreation', { Path: '/Properties/P' }, { recreates: 'never' }],
    ['no recreation, told', { Path: '/Properties/P', RequiresRecreation: 'Never' }, { recreates: 'never' }],
    ['recreation', { Path: '/Properties/P', RequiresRecreation: 'Always' }, { recreates: 'always' }],
    ['perhaps', { Path: '/Properties/P', RequiresRecreation: 'Conditionally' }, { recreates: 'perhaps' }],
  ] as const) {
    it(`has a property with ${what}`, () => {
      const [property] = planned(detail({ Target }))?.properties ?? [];
      const short = {
        ...expected,
        ...('path' in expected && { path: expected.path.replace(/^Properties\//, '') }),
      };
      expect(property).to.include(short);
    });
  }

  it('has for each property the cause of its change, unless that is the template itself', () => {
    const cause = (parts: Parameters<typeof detail>[0]) => planned(detail(parts))?.properties[0];
    expect(cause({ ChangeSource: 'ParameterReference', CausingEntity: 'MinSize' })).to.include({
      cause: 'MinSize',
    });
    expect(cause({ CausingEntity: 'MinSize' })).to.include({ cause: 'MinSize' });
    expect(cause({ ChangeSource: 'DirectModification', CausingEntity: 'MinSize' })).to.not.have.property(
      'cause',
    );
    expect(cause({ ChangeSource: 'ParameterReference' })).to.not.have.property('cause');
  });

  it('has each property once, with all that is told of it', () => {
    const Target = { Attribute: 'Properties' as const, Name: 'P' };
    const parts = {
      Action: 'Modify' as const,
      Details: [
        { Target: { ...Target, BeforeValue: 'b', AfterValue: 'a' } },
        { Target, ChangeSource: 'ParameterReference' as const, CausingEntity: 'MinSize' },
        { Target: { ...Target, Name: 'Q' } },
      ],
    };
    expect(planned(parts)?.properties).to.eql([
      { path: 'P', before: 'b', after: 'a', recreates: 'never', cause: 'MinSize' },
      { path: 'Q', recreates: 'never' },
    ]);
  });

  it('differs in tags alone by the paths of what changes', () => {
    const tags = (kind: 'change' | 'replace', ...paths: string[]) =>
      isTagsOnly({
        ...{ logicalId: 'X', type: 'T', kind, retained: false },
        properties: paths.map((path) => ({ path, recreates: 'never' as const })),
      });
    expect(tags('change', 'Tags')).to.equal(true);
    expect(tags('change', 'Tags/0/Value', 'TagSpecifications/1')).to.equal(true);
    expect(tags('replace', 'Tags')).to.equal(false);
    expect(tags('change', 'Tags', 'P')).to.equal(false);
    expect(tags('change', 'MyTags')).to.equal(false);
    expect(tags('change', 'TagsOf')).to.equal(false);
  });

  for (const [type, may] of [
    ['AWS::AutoScaling::AutoScalingGroup', true],
    ['AWS::AutoScaling::ScheduledAction', true],
    ['AWS::EC2::LaunchTemplate', true],
    ['AWS::CloudFormation::Stack', true],
    ['AWS::CloudFormation::CustomResource', true],
    ['Custom::Anything', true],
    ['AWS::CloudFormation::StackSet', false],
    ['AWS::CloudFormation::WaitCondition', false],
    ['AWS::EC2::LaunchTemplateOther', false],
    ['My::Custom::Anything', false],
    ['AWS::IAM::Role', false],
  ] as const) {
    it(`${may ? 'may' : 'does not'} end instances as ${type}`, () => {
      expect(mayEndInstances({ type })).to.equal(may);
    });
  }
});

describe('a resource that follows another', () => {
  const follows = (
    cause: string | undefined,
    RequiresRecreation: 'Always' | 'Conditionally' | 'Never' = 'Always',
  ): ResourceChange =>
    change('Subnet', 'AWS::EC2::Subnet', 'Conditional', [
      {
        Target: { Attribute: 'Properties', Name: 'P', RequiresRecreation },
        ...(cause !== undefined && { CausingEntity: cause }),
      },
    ]);
  const other = change('Other', 'AWS::SNS::Topic', 'True', [{ Target: { Path: '/Properties/P' } }]);
  const block = change('Vpc', 'AWS::EC2::VPC', 'False', [
    { Target: { Path: '/Properties/Tags/0' } },
    { Target: { Path: '/Properties/CidrBlock/0' } },
  ]);

  for (const [what, changes, kind] of [
    ['replaced with it', [replaced, follows('Vpc')], 'replace'],
    [
      'perhaps replaced where it may not need to be',
      [replaced, follows('Vpc', 'Conditionally')],
      'perhaps replace',
    ],
    ['perhaps replaced where another is replaced', [other, tagged, follows('Vpc')], 'perhaps replace'],
    ['perhaps replaced where that only changes', [tagged, follows('Vpc')], 'perhaps replace'],
    ['perhaps replaced for a cause that is untold', [replaced, follows(undefined)], 'perhaps replace'],
    ['perhaps replaced where the property changes', [block, follows('Vpc.CidrBlock')], 'perhaps replace'],
    ['perhaps replaced where the source does not change', [follows('Vpc.CidrBlock')], 'perhaps replace'],
    ['perhaps replaced for a parameter', [tagged, follows('CidrBlock')], 'perhaps replace'],
    ['perhaps replaced for what has no name', [tagged, follows('x-Vpc.CidrBlock')], 'perhaps replace'],
    ['changed where nothing needs a new one', [tagged, follows('Vpc', 'Never')], 'change'],
  ] as const) {
    it(`is ${what}`, () => {
      expect(kinds(changes)['Subnet']).to.equal(kind);
    });
  }

  it('keeps what else of it changes', () => {
    const both = change('Subnet', 'AWS::EC2::Subnet', 'Conditional', [
      ...(follows('Vpc.CidrBlock').Details ?? []),
      { Target: { Path: '/Properties/Q', RequiresRecreation: 'Never' } },
    ]);
    const [, subnet_] = plannedChanges([tagged, both], template);
    expect(subnet_).to.deep.include({ kind: 'change', properties: [{ path: 'Q', recreates: 'never' }] });
  });

  it('is replaced through others', () => {
    const third = change('Third', 'AWS::EC2::Route', 'Conditional', [
      {
        Target: { Attribute: 'Properties', Name: 'P', RequiresRecreation: 'Always' },
        CausingEntity: 'Subnet',
      },
    ]);
    expect(kinds([third, follows('Vpc'), replaced])).to.eql({
      ...{ Vpc: 'replace', Subnet: 'replace', Third: 'replace' },
    });
  });

  it('is taken as it is told where the template lacks its source', () => {
    for (const body of [{}, { Resources: {} }, { Resources: { Vpc: {} } }] as TemplateBody[]) {
      const [, subnet_] = plannedChanges([tagged, follows('Vpc.CidrBlock')], body);
      expect(subnet_?.kind).to.equal('perhaps replace');
    }
  });
});

describe('a group that its update policy replaces', () => {
  const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
  const bodyOf = (UpdatePolicy?: object) =>
    ({ Resources: { Group: { ...(UpdatePolicy && { UpdatePolicy }) } } }) as unknown as TemplateBody;
  const REPLACING = bodyOf({ AutoScalingReplacingUpdate: { WillReplace: true } });
  const group = (path: string, type = GROUP, Replacement: 'False' | 'Conditional' = 'False') =>
    change('Group', type, Replacement, [
      { Target: { Path: '/Properties/Cooldown', RequiresRecreation: 'Conditionally' } },
      { Target: { Path: `/Properties/${path}` } },
    ]);
  const kind = (body: TemplateBody, ...given: Parameters<typeof group>) =>
    plannedChanges([group(...given)], body)[0]?.kind;

  for (const path of [
    ...['LaunchTemplate', 'LaunchTemplate/Version', 'MixedInstancesPolicy/0', 'LaunchConfigurationName'],
    ...['VPCZoneIdentifier', 'AvailabilityZones/1', 'PlacementGroup'],
  ]) {
    it(`is replaced where ${path} changes`, () => {
      expect(kind(REPLACING, path)).to.equal('replace');
      expect(kind(REPLACING, path, GROUP, 'Conditional')).to.equal('replace');
    });
  }

  for (const [what, found, expected] of [
    ['what does not say what instances are', () => kind(REPLACING, 'MaxSize'), 'change'],
    ['what only begins so', () => kind(REPLACING, 'PlacementGroups'), 'change'],
    ['what only ends so', () => kind(REPLACING, 'My/PlacementGroup'), 'change'],
    ['another type', () => kind(REPLACING, 'LaunchTemplate', 'AWS::SNS::Topic'), 'change'],
    ['no policy', () => kind(bodyOf(), 'LaunchTemplate'), 'change'],
    ['no policy, perhaps', () => kind(bodyOf(), 'LaunchTemplate', GROUP, 'Conditional'), 'perhaps replace'],
    ['another policy', () => kind(bodyOf({ AutoScalingRollingUpdate: {} }), 'LaunchTemplate'), 'change'],
    ['an empty policy', () => kind(bodyOf({ AutoScalingReplacingUpdate: {} }), 'LaunchTemplate'), 'change'],
    ['no resources', () => kind({}, 'LaunchTemplate'), 'change'],
    ['no such resource', () => kind({ Resources: {} }, 'LaunchTemplate'), 'change'],
    [
      'a policy that does not',
      () => kind(bodyOf({ AutoScalingReplacingUpdate: { WillReplace: 'false' } }), 'LaunchTemplate'),
      'change',
    ],
    [
      'a policy that may',
      () => kind(bodyOf({ AutoScalingReplacingUpdate: { WillReplace: { Ref: 'P' } } }), 'LaunchTemplate'),
      'replace',
    ],
  ] as const) {
    it(`is a case of "${expected}" for ${what}`, () => {
      expect(found()).to.equal(expected);
    });
  }

  it('is removed or added as before', () => {
    const Details = [{ Target: { Path: '/Properties/LaunchTemplate' } }];
    for (const [Action, expected] of [
      ['Add', 'add'],
      ['Remove', 'remove'],
    ] as const) {
      const [found] = plannedChanges(
        [{ Action, LogicalResourceId: 'Group', ResourceType: GROUP, Details }],
        REPLACING,
      );
      expect(found?.kind).to.equal(expected);
      expect(found?.logicalId).to.equal('Group');
    }
    expect(plannedChanges([group('LaunchTemplate')], REPLACING)[0]).to.deep.include({ logicalId: 'Group' });
  });
});
