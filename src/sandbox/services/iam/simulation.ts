import type {
  EvaluationResult,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { required } from '../common/validation.ts';
import { invalidMarker } from './checks.ts';
import { awsManagedStatements } from './managed-policies.ts';
import { readPolicy, type Statement } from './policy/document.ts';
import { evaluatePolicies, type PolicyDecision, type PolicyRequest } from './policy/evaluate.ts';
import { iamState, noSuchEntity, type RoleRecord } from './state.ts';

const CODE = 'ValidationError';
const PAGE = 100;
/** The permissions of the sandbox's own user. */
const EVERYTHING = readPolicy('{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}');

/** The policies that decide on the requests of a principal. */
export interface Policies {
  readonly statements: readonly Statement[];
  readonly boundary?: readonly Statement[];
}

/**
 * Says what the policies of a role allow. The sandbox's own user may do everything.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
function simulatePrincipalPolicy(
  input: SimulatePrincipalPolicyRequest,
  scope: Scope,
): SimulatePolicyResponse {
  const principal = required(input.PolicySourceArn, 'policySourceArn', CODE);
  const actions = required(input.ActionNames, 'actionNames', CODE);
  const resources = input.ResourceArns ?? ['*'];
  const policies = policiesOf(principal, scope);
  const context = Object.fromEntries(
    (input.ContextEntries ?? []).map(({ ContextKeyName = '', ContextKeyValues = [] }) => [
      ContextKeyName.toLowerCase(),
      ContextKeyValues.length === 1 ? ContextKeyValues[0] : ContextKeyValues,
    ]),
  );
  const results = actions.map((action): EvaluationResult => {
    if (!/^[a-z0-9-]+:\w+$/i.test(action)) {
      throw new AwsError('InvalidInput', `Invalid Action: ${action} is not a valid action name.`);
    }
    const decisions = resources.map((resource) => decide(policies, { action, resource, principal, context }));
    // One result an action: the most restrictive decision over all resources.
    const decision =
      decisions.find((each) => each === 'explicitDeny') ??
      decisions.find((each) => each === 'implicitDeny') ??
      'allowed';
    return {
      EvalActionName: action,
      EvalResourceName: resources[0],
      EvalDecision: decision,
      MatchedStatements: [],
      MissingContextValues: [],
      ResourceSpecificResults: resources.map((resource, index) => ({
        EvalResourceName: resource,
        EvalResourceDecision: decisions[index],
      })),
    };
  });
  const { items, nextToken } = pageOf(results, input.MaxItems ?? PAGE, input.Marker, invalidMarker);
  return {
    EvaluationResults: items,
    IsTruncated: nextToken !== undefined,
    ...(nextToken !== undefined && { Marker: nextToken }),
  };
}

/**
 * Tells whether a role may do something, by its policies as they are now. A role that is gone may do nothing.
 */
export function roleAllows(scope: Scope, roleArn: string, action: string, resource: string): boolean {
  const role = roleNamed(roleArn, scope);
  if (role === undefined) return false;
  return (
    decide(policiesOfRole(scope, role), { action, resource, principal: roleArn, context: {} }) === 'allowed'
  );
}

/** The policies of a role as they are now. */
export function policiesOfRole(
  scope: Scope,
  { inlinePolicies, attachedPolicies, permissionsBoundary }: RoleRecord,
): Policies {
  return {
    statements: [
      ...Object.values(inlinePolicies).flatMap((document) => readPolicy(document)),
      ...attachedPolicies.flatMap((arn) => managedStatements(arn, scope)),
    ],
    ...(permissionsBoundary !== undefined && { boundary: managedStatements(permissionsBoundary, scope) }),
  };
}

/** Decides on a request by a principal's policies, within its boundary. */
export function decide({ statements, boundary }: Policies, request: PolicyRequest): PolicyDecision['effect'] {
  const { effect } = evaluatePolicies(statements, request);
  if (effect !== 'allowed' || boundary === undefined) return effect;
  // A boundary allows nothing: it limits what the other policies may allow.
  return evaluatePolicies(boundary, request).effect;
}

/** @throws AwsError InvalidInput, NoSuchEntity */
function policiesOf(principal: string, scope: Scope): Policies {
  const [, , service, , , resource = ''] = principal.split(':');
  if (service !== 'iam' || !/^(user|role|group)\//.test(resource)) {
    throw new AwsError(
      'InvalidInput',
      `Invalid Entity Arn: ${principal} does not clearly define entity type and name.`,
    );
  }
  if (resource === 'user/sandbox') return { statements: EVERYTHING };
  const role = roleNamed(principal, scope);
  if (role === undefined) throw noSuchEntity(`The ${resource.replace('/', ' with name ')} cannot be found.`);
  return policiesOfRole(scope, role);
}

function roleNamed(roleArn: string, scope: Scope): RoleRecord | undefined {
  return sorted(iamState(scope).roles).find(({ arn }) => arn === roleArn);
}

/** The statements of a managed policy, of AWS or of the account. */
function managedStatements(arn: string, scope: Scope): readonly Statement[] {
  const policy = own(iamState(scope).policies, arn);
  const current = policy?.versions.find(({ id }) => id === policy.defaultVersion);
  return current === undefined ? awsManagedStatements(arn) : readPolicy(current.document);
}

export const simulationOperations = { SimulatePrincipalPolicy: simulatePrincipalPolicy };
