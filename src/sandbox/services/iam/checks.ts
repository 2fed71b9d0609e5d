import { AwsError } from '../../kernel/errors.ts';
import { checkText, required } from '../common/validation.ts';
import { PolicyFault, readPolicy, type Statement } from './policy/document.ts';

const CODE = 'ValidationError';
const NAME = '[\\w+=,.@-]+';

/** @throws AwsError ValidationError */
export function checkName(name: string | undefined, member: string, most: number): string {
  return checkText(required(name, member, CODE), member, { least: 1, most, pattern: NAME }, CODE);
}

/** @throws AwsError ValidationError */
export function checkPath(path = '/'): string {
  if (path === '/') return path;
  const pattern = '(\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F)';
  return checkText(path, 'path', { most: 512, pattern }, CODE);
}

/**
 * A policy as IAM takes it.
 * @param kind a trust policy names principals, a permissions policy names resources
 * @throws AwsError MalformedPolicyDocument
 */
export function checkPolicy(document: string | undefined, kind: 'trust' | 'permissions'): string {
  const text = required(document, kind === 'trust' ? 'assumeRolePolicyDocument' : 'policyDocument', CODE);
  for (const statement of statementsOf(text)) {
    const { principal, resources } = statement;
    if (kind === 'trust') {
      if (resources !== undefined) throw malformed('Has prohibited field Resource');
      if (principal === undefined) throw malformed('AssumeRole policy must contain principals.');
    } else {
      if (principal !== undefined) throw malformed('Policy document should not specify a principal.');
      if (resources === undefined) throw malformed('Policy statement must contain resources.');
    }
  }
  return text;
}

function statementsOf(text: string): readonly Statement[] {
  try {
    return readPolicy(text);
  } catch (error) {
    if (error instanceof PolicyFault) throw malformed(error.message);
    throw error;
  }
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}

/** Where a list goes on. IAM's markers are opaque. */
export function invalidMarker(): AwsError {
  return new AwsError(CODE, 'Invalid Marker.');
}
