import { AwsError } from '../../../kernel/errors.ts';

/** How EC2 names things in its errors. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */

export function invalidValue(value: string, parameter: string, why = ''): AwsError {
  return new AwsError(
    'InvalidParameterValue',
    `Value (${value}) for parameter ${parameter} is invalid.${why && ` ${why}`}`,
  );
}

export function missingParameter(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
}

/** For a combination of parameters that EC2 does not take. */
export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombination', message);
}

export function dependencyViolation(message: string): AwsError {
  return new AwsError('DependencyViolation', message);
}

/** What a required member holds. @throws AwsError MissingParameter */
export function required<Value>(value: Value | undefined, parameter: string): Value {
  if (value === undefined || value === '') throw missingParameter(parameter);
  return value;
}
