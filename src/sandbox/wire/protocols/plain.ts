import type { NormalizedSchema } from '@smithy/core/schema';

/** By the shape that the SDK's package exports. */
const known = new WeakMap<object, boolean>();

/**
 * Whether everything in a structure is in JSON what it is here, so that it can be written without its schema. Times, bytes,
 * documents and large numbers are not, nor are strings with JSON in them.
 */
export function isPlain(schema: NormalizedSchema): boolean {
  const shape = schema.getSchema() as object;
  const before = known.get(shape);
  if (before !== undefined) return before;
  const plain = allPlain(schema, new Set());
  known.set(shape, plain);
  return plain;
}

/** @param seen structures that were looked at already, as one may be within itself */
function allPlain(schema: NormalizedSchema, seen: Set<unknown>): boolean {
  if (schema.isStructSchema()) {
    const shape = schema.getSchema();
    if (seen.has(shape)) return true;
    seen.add(shape);
    return [...schema.structIterator()].every(([, member]) => allPlain(member, seen));
  }
  if (schema.isListSchema() || schema.isMapSchema()) return allPlain(schema.getValueSchema(), seen);
  if (schema.isStringSchema()) return schema.getMergedTraits().mediaType === undefined;
  return (
    schema.isBooleanSchema() ||
    (schema.isNumericSchema() && !schema.isBigIntegerSchema() && !schema.isBigDecimalSchema())
  );
}
