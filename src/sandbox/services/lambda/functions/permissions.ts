import type {
  AddPermissionRequest,
  AddPermissionResponse,
  GetPolicyRequest,
  GetPolicyResponse,
  RemovePermissionRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { own, put, remove } from '../../../kernel/table.ts';
import { checkText, required } from '../../common/validation.ts';
import { functionArn, revisionNamed, type FunctionRecord, type Statement } from '../state.ts';

const STATEMENT_ID = { least: 1, most: 100, pattern: '([a-zA-Z0-9-_]+)' };
const ACTION = { pattern: '(lambda:[*]|lambda:[a-zA-Z]+|[*])' };

/** Keeps who may use a function. It is not enforced. @throws AwsError ResourceConflictException (409), ... */
export function addPermission(input: AddPermissionRequest, scope: Scope): AddPermissionResponse {
  const { record, qualifier } = revisionNamed(
    scope,
    required(input.FunctionName, 'functionName'),
    input.Qualifier,
  );
  const sid = checkText(required(input.StatementId, 'statementId'), 'statementId', STATEMENT_ID);
  const action = checkText(required(input.Action, 'action'), 'action', ACTION);
  const statements = own(record.policies, qualifier ?? '') ?? put(record.policies, qualifier ?? '', []);
  if (statements.some(({ Sid }) => Sid === sid)) {
    throw new AwsError(
      'ResourceConflictException',
      `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      409,
    );
  }
  const condition = conditionOf(input);
  const statement: Statement = {
    Sid: sid,
    Effect: 'Allow',
    Principal: principalOf(required(input.Principal, 'principal'), scope),
    Action: action,
    Resource: functionArn(scope, record.name, qualifier),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
  statements.push(statement);
  return { Statement: JSON.stringify(statement) };
}

function principalOf(principal: string, { partition }: Scope): unknown {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${partition}:iam::${principal}:root` };
  return principal.startsWith('arn:') ? { AWS: principal } : { Service: principal };
}

function conditionOf(input: AddPermissionRequest): Record<string, Record<string, string>> {
  const equal = {
    ...(input.SourceAccount !== undefined && { 'AWS:SourceAccount': input.SourceAccount }),
    ...(input.EventSourceToken !== undefined && { 'lambda:EventSourceToken': input.EventSourceToken }),
    ...(input.PrincipalOrgID !== undefined && { 'aws:PrincipalOrgID': input.PrincipalOrgID }),
    ...(input.FunctionUrlAuthType !== undefined && {
      'lambda:FunctionUrlAuthType': input.FunctionUrlAuthType,
    }),
  };
  return {
    ...(Object.keys(equal).length > 0 && { StringEquals: equal }),
    ...(input.SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
  };
}

/** Takes a statement out of a function's policy, if it is there. */
export function dropPermission(record: FunctionRecord, qualifier: string, sid: string): boolean {
  const statements = own(record.policies, qualifier) ?? [];
  const at = statements.findIndex(({ Sid }) => Sid === sid);
  if (at < 0) return false;
  statements.splice(at, 1);
  if (statements.length === 0) remove(record.policies, qualifier);
  return true;
}

function removePermission(input: RemovePermissionRequest, scope: Scope): object {
  const { record, qualifier = '' } = revisionNamed(
    scope,
    required(input.FunctionName, 'functionName'),
    input.Qualifier,
  );
  const sid = required(input.StatementId, 'statementId');
  if (own(record.policies, qualifier) === undefined) throw noPolicy();
  if (!dropPermission(record, qualifier, sid)) {
    throw new AwsError('ResourceNotFoundException', `Statement ${sid} is not found in resource policy.`, 404);
  }
  return {};
}

function noPolicy(): AwsError {
  return new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
}

function getPolicy({ FunctionName, Qualifier }: GetPolicyRequest, scope: Scope): GetPolicyResponse {
  const {
    record,
    revision,
    qualifier = '',
  } = revisionNamed(scope, required(FunctionName, 'functionName'), Qualifier);
  const statements = own(record.policies, qualifier);
  if (statements === undefined) throw noPolicy();
  return {
    Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements }),
    RevisionId: revision.revisionId,
  };
}

export const permissionOperations = {
  AddPermission: addPermission,
  RemovePermission: removePermission,
  GetPolicy: getPolicy,
};
