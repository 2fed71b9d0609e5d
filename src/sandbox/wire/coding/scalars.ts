import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../kernel/errors.ts';

/**
 * A text of a form, a header or a query parameter as the value that its schema says.
 * @param name the member, for the error
 * @throws AwsError MalformedInput
 */
export function readScalar(schema: NormalizedSchema, text: string, name: string): unknown {
  if (schema.isStringSchema()) return text;
  if (schema.isBooleanSchema()) return readBoolean(text);
  if (schema.isTimestampSchema()) return readTimestamp(text);
  if (schema.isBlobSchema()) return Buffer.from(text, 'base64');
  if (schema.isNumericSchema()) return readNumber(text, name);
  return text;
}

function readBoolean(text: string): boolean {
  switch (text.toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
    case '':
      return false;
    default:
      throw malformed(`${text} is not a boolean`);
  }
}

function readNumber(text: string, name: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw malformed(`${text || 'An empty value'} at ${name} is not a number`);
  return value;
}

/** Clients send any of the three formats for any member. */
function readTimestamp(text: string): Date {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  if (Number.isNaN(value.getTime())) throw malformed(`${text} is not a timestamp`);
  return value;
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedInput', message);
}

/** A value as a header carries it. */
export function headerText(schema: NormalizedSchema, value: unknown): string {
  if (value instanceof Date) {
    // Only where a member says otherwise does a header have another date than HTTP's own.
    if (schema.getSchema() === 5) return value.toISOString();
    if (schema.getSchema() === 7) return String(value.getTime() / 1000);
    return value.toUTCString();
  }
  if (Array.isArray(value)) {
    return value.map((item) => headerText(schema.getValueSchema(), item)).join(', ');
  }
  return String(value);
}
