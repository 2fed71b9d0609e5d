import { conditionsHold, matches, type ConditionContext } from './conditions.ts';
import type { Statement } from './document.ts';

/** One action on one resource by one principal. */
export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  /** The caller's ARN; only statements that name principals look at it. */
  readonly principal: string;
  readonly context: ConditionContext;
}

export interface PolicyDecision {
  readonly effect: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** The statements that decided. */
  readonly statements: readonly Statement[];
}

/**
 * Decides as AWS does: an explicit denial wins, then an allowance, else it is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluatePolicies(statements: readonly Statement[], request: PolicyRequest): PolicyDecision {
  const applying = statements.filter((statement) => applies(statement, request));
  const denials = applying.filter(({ effect }) => effect === 'Deny');
  if (denials.length > 0) return { effect: 'explicitDeny', statements: denials };
  return { effect: applying.length > 0 ? 'allowed' : 'implicitDeny', statements: applying };
}

function applies(statement: Statement, { action, resource, principal, context }: PolicyRequest): boolean {
  const { actions, notAction, resources, notResource, conditions } = statement;
  const wanted = action.toLowerCase();
  return (
    actions.some((pattern) => matches(wanted, pattern.toLowerCase())) !== notAction &&
    (resources === undefined ||
      resources.some((pattern) => matches(resource, substituted(pattern, context))) !== notResource) &&
    isFor(statement, principal) &&
    conditionsHold(substitutedConditions(conditions, context), context)
  );
}

function isFor({ principal, notPrincipal }: Statement, caller: string): boolean {
  if (principal === undefined) return true;
  const account = caller.split(':')[4] ?? '';
  const accountForms = [account, `arn:aws:iam::${account}:root`];
  const named = Object.entries(principal).some(
    ([kind, names]) =>
      (kind === '*' || kind === 'AWS') &&
      names.some(
        (name) =>
          name === '*' ||
          name === caller ||
          accountForms.includes(name.replace(/^arn:aws[^:]*:/, 'arn:aws:')),
      ),
  );
  return named !== notPrincipal;
}

/** Policy variables: `${aws:username}`, and `${*}` for the character itself. */
function substituted(text: string, context: ConditionContext): string {
  return text.replace(/\$\{([^}]+)\}/g, (written, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name;
    const value = context[name.toLowerCase()];
    return typeof value === 'string' ? value : written;
  });
}

function substitutedConditions(conditions: Statement['conditions'], context: ConditionContext) {
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, values]) => [
          key,
          values.map((value) => substituted(value, context)),
        ]),
      ),
    ]),
  );
}
