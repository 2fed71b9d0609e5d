import type {
  EvaluationResult,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import { AwsError, type Scope } from '../../kernel/service.ts';
import { own, sorted } from '../../kernel/table.ts';
import { pageOf } from '../paging.ts';
import { required } from '../validation.ts';
import { invalidMarker } from './checks.ts';
import { readPolicy, type Statement } from './policy/document.ts';
import { evaluatePolicies } from './policy/evaluate.ts';
import { iamState, noSuchEntity, type RoleRecord } from './state.ts';

const CODE = 'ValidationError';
const PAGE = 100;
const ADMINISTRATOR = readPolicy('{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}');

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
  const { statements, boundary } = policiesOf(principal, scope);
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
    const decisions = resources.map((resource) => {
      const request = { action, resource, principal, context };
      const { effect } = evaluatePolicies(statements, request);
      // A boundary allows nothing: it says what may be allowed.
      const within = boundary === undefined ? 'allowed' : evaluatePolicies(boundary, request).effect;
      return effect === 'allowed' ? within : effect;
    });
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

function policiesOf(
  principal: string,
  scope: Scope,
): { readonly statements: readonly Statement[]; readonly boundary?: readonly Statement[] } {
  const [, , service, , , resource = ''] = principal.split(':');
  if (service !== 'iam' || !/^(user|role|group)\//.test(resource)) {
    throw new AwsError(
      'InvalidInput',
      `Invalid Entity Arn: ${principal} does not clearly define entity type and name.`,
    );
  }
  if (resource === 'user/sandbox') return { statements: ADMINISTRATOR };
  const role = sorted(iamState(scope).roles).find(({ arn }) => arn === principal);
  if (role === undefined) throw noSuchEntity(`The ${resource.replace('/', ' with name ')} cannot be found.`);
  return statementsOf(role, scope);
}

function statementsOf(
  { inlinePolicies, attachedPolicies, permissionsBoundary }: RoleRecord,
  scope: Scope,
): ReturnType<typeof policiesOf> {
  const statements = [
    ...Object.values(inlinePolicies).flatMap((document) => readPolicy(document)),
    ...attachedPolicies.flatMap((arn) => managed(arn, scope)),
  ];
  return {
    statements,
    ...(permissionsBoundary !== undefined && { boundary: managed(permissionsBoundary, scope) }),
  };
}

/** Of those that AWS manages, the sandbox knows what one allows. */
function managed(arn: string, scope: Scope): readonly Statement[] {
  if (/:iam::aws:policy\/AdministratorAccess$/.test(arn)) return ADMINISTRATOR;
  const policy = own(iamState(scope).policies, arn);
  const current = policy?.versions.find(({ id }) => id === policy.defaultVersion);
  if (current === undefined) {
    throw new AwsError('NotImplemented', `The sandbox does not know what ${arn} allows.`, 501);
  }
  return readPolicy(current.document);
}

export const simulationOperations = { SimulatePrincipalPolicy: simulatePrincipalPolicy };
