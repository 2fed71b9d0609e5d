import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Scalar,
} from 'yaml';
import { parseJson } from './json.ts';
import { SHORT_FORMS, writtenOut } from './short-forms.ts';
import {
  numberAsWritten,
  TemplateSyntaxError,
  type Position,
  type TemplateBody,
  type TemplateValue,
} from './value.ts';

export { TemplateSyntaxError, type Position, type TemplateBody, type TemplateValue } from './value.ts';

/** A template's text, its data, and the way from the data back to the text. */
export interface TemplateDocument {
  readonly text: string;
  readonly format: 'JSON' | 'YAML';
  readonly body: TemplateBody;
  /** Where the first YAML alias stands. They are resolved here; CloudFormation itself refuses them. */
  readonly aliasAt?: Position | undefined;
  /** Where the key (or list item) at `path` stands: `['Resources', 'Vpc']`. */
  positionOf(path: readonly (string | number)[]): Position | undefined;
}

/** More values than this can only come from aliases that multiply: the largest template has a tenth. */
const MOST_VALUES = 1_000_000;

/**
 * Reads a template, YAML or JSON, with CloudFormation's short forms.
 * @throws TemplateSyntaxError for text that does not parse, repeats a key, or is not a map.
 */
export function parseTemplate(text: string): TemplateDocument {
  return text.trimStart().startsWith('{') ? readJson(text) : readYaml(text);
}

function readJson(text: string): TemplateDocument {
  let source: Source | undefined;
  return {
    text,
    format: 'JSON',
    body: parseJson(text) as TemplateBody,
    positionOf(path) {
      // JSON is YAML; its positions are seldom asked for, and the YAML reader takes ten times as long.
      source ??= parseSource(text);
      return source.at(rangeStart(nodeAt(source.document, path)));
    },
  };
}

function readYaml(text: string): TemplateDocument {
  const source = parseSource(text);
  const { document, at } = source;
  const fault = document.errors[0];
  if (fault !== undefined) throw new TemplateSyntaxError(fault.message, at(fault.pos[0]));
  const unknownTag = document.warnings.find((warning) => warning.code === 'TAG_RESOLVE_FAILED');
  if (unknownTag !== undefined) throw new TemplateSyntaxError(unknownTag.message, at(unknownTag.pos[0]));
  if (!isMap(document.contents)) throw new TemplateSyntaxError('the text is not a map of keys', at(0), true);
  const data = new PlainData(source);
  const body = data.of(document.contents) as TemplateBody;
  return {
    text,
    format: 'YAML',
    body,
    aliasAt: data.aliasAt,
    positionOf: (path) => at(rangeStart(nodeAt(document, path))),
  };
}

interface Source {
  readonly document: Document;
  readonly at: {
    (offset: number): Position;
    (offset: number | undefined): Position | undefined;
  };
}

function parseSource(text: string): Source {
  const lines = new LineCounter();
  // The core schema leaves dates such as AWSTemplateFormatVersion's as text, as CloudFormation does.
  const document = parseDocument(text, {
    customTags: (tags) => [...tags, ...SHORT_FORMS],
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    // Repeated keys are found in PlainData, which can name them and looks each up only once.
    uniqueKeys: false,
  });
  function at(offset: number): Position;
  function at(offset: number | undefined): Position | undefined;
  function at(offset: number | undefined): Position | undefined {
    if (offset === undefined) return undefined;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }
  return { document, at };
}

/** Turns YAML nodes into plain data. */
class PlainData {
  readonly #source: Source;
  readonly #open = new Set<unknown>();
  #values = 0;
  aliasAt: Position | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  of(node: unknown): TemplateValue {
    this.#values += 1;
    if (this.#values > MOST_VALUES) {
      throw new TemplateSyntaxError('aliases that multiply without end', this.#place(node));
    }
    if (isScalar(node)) return writtenOut(node.tag, scalarOf(node));
    if (isSeq(node))
      return writtenOut(
        node.tag,
        node.items.map((item) => this.of(item)),
      );
    if (isMap(node)) return writtenOut(node.tag, this.#map(node.items));
    if (isAlias(node)) return this.#alias(node);
    return null;
  }

  #map(pairs: readonly { key: unknown; value: unknown }[]): TemplateBody {
    const entries = new Map<string, TemplateValue>();
    for (const { key, value } of pairs) {
      const name = keyText(key);
      if (entries.has(name)) {
        throw new TemplateSyntaxError(`the key ${JSON.stringify(name)} is there twice`, this.#place(key));
      }
      entries.set(name, this.of(value));
    }
    return Object.fromEntries(entries);
  }

  #alias(node: { source: string; resolve(document: Document): unknown }): TemplateValue {
    this.aliasAt ??= this.#place(node);
    const anchored = node.resolve(this.#source.document);
    if (anchored === undefined) {
      throw new TemplateSyntaxError(`no anchor &${node.source} stands before this alias`, this.#place(node));
    }
    if (this.#open.has(anchored)) {
      throw new TemplateSyntaxError(`*${node.source} stands inside of what it stands for`, this.#place(node));
    }
    this.#open.add(anchored);
    const value = this.of(anchored);
    this.#open.delete(anchored);
    return value;
  }

  #place(node: unknown): Position {
    return this.#source.at(rangeStart(node) ?? 0);
  }
}

function scalarOf({ value, source }: Scalar): TemplateValue {
  return typeof value === 'number' && source !== undefined
    ? numberAsWritten(value, source)
    : (value as TemplateValue);
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | undefined)?.range?.[0];
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

/** The node under `path`, or for a map's entry its key. */
function nodeAt(document: Document, path: readonly (string | number)[]): unknown {
  let node: unknown = document.contents;
  let place: unknown = node;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => keyText(item.key) === String(step));
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
  return place;
}
