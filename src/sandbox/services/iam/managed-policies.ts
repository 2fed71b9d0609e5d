import { AwsError, type Scope } from '../../kernel/service.ts';
import { own } from '../../kernel/table.ts';
import { iamState, noSuchEntity, type PolicyRecord } from './state.ts';

/**
 * Policies that AWS manages and stacks are wont to attach, by the part of the ARN behind `policy/`. The sandbox knows
 * them by name; what they allow is not weighed.
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
