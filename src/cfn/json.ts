import {
  numberAsWritten,
  TemplateSyntaxError,
  type Position,
  type TemplateBody,
  type TemplateValue,
} from './value.ts';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS: readonly (readonly [string, TemplateValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * A strict JSON reader that, unlike `JSON.parse`, says where a text goes wrong and refuses a repeated key.
 * @throws TemplateSyntaxError
 */
export function parseJson(text: string): TemplateValue {
  let at = 0;

  const fault = (message: string, offset = at): TemplateSyntaxError =>
    new TemplateSyntaxError(message, positionAt(text, offset));

  const unexpected = (): TemplateSyntaxError =>
    at >= text.length
      ? fault('the text ends in the middle of a value')
      : fault(`unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}`);

  function skipBlanks(): void {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      at += 1;
    }
  }

  function take(character: string): boolean {
    if (text[at] !== character) return false;
    at += 1;
    return true;
  }

  function string(): string {
    const start = at;
    for (let end = start + 1; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === 92) end += 1;
      else if (code === 34) {
        at = end + 1;
        const raw = text.slice(start, at);
        try {
          return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
        } catch {
          throw fault('a string with an escape that JSON does not know', start);
        }
      } else if (code < 32) {
        throw fault('a string with a line break or control character in it', end);
      }
    }
    throw fault('a string that is never closed', start);
  }

  function object(): TemplateBody {
    const entries = new Map<string, TemplateValue>();
    at += 1;
    skipBlanks();
    if (take('}')) return {};
    do {
      skipBlanks();
      if (text[at] !== '"') throw unexpected();
      const keyAt = at;
      const key = string();
      if (entries.has(key)) throw fault(`the key ${JSON.stringify(key)} is there twice`, keyAt);
      skipBlanks();
      if (!take(':')) throw unexpected();
      entries.set(key, value());
      skipBlanks();
    } while (take(','));
    if (!take('}')) throw unexpected();
    return Object.fromEntries(entries);
  }

  function array(): TemplateValue[] {
    const items: TemplateValue[] = [];
    at += 1;
    skipBlanks();
    if (take(']')) return items;
    do {
      items.push(value());
      skipBlanks();
    } while (take(','));
    if (!take(']')) throw unexpected();
    return items;
  }

  function value(): TemplateValue {
    skipBlanks();
    const first = text[at];
    if (first === '{') return object();
    if (first === '[') return array();
    if (first === '"') return string();
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text)?.[0];
    if (number !== undefined) {
      at += number.length;
      return numberAsWritten(Number(number), number);
    }
    const literal = LITERALS.find(([word]) => text.startsWith(word, at));
    if (literal === undefined) throw unexpected();
    at += literal[0].length;
    return literal[1];
  }

  const result = value();
  skipBlanks();
  if (at < text.length) throw unexpected();
  return result;
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
