import { expect } from 'chai';
import Update from '../../../src/commands/update.ts';
import type { Answer } from '../../support/fleet.ts';
import { HealthyStack } from '../../support/healthy-stack.ts';
import { runCommand } from '../../support/run-command.ts';

interface Resource {
  readonly logicalId: string;
  readonly kind: string;
}

/** Each on top of those before it. */
const CHANGES: readonly (readonly string[])[] = [
  ['AgentsPerInstance=2'],
  ['MinSize=1'],
  ['MaxSize=12', 'OnDemandPercentage=50'],
  ['InstanceTypes=m7i.large,m6i.large'],
  ['RootVolumeSize=100'],
  ['RootVolumeType=gp2'],
  ['LogRetentionDays=14'],
  ['EC2LogRetentionDays=30'],
  ['ScalerMinPollInterval=20s'],
  ['ScalerEventSchedulePeriod=2 minutes'],
  ['LambdaArchitecture=x86_64'],
  ['EnableScheduledScaling=true'],
  ['ScaleUpMinSize=3'],
  ['EnableScheduledScaling=false'],
  ['InstanceName=builder'],
  ['EnableVpcEndpoints=true'],
  ['EnableVpcEndpoints=false'],
  ['PipelineSigningKMSKeySpec=ECC_NIST_P256'],
  ['PipelineSigningKMSKeySpec=none'],
  ['BuildkiteQueue=other'],
  ['BuildkiteAgentTags=os=linux'],
  ['InstanceRoleName=ci-builders'],
  ['ECRAccessPolicy=readonly'],
  ['EnableCostAllocationTags=true'],
  ['CostAllocationTagValue=ci'],
  ['InstanceScaleInProtection=true'],
  ['SpotAllocationStrategy=lowest-price'],
  ['EnableDetailedMonitoring=true'],
  ['AvailabilityZones=us-east-1a,us-east-1d,us-east-1c'],
  ['AvailabilityZones=us-east-1a,us-east-1d'],
  ['SecretsBucket=my-own-secrets'],
];

describe('the preview of an update', function () {
  this.timeout(120_000);
  let stack: HealthyStack;
  const refusals = new Map<string, readonly string[]>();

  before(async () => {
    stack = await HealthyStack.create();
    // A bucket that is named has to be there.
    await stack.call('s3', 'CreateBucket', { Bucket: 'my-own-secrets' });
  });
  after(() => stack.close());

  const physicalIds = async () => {
    const found = new Map<string, string>();
    let NextToken: string | undefined;
    do {
      const page: Answer = await stack.call('cloudformation', 'ListStackResources', {
        StackName: 'ci',
        NextToken,
      });
      for (const { LogicalResourceId, PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries) {
        if (ResourceStatus !== 'DELETE_COMPLETE') found.set(LogicalResourceId, PhysicalResourceId);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  };
  const update = (values: readonly string[], ...options: string[]) =>
    runCommand(
      Update,
      [
        ...['ci', '--keep-template', '--yes', '--strategy', 'in-place', ...options],
        ...values.flatMap((each) => ['--param', each]),
      ],
      stack.aws.context,
    );
  const offered = (failure: string) => failure.match(/(?<=--allow-replacement )\w+/g) ?? [];

  for (const change of CHANGES) {
    const name = change.join(' ');
    it(`says of every resource what the engine then does to it: ${name}`, async () => {
      const before = await physicalIds();
      let done = await update(change);
      if (done.exitCode === 2) {
        const allowed = offered(done.failure);
        expect(allowed, done.failure).to.not.eql([]);
        refusals.set(name, allowed);
        expect(await physicalIds(), 'a refused update changes nothing').to.eql(before);
        done = await update(change, ...allowed.flatMap((each) => ['--allow-replacement', each]));
      }
      expect(done.exitCode, done.failure).to.equal(0);
      const outcome = done.result as { kind: string; resources: readonly Resource[] };
      expect(outcome.kind).to.equal('updated');
      const after = await physicalIds();
      const said = new Map(outcome.resources.map(({ logicalId, kind }) => [logicalId, kind]));
      for (const logicalId of new Set([...before.keys(), ...after.keys()])) {
        const [was, is] = [before.get(logicalId), after.get(logicalId)];
        const happened =
          was === undefined ? 'add' : is === undefined ? 'remove' : was === is ? 'kept' : 'replace';
        const expected = said.get(logicalId) ?? 'kept';
        expect(expected === 'change' ? 'kept' : expected, logicalId).to.equal(happened);
      }
    });
  }

  it('refuses each of them that would take data or the network away', () => {
    const refused = (name: string) => [...refusals].find(([change]) => change.startsWith(name))?.[1];
    expect(refused('PipelineSigningKMSKeySpec=none')).to.eql(['PipelineSigningKMSKey']);
    expect(refused('SecretsBucket')).to.include.members([
      'ManagedSecretsBucket',
      'ManagedSecretsLoggingBucket',
    ]);
    expect([...refusals.keys()].filter((name) => name.startsWith('AvailabilityZones'))).to.eql([
      'AvailabilityZones=us-east-1a,us-east-1d',
    ]);
    expect(refused('AvailabilityZones')).to.eql(['Subnet2']);
    expect(refusals.size).to.equal(3);
  });

  it('refuses to leave the VPC that instances run in', async () => {
    const { Subnets } = await stack.call('ec2', 'DescribeSubnets', {
      Filters: [{ Name: 'default-for-az', Values: ['true'] }],
    });
    const { VpcId, SubnetId } = Subnets.find((each: Answer) => each.AvailabilityZone === 'us-east-1a');
    const { exitCode, failure } = await update([
      ...[`VpcId=${VpcId}`, `Subnets=${SubnetId}`, 'AvailabilityZones='],
    ]);
    expect(exitCode, failure).to.equal(2);
    expect(offered(failure)).to.include.members(['Vpc', 'Subnet0', 'Subnet1']);
  });
});
