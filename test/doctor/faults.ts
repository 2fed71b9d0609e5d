import { publicImageId } from '../../src/sandbox/services/ec2/catalogue/images.ts';
import type { FindingCode } from '../../src/doctor/findings/finding.ts';
import { pushJob } from '../../src/sandbox/buildkite/jobs.ts';
import type { Answer } from '../support/fleet.ts';
import { sdkError } from '../support/world-aws.ts';
import type { HealthyStack } from '../support/healthy-stack.ts';

/** Something planted in a healthy stack. */
export interface PlantedFault {
  readonly what: string;
  readonly plant: (stack: HealthyStack) => unknown;
  /** What doctor has to say, and nothing else. */
  readonly code: FindingCode;
  readonly severity?: 'warning';
  /** What its fix has to have in it. */
  readonly fix: RegExp;
  /** Whether `--fix` makes it good. */
  readonly fixed?: true;
  /** Looked at without naming the stack. */
  readonly machine?: true;
}

const OPEN_POLICY = (bucket: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
    ],
  });

/** Opens a bucket by its policy, while the ways to do so are still shut for others. */
async function open(stack: HealthyStack, bucket: string, Policy = OPEN_POLICY(bucket)): Promise<void> {
  await stack.call('s3', 'DeletePublicAccessBlock', { Bucket: bucket });
  await stack.call('s3', 'PutBucketPolicy', { Bucket: bucket, Policy });
}

const secrets = (stack: HealthyStack) => stack.output('ManagedSecretsBucket');
const scaler = (stack: HealthyStack) => stack.output('ScalerFunction');
const routes = (stack: HealthyStack) => stack.physicalId('RouteTable');
const ASSETS = 'bk-stack-assets-111122223333-us-east-1';
const EVERYWHERE = '0.0.0.0/0';

/** Changes what new instances are launched from, past the stack. */
async function relaunchFrom(stack: HealthyStack, data: object): Promise<void> {
  const { LaunchTemplateVersion } = await stack.call('ec2', 'CreateLaunchTemplateVersion', {
    LaunchTemplateId: await stack.output('LaunchTemplateId'),
    SourceVersion: '1',
    LaunchTemplateData: data,
  });
  await changeLaunch(stack, { Version: String(LaunchTemplateVersion.VersionNumber) });
}

/** Changes from which template, and of which types, the group launches. */
async function changeLaunch(
  stack: HealthyStack,
  { Version, Overrides }: { Version?: string; Overrides?: object[] },
): Promise<void> {
  const { LaunchTemplate, InstancesDistribution } = (await stack.group()).MixedInstancesPolicy;
  const { LaunchTemplateId, Version: former } = LaunchTemplate.LaunchTemplateSpecification;
  await stack.onGroup('UpdateAutoScalingGroup', {
    MixedInstancesPolicy: {
      InstancesDistribution,
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId, Version: Version ?? former },
        Overrides: Overrides ?? LaunchTemplate.Overrides,
      },
    },
  });
}

/** Has new instances be launched so, and no old ones left. */
async function relaunchedFrom(stack: HealthyStack, data: object): Promise<void> {
  await stack.onGroup('UpdateAutoScalingGroup', { MinSize: 0, DesiredCapacity: 0 });
  for (const { InstanceId } of (await stack.group()).Instances) {
    await stack.onGroup('SetInstanceProtection', { InstanceIds: [InstanceId], ProtectedFromScaleIn: false });
  }
  await stack.world.pass(120);
  await relaunchFrom(stack, data);
}

export const FAULTS: readonly PlantedFault[] = [
  {
    what: 'expired credentials',
    plant: (stack) => {
      stack.ask = () =>
        Promise.reject(
          sdkError('ExpiredToken', 'The security token included in the request is expired', 403),
        );
    },
    code: 'credentials-refused',
    fix: /aws sso login/,
    machine: true,
  },
  {
    what: 'no credentials',
    plant: (stack) => {
      stack.ask = () =>
        Promise.reject(
          Object.assign(new Error('Could not load credentials from any providers'), {
            name: 'CredentialsProviderError',
          }),
        );
    },
    code: 'credentials-missing',
    fix: /AWS_PROFILE.*--sandbox/,
    machine: true,
  },
  {
    what: 'the root user',
    plant: (stack) => (stack.identity.arn = 'arn:aws:iam::111122223333:root'),
    code: 'root-user',
    severity: 'warning',
    fix: /--print-policy/,
  },
  {
    what: 'a clock that is ten minutes ahead',
    plant: (stack) => (stack.identity.aheadSeconds = 600),
    code: 'clock-skew',
    fix: /chronyc makestep/,
  },
  {
    what: 'a region that is not enabled',
    plant: (stack) => {
      stack.ask = (aws) =>
        aws.region === 'ap-east-1'
          ? Promise.reject(
              sdkError('InvalidClientTokenId', 'The security token included in the request is invalid', 403),
            )
          : Promise.resolve(stack.identity);
      stack.region = 'ap-east-1';
    },
    code: 'region-not-enabled',
    fix: /enable-region --region-name ap-east-1/,
    machine: true,
  },
  {
    what: 'a role that may only look',
    plant: async (stack) => {
      await stack.call('iam', 'CreateRole', {
        RoleName: 'reader',
        Path: '/people/',
        AssumeRolePolicyDocument: JSON.stringify({
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
        }),
      });
      await stack.call('iam', 'PutRolePolicy', {
        RoleName: 'reader',
        PolicyName: 'all-but-one',
        PolicyDocument: JSON.stringify({
          Statement: [
            { Effect: 'Allow', Action: '*', Resource: '*' },
            { Effect: 'Deny', Action: 'ssm:PutParameter', Resource: '*' },
          ],
        }),
      });
      stack.identity.arn = 'arn:aws:sts::111122223333:assumed-role/reader/ann';
    },
    code: 'permission-missing',
    severity: 'warning',
    fix: /--print-policy/,
  },
  {
    what: 'no VPC left',
    plant: async (stack) => {
      for (const octet of [1, 2, 3])
        await stack.call('ec2', 'CreateVpc', { CidrBlock: `10.${octet}.0.0/16` });
    },
    code: 'vpc-quota',
    severity: 'warning',
    fix: /request-service-quota-increase .*L-F678F1CE/,
    machine: true,
  },
  {
    what: 'few concurrent executions of Lambda',
    plant: (stack) => {
      stack.aws.answer = (operation, input, answer) =>
        operation === 'GetServiceQuota' && (input as { QuotaCode: string }).QuotaCode === 'L-B99A9384'
          ? { Quota: { Value: 10 } }
          : answer;
    },
    code: 'lambda-quota',
    severity: 'warning',
    fix: /request-service-quota-increase .*L-B99A9384/,
    machine: true,
  },
  {
    what: 'fewer vCPUs than MaxSize needs',
    plant: (stack) => {
      stack.aws.answer = (operation, input, answer) =>
        operation === 'GetServiceQuota' && (input as { QuotaCode: string }).QuotaCode === 'L-1216C47A'
          ? { Quota: { Value: 5 } }
          : answer;
    },
    code: 'vcpu-quota',
    severity: 'warning',
    fix: /request-service-quota-increase .*L-1216C47A --desired-value 10/,
  },
  {
    what: "an assets bucket that is another account's",
    plant: (stack) => {
      stack.aws.refuse = (_service, operation) =>
        operation === 'HeadBucket' ? sdkError('Forbidden', 'Forbidden', 403) : undefined;
    },
    code: 'assets-bucket-foreign',
    fix: /--assets-bucket NAME/,
    machine: true,
  },
  {
    what: 'an assets bucket that is open',
    plant: (stack) => open(stack, ASSETS),
    code: 'assets-bucket-open',
    fix: /doctor --fix/,
    fixed: true,
  },
  {
    what: 'an assets bucket without versions',
    plant: (stack) =>
      stack.call('s3', 'PutBucketVersioning', {
        Bucket: ASSETS,
        VersioningConfiguration: { Status: 'Suspended' },
      }),
    code: 'assets-bucket-unsecured',
    severity: 'warning',
    fix: /doctor --fix/,
    fixed: true,
  },
  {
    what: 'an update that failed and could not be rolled back',
    plant: (stack) => stack.setStatus('UPDATE_ROLLBACK_FAILED'),
    code: 'stack-failed',
    fix: /bk-stack update ci --cancel/,
  },
  {
    what: 'CloudFormation at work',
    plant: (stack) => stack.setStatus('UPDATE_IN_PROGRESS'),
    code: 'stack-busy',
    severity: 'warning',
    fix: /status ci .*--wait/,
  },
  {
    what: 'an update that nobody watches any more',
    plant: (stack) => stack.writeJournal(),
    code: 'update-under-way',
    severity: 'warning',
    fix: /bk-stack update ci .*--resume/,
  },
  {
    what: 'the journal of an update of an earlier stack of the name',
    plant: (stack) =>
      stack.writeJournal({ stackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/ci/0' }),
    code: 'update-void',
    fix: /bk-stack update ci .*--forget/,
  },
  {
    what: 'a host program that was cleaned up',
    plant: (stack) => stack.call('s3', 'DeleteObject', { Bucket: ASSETS, Key: `host/${'0'.repeat(64)}.mjs` }),
    code: 'program-missing',
    fix: /bk-stack update ci/,
  },
  {
    what: 'a group that somebody has deleted',
    plant: async (stack) => {
      await stack.onGroup('DeleteAutoScalingGroup', { ForceDelete: true });
      await stack.world.pass(30);
    },
    code: 'group-missing',
    fix: /bk-stack delete ci/,
  },
  {
    what: 'a pause',
    plant: async (stack) => {
      const ResourceId = await stack.output('AutoScalingGroupName');
      await stack.call('autoscaling', 'CreateOrUpdateTags', {
        Tags: [
          {
            ResourceId,
            ResourceType: 'auto-scaling-group',
            Key: 'bk-stack:paused',
            Value: 'scale-to-zero',
            PropagateAtLaunch: false,
          },
        ],
      });
      await stack.onGroup('SuspendProcesses', { ScalingProcesses: ['Launch', 'ScheduledActions'] });
    },
    code: 'paused',
    severity: 'warning',
    fix: /bk-stack resume ci/,
  },
  {
    what: 'launches that somebody has suspended',
    plant: (stack) => stack.onGroup('SuspendProcesses', { ScalingProcesses: ['Launch', 'HealthCheck'] }),
    code: 'processes-suspended',
    fix: /aws autoscaling resume-processes .*--scaling-processes .*Launch/,
    fixed: true,
  },
  {
    what: 'a missing hook for instances that end',
    plant: (stack) => stack.onGroup('DeleteLifecycleHook', { LifecycleHookName: 'bk-stack-terminating' }),
    code: 'terminating-hook-missing',
    fix: /put-lifecycle-hook .*bk-stack-terminating .*--default-result CONTINUE/,
    fixed: true,
  },
  {
    what: 'a missing hook for instances that start',
    plant: (stack) => stack.onGroup('DeleteLifecycleHook', { LifecycleHookName: 'bk-stack-launching' }),
    code: 'launching-hook-missing',
    fix: /put-lifecycle-hook .*bk-stack-launching .*--default-result ABANDON/,
    fixed: true,
  },
  {
    what: 'no room for instances',
    plant: async (stack) => {
      stack.fail('capacity:*');
      await stack.onGroup('SetDesiredCapacity', { DesiredCapacity: 4 });
      await stack.world.pass(45);
    },
    code: 'launches-fail',
    fix: /--param InstanceTypes=/,
  },
  {
    what: 'a warm pool that stays empty',
    plant: async (stack) => {
      stack.fail('capacity:*');
      await stack.onGroup('PutWarmPool', { MinSize: 2, MaxGroupPreparedCapacity: 2, PoolState: 'Stopped' });
      await stack.world.pass(840);
    },
    code: 'warm-pool-empty',
    fix: /--param InstanceTypes=/,
  },
  {
    what: 'protected instances that outlast a smaller size',
    plant: async (stack) => {
      const InstanceIds = (await stack.group()).Instances.map(({ InstanceId }: Answer) => InstanceId);
      await stack.onGroup('SetInstanceProtection', { InstanceIds, ProtectedFromScaleIn: true });
      await stack.onGroup('UpdateAutoScalingGroup', { MinSize: 0, DesiredCapacity: 0 });
      await stack.published({ inService: 2, desired: 0, busyAgents: 1 });
    },
    code: 'instances-surplus',
    severity: 'warning',
    fix: /set-instance-protection --instance-ids i-\S+ i-\S+ --auto-scaling-group-name \S+ --no-protected-from-scale-in/,
    fixed: true,
  },
  {
    what: 'an instance on standby',
    plant: async (stack) => {
      const [{ InstanceId }] = (await stack.group()).Instances;
      await stack.onGroup('EnterStandby', {
        InstanceIds: [InstanceId],
        ShouldDecrementDesiredCapacity: false,
      });
      await stack.world.pass(120);
    },
    code: 'instances-standby',
    severity: 'warning',
    fix: /aws autoscaling exit-standby --instance-ids i-/,
  },
  {
    what: 'an instance that fell ill',
    plant: async (stack) => {
      const [{ InstanceId }] = (await stack.group()).Instances;
      await stack.call('autoscaling', 'SetInstanceHealth', { InstanceId, HealthStatus: 'Unhealthy' });
    },
    code: 'instances-unhealthy',
    severity: 'warning',
    fix: /bk-stack logs tail ci .*--instance i-/,
  },
  {
    what: 'an instance without agents',
    plant: (stack) => stack.zombie(),
    code: 'instances-without-agents',
    fix: /set-instance-health --instance-id i-\S+ --health-status Unhealthy/,
    fixed: true,
  },
  {
    what: 'instances of an older launch template',
    plant: (stack) => relaunchFrom(stack, { KeyName: 'ops' }),
    code: 'instances-outdated',
    severity: 'warning',
    fix: /bk-stack instances stop i-\S+ i-\S+ --replace/,
  },
  {
    what: 'an instance type that a zone does not have',
    plant: (stack) =>
      changeLaunch(stack, { Overrides: [{ InstanceType: 'm7i.large' }, { InstanceType: 'inf2.xlarge' }] }),
    code: 'instance-type-not-offered',
    severity: 'warning',
    fix: /--param InstanceTypes=/,
  },
  {
    what: 'an image that is gone',
    plant: (stack) => relaunchedFrom(stack, { ImageId: 'ami-0123456789abcdef0' }),
    code: 'image-unusable',
    fix: /--param ImageId=/,
  },
  {
    what: 'an image that is deprecated',
    plant: (stack) => {
      describeImagesWith(stack, { DeprecationTime: '2025-12-31T00:00:00.000Z' });
    },
    code: 'image-deprecated',
    severity: 'warning',
    fix: /--param ImageId=/,
  },
  {
    what: 'an image that is old, and not the newest',
    plant: async (stack) => {
      const former = publicImageId(
        'us-east-1',
        '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
      );
      await relaunchedFrom(stack, { ImageId: former });
      describeImagesWith(stack, { CreationDate: '2025-11-01T00:00:00.000Z' });
    },
    code: 'image-outdated',
    severity: 'warning',
    fix: /bk-stack update ci/,
  },
  {
    what: 'a key pair that is gone',
    plant: (stack) => stack.call('ec2', 'DeleteKeyPair', { KeyName: 'ops' }),
    code: 'key-pair-missing',
    fix: /--param KeyName=/,
  },
  {
    what: 'a subnet that is gone',
    plant: async (stack) => {
      const [gone] = await stack.subnets();
      stack.aws.answer = (operation, _input, answer) =>
        operation === 'DescribeSubnets'
          ? {
              Subnets: (answer as { Subnets: { SubnetId: string }[] }).Subnets.filter(
                ({ SubnetId }) => SubnetId !== gone,
              ),
            }
          : answer;
    },
    code: 'subnet-missing',
    fix: /--param Subnets=/,
  },
  {
    what: 'a subnet without a free address',
    plant: async (stack) => {
      const [full] = await stack.subnets();
      stack.aws.answer = (operation, _input, answer) =>
        operation === 'DescribeSubnets'
          ? {
              Subnets: (answer as { Subnets: { SubnetId: string }[] }).Subnets.map((subnet) =>
                subnet.SubnetId === full ? { ...subnet, AvailableIpAddressCount: 0 } : subnet,
              ),
            }
          : answer;
    },
    code: 'subnet-full',
    fix: /describe-network-interfaces --filters Name=subnet-id,Values=subnet-/,
  },
  {
    what: 'no route to the internet',
    plant: async (stack) =>
      stack.call('ec2', 'DeleteRoute', {
        RouteTableId: await routes(stack),
        DestinationCidrBlock: EVERYWHERE,
      }),
    code: 'no-way-out',
    fix: /aws ec2 create-route --route-table-id rtb-/,
  },
  {
    what: 'a route to a NAT gateway that is gone',
    plant: async (stack) => {
      const nat = await natRoute(stack);
      await stack.call('ec2', 'DeleteNatGateway', { NatGatewayId: nat });
    },
    code: 'route-blackhole',
    fix: /aws ec2 replace-route --route-table-id rtb-/,
  },
  {
    what: 'a NAT gateway that is not up',
    plant: natRoute,
    code: 'nat-down',
    fix: /describe-nat-gateways --nat-gateway-ids nat-/,
  },
  {
    what: 'instances without a public address',
    plant: (stack) =>
      relaunchedFrom(stack, {
        NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false }],
      }),
    code: 'no-public-address',
    fix: /modify-subnet-attribute --subnet-id subnet-\S+ --map-public-ip-on-launch/,
  },
  {
    what: 'a network ACL that denies HTTPS to the internet',
    plant: async (stack) => {
      const VpcId = await stack.output('VpcId');
      const { NetworkAcls } = await stack.call('ec2', 'DescribeNetworkAcls', {
        Filters: [{ Name: 'vpc-id', Values: [VpcId] }],
      });
      await stack.call('ec2', 'CreateNetworkAclEntry', {
        NetworkAclId: NetworkAcls[0].NetworkAclId,
        RuleNumber: 90,
        Protocol: '6',
        RuleAction: 'deny',
        Egress: true,
        CidrBlock: EVERYWHERE,
        PortRange: { From: 443, To: 443 },
      });
    },
    code: 'acl-egress-closed',
    fix: /create-network-acl-entry --network-acl-id acl-\S+ --egress --rule-number 89 .*From=443,To=443/,
  },
  {
    what: 'a network ACL that lets HTTPS in but no answers',
    plant: async (stack) => {
      const [SubnetId] = await stack.subnets();
      const VpcId = await stack.output('VpcId');
      const { NetworkAclId } = (await stack.call('ec2', 'CreateNetworkAcl', { VpcId })).NetworkAcl;
      const { NetworkAcls } = await stack.call('ec2', 'DescribeNetworkAcls', {
        Filters: [{ Name: 'vpc-id', Values: [VpcId] }],
      });
      const held = NetworkAcls.flatMap(({ Associations }: { Associations: object[] }) => Associations).find(
        (one: { SubnetId: string }) => one.SubnetId === SubnetId,
      );
      for (const Egress of [true, false]) {
        await stack.call('ec2', 'CreateNetworkAclEntry', {
          NetworkAclId,
          RuleNumber: 100,
          Protocol: '6',
          RuleAction: 'allow',
          Egress,
          CidrBlock: EVERYWHERE,
          PortRange: { From: 443, To: 443 },
        });
      }
      await stack.call('ec2', 'ReplaceNetworkAclAssociation', {
        AssociationId: held.NetworkAclAssociationId,
        NetworkAclId,
      });
    },
    code: 'acl-ingress-closed',
    fix: /create-network-acl-entry --network-acl-id acl-\S+ --ingress --rule-number \d+ .*From=32768,To=60999/,
  },
  {
    what: 'DNS switched off',
    plant: async (stack) =>
      stack.call('ec2', 'ModifyVpcAttribute', {
        VpcId: await stack.output('VpcId'),
        EnableDnsSupport: { Value: false },
      }),
    code: 'dns-off',
    fix: /modify-vpc-attribute --vpc-id vpc-\S+ --enable-dns-support/,
  },
  {
    what: 'an endpoint that failed',
    plant: (stack) => {
      stack.aws.answer = (operation, _input, answer) =>
        operation === 'DescribeVpcEndpoints'
          ? {
              VpcEndpoints: (answer as { VpcEndpoints: object[] }).VpcEndpoints.map((endpoint) => ({
                ...endpoint,
                State: 'failed',
              })),
            }
          : answer;
    },
    code: 'endpoint-down',
    fix: /describe-vpc-endpoints --vpc-endpoint-ids vpce-/,
  },
  {
    what: 'a security group that is gone',
    plant: (stack) => {
      stack.aws.answer = (operation, _input, answer) =>
        operation === 'DescribeSecurityGroups' ? { SecurityGroups: [] } : answer;
    },
    code: 'security-group-missing',
    fix: /--param SecurityGroupIds=/,
  },
  {
    what: 'a security group that lets nothing out',
    plant: async (stack) =>
      stack.call('ec2', 'RevokeSecurityGroupEgress', {
        GroupId: await stack.output('SecurityGroup'),
        IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: EVERYWHERE }] }],
      }),
    code: 'egress-closed',
    fix: /authorize-security-group-egress --group-id sg-\S+ --protocol tcp --port 443/,
  },
  {
    what: 'SSH that is open to the world',
    plant: async (stack) =>
      stack.call('ec2', 'AuthorizeSecurityGroupIngress', {
        GroupId: await stack.output('SecurityGroup'),
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: EVERYWHERE }] }],
      }),
    code: 'ingress-open',
    severity: 'warning',
    fix: /revoke-security-group-ingress --group-id sg-/,
  },
  {
    what: "containers in the instances' own network",
    plant: (stack) => stack.setParameter('DockerIPv4AddressPool1', '10.0.0.0/12'),
    code: 'docker-network-collides',
    severity: 'warning',
    fix: /--param DockerIPv4AddressPool1=/,
  },
  {
    what: 'a scaler that was deleted',
    plant: async (stack) => stack.call('lambda', 'DeleteFunction', { FunctionName: await scaler(stack) }),
    code: 'scaler-missing',
    fix: /bk-stack scale ci/,
  },
  {
    what: 'a scaler that fails',
    plant: (stack) => stack.scalerSays({ event: 'failed', reason: 'Buildkite answers 500' }),
    code: 'scaler-fails',
    fix: /bk-stack logs tail ci .*--group scaler/,
  },
  {
    what: 'a scaler that says nothing',
    plant: (stack) => stack.silence(),
    code: 'scaler-silent',
    fix: /aws lambda invoke --function-name ci-Scaler/,
  },
  {
    what: 'a scaler that may not run',
    plant: async (stack) =>
      stack.call('lambda', 'PutFunctionConcurrency', {
        FunctionName: await scaler(stack),
        ReservedConcurrentExecutions: 0,
      }),
    code: 'scaler-stopped',
    fix: /put-function-concurrency .*--reserved-concurrent-executions 1/,
    fixed: true,
  },
  {
    what: 'a scaler that may run twice at once',
    plant: async (stack) =>
      stack.call('lambda', 'DeleteFunctionConcurrency', { FunctionName: await scaler(stack) }),
    code: 'scaler-overlaps',
    severity: 'warning',
    fix: /put-function-concurrency .*--reserved-concurrent-executions 1/,
    fixed: true,
  },
  {
    what: 'a schedule that is disabled',
    plant: async (stack) =>
      stack.call('eventbridge', 'DisableRule', { Name: await stack.physicalId('ScalerSchedule') }),
    code: 'schedule-disabled',
    fix: /aws events enable-rule --name ci-ScalerSchedule/,
    fixed: true,
  },
  {
    what: 'an alarm that is on',
    plant: async (stack) =>
      stack.call('cloudwatch', 'SetAlarmState', {
        AlarmName: await stack.physicalId('ScalerAlarm'),
        StateValue: 'ALARM',
        StateReason: '3 datapoints were over 0',
      }),
    code: 'alarm-on',
    fix: /describe-alarm-history --alarm-name ci-ScalerAlarm/,
  },
  {
    what: 'a token that was deleted',
    plant: (stack) => stack.call('ssm', 'DeleteParameter', { Name: '/bk-stack/ci/agent-token' }),
    code: 'token-missing',
    fix: /aws ssm put-parameter --type SecureString --name \/bk-stack\/ci\/agent-token/,
  },
  {
    what: 'a token that Buildkite refuses',
    plant: (stack) => {
      stack.fail('token');
    },
    code: 'token-refused',
    fix: /bk-stack token rotate ci/,
  },
  {
    what: 'a token that is not encrypted',
    plant: async (stack) => {
      await stack.call('ssm', 'DeleteParameter', { Name: '/bk-stack/ci/agent-token' });
      await stack.call('ssm', 'PutParameter', {
        Name: '/bk-stack/ci/agent-token',
        Type: 'String',
        Value: 'bkct_x',
      });
    },
    code: 'token-plain',
    severity: 'warning',
    fix: /--type SecureString/,
  },
  {
    what: 'a Buildkite that does not answer',
    plant: (stack) => stack.setParameter('AgentEndpoint', 'http://127.0.0.1:1/v3'),
    code: 'buildkite-unreachable',
    severity: 'warning',
    fix: /buildkitestatus\.com/,
  },
  {
    what: 'a queue that another stack serves',
    plant: (stack) => stack.otherStack('deploy'),
    code: 'queue-shared',
    severity: 'warning',
    fix: /--param BuildkiteQueue=/,
  },
  {
    what: 'a queue among the tags',
    plant: (stack) => stack.setParameter('BuildkiteAgentTags', 'os=linux,queue=other'),
    code: 'queue-in-tags',
    fix: /BuildkiteAgentTags/,
  },
  {
    what: 'jobs that no agent takes',
    plant: async (stack) => {
      pushJob(stack.world, { queue: 'deploy', agentQueryRules: ['os=plan9'] });
      await stack.call('autoscaling', 'CreateOrUpdateTags', {
        Tags: [
          {
            ...{ ResourceId: (await stack.group()).AutoScalingGroupName, ResourceType: 'auto-scaling-group' },
            ...{ Key: 'bk-stack:stuck', Value: '1 until 2026-11-25T11:00:10.000Z then 240 s' },
            PropagateAtLaunch: false,
          },
        ],
      });
    },
    code: 'jobs-untaken',
    severity: 'warning',
    fix: /BuildkiteAgentTags: bk-stack params ci --region us-east-1$/,
  },
  {
    what: 'a secrets bucket that was deleted',
    plant: async (stack) => stack.call('s3', 'DeleteBucket', { Bucket: await secrets(stack) }),
    code: 'bucket-missing',
    fix: /aws s3api create-bucket --bucket ci-/,
  },
  {
    what: 'a secrets bucket that is open to everybody',
    plant: async (stack) => open(stack, await secrets(stack)),
    code: 'bucket-open',
    fix: /put-public-access-block --bucket ci-/,
    fixed: true,
  },
  {
    what: 'a secrets bucket that could be opened',
    plant: async (stack) => stack.call('s3', 'DeletePublicAccessBlock', { Bucket: await secrets(stack) }),
    code: 'bucket-not-blocked',
    severity: 'warning',
    fix: /put-public-access-block --bucket ci-/,
    fixed: true,
  },
  {
    what: 'a secrets bucket without KMS',
    plant: async (stack) =>
      stack.call('s3', 'PutBucketEncryption', {
        Bucket: await secrets(stack),
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      }),
    code: 'bucket-not-kms',
    severity: 'warning',
    fix: /put-bucket-encryption --bucket ci-/,
    fixed: true,
  },
  {
    what: 'a secrets bucket without versions',
    plant: async (stack) =>
      stack.call('s3', 'PutBucketVersioning', {
        Bucket: await secrets(stack),
        VersioningConfiguration: { Status: 'Suspended' },
      }),
    code: 'bucket-unversioned',
    severity: 'warning',
    fix: /put-bucket-versioning --bucket ci-/,
    fixed: true,
  },
  {
    what: 'a log group that was deleted',
    plant: (stack) => stack.call('logs', 'DeleteLogGroup', { logGroupName: '/buildkite/ci/boot' }),
    code: 'log-group-missing',
    fix: /create-log-group --log-group-name \/buildkite\/ci\/boot/,
  },
  {
    what: 'logs that are kept for ever',
    plant: (stack) => stack.call('logs', 'DeleteRetentionPolicy', { logGroupName: '/buildkite/ci/agent' }),
    code: 'logs-kept-forever',
    severity: 'warning',
    fix: /put-retention-policy --log-group-name \/buildkite\/ci\/agent --retention-in-days/,
  },
  {
    what: 'a read that is refused',
    plant: (stack) => {
      stack.aws.refuse = (_service, operation) =>
        operation === 'DescribeRouteTables'
          ? sdkError(
              'UnauthorizedOperation',
              'You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/ann is not authorized to perform: ec2:DescribeRouteTables because no identity-based policy allows it',
              403,
            )
          : undefined;
    },
    code: 'could-not-look',
    severity: 'warning',
    fix: /ec2:DescribeRouteTables/,
  },
];

/** Puts a NAT gateway in the place of the internet gateway. It is not up yet. */
async function natRoute(stack: HealthyStack): Promise<string> {
  const [SubnetId] = await stack.subnets();
  const { AllocationId } = await stack.call('ec2', 'AllocateAddress', {});
  const { NatGateway } = await stack.call('ec2', 'CreateNatGateway', { SubnetId, AllocationId });
  await stack.call('ec2', 'ReplaceRoute', {
    RouteTableId: await routes(stack),
    DestinationCidrBlock: EVERYWHERE,
    NatGatewayId: NatGateway.NatGatewayId,
  });
  return NatGateway.NatGatewayId;
}

/** Has EC2 describe every image with other dates. */
function describeImagesWith(stack: HealthyStack, dates: object): void {
  stack.aws.answer = (operation, _input, answer) =>
    operation === 'DescribeImages'
      ? {
          ...answer,
          Images: (answer as { Images: object[] }).Images.map((image) => ({ ...image, ...dates })),
        }
      : answer;
}
