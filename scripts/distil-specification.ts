/**
 * Distils AWS's published resource specification (3 MB packed, half a second to load) to what the sandbox asks of it:
 * one line of JSON a resource type, under an index, so that a type is read without the others.
 * Usage: tsx scripts/distil-specification.ts FILE
 */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, Resource, SpecDatabase } from '@aws-cdk/service-spec-types';
import type {
  PropertyRecord,
  PropertyRecords,
  Shape,
  TypeRecord,
} from '../src/sandbox/cloudformation/specification/record.ts';
import { distilledText } from '../src/sandbox/kernel/distilled-file.ts';
import { writeDistilled } from './write-distilled.ts';

/** The distilled specification, as src/sandbox/cloudformation/specification/load.ts reads it. */
export function distilSpecification(): string {
  const database = loadAwsServiceSpecSync();
  return distilledText(
    [...database.all('resource')].map((resource) => [
      resource.cloudFormationType,
      distilType(resource, database),
    ]),
  );
}

function distilType(resource: Resource, database: SpecDatabase): TypeRecord {
  const nested = database.follow('usesType', resource).map(({ entity }) => entity);
  const names = new Map(nested.map((definition) => [definition.$id, definition.name]));
  const tags = resource.tagInformation;
  return {
    properties: distilProperties(resource.properties, names),
    types: Object.fromEntries(
      nested.map((definition) => [definition.name, distilProperties(definition.properties, names)]),
    ),
    attributes: Object.keys(resource.attributes),
    identifier: resource.primaryIdentifier ?? [],
    ...(tags === undefined
      ? {}
      : {
          tagging: {
            property: tags.tagPropertyName,
            shape: tags.variant === 'standard' ? 'list' : tags.variant,
          },
        }),
    ...(resource.additionalReplacementProperties === undefined
      ? {}
      : { replacing: resource.additionalReplacementProperties }),
  };
}

function distilProperties(
  properties: Readonly<Record<string, Property>>,
  names: ReadonlyMap<string, string>,
): PropertyRecords {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]): [string, PropertyRecord] => [
      name,
      {
        shape: shapeOf(property.type, names),
        ...(property.required ? { required: true } : {}),
        ...(property.causesReplacement === 'yes' || property.causesReplacement === 'maybe'
          ? { replaces: property.causesReplacement }
          : {}),
      },
    ]),
  );
}

function shapeOf(type: PropertyType, names: ReadonlyMap<string, string>): Shape {
  switch (type.type) {
    case 'string':
    case 'date-time':
      return 's';
    case 'number':
      return 'n';
    case 'integer':
      return 'i';
    case 'boolean':
      return 'b';
    case 'json':
    case 'null':
      return 'j';
    case 'tag':
      return 't';
    case 'ref': {
      const name = names.get(type.reference.$ref);
      return name === undefined ? 'j' : `#${name}`;
    }
    case 'array':
      return ['list', shapeOf(type.element, names)];
    case 'map':
      return ['map', shapeOf(type.element, names)];
    case 'union':
      return oneOf(type.types.map((choice) => shapeOf(choice, names)));
  }
}

function oneOf(shapes: readonly Shape[]): Shape {
  const distinct = [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];
  const [only] = distinct;
  return distinct.length === 1 && only !== undefined ? only : ['either', ...distinct];
}

writeDistilled(import.meta.url, distilSpecification);
