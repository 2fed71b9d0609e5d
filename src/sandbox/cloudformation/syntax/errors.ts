import { AwsError } from '../../kernel/errors.ts';

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

export const JOIN_NEEDS =
  'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined ' +
  'or a function that returns a list of strings (such as Fn::GetAZs) to be joined.';

export const SPLIT_NEEDS =
  'every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split ' +
  'or a function that returns a string to be split.';
