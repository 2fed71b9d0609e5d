import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseTemplate, type TemplateBody } from '../../../../../src/cfn/document.ts';
import { isTagsOnly, plannedChanges } from '../../../../../src/stack/update/plan/preview/changes.ts';
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
