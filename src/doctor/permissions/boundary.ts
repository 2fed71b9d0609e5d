import type { PolicyDocument, PolicyPlace } from './document.ts';

/** The name of the managed policy that bounds the roles of stacks. */
export const BOUNDARY_NAME = 'bk-stack-boundary';

/**
 * What changes a role's permissions. A printed policy allows it for roles within the boundary only, and leaves out
 * iam:DeleteRolePermissionsBoundary, which would take the boundary away.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export const BOUNDED: readonly string[] = [
  'AttachRolePolicy',
  'CreateRole',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'PutRolePermissionsBoundary',
  'PutRolePolicy',
];

/** The ARN of the boundary in an account. */
export function boundaryArn({ partition, account }: Pick<PolicyPlace, 'partition' | 'account'>): string {
  return `arn:${partition}:iam::${account}:policy/${BOUNDARY_NAME}`;
}

/**
 * Actions that the template's roles can have, by any of its parameters; ECR's are those of the managed policies that
 * ECRAccessPolicy attaches. A test holds it against the template.
 */
const ACTIONS = [
  'autoscaling:CompleteLifecycleAction',
  'autoscaling:CreateOrUpdateTags',
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeAutoScalingInstances',
  'autoscaling:DescribeScalingActivities',
  'autoscaling:RecordLifecycleActionHeartbeat',
  'autoscaling:SetDesiredCapacity',
  'autoscaling:SetInstanceHealth',
  'autoscaling:SetInstanceProtection',
  'autoscaling:SuspendProcesses',
  'autoscaling:TerminateInstanceInAutoScalingGroup',
  'autoscaling:UpdateAutoScalingGroup',
  'cloudformation:SignalResource',
  'cloudwatch:GetMetricData',
  'ecr:*',
  'kms:Decrypt',
  'kms:GetPublicKey',
  'kms:Sign',
  'kms:Verify',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:ListBucket',
  's3:PutObject',
  's3:PutObjectAcl',
  'ssm:GetParameter',
  'ssm:UpdateInstanceInformation',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

/** The permissions boundary that the roles of stacks are made with. It gives nothing: it limits what their policies can. */
export function boundaryPolicy(): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Sid: 'AtMost', Effect: 'Allow', Action: ACTIONS, Resource: ['*'] }],
  };
}
