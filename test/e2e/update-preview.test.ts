import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';

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
  ['AvailabilityZones=us-east-1a,us-east-1b,us-east-1c'],
  ['AvailabilityZones=us-east-1a,us-east-1b'],
  ['SecretsBucket=my-own-secrets'],
];

describe('the preview of bk-stack update', function () {
  this.timeout(900_000);
  const sandbox = new CliSandbox();
  let cloudFormation: CloudFormation;

  const physicalIds = async () => {
    const found = new Map<string, string>();
    let NextToken: string | undefined;
    do {
      const page = await cloudFormation.listStackResources({ StackName: 'ci', NextToken });
      for (const {
        LogicalResourceId = '',
        PhysicalResourceId = '',
        ResourceStatus,
      } of page.StackResourceSummaries ?? []) {
        if (ResourceStatus !== 'DELETE_COMPLETE') found.set(LogicalResourceId, PhysicalResourceId);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  };

  const flags = (values: readonly string[]) => values.flatMap((each) => ['--param', each]);

  before(async () => {
    await sandbox.start('--speed', '1000');
    cloudFormation = new CloudFormation(sandbox.client);
    const made = await sandbox.runWith(
      { input: 'token' },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', '--param', 'MaxSize=8'],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
    // A bucket that is named has to be there.
    await new S3({ ...sandbox.client, forcePathStyle: true }).createBucket({ Bucket: 'my-own-secrets' });
  });
  after(() => sandbox.remove());

  const refusals = new Map<string, readonly string[]>();

  it('says of every resource what the engine then does to it', async () => {
    for (const change of CHANGES) {
      const name = change.join(' ');
      const before = await physicalIds();
      const args = ['update', 'ci', '--strategy', 'in-place', '--json', ...flags(change)];
      let done = await sandbox.run(...args);
      if (done.exitCode === 2) {
        const allowed =
          done.stderr.match(/--allow-replacement \w+/g)?.flatMap((flag) => flag.split(' ')) ?? [];
        expect(allowed, `${name}: ${done.stderr}`).to.not.eql([]);
        refusals.set(
          name,
          allowed.filter((word) => !word.startsWith('--')),
        );
        expect(await physicalIds(), `${name} is refused`).to.eql(before);
        done = await sandbox.run(...args, ...allowed);
      }
      expect(done.exitCode, `${name}: ${done.stderr}`).to.equal(0);
      const outcome = JSON.parse(done.stdout) as { kind: string; resources: readonly Resource[] };
      expect(outcome.kind, name).to.equal('updated');
      const after = await physicalIds();
      const said = Object.fromEntries(outcome.resources.map(({ logicalId, kind }) => [logicalId, kind]));
      for (const logicalId of new Set([...before.keys(), ...after.keys()])) {
        const [was, is] = [before.get(logicalId), after.get(logicalId)];
        const happened =
          was === undefined ? 'add' : is === undefined ? 'remove' : was === is ? 'kept' : 'replace';
        const expected = said[logicalId] ?? 'kept';
        expect(expected === 'change' ? 'kept' : expected, `${name}: ${logicalId}`).to.equal(happened);
      }
    }
  });

  it('refuses each of them that would take data or the network away', () => {
    const refused = (name: string) => [...refusals].find(([change]) => change.startsWith(name))?.[1];
    expect(refused('PipelineSigningKMSKeySpec=none')).to.eql(['PipelineSigningKMSKey']);
    expect(refused('SecretsBucket')).to.include.members([
      'ManagedSecretsBucket',
      'ManagedSecretsLoggingBucket',
    ]);
    expect(refused('AvailabilityZones=us-east-1a,us-east-1b')).to.eql(['Subnet2']);
    expect(refusals.size).to.equal(3);
  });

  it('refuses to leave the VPC that instances run in', async () => {
    const { Subnets = [] } = await new EC2(sandbox.client).describeSubnets({
      Filters: [{ Name: 'default-for-az', Values: ['true'] }],
    });
    const subnet = Subnets.find(({ AvailabilityZone }) => AvailabilityZone === 'us-east-1a');
    const change = [
      `VpcId=${subnet?.VpcId ?? ''}`,
      `Subnets=${subnet?.SubnetId ?? ''}`,
      'AvailabilityZones=',
    ];
    const { exitCode, stderr } = await sandbox.run('update', 'ci', ...flags(change));
    expect(exitCode, stderr).to.equal(2);
    for (const logicalId of ['Vpc', 'Subnet0', 'Subnet1']) {
      expect(stderr).to.contain(`--allow-replacement ${logicalId}`);
    }
  });
});
