import type { AwsError } from '../../../kernel/errors.ts';
import { templateError, validationError } from '../../syntax/errors.ts';
import { PARAMETER_VALUE_BYTES } from '../../syntax/limits.ts';
import type { ParameterDefinition } from '../../syntax/model.ts';
import { listElements, parameterShape } from './types.ts';

/**
 * Checks a value against everything its parameter declares. List types are checked element by element.
 * @throws AwsError ValidationError, with the ConstraintDescription where there is one
 */
export function checkConstraints(definition: ParameterDefinition, value: string): void {
  const { name } = definition;
  if (Buffer.byteLength(value) > PARAMETER_VALUE_BYTES) {
    throw validationError(`Parameter '${name}' must not be longer than ${PARAMETER_VALUE_BYTES} bytes`);
  }
  const shape = parameterShape(definition.type);
  const elements = shape?.list === true ? listElements(value) : [value];
  for (const element of elements) {
    const complaint =
      allowedValues(definition, element) ??
      (shape?.element === 'Number' && !shape.stored
        ? numeric(definition, element)
        : textual(definition, element));
    if (complaint !== undefined) throw violated(definition, complaint);
  }
}

function violated({ name, constraintDescription }: ParameterDefinition, complaint: string): AwsError {
  return validationError(
    constraintDescription === undefined
      ? `Parameter '${name}' ${complaint}`
      : `Parameter '${name}' failed to satisfy constraint: ${constraintDescription}`,
  );
}

function allowedValues({ allowedValues: allowed }: ParameterDefinition, value: string): string | undefined {
  return allowed === undefined || allowed.includes(value) ? undefined : 'must be one of AllowedValues';
}

function numeric({ minValue, maxValue }: ParameterDefinition, value: string): string | undefined {
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) return 'must be a number.';
  if (minValue !== undefined && number < minValue) return `must be a number not less than ${minValue}`;
  if (maxValue !== undefined && number > maxValue) return `must be a number not greater than ${maxValue}`;
  return undefined;
}

function textual(definition: ParameterDefinition, value: string): string | undefined {
  const { minLength, maxLength, allowedPattern } = definition;
  if (minLength !== undefined && value.length < minLength)
    return `must contain at least ${minLength} characters`;
  if (maxLength !== undefined && value.length > maxLength)
    return `must contain at most ${maxLength} characters`;
  if (allowedPattern !== undefined && !javaPattern(definition.name, allowedPattern).test(value)) {
    return `must match pattern ${allowedPattern}`;
  }
  return undefined;
}

/** Java's POSIX classes, which JavaScript has not. */
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  Alnum: 'A-Za-z0-9',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Lower: 'a-z',
  Punct: '!-\\/:-@\\[-`{-~',
  Space: '\\s',
  Upper: 'A-Z',
  XDigit: 'A-Fa-f0-9',
};

/** A pattern, written for Java as CloudFormation's are, that must match the whole of a value. */
function javaPattern(name: string, pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  const source = rest
    .replaceAll(/\\A|\\[zZ]/g, '')
    .replaceAll(/\[\\p\{(\w+)\}\]|\\p\{(\w+)\}/g, (written, bracketed?: string, bare?: string) => {
      const members = POSIX_CLASSES[bracketed ?? bare ?? ''];
      return members === undefined ? written : `[${members}]`;
    });
  for (const mode of ['u', '']) {
    try {
      return new RegExp(`^(?:${source})$`, flags + mode);
    } catch {
      // Without the u flag JavaScript takes escapes that Java takes too: [\w\-.].
    }
  }
  throw templateError(`Parameter '${name}' AllowedPattern must be a valid regular expression.`);
}
