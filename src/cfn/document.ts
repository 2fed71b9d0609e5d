import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Tags } from 'yaml';

/** Plain data as a template holds it, short forms (`!Ref x`) written out (`{ Ref: 'x' }`). */
export type TemplateValue =
  string | number | boolean | null | TemplateValue[] | { [key: string]: TemplateValue };

// eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- a Record may not refer to itself
export type TemplateBody = { [key: string]: TemplateValue };

/** Where in a text something stands; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text that is not a template: what is wrong with it, and where. */
export class TemplateSyntaxError extends Error {
  constructor(
    message: string,
    readonly position: Position,
  ) {
    super(message);
    this.name = 'TemplateSyntaxError';
  }
}

/** A template's text, its data, and the way from the data back to the text. */
export interface TemplateDocument {
  readonly text: string;
  readonly body: TemplateBody;
  /** Where the key (or list item) at `path` stands: `['Resources', 'Vpc']`. */
  positionOf(path: readonly (string | number)[]): Position | undefined;
}

const FUNCTIONS = [
  'And',
  'Base64',
  'Cidr',
  'Contains',
  'EachMemberEquals',
  'EachMemberIn',
  'Equals',
  'FindInMap',
  'GetAZs',
  'GetAtt',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'RefAll',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
  'ValueOf',
  'ValueOfAll',
];

/** `!GetAtt a.b.c` names the resource up to the first dot; the rest is the attribute. */
function writtenOut(tag: string, value: unknown): Record<string, unknown> {
  if (tag === '!Ref' || tag === '!Condition') return { [tag.slice(1)]: value };
  if (tag === '!GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${tag.slice(1)}`]: value };
}

const SHORT_FORMS: Tags = [...FUNCTIONS, 'Ref', 'Condition'].flatMap((name) => {
  const tag = `!${name}`;
  // The same tag may stand on a scalar, a list or a map; the node is kept and written out in `plain`.
  return [
    { tag, resolve: (text: string) => text },
    { tag, collection: 'seq' as const },
    { tag, collection: 'map' as const },
  ];
});

function plain(node: unknown): TemplateValue {
  if (isScalar(node)) return tagged(node.tag, node.value as TemplateValue);
  if (isSeq(node)) return tagged(node.tag, node.items.map(plain));
  if (isMap(node)) {
    return tagged(
      node.tag,
      Object.fromEntries(node.items.map((pair) => [keyText(pair.key), plain(pair.value)])),
    );
  }
  return null;
}

function tagged(tag: string | undefined, value: TemplateValue): TemplateValue {
  return tag?.startsWith('!') && !tag.startsWith('!!') ? (writtenOut(tag, value) as TemplateValue) : value;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

/** The node under `path`, or for a map's entry its key. */
function nodeAt(
  document: Document,
  path: readonly (string | number)[],
): { range?: readonly number[] | null } | undefined {
  let node: unknown = document.contents;
  let place: unknown = node;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && keyText(item.key) === String(step));
      if (pair === undefined) return undefined;
      place = pair.key;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      place = node;
    } else {
      return undefined;
    }
  }
  return place as { range?: readonly number[] | null } | undefined;
}

/**
 * Reads a template, YAML or JSON, with CloudFormation's short forms.
 * @throws TemplateSyntaxError for text that does not parse, repeats a key, or is not a map.
 */
export function parseTemplate(text: string): TemplateDocument {
  const lines = new LineCounter();
  // The core schema leaves dates such as AWSTemplateFormatVersion's as text, as CloudFormation does.
  const document = parseDocument(text, {
    customTags: (tags) => [...tags, ...(SHORT_FORMS as typeof tags)],
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    uniqueKeys: true,
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const fault = document.errors[0];
  if (fault !== undefined) throw new TemplateSyntaxError(fault.message, at(fault.pos[0]));
  const unknownTag = document.warnings.find((warning) => warning.code === 'TAG_RESOLVE_FAILED');
  if (unknownTag !== undefined) throw new TemplateSyntaxError(unknownTag.message, at(unknownTag.pos[0]));
  if (!isMap(document.contents)) throw new TemplateSyntaxError('the text is not a map of keys', at(0));
  return {
    text,
    body: plain(document.contents) as TemplateBody,
    positionOf(path) {
      const range = nodeAt(document, path)?.range;
      return range?.[0] === undefined ? undefined : at(range[0]);
    },
  };
}
