import { NormalizedSchema } from '@smithy/core/schema';

/** A schema as the SDK's packages export it. */
export type SchemaReference = Parameters<typeof NormalizedSchema.of>[0];

/** An operation as the SDK's packages export it: kind, namespace, name, traits, input, output. */
type StaticOperation = readonly [9, string, string, unknown, SchemaReference, SchemaReference];

/** The HTTP trait of an operation, its path taken apart. */
export interface HttpTrait {
  readonly method: string;
  /** Between slashes: text to match, or a label. */
  readonly segments: readonly PathSegment[];
  /** Query parameters that have to be there, with their value where one is stated. */
  readonly literals: readonly (readonly [string, string | undefined])[];
  readonly status: number;
}

export type PathSegment =
  | { readonly text: string; readonly label?: undefined }
  | { readonly label: string; readonly greedy: boolean };

export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** The same as `output` under another name, for formats that wrap an answer in one of their own. */
  outputNamed(name: string): NormalizedSchema;
  readonly http: HttpTrait | undefined;
}

/** What the wire needs to know of an error's shape. */
export interface ErrorSchema {
  readonly name: string;
  /** The code of the query protocols, where it is another. */
  readonly queryCode: string;
  readonly members: readonly string[];
}

/** What a service's SDK package tells of its API. */
export interface ServiceSchema {
  readonly xmlNamespace: string;
  /**
   * Whether answers in JSON also tell the error's code of the query protocols, in a header. KMS and SSM have such codes in
   * their models and never send them. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
   */
  readonly isQueryCompatible: boolean;
  operation(name: string): OperationSchema | undefined;
  operations(): readonly OperationSchema[];
  /** By the name of the shape or by its code in the query protocols. */
  error(code: string): ErrorSchema | undefined;
}

const STRUCTURE = 3;
const ERROR = -3;
const OPERATION = 9;
const NAME = 2;

/** Reads the schemas that an SDK package exports (`CreateStack$`, `AlreadyExistsException$`, ...). */
export function serviceSchema(sdk: object): ServiceSchema {
  const exported = sdk as Readonly<Record<string, unknown>>;
  const operations = new Map<string, OperationSchema>();
  const find = (name: string): OperationSchema | undefined => {
    const known = operations.get(name);
    const schema = exported[`${name}$`];
    if (known !== undefined || !isKind(schema, OPERATION)) return known;
    const found = operationOf(schema as unknown as StaticOperation);
    operations.set(name, found);
    return found;
  };
  let all: readonly OperationSchema[] | undefined;
  let errors: Map<string, ErrorSchema> | undefined;
  return {
    ...protocolSettings(exported),
    operation: find,
    operations() {
      // Once, as each request by REST looks through them.
      all ??= Object.entries(exported).flatMap(([name, schema]) =>
        isKind(schema, OPERATION) ? (find(name.slice(0, -1)) ?? []) : [],
      );
      return all;
    },
    error(code) {
      errors ??= errorsOf(exported);
      return errors.get(code);
    },
  };
}

/** The members that an input cannot do without. */
export function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const structure: unknown = schema.getSchema();
  if (!isKind(structure, STRUCTURE)) return [];
  const [, , , , names, , count] = structure as unknown as [
    0,
    0,
    0,
    0,
    string[],
    unknown,
    number | undefined,
  ];
  return names.slice(0, count ?? 0);
}

function isKind(schema: unknown, kind: number): schema is readonly unknown[] {
  return Array.isArray(schema) && schema[0] === kind;
}

function operationOf([, , name, traits, input, output]: StaticOperation): OperationSchema {
  const named = new Map<string, NormalizedSchema>();
  const outputSchema = NormalizedSchema.of(output);
  const { http } = (typeof traits === 'object' ? (traits ?? {}) : {}) as { http?: [string, string, number] };
  return {
    name,
    input: NormalizedSchema.of(input),
    output: outputSchema,
    outputNamed(wanted) {
      let schema = named.get(wanted);
      if (schema === undefined) {
        const copy = [...(outputSchema.getSchema() as unknown as unknown[])];
        copy[NAME] = wanted;
        schema = NormalizedSchema.of(copy as unknown as SchemaReference);
        named.set(wanted, schema);
      }
      return schema;
    },
    http: http && httpTrait(http),
  };
}

function httpTrait([method, target, status]: readonly [string, string, number]): HttpTrait {
  const [path = '/', query = ''] = target.split('?');
  const segments = path
    .split('/')
    .slice(1)
    .map((text): PathSegment => {
      const label = /^\{(.+?)(\+?)\}$/.exec(text);
      return label === null ? { text } : { label: label[1] ?? '', greedy: label[2] === '+' };
    });
  // S3's x-id only names the operation, and only the SDKs for JavaScript and their like send it.
  const literals = query
    .split('&')
    .filter((literal) => literal !== '' && !literal.startsWith('x-id='))
    .map((literal) => literal.split('=') as [string, string | undefined]);
  return { method, segments, literals, status };
}

/** These stand only in the settings of a client. */
function protocolSettings(
  exported: Readonly<Record<string, unknown>>,
): Pick<ServiceSchema, 'xmlNamespace' | 'isQueryCompatible'> {
  const name = Object.keys(exported).find((key) => /^[A-Z].*Client$/.test(key));
  const Client = exported[name ?? ''] as
    | (new (settings: object) => {
        config: { protocolSettings?: { xmlNamespace?: string; awsQueryCompatible?: boolean } };
      })
    | undefined;
  const settings = Client && new Client({ region: 'us-east-1' }).config.protocolSettings;
  return {
    xmlNamespace: settings?.xmlNamespace ?? '',
    isQueryCompatible: settings?.awsQueryCompatible ?? false,
  };
}

function errorsOf(exported: Readonly<Record<string, unknown>>): Map<string, ErrorSchema> {
  const errors = new Map<string, ErrorSchema>();
  for (const schema of Object.values(exported)) {
    if (!isKind(schema, ERROR)) continue;
    const [, , name, traits, members] = schema as unknown as [-3, string, string, unknown, string[]];
    const { awsQueryError } = (typeof traits === 'object' ? (traits ?? {}) : {}) as {
      awsQueryError?: [string];
    };
    const error = { name, queryCode: awsQueryError?.[0] ?? name, members };
    errors.set(error.name, error);
    errors.set(error.queryCode, error);
  }
  return errors;
}
