import { isBlank, isReference, isSecretName } from './names.ts';
import { mark } from './patterns.ts';
import { type Redactor, Tally } from './redactor.ts';

/** AWS names a thing in one field and has its value in another. */
const NAMES = ['ParameterKey', 'OutputKey', 'Key', 'TagKey', 'Name', 'name', 'key'];
const VALUES = [
  'ParameterValue',
  'ResolvedValue',
  'OutputValue',
  'Value',
  'TagValue',
  'value',
  'preset',
  'Default',
];

/** Data without secrets, in the same form. Names of fields count, and those that stand in another field. */
export function redactData(data: unknown, redactor: Redactor, tally: Tally = new Tally()): unknown {
  const named = (value: unknown): unknown => {
    if (typeof value === 'number') return value;
    if (typeof value !== 'string') return walk(value);
    if (isBlank(value) || isReference(value)) return redactor.redact(value, tally);
    tally.count('named secret');
    return mark('named secret');
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return redactor.redact(value, tally);
    if (Array.isArray(value)) return value.map(walk);
    if (value instanceof Date) return value.toISOString();
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value);
    const name = fields.find(([key, of]) => NAMES.includes(key) && typeof of === 'string')?.[1] as
      string | undefined;
    const secret = name !== undefined && isSecretName(name);
    return Object.fromEntries(
      fields.map(([key, of]) => [
        redactor.redact(key, tally),
        isSecretName(key) || (secret && VALUES.includes(key)) ? named(of) : walk(of),
      ]),
    );
  };
  return walk(data);
}
