import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { zipSync } from 'fflate';
import { parseTemplate } from '../../../../../src/cfn/document.ts';
import { loadSpecification } from '../../../../../src/sandbox/cloudformation/specification/index.ts';
import { services } from '../../../../../src/sandbox/server/services.ts';
import { templateUrl } from '../../../../../src/stack/assets/staging.ts';
import { plannedChanges } from '../../../../../src/stack/update/plan/preview/changes.ts';
import { meaningOf } from '../../../../../src/stack/update/plan/preview/meaning.ts';
import type { Answer } from '../../../../support/fleet.ts';
import { root } from '../../../../support/process.ts';
import { TestWorld } from '../../../../support/world.ts';

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const text = readFileSync(join(root, 'template/bk-stack.yml'), 'utf8');
const { body } = parseTemplate(text);
const conditions = body['Conditions'] as Record<string, unknown>;
const parameters = body['Parameters'] as Record<string, unknown>;
const resources = Object.entries(body['Resources'] as unknown as Record<string, Resource>);

/** What is refused to be replaced or removed. */
const holders = resources.filter(([logicalId, { Type: type }]) => {
  const change = { logicalId, type, kind: 'replace', retained: false, properties: [] } as const;
  return meaningOf(change, 'rolling').weight === 'refused';
});

/** The parameters that a part of the template depends on, also by its conditions. */
function parametersOf(part: unknown, seen = new Set<string>()): Set<string> {
  const told = JSON.stringify(part);
  for (const [, name = ''] of told.matchAll(/"Ref":"(\w+)"|\$\{(\w+)\}/g)) {
    if (name in parameters) seen.add(name);
  }
  const named = [...told.matchAll(/"Condition":"(\w+)"|"Fn::If":\["(\w+)"/g)];
  for (const [, condition, tested] of named) parametersOf(conditions[condition ?? tested ?? ''], seen);
  return seen;
}

/** The parameters that can take a resource away, or have another put in its place. */
function causesOf({ Type, Condition, Properties = {} }: Resource): Set<string> {
  const seen = Condition === undefined ? new Set<string>() : parametersOf(conditions[Condition]);
  const known = loadSpecification().get(Type)?.properties ?? {};
  for (const [name, value] of Object.entries(Properties)) {
    if (known[name]?.replaces !== undefined) parametersOf(value, seen);
  }
  return seen;
}

const HOST = `host/${'0'.repeat(64)}.mjs`;
const SCALER = `scaler/${'0'.repeat(64)}.zip`;
const ZONES = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `us-east-1${letter}`);
/** A stack that has everything which the template can make of what holds data. */
const EVERYTHING: Readonly<Record<string, string>> = {
  AvailabilityZones: ZONES.join(','),
  BuildkiteAgentToken: 'bkct_x',
  PipelineSigningKMSKeySpec: 'ECC_NIST_P256',
  AssetsBucket: 'assets',
  HostProgram: HOST,
  ScalerProgram: SCALER,
};

/** For each parameter that can take something away, a change that does. */
const CHANGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  VpcId: { VpcId: '<vpc>', Subnets: '<subnet>', AvailabilityZones: '' },
  AvailabilityZones: { AvailabilityZones: ZONES[1] ?? '' },
  SecretsBucket: { SecretsBucket: 'my-own-secrets' },
  PipelineSigningKMSKeySpec: { PipelineSigningKMSKeySpec: 'none' },
  BuildkiteAgentToken: { BuildkiteAgentToken: '', BuildkiteAgentTokenParameterStorePath: '/token' },
  BuildkiteAgentTokenParameterStorePath: { BuildkiteAgentTokenParameterStorePath: '/token' },
};

describe('what holds data in our template', function () {
  this.timeout(120_000);
  const world = new TestWorld(services);
  const scope = world.scope('us-east-1');
  const call = (service: string, operation: string, input: object): Promise<Answer> =>
    world.call(scope, service, operation, input);
  const TemplateURL = templateUrl('assets', 'template.yml', scope.region);
  const given = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
  let own: readonly [vpc: string, subnet: string];

  before(async () => {
    await call('s3', 'CreateBucket', { Bucket: 'assets' });
    for (const [Key, content] of [
      ['template.yml', text],
      [HOST, ''],
      [SCALER, zipSync({ 'index.mjs': Buffer.from('export const handler = () => {};') })],
    ] as const) {
      await call('s3', 'PutObject', { Bucket: 'assets', Key, Body: Buffer.from(content) });
    }
    await call('ssm', 'PutParameter', { Name: '/token', Type: 'SecureString', Value: 'bkct_x' });
    const { Subnets } = await call('ec2', 'DescribeSubnets', {});
    own = [Subnets[0].VpcId, Subnets[0].SubnetId];
    await call('cloudformation', 'CreateStack', {
      ...{ StackName: 'ci', TemplateURL, Capabilities: ['CAPABILITY_NAMED_IAM'] },
      Parameters: given(EVERYTHING),
    });
    await world.pass(600);
    const { StackEvents } = await call('cloudformation', 'DescribeStackEvents', { StackName: 'ci' });
    const failed = StackEvents.flatMap(({ ResourceStatusReason }: Answer) => ResourceStatusReason ?? []);
    expect(StackEvents[0].ResourceStatus, failed.join('\n')).to.equal('CREATE_COMPLETE');
    const { StackResourceSummaries } = await call('cloudformation', 'ListStackResources', {
      StackName: 'ci',
    });
    const made = StackResourceSummaries.map(({ LogicalResourceId }: Answer) => LogicalResourceId);
    expect(made).to.include.members(holders.map(([logicalId]) => logicalId));
  });

  /** What an update to these values would be refused for. */
  const refused = async (name: string, values: Readonly<Record<string, string>>) => {
    const wanted = Object.entries({ ...EVERYTHING, ...values }).map(
      ([key, value]) => [key, value.replace('<vpc>', own[0]).replace('<subnet>', own[1])] as const,
    );
    const ChangeSetName = `without-${name}`;
    await call('cloudformation', 'CreateChangeSet', {
      ...{ StackName: 'ci', ChangeSetName, TemplateURL, Capabilities: ['CAPABILITY_NAMED_IAM'] },
      ...{ Parameters: given(Object.fromEntries(wanted)), IncludePropertyValues: true },
    });
    await world.pass(30);
    const set = await call('cloudformation', 'DescribeChangeSet', {
      ...{ StackName: 'ci', ChangeSetName, IncludePropertyValues: true },
    });
    expect(set.Status, set.StatusReason).to.equal('CREATE_COMPLETE');
    const changes = plannedChanges(
      set.Changes.map(({ ResourceChange }: Answer) => ResourceChange),
      body,
    );
    return changes
      .filter((change) => meaningOf(change, 'rolling').weight === 'refused')
      .map(({ logicalId }) => logicalId);
  };

  it('depends on parameters that are all changed here, whatever the template becomes', () => {
    const causes = new Set(holders.flatMap(([, resource]) => [...causesOf(resource)]));
    expect(Object.keys(CHANGES)).to.have.members([...causes]);
    const types = new Set(holders.map(([, { Type }]) => Type));
    expect(types).to.include.all.keys(
      'AWS::S3::Bucket',
      'AWS::EC2::VPC',
      'AWS::EC2::Subnet',
      'AWS::KMS::Key',
    );
  });

  for (const [name, values] of Object.entries(CHANGES)) {
    it(`is kept where ${name} would take it away`, async () => {
      const dependent = holders.filter(([, resource]) => causesOf(resource).has(name));
      expect(dependent).to.not.eql([]);
      expect(await refused(name, values)).to.include.members(dependent.map(([logicalId]) => logicalId));
    });
  }
});
