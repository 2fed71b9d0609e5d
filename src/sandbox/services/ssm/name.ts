import { AwsError } from '../../kernel/errors.ts';

const LONGEST = 1011;
const DEEPEST = 15;

/**
 * Checks the name of a parameter that is to be made.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
 * @throws AwsError ValidationException, AccessDeniedException, HierarchyLevelLimitExceededException
 */
export function checkName(name: string): void {
  const path = name.startsWith('/');
  if (/^\/?aws(?:[/\-_.]|$)/i.test(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (!path && name.includes('/')) {
    throw new AwsError('ValidationException', 'Parameter name must be a fully qualified name.');
  }
  if (name.length > LONGEST) {
    throw new AwsError('ValidationException', `Parameter name: can't be longer than ${LONGEST} characters.`);
  }
  const parts = path ? name.slice(1).split('/') : [name];
  if (/^\/?ssm/i.test(name) || !parts.every((part) => /^[a-zA-Z0-9_.-]+$/.test(part))) {
    throw new AwsError(
      'ValidationException',
      path
        ? 'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_'
        : 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). Only a mix of letters, numbers and the following 3 symbols .-_ are allowed.',
    );
  }
  if (parts.length > DEEPEST) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      'A parameter name hierarchy can have a maximum of 15 levels. Use a shorter hierarchy, and try again.',
    );
  }
}

/** Whether a name is one of the parameters that AWS publishes. */
export function isPublic(name: string): boolean {
  return name.startsWith('/aws/service/');
}
