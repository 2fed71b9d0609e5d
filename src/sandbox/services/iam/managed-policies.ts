import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { readPolicy, type Statement } from './policy/document.ts';
import { iamState, noSuchEntity, type PolicyRecord } from './state.ts';

/**
 * Policies that AWS manages and stacks often attach, by the part of the ARN after `policy/`. The sandbox knows them by name;
 * `AWS_ACTIONS` has what a few of them allow.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const AWS_MANAGED = new Set([
  'AdministratorAccess',
  'AmazonEC2ContainerRegistryFullAccess',
  'AmazonEC2ContainerRegistryPowerUser',
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonEC2ContainerRegistryReadOnly',
  'AmazonEC2FullAccess',
  'AmazonEC2ReadOnlyAccess',
  'AmazonS3FullAccess',
  'AmazonS3ReadOnlyAccess',
  'AmazonSSMFullAccess',
  'AmazonSSMManagedInstanceCore',
  'AmazonSSMPatchAssociation',
  'AmazonSSMReadOnlyAccess',
  'CloudWatchAgentAdminPolicy',
  'CloudWatchAgentServerPolicy',
  'CloudWatchFullAccess',
  'CloudWatchLogsFullAccess',
  'CloudWatchReadOnlyAccess',
  'IAMFullAccess',
  'IAMReadOnlyAccess',
  'PowerUserAccess',
  'ReadOnlyAccess',
  'SecretsManagerReadWrite',
  'SecurityAudit',
  'job-function/ViewOnlyAccess',
  'service-role/AWSLambdaBasicExecutionRole',
  'service-role/AWSLambdaRole',
  'service-role/AWSLambdaVPCAccessExecutionRole',
  'service-role/AmazonEC2RoleforSSM',
  'service-role/AmazonEC2ContainerServiceforEC2Role',
]);

const WRITE_LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const MANAGE_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** The actions that a policy of AWS allows on every resource, from the same reference. */
const AWS_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ['*'],
  'service-role/AWSLambdaBasicExecutionRole': WRITE_LOGS,
  'service-role/AWSLambdaVPCAccessExecutionRole': [...WRITE_LOGS, ...MANAGE_INTERFACES],
};

/** Says what a policy that AWS manages allows; undefined where the sandbox does not know. */
export function awsManagedStatements(arn: string): readonly Statement[] | undefined {
  const [, name] = /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  const actions = own(AWS_ACTIONS, name);
  return (
    actions && readPolicy(JSON.stringify({ Statement: { Effect: 'Allow', Action: actions, Resource: '*' } }))
  );
}

/** The name of the policy that an ARN names. @throws AwsError NoSuchEntity, InvalidInput */
export function policyName(scope: Scope, arn: string): string {
  const [, owner, path = ''] = /^arn:[^:]+:iam::(aws|\d{12}):policy\/(.+)$/.exec(arn) ?? [];
  if (owner === undefined) throw new AwsError('InvalidInput', `ARN ${arn} is not valid.`);
  const known = owner === 'aws' ? AWS_MANAGED.has(path) : own(iamState(scope).policies, arn) !== undefined;
  if (!known) throw notFound(arn);
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A policy of the account. @throws AwsError NoSuchEntity */
export function customerPolicy(scope: Scope, arn: string | undefined): PolicyRecord {
  const policy = own(iamState(scope).policies, arn);
  if (policy === undefined) throw notFound(arn ?? '');
  return policy;
}

function notFound(arn: string): AwsError {
  return noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
}
