import { stripVTControlCharacters } from 'node:util';

/** What would move the cursor, ring the bell, or change the direction of the text. A tab does none of it. */
const CONTROL = /[[\p{Cc}--\t]\u200e\u200f\u202a-\u202e\u2066-\u2069]/gv;

declare const SAFE: unique symbol;

/** A text that does nothing to a terminal but to be read on it, and to be coloured by us. Everything printed is one. */
export type Safe = string & { readonly [SAFE]: true };

/** The colours and styles that ours are made of. Concealing and blinking are not among them. */
const OURS =
  // eslint-disable-next-line no-control-regex -- an escape sequence begins with one
  /(\x1b\[(?:[0-4]|7|2[2-47]|3[0-79]|4[0-79]|9[0-7]|10[0-7]|[34]8;5;\d{1,3}|[34]8;2(?:;\d{1,3}){3})m)/;

/** A text as it may go to a terminal: with its lines and our colours, and otherwise as `safe` leaves it. */
export function screen(text: string): Safe {
  if (text.search(CONTROL) < 0) return text as Safe;
  const parts = text.split(OURS);
  const shown = parts.map((part, index) => (index % 2 === 1 ? part : part.split('\n').map(safe).join('\n')));
  return shown.join('') as Safe;
}

/** CSV as it may go to a terminal: its lines keep their ends, whose carriage return does no more there than the line feed. */
export function safeCsv(text: string): Safe {
  return text.split('\r\n').map(screen).join('\r\n') as Safe;
}

/** A value in JSON whose text does nothing to a terminal: what `JSON.stringify` leaves as it is, is escaped too. */
export function safeJson(value: unknown, end = ''): Safe {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const text = JSON.stringify(value, undefined, 2);
  return (text.replace(CONTROL, (character) => (character === '\n' ? character : escaped(character))) +
    end) as Safe;
}

/**
 * A line that does nothing to a terminal but to be read on it: sequences of a terminal (colours, titles) are left out, and
 * other control characters show as symbols.
 */
export function safe(line: string): string {
  // Most lines hold nothing of that.
  if (line.search(CONTROL) < 0) return line;
  return stripVTControlCharacters(line).replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}
