import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { UsageError } from '../../errors.ts';
import type { GivenParameters, GivenValue } from './given.ts';

const FORMS = [
  'A config file is a map of parameters',
  '  BuildkiteQueue: deploy',
  '  MaxSize: 20',
  "or AWS's list of them",
  '  [{"ParameterKey": "BuildkiteQueue", "ParameterValue": "deploy"}]',
].join('\n');

/**
 * Reads the text of a config file: a YAML or JSON map of parameters, or AWS's list. Values are taken as they are
 * written, so that `0644` and `1.10` stay what they are; a list of values becomes one, joined with commas.
 * @param name how errors call it: the path, or `stdin`
 * @throws UsageError with line and column, and never with a value
 */
export function parseConfig(text: string, name: string): GivenParameters {
  return new ConfigReader(text, name).read();
}

class ConfigReader {
  readonly #lines = new LineCounter();
  readonly #given = new Map<string, GivenValue>();
  readonly #text: string;
  readonly #name: string;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  read(): GivenParameters {
    const document = parseDocument(this.#text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      schema: 'core',
      uniqueKeys: false,
    });
    const [fault] = document.errors;
    if (fault !== undefined)
      throw this.#refused(fault.pos[0], `is no YAML or JSON: ${firstLine(fault.message)}`);
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return this.#given;
    if (isMap(contents)) this.#readMap(contents);
    else if (isSeq(contents)) for (const item of contents.items) this.#readEntry(item);
    else throw this.#refused(0, 'is neither a map of parameters nor a list of them');
    return this.#given;
  }

  #readMap(map: YAMLMap): void {
    for (const pair of map.items) {
      const key = keyOf(pair);
      this.#take(key, this.#valueOf(pair.value, key.text), key.offset);
    }
  }

  /** `{ParameterKey: ..., ParameterValue: ...}` */
  #readEntry(entry: unknown): void {
    const at = startOf(entry);
    if (!isMap(entry)) throw this.#refused(at, 'has an entry in its list that is no map');
    const members = new Map(entry.items.map((pair) => [keyOf(pair).text, pair.value]));
    for (const member of members.keys()) {
      if (member !== 'ParameterKey' && member !== 'ParameterValue') {
        throw this.#refused(
          at,
          `has an entry with ${JSON.stringify(member)}, which only an update could use`,
        );
      }
    }
    const key = members.get('ParameterKey');
    if (!isScalar(key)) throw this.#refused(at, 'has an entry without a ParameterKey');
    const name = written(key);
    if (!members.has('ParameterValue')) throw this.#refused(at, `gives ${name} no ParameterValue`);
    this.#take({ text: name, offset: startOf(key) }, this.#valueOf(members.get('ParameterValue'), name), at);
  }

  #take({ text }: Key, value: string, offset: number): void {
    const known = this.#given.get(text);
    if (known !== undefined) {
      const first = known.from.slice(known.from.lastIndexOf(':') + 1);
      throw this.#refused(offset, `gives ${text} twice; the first time in line ${first}`);
    }
    this.#given.set(text, { value, from: `${this.#name}:${this.#lines.linePos(offset).line}` });
  }

  #valueOf(node: unknown, name: string): string {
    if (isScalar(node) && node.value !== null) return written(node);
    if (isSeq(node)) {
      return node.items
        .map((item) => {
          if (isScalar(item) && item.value !== null) return written(item);
          throw this.#refused(startOf(item), `gives ${name} a list whose items are no plain values`);
        })
        .join(',');
    }
    const what = isMap(node) ? 'a map' : 'no value';
    throw this.#refused(startOf(node), `gives ${name} ${what}; write '' for an empty one`);
  }

  #refused(offset: number, what: string): UsageError {
    const { line, col } = this.#lines.linePos(offset);
    const place = line > 0 ? `line ${line}, column ${col}` : 'line 1';
    return new UsageError(`The config ${this.#name} ${what} (${place})`, { hint: FORMS });
  }
}

interface Key {
  readonly text: string;
  readonly offset: number;
}

function keyOf({ key }: Pair): Key {
  return { text: isScalar(key) ? written(key) : String(key), offset: startOf(key) };
}

/** A scalar as it stands in the text: what is a number to YAML need not be one to a parameter. */
function written({ value, source, type }: Scalar): string {
  return type === 'PLAIN' && source !== undefined ? source : String(value);
}

function startOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;
}

/** YAML's messages may go on to quote the text. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/:\s*$/, '') ?? message;
}
