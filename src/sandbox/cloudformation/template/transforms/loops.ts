import { LOOP } from '../reading/loops.ts';
import { resolveValue } from '../evaluation/resolve.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import { formatError, templateError } from '../../syntax/errors.ts';
import { isMap, scalarText, subParts } from '../../syntax/intrinsics.ts';
import type { TemplateBody, TemplateValue } from '../../syntax/model.ts';

/** What a loop's identifier stands for in one turn. */
type Turn = ReadonlyMap<string, string>;

/**
 * The value with every loop written out.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
 * @throws AwsError ValidationError
 */
export function unrolled(
  value: TemplateValue,
  evaluation: Evaluation,
  turn: Turn = new Map(),
): TemplateValue {
  if (Array.isArray(value)) return value.map((item) => unrolled(item, evaluation, turn));
  if (isMap(value)) return unrolledMap(value, evaluation, turn);
  return typeof value === 'string' && turn.size > 0 ? filledIn(value, turn) : value;
}

function unrolledMap(value: TemplateBody, evaluation: Evaluation, turn: Turn): TemplateValue {
  const named =
    typeof value.Ref === 'string' && Object.keys(value).length === 1 ? turn.get(value.Ref) : undefined;
  if (named !== undefined) return named;
  const entries: [string, TemplateValue][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith(LOOP)) entries.push(...loop(key, item, evaluation, turn));
    else entries.push([filledIn(key, turn), unrolled(item, evaluation, turn)]);
  }
  const keys = new Set<string>();
  for (const [key] of entries) {
    if (keys.has(key)) throw formatError(`Fn::ForEach makes the key ${key} twice`);
    keys.add(key);
  }
  return Object.fromEntries(entries);
}

function loop(
  name: string,
  definition: TemplateValue,
  evaluation: Evaluation,
  turn: Turn,
): [string, TemplateValue][] {
  const [identifier, collection, output] = Array.isArray(definition) ? definition : [];
  if (typeof identifier !== 'string' || collection === undefined || !isMap(output)) {
    throw templateError(
      `${name} layout is incorrect: it requires an identifier, a collection and a map of what each turn gives`,
    );
  }
  return items(name, unrolled(collection, evaluation, turn), evaluation).flatMap((item) => {
    const written = unrolled(output, evaluation, new Map([...turn, [identifier, item]]));
    return isMap(written) ? Object.entries(written) : [];
  });
}

function items(name: string, collection: TemplateValue, evaluation: Evaluation): string[] {
  const resolved = resolveValue(collection, evaluation);
  if (!Array.isArray(resolved)) throw templateError(`the collection of ${name} must be a list`);
  // A list parameter may stand among literal members.
  return resolved.flat().map((item) => {
    const text = scalarText(item);
    if (text === undefined) throw templateError(`the collection of ${name} must be a list of strings`);
    return text;
  });
}

/** `${Identifier}` and, without what is not a letter or digit, `&{Identifier}`. */
function filledIn(text: string, turn: Turn): string {
  const plain = text.replaceAll(
    /&\{([^}]+)\}/g,
    (written, name: string) => turn.get(name)?.replaceAll(/[^A-Za-z0-9]/g, '') ?? written,
  );
  if (![...turn.keys()].some((name) => plain.includes(`\${${name}}`))) return plain;
  return subParts(plain)
    .map((part) => {
      if ('text' in part) return part.text.replaceAll(/^\$\{(.*)\}$/g, '${!$1}');
      return turn.get(part.variable) ?? `\${${part.variable}}`;
    })
    .join('');
}
