import { AwsError } from '../../kernel/errors.ts';
import { isMap } from '../syntax/intrinsics.ts';
import type { TemplateBody, TemplateValue } from '../syntax/model.ts';
import { loadSpecification } from './load.ts';
import type { PropertyRecords, Shape, TypeRecord } from './record.ts';

/**
 * Checks resolved properties against the type's schema, and turns texts into what the schema wants ("5" into 5, "true"
 * into true, 5 into "5"), as CloudFormation does before it calls a resource's handler. Types outside the specification
 * come back as they are.
 * @throws AwsError ValidationError "Properties validation failed for resource X with message: ..."
 */
export function checkProperties(
  logicalId: string,
  type: string,
  properties: Readonly<Record<string, TemplateValue>>,
): TemplateBody {
  const record = loadSpecification().get(type);
  if (record === undefined || type === 'AWS::CloudFormation::CustomResource') return { ...properties };
  const check = new Check(record);
  const coerced = check.members(properties, record.properties, '#');
  if (check.complaints.length > 0) {
    throw new AwsError(
      'ValidationError',
      `Properties validation failed for resource ${logicalId} with message:\n[${check.complaints.join(', ')}]`,
    );
  }
  return coerced;
}

class Check {
  readonly complaints: string[] = [];
  readonly #record: TypeRecord;

  constructor(record: TypeRecord) {
    this.#record = record;
  }

  members(value: Readonly<TemplateBody>, records: PropertyRecords, path: string): TemplateBody {
    for (const [name, record] of Object.entries(records)) {
      if (record.required && value[name] === undefined)
        this.complaints.push(`${path}: required key [${name}] not found`);
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const record = Object.hasOwn(records, name) ? records[name] : undefined;
        if (record !== undefined) return [name, this.value(member, record.shape, `${path}/${name}`)];
        this.complaints.push(`${path}: extraneous key [${name}] is not permitted`);
        return [name, member];
      }),
    );
  }

  value(value: TemplateValue, shape: Shape, path: string): TemplateValue {
    if (typeof value === 'string' && value.startsWith('{{')) return value;
    if (typeof shape !== 'string') return this.#composed(value, shape, path);
    if (shape === 'j') return value;
    if (shape === 't') return this.#nested(value, TAG, path);
    if (shape.startsWith('#')) return this.#nested(value, this.#record.types[shape.slice(1)] ?? {}, path);
    const coerced = PRIMITIVES[shape]?.coerce(value);
    if (coerced !== undefined) return coerced;
    return this.#wrong(value, PRIMITIVES[shape]?.name ?? 'String', path);
  }

  #composed(value: TemplateValue, shape: Exclude<Shape, string>, path: string): TemplateValue {
    if (shape[0] === 'either') {
      const [, ...choices] = shape;
      for (const choice of choices) {
        const attempt = new Check(this.#record);
        const coerced = attempt.value(value, choice, path);
        if (attempt.complaints.length === 0) return coerced;
      }
      return choices[0] === undefined ? value : this.value(value, choices[0], path);
    }
    if (shape[0] === 'list') {
      if (!Array.isArray(value)) return this.#wrong(value, 'JSONArray', path);
      return value.map((item, index) => this.value(item, shape[1], `${path}/${index}`));
    }
    if (!isMap(value)) return this.#wrong(value, 'JSONObject', path);
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.value(item, shape[1], `${path}/${key}`)]),
    );
  }

  #nested(value: TemplateValue, records: PropertyRecords, path: string): TemplateValue {
    if (!isMap(value)) return this.#wrong(value, 'JSONObject', path);
    // A nested type without any property published is one whose members are free.
    return Object.keys(records).length === 0 ? value : this.members(value, records, path);
  }

  #wrong(value: TemplateValue, expected: string, path: string): TemplateValue {
    this.complaints.push(`${path}: expected type: ${expected}, found: ${kindOf(value)}`);
    return value;
  }
}

const TAG: PropertyRecords = { Key: { shape: 's', required: true }, Value: { shape: 's', required: true } };

interface Primitive {
  /** As the messages name it. */
  readonly name: string;
  /** undefined for what can't be taken for one. */
  coerce(value: TemplateValue): TemplateValue | undefined;
}

const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  s: {
    name: 'String',
    coerce: (value) =>
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : text(value),
  },
  b: {
    name: 'Boolean',
    coerce(value) {
      if (typeof value === 'boolean') return value;
      const word = text(value)?.toLowerCase();
      return word === 'true' ? true : word === 'false' ? false : undefined;
    },
  },
  n: { name: 'Number', coerce: numeric },
  i: {
    name: 'Integer',
    coerce(value) {
      const number = numeric(value);
      return Number.isInteger(number) ? number : undefined;
    },
  },
};

function text(value: TemplateValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numeric(value: TemplateValue): number | undefined {
  if (typeof value === 'number') return value;
  const written = text(value);
  const number = written === undefined || written.trim() === '' ? Number.NaN : Number(written);
  return Number.isNaN(number) ? undefined : number;
}

function kindOf(value: TemplateValue): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'JSONArray';
  if (typeof value === 'object') return 'JSONObject';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Double';
  return typeof value === 'boolean' ? 'Boolean' : 'String';
}
