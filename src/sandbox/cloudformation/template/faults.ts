import { AwsError } from '../../kernel/service.ts';

/** The one error code CloudFormation has for whatever is wrong with a template or its parameters. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** A template that is not built as templates are. */
export function formatError(message: string): AwsError {
  return validationError(`Template format error: ${message}`);
}

/** A function in a template that can't be worked out. */
export function templateError(message: string): AwsError {
  return validationError(`Template error: ${message}`);
}

/** Refers in one block of the template to what is not there. */
export function unresolvedDependencies(names: Iterable<string>, block: 'Resources' | 'Outputs'): AwsError {
  return formatError(
    `Unresolved resource dependencies [${[...names].join(', ')}] in the ${block} block of the template`,
  );
}
