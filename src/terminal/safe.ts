import { stripVTControlCharacters } from 'node:util';

/** What would move the cursor, ring the bell, or change the direction of the text. A tab does none of it. */
const CONTROL = /[[\p{Cc}--\t]\u200e\u200f\u202a-\u202e\u2066-\u2069]/gv;

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
