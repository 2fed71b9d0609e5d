import { NormalizedSchema } from '@smithy/core/schema';

/** What Smithy's traits tell a protocol of a member or of a shape. */
export interface Traits {
  readonly xmlName?: string;
  readonly xmlFlattened?: unknown;
  readonly xmlAttribute?: unknown;
  /** Prefix and URI. */
  readonly xmlNamespace?: readonly [string | undefined, string];
  readonly ec2QueryName?: string;
  readonly jsonName?: string;
  readonly httpHeader?: string;
  readonly httpQuery?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpQueryParams?: unknown;
  readonly httpLabel?: unknown;
  readonly httpPayload?: unknown;
  readonly httpResponseCode?: unknown;
  readonly idempotencyToken?: unknown;
  readonly sparse?: unknown;
  readonly mediaType?: string;
  /** Code and status on the query protocol. */
  readonly awsQueryError?: readonly [string, number];
  /** Method, path and status. */
  readonly http?: readonly [string, string, number];
}

export interface Member {
  readonly name: string;
  /** Of the member alone: what its target carries is the target's. */
  readonly traits: Traits;
  readonly target: Shape;
  readonly required: boolean;
}

export interface Structure {
  readonly kind: 'structure';
  readonly name: string;
  readonly traits: Traits;
  readonly members: readonly Member[];
}

export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

export type Shape =
  | Structure
  | { readonly kind: 'list'; readonly member: Member; readonly traits: Traits }
  | { readonly kind: 'map'; readonly key: Member; readonly value: Member; readonly traits: Traits }
  | { readonly kind: 'timestamp'; readonly format: TimestampFormat | undefined; readonly traits: Traits }
  | { readonly kind: 'blob'; readonly streaming: boolean; readonly traits: Traits }
  | {
      readonly kind: 'string' | 'number' | 'boolean' | 'document' | 'unit';
      readonly traits: Traits;
    };

export type ListShape = Extract<Shape, { kind: 'list' }>;
export type MapShape = Extract<Shape, { kind: 'map' }>;

/** A schema as the SDK's packages export them: an array, a code, or a function that gives either. */
type SchemaReference = Parameters<typeof NormalizedSchema.of>[0];

/** Smithy's codes of timestamps: the second is of an RFC 3339 text, and so on. */
const TIMESTAMP_FORMATS: Readonly<Record<number, TimestampFormat>> = {
  5: 'date-time',
  6: 'http-date',
  7: 'epoch-seconds',
};

/** Where a static structure schema keeps its member names, and how many of them, from the first on, are required. */
const MEMBER_NAMES = 4;
const REQUIRED_COUNT = 6;

const known = new Map<unknown, Shape>();

/** The shape that a schema of the SDK describes. Shapes may contain themselves. */
export function shapeOf(reference: SchemaReference): Shape {
  return shapeOfSchema(NormalizedSchema.of(reference));
}

function shapeOfSchema(schema: NormalizedSchema): Shape {
  const traits = schema.getOwnTraits() as Traits;
  if (schema.isStructSchema()) return structureOf(schema, traits);
  if (schema.isUnitSchema()) return { kind: 'unit', traits };
  if (schema.isListSchema()) return remembered(schema, (fill) => {
    const shape = fill({ kind: 'list', traits, member: undefined as unknown as Member });
    shape.member = memberOf('member', schema.getValueSchema(), false);
  });
  if (schema.isMapSchema()) return remembered(schema, (fill) => {
    const shape = fill({ kind: 'map', traits, key: undefined as unknown as Member, value: undefined as unknown as Member });
    shape.key = memberOf('key', schema.getKeySchema(), false);
    shape.value = memberOf('value', schema.getValueSchema(), false);
  });
  if (schema.isTimestampSchema()) {
    return { kind: 'timestamp', format: TIMESTAMP_FORMATS[schema.getSchema() as number], traits };
  }
  if (schema.isBlobSchema()) return { kind: 'blob', streaming: schema.isStreaming(), traits };
  if (schema.isDocumentSchema()) return { kind: 'document', traits };
  if (schema.isBooleanSchema()) return { kind: 'boolean', traits };
  if (schema.isStringSchema()) return { kind: 'string', traits };
  return { kind: 'number', traits };
}
