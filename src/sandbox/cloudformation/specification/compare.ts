import { isMap, scalarText } from '../syntax/intrinsics.ts';
import { sameValue } from '../syntax/values.ts';
import type { TemplateValue } from '../syntax/model.ts';
import { loadSpecification } from './load.ts';
import type { PropertyRecord, PropertyRecords, Shape, TypeRecord } from './record.ts';

/** Whether a change means that the resource is made anew. */
export type RequiresRecreation = 'Never' | 'Conditionally' | 'Always';

/** One property that differs, as a change set's Details tell it. */
export interface PropertyDifference {
  /** The top-level property. */
  readonly name: string;
  /** `/Properties/Tags/0/Value` */
  readonly path: string;
  readonly requiresRecreation: RequiresRecreation;
  readonly changeType: 'Add' | 'Remove' | 'Modify';
  /** Text as it is, anything else as JSON. */
  readonly before?: string;
  readonly after?: string;
}

type Properties = Readonly<Record<string, TemplateValue>>;

/**
 * The differences between two sets of resolved properties, each as deep down as it goes. Values that CloudFormation
 * takes for the same ("5" and 5) are no difference. For a type outside the specification nothing replaces.
 */
export function compareProperties(type: string, before: Properties, after: Properties): PropertyDifference[] {
  const record = loadSpecification().get(type);
  const comparison = new Comparison(record);
  for (const name of unionOfKeys(before, after)) {
    const property = record?.properties[name];
    comparison.compare({
      path: [name],
      before: before[name],
      after: after[name],
      shape: property?.shape ?? 'j',
      replaces: recreationOf(property),
    });
  }
  return comparison.differences;
}

/** What all of the differences together mean. */
export function recreation(differences: readonly PropertyDifference[]): RequiresRecreation {
  return differences.reduce<RequiresRecreation>(
    (strictest, { requiresRecreation }) => stricter(strictest, requiresRecreation),
    'Never',
  );
}

interface Pair {
  readonly path: readonly (string | number)[];
  readonly before: TemplateValue | undefined;
  readonly after: TemplateValue | undefined;
  readonly shape: Shape;
  readonly replaces: RequiresRecreation;
}

class Comparison {
  readonly differences: PropertyDifference[] = [];
  readonly #record: TypeRecord | undefined;

  constructor(record: TypeRecord | undefined) {
    this.#record = record;
  }

  compare(pair: Pair): void {
    const { path, before, after, shape, replaces } = pair;
    if (isMap(before) && isMap(after)) {
      const nested = nestedProperties(shape, this.#record);
      for (const key of unionOfKeys(before, after)) {
        const property = nested?.[key];
        this.compare({
          path: [...path, key],
          before: before[key],
          after: after[key],
          shape: property?.shape ?? memberShape(shape),
          replaces: stricter(replaces, recreationOf(property)),
        });
      }
    } else if (Array.isArray(before) && Array.isArray(after)) {
      for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
        this.compare({
          path: [...path, index],
          before: before[index],
          after: after[index],
          shape: memberShape(shape),
          replaces,
        });
      }
    } else if (!sameValue(before, after)) {
      this.#add(pair);
    }
  }

  #add({ path, before, after, replaces }: Pair): void {
    const listed =
      this.#record?.replacing?.some((prefix) => prefix.every((step, at) => path[at] === step)) ?? false;
    this.differences.push({
      name: String(path[0]),
      path: `/Properties/${path.join('/')}`,
      requiresRecreation: listed ? 'Always' : replaces,
      changeType: before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify',
      ...(before === undefined ? {} : { before: shown(before) }),
      ...(after === undefined ? {} : { after: shown(after) }),
    });
  }
}

function unionOfKeys(before: Properties, after: Properties): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function recreationOf(property: PropertyRecord | undefined): RequiresRecreation {
  if (property?.replaces === 'yes') return 'Always';
  return property?.replaces === 'maybe' ? 'Conditionally' : 'Never';
}

const STRICTNESS: readonly RequiresRecreation[] = ['Never', 'Conditionally', 'Always'];

function stricter(left: RequiresRecreation, right: RequiresRecreation): RequiresRecreation {
  return STRICTNESS.indexOf(left) >= STRICTNESS.indexOf(right) ? left : right;
}

/** The properties of the nested type that a shape names, directly or as one of several. */
function nestedProperties(shape: Shape, record: TypeRecord | undefined): PropertyRecords | undefined {
  if (typeof shape === 'string') return shape.startsWith('#') ? record?.types[shape.slice(1)] : undefined;
  if (shape[0] !== 'either') return undefined;
  const [, ...choices] = shape;
  return choices.map((choice) => nestedProperties(choice, record)).find((nested) => nested !== undefined);
}

/** The shape of what a list or a map holds. */
function memberShape(shape: Shape): Shape {
  if (typeof shape === 'string') return 'j';
  if (shape[0] !== 'either') return shape[1];
  const [, ...choices] = shape;
  return choices.map(memberShape).find((member) => member !== 'j') ?? 'j';
}

function shown(value: TemplateValue): string {
  return scalarText(value) ?? JSON.stringify(value);
}
