/**
 * What each command asks of AWS, as `service:Operation` by the names of src/aws/sdk/. The policy that doctor prints, and what it
 * simulates, come from here; test/doctor/permissions/calls.test.ts holds it against the code, and the end-to-end test against
 * what commands really send.
 */

const FIND_STACK = ['cloudformation:DescribeStacks'];
const TOKEN = ['ssm:GetParameter'];
/** An update that is under way keeps a journal in the Parameter Store. */
const JOURNAL = ['ssm:GetParameter'];
const GROUP = ['auto-scaling:DescribeAutoScalingGroups', 'auto-scaling:DescribeScalingActivities'];
const EVENTS = ['cloudformation:DescribeStackEvents', 'cloudformation:GetTemplate'];
/** Whether instances finish their jobs when they are terminated. */
const DRAINS = [
  'auto-scaling:DescribeAutoScalingGroups',
  'auto-scaling:DescribeLifecycleHooks',
  'ec2:DescribeLaunchTemplateVersions',
];
/** Those calls, and the ones that a refusal reads its details by. */
const DRAINING = [...DRAINS, ...TOKEN, 'cloudformation:ListStackResources'];
const SIZE = [...FIND_STACK, ...JOURNAL, ...DRAINING, 'auto-scaling:UpdateAutoScalingGroup'];
const PAUSE = [
  ...SIZE,
  'auto-scaling:CreateOrUpdateTags',
  'auto-scaling:SuspendProcesses',
  'auto-scaling:ResumeProcesses',
  'auto-scaling:DeleteTags',
];
const DRAIN = [...PAUSE, 'auto-scaling:SetInstanceProtection', 'auto-scaling:CompleteLifecycleAction'];
/** Lets go of instances that CloudFormation waits for when it deletes their group. */
const EMPTY = [
  'auto-scaling:DescribeAutoScalingGroups',
  'auto-scaling:DescribeWarmPool',
  'auto-scaling:DescribeLifecycleHooks',
  'auto-scaling:SetInstanceProtection',
  'auto-scaling:CompleteLifecycleAction',
];
/** The bucket from which instances fetch their programs. */
const ASSETS = [
  's3:HeadBucket',
  's3:GetBucketPolicy',
  's3:CreateBucket',
  's3:PutPublicAccessBlock',
  's3:PutBucketEncryption',
  's3:PutBucketVersioning',
  's3:PutBucketTagging',
  's3:PutBucketPolicy',
  's3:HeadObject',
  's3:PutObject',
];
const LAUNCH = [
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeImages',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeKeyPairs',
  'ec2:DescribeSubnets',
  'ssm:GetParameters',
];
const QUOTAS = [
  'ec2:DescribeVpcs',
  'service-quotas:GetServiceQuota',
  'service-quotas:GetAWSDefaultServiceQuota',
];
const CHANGE_SET = [
  'cloudformation:CreateChangeSet',
  'cloudformation:DescribeChangeSet',
  'cloudformation:ExecuteChangeSet',
  'cloudformation:DeleteChangeSet',
];
const STORE_TOKEN = ['ssm:PutParameter', 'ssm:AddTagsToResource', 'ssm:DeleteParameter'];
/** Other accounts' buckets are never used: each request says whose the bucket has to be. */
const READ_SECRETS = [
  ...FIND_STACK,
  'sts:GetCallerIdentity',
  's3:ListObjectVersions',
  's3:HeadObject',
  's3:GetObject',
];
const GUARD_SECRETS = [
  's3:HeadBucket',
  's3:GetPublicAccessBlock',
  's3:GetBucketEncryption',
  's3:GetBucketPolicyStatus',
  's3:GetBucketAcl',
];
const WRITE_SECRETS = [...READ_SECRETS, ...GUARD_SECRETS, 's3:PutObject', 's3:DeleteObject'];
const UPDATE = [
  ...DRAIN,
  ...ASSETS,
  ...LAUNCH,
  ...CHANGE_SET,
  ...EVENTS,
  'sts:GetCallerIdentity',
  'ec2:DescribeVpcs',
  's3:GetObject',
  'ssm:PutParameter',
  'ssm:DeleteParameter',
  'cloudformation:CancelUpdateStack',
  'cloudformation:ContinueUpdateRollback',
  'cloudformation:DetectStackResourceDrift',
  'auto-scaling:DescribeScalingActivities',
  'auto-scaling:DescribeInstanceRefreshes',
  'auto-scaling:StartInstanceRefresh',
  'auto-scaling:CancelInstanceRefresh',
  'auto-scaling:TerminateInstanceInAutoScalingGroup',
  'auto-scaling:DescribeWarmPool',
  'auto-scaling:SetInstanceHealth',
  'cloudwatch-logs:GetLogEvents',
];
const INSTANCES = [
  ...FIND_STACK,
  ...TOKEN,
  'auto-scaling:DescribeAutoScalingGroups',
  'auto-scaling:DescribeWarmPool',
  'ec2:DescribeInstances',
];

const READ_LOGS = [
  ...FIND_STACK,
  'auto-scaling:DescribeAutoScalingGroups',
  'auto-scaling:DescribeWarmPool',
  'cloudwatch-logs:DescribeLogStreams',
  'cloudwatch-logs:FilterLogEvents',
];
const STATUS = [
  ...FIND_STACK,
  ...EVENTS,
  ...TOKEN,
  ...GROUP,
  'auto-scaling:DescribeWarmPool',
  'cloudformation:DescribeStackResources',
  'cloudformation:ListStackResources',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch-logs:FilterLogEvents',
  'cloudwatch-logs:GetLogEvents',
];

const DELETE = [
  ...FIND_STACK,
  ...EVENTS,
  ...TOKEN,
  ...DRAINS,
  ...EMPTY,
  'auto-scaling:CancelInstanceRefresh',
  'auto-scaling:CreateOrUpdateTags',
  'auto-scaling:SuspendProcesses',
  'auto-scaling:UpdateAutoScalingGroup',
  'cloudformation:DeleteStack',
  'cloudformation:ListStackResources',
  'cloudformation:UpdateTerminationProtection',
  's3:ListObjectVersions',
  's3:DeleteObjects',
  's3:DeleteBucket',
  'ssm:GetParametersByPath',
  'ssm:DeleteParameter',
  'ssm:DeleteParameters',
];

/** By what a person types. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  create: [
    'sts:GetCallerIdentity',
    ...FIND_STACK,
    ...LAUNCH,
    ...QUOTAS,
    ...ASSETS,
    ...CHANGE_SET,
    ...EVENTS,
    ...STORE_TOKEN,
    ...TOKEN,
    // What an earlier attempt has left is removed first.
    ...DELETE,
    'cloudformation:ListChangeSets',
    'cloudwatch-logs:DescribeLogGroups',
    'ec2:DescribeRegions',
  ],
  delete: DELETE,
  doctor: [
    'sts:GetCallerIdentity',
    'iam:SimulatePrincipalPolicy',
    'iam:GetRole',
    ...FIND_STACK,
    ...EVENTS,
    ...TOKEN,
    ...GROUP,
    ...LAUNCH,
    ...QUOTAS,
    ...GUARD_SECRETS,
    ...ASSETS.filter((call) => !/CreateBucket|PutObject/.test(call)),
    's3:GetBucketVersioning',
    'cloudformation:ListStackResources',
    'auto-scaling:DeleteLifecycleHook',
    'auto-scaling:DescribeInstanceRefreshes',
    'auto-scaling:DescribeLifecycleHooks',
    'auto-scaling:DescribeWarmPool',
    'auto-scaling:PutLifecycleHook',
    'auto-scaling:ResumeProcesses',
    'auto-scaling:SetInstanceHealth',
    'auto-scaling:SetInstanceProtection',
    'auto-scaling:SuspendProcesses',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'cloudwatch-logs:DescribeLogGroups',
    'cloudwatch-logs:FilterLogEvents',
    'ec2:DescribeInstances',
    'ec2:DescribeLaunchTemplateVersions',
    'ec2:DescribeNatGateways',
    'ec2:DescribeNetworkAcls',
    'ec2:DescribeRegions',
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeVpcAttribute',
    'ec2:DescribeVpcEndpoints',
    'eventbridge:DescribeRule',
    'eventbridge:EnableRule',
    'lambda:GetFunctionConcurrency',
    'lambda:PutFunctionConcurrency',
  ],
  instances: INSTANCES,
  'instances connect': [...FIND_STACK, 'auto-scaling:DescribeAutoScalingInstances'],
  'instances stop': [
    ...FIND_STACK,
    ...DRAINING,
    'auto-scaling:DescribeAutoScalingInstances',
    'auto-scaling:CompleteLifecycleAction',
    'auto-scaling:SetInstanceHealth',
    'auto-scaling:TerminateInstanceInAutoScalingGroup',
  ],
  list: [...FIND_STACK, 'ec2:DescribeRegions'],
  'logs get': READ_LOGS,
  'logs insights': [
    ...FIND_STACK,
    // For the groups that stacks of the official template share.
    'auto-scaling:DescribeAutoScalingGroups',
    'cloudwatch-logs:DescribeLogGroups',
    'cloudwatch-logs:GetQueryResults',
    'cloudwatch-logs:StartQuery',
    'cloudwatch-logs:StopQuery',
  ],
  'logs list': [
    ...FIND_STACK,
    'auto-scaling:DescribeAutoScalingGroups',
    'auto-scaling:DescribeWarmPool',
    'cloudwatch-logs:DescribeLogGroups',
    'cloudwatch-logs:DescribeLogStreams',
  ],
  'logs tail': [...READ_LOGS, 'cloudwatch-logs:StartLiveTail', 'ec2:GetConsoleOutput'],
  metrics: [...FIND_STACK, 'cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'],
  params: [...FIND_STACK, 'cloudformation:GetTemplate'],
  resume: PAUSE,
  rollback: UPDATE,
  scale: [...SIZE, 'auto-scaling:CreateOrUpdateTags'],
  'scale-to-zero': DRAIN,
  'secrets copy': WRITE_SECRETS,
  'secrets get': READ_SECRETS,
  'secrets git-credential': READ_SECRETS,
  'secrets history': READ_SECRETS,
  'secrets lint': [...READ_SECRETS, ...GUARD_SECRETS, 's3:GetBucketVersioning'],
  'secrets list': READ_SECRETS,
  'secrets put': WRITE_SECRETS,
  'secrets restore': WRITE_SECRETS,
  'secrets rm': [...WRITE_SECRETS, 's3:GetBucketVersioning'],
  'secrets run': READ_SECRETS,
  simulate: [...FIND_STACK, 'cloudwatch:GetMetricData'],
  // Whether an update that --wait waits for can end.
  status: [...STATUS, ...DRAINS, 'ec2:DescribeImages', 'ssm:GetParameters'],
  'support-bundle': [
    ...STATUS,
    ...READ_LOGS,
    ...INSTANCES,
    ...READ_SECRETS,
    'auto-scaling:DescribeInstanceRefreshes',
    'ec2:DescribeLaunchTemplateVersions',
    'ec2:DescribeImages',
    'lambda:GetFunctionConfiguration',
    'ssm:GetParameterHistory',
    'ssm:GetParameters',
    'ssm:GetParametersByPath',
  ],
  'token rotate': [
    ...FIND_STACK,
    ...DRAINING,
    'ssm:PutParameter',
    'auto-scaling:DescribeInstanceRefreshes',
    'auto-scaling:StartInstanceRefresh',
    'auto-scaling:CancelInstanceRefresh',
    // Instances of a warm pool that end have no job to wait for.
    'auto-scaling:DescribeWarmPool',
    'auto-scaling:CompleteLifecycleAction',
  ],
  update: UPDATE,
};

/** Commands that ask nothing of AWS. */
export const ELSEWHERE = /^sandbox\b/;

/** Commands by which CloudFormation makes, changes or removes the stack's resources, with the caller's own permissions. */
export const DEPLOYING: readonly string[] = ['create', 'delete', 'rollback', 'update'];
