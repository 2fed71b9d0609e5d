import { AwsError } from '../../kernel/errors.ts';

/**
 * How AWS words the constraints of a member, as its service frameworks share them.
 * @param value left out where AWS does not repeat it: values that are missing or too long
 */
export function constraintFault(
  member: string,
  constraint: string,
  value?: string,
  code = 'ValidationException',
): AwsError {
  const shown = value === undefined ? 'Value' : `Value '${value}'`;
  return new AwsError(
    code,
    `1 validation error detected: ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

/** @throws AwsError ValidationException (or `code`) where the member is missing */
export function required<Value>(
  value: Value | undefined | null,
  member: string,
  code = 'ValidationException',
): Value {
  if (value === undefined || value === null)
    throw constraintFault(member, 'Member must not be null', 'null', code);
  return value;
}

export interface TextRule {
  readonly least?: number;
  readonly most?: number;
  /** As AWS prints it; it has to match the whole value. */
  readonly pattern?: string;
  readonly values?: readonly string[];
}

/** @throws AwsError ValidationException (or `code`) for a value that breaks the rule */
export function checkText(
  value: string,
  member: string,
  rule: TextRule,
  code = 'ValidationException',
): string {
  const { least, most, pattern, values } = rule;
  const fault = (constraint: string) => constraintFault(member, constraint, value, code);
  if (least !== undefined && value.length < least)
    throw fault(`Member must have length greater than or equal to ${least}`);
  if (most !== undefined && value.length > most)
    throw fault(`Member must have length less than or equal to ${most}`);
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(value)) {
    throw fault(`Member must satisfy regular expression pattern: ${pattern}`);
  }
  if (values !== undefined && !values.includes(value)) {
    throw fault(`Member must satisfy enum value set: [${values.join(', ')}]`);
  }
  return value;
}

/** @throws AwsError ValidationException (or `code`) for a number outside the range */
export function checkRange(
  value: number,
  member: string,
  [least, most]: readonly [number, number],
  code = 'ValidationException',
): number {
  const fault = (constraint: string) => constraintFault(member, constraint, String(value), code);
  if (value < least) throw fault(`Member must have value greater than or equal to ${least}`);
  if (value > most) throw fault(`Member must have value less than or equal to ${most}`);
  return value;
}
