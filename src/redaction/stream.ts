import { stripVTControlCharacters } from 'node:util';
import { mark } from './patterns.ts';
import type { Redactor, Tally } from './redactor.ts';

/** A key has no more lines than this, even one of 16,384 bits. */
const MAX_KEY_LINES = 220;

const BEGIN = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:/g;
const END = /-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|Private-MAC:/g;

/** Messages without secrets. A private key that is logged line by line goes whole, although no line of it says what it is. */
export class StreamRedactor {
  readonly #redactor: Redactor;
  readonly #tally: Tally;
  /** How many lines ago a key began, by stream. */
  readonly #open = new Map<string, number>();

  constructor(redactor: Redactor, tally: Tally) {
    this.#redactor = redactor;
    this.#tally = tally;
  }

  redact(stream: string, message: string): string {
    // Colours may stand within a secret.
    const text = stripVTControlCharacters(message);
    const lines = this.#open.get(stream);
    const begins = lastOf(BEGIN, text);
    const ends = lastOf(END, text);
    if (begins > ends) this.#open.set(stream, 0);
    else if (lines !== undefined && (ends >= 0 || isProse(text) || lines > MAX_KEY_LINES))
      this.#open.delete(stream);
    else if (lines !== undefined) this.#open.set(stream, lines + 1);
    if (lines === undefined || isProse(text)) return this.#redactor.redact(text, this.#tally);
    this.#tally.count('private key');
    return mark('private key');
  }
}

function lastOf(pattern: RegExp, text: string): number {
  return [...text.matchAll(pattern)].at(-1)?.index ?? -1;
}

/** Whether a line is one that people wrote, so that what began before it has ended. */
function isProse(text: string): boolean {
  return (text.match(/(?<!\S)[A-Za-z][a-z]*[a-z,.](?!\S)/g) ?? []).length >= 4;
}
