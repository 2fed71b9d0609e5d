import { escaped } from '../base/html.ts';
import type { Reason } from './patterns.ts';

/** A value that is known to be secret, and what it is. */
export interface KnownValue {
  readonly value: string;
  readonly reason: Reason;
}

/** Shorter ones stand in every text by chance: the Buildkite Agent's redactor draws the line here too. */
export const MIN_LENGTH = 6;
/** Of a line that is part of a longer value. */
const MIN_LINE_LENGTH = 8;

/** Of a value that is long enough, this share of it, from either end, is as good as the whole. */
const CUT_SHARE = 0.6;
const MIN_CUT_LENGTH = 12;

/** Breaks of lines within a value: with the sign before them that continues a line, and the indentation after them. */
const FOLDS = /\\?\r?\n[ \t]*/g;

/** The beginning and the end of a value that something has cut off: what is left of it is still most of a secret. */
function cutForms(value: string): readonly string[] {
  const length = Math.ceil(value.length * CUT_SHARE);
  // Of a value with several lines, each line is a value.
  return length < MIN_CUT_LENGTH || /[\r\n]/.test(value)
    ? []
    : [value.slice(0, length), value.slice(-length)];
}

/** What programs write in place of a value: quoted in some language, encoded for some place, or line by line. */
export function formsOf(value: string): Set<string> {
  const forms = new Set<string>();
  const add = (text: string, shortest = MIN_LENGTH) => {
    if (text.trim().length >= shortest) forms.add(text);
  };
  const trimmed = value.trim();
  for (const text of new Set([value, trimmed])) {
    const json = JSON.stringify(text).slice(1, -1);
    add(text);
    add(json);
    add(json.replaceAll('/', '\\/'));
    add(asciiOnly(json));
    // As Go and Java write JSON, in which no HTML is to be found.
    add(json.replace(/[<>&'=]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`));
    add(json.replace(/[<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`));
    // JSON in a string of JSON.
    add(JSON.stringify(json).slice(1, -1));
    add(text.replaceAll("'", "'\\''"));
    add(text.replaceAll("'", `'"'"'`));
    add(text.replace(/["$`\\]/g, '\\$&'));
    add(escaped(text));
    for (const encoded of percentForms(text)) add(encoded);
    const bytes = Buffer.from(text);
    if (bytes.length >= MIN_LINE_LENGTH) {
      add(bytes.toString('hex'));
      add(bytes.toString('hex').toUpperCase());
      for (const inner of withinBase64(bytes)) add(inner, MIN_LINE_LENGTH);
    }
    for (const shape of ['base64', 'base64url'] as const) {
      const encoded = bytes.toString(shape);
      add(encoded);
      // As base64 and openssl wrap it, a line at a time.
      for (const width of [64, 76]) {
        if (encoded.length <= width) continue;
        for (let from = 0; from < encoded.length; from += width) {
          add(encoded.slice(from, from + width), MIN_LINE_LENGTH);
        }
      }
    }
  }
  return forms;
}

/** The signs that bytes surely have within the code of something longer, wherever in it they stand. */
function withinBase64(bytes: Buffer): string[] {
  return (['base64', 'base64url'] as const).flatMap((shape) =>
    [0, 1, 2].map((before) => {
      const code = Buffer.concat([Buffer.alloc(before), bytes])
        .toString(shape)
        .replace(/=+$/, '');
      // Signs that what stands before or behind has a part in.
      const partly = Math.ceil((before * 8) / 6);
      return code.slice(partly, Math.floor(((before + bytes.length) * 8) / 6));
    }),
  );
}

function asciiOnly(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function percentForms(text: string): string[] {
  // Half of a pair of surrogates cannot be encoded; this makes it a character that says so.
  const whole = Buffer.from(text).toString();
  const component = encodeURIComponent(whole);
  const strict = component.replace(
    /[!'()*~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return [component, strict, encodeURI(whole), strict.replaceAll('%20', '+')].flatMap((form) => [
    form,
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}

/** Finds many texts in a text, at one look at most of its characters. */
export class KnownValues {
  readonly #forms = new Map<string, Reason>();
  /** The whole values, by the parts of them that are looked for. */
  readonly #wholes = new Map<string, string>();
  /** How long those are that begin with these characters, the longest first. */
  readonly #lengths = new Map<string, number[]>();
  /** Whether any of them begins like this: most places are passed by this alone. */
  readonly #beginnings = new Uint8Array(1 << 16);
  #count = 0;

  constructor(values: Iterable<KnownValue> = []) {
    for (const { value, reason } of values) this.add(value, reason);
  }

  /** How many there are, in whatever form. */
  get size(): number {
    return this.#count;
  }

  /** @returns false for one that is too short to be looked for */
  add(value: string, reason: Reason): boolean {
    if (value.trim().length < MIN_LENGTH) return false;
    this.#count += 1;
    this.#addForms(value, reason);
    // What has several lines is shown and logged line by line.
    const lines = value.trim().split(/\r?\n|\r/);
    for (const line of lines.length > 1 ? lines : []) {
      // The frame of a key is no secret, and tells that there was one.
      const frame = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$/.test(line.trim());
      if (!frame && line.trim().length >= MIN_LINE_LENGTH) this.#addForms(line, reason);
    }
    return true;
  }

  #addForms(value: string, reason: Reason): void {
    for (const text of formsOf(value)) this.#addForm(text, reason);
    const trimmed = value.trim();
    for (const text of cutForms(trimmed)) {
      if (this.#forms.has(text)) continue;
      this.#addForm(text, reason);
      this.#wholes.set(text, trimmed);
    }
  }

  #addForm(text: string, reason: Reason): void {
    // A whole value is more than a part of another.
    this.#wholes.delete(text);
    if (this.#forms.has(text)) return;
    this.#forms.set(text, reason);
    const start = text.slice(0, MIN_LENGTH);
    const lengths = this.#lengths.get(start) ?? [];
    if (!lengths.includes(text.length)) {
      this.#lengths.set(
        start,
        [...lengths, text.length].sort((x, y) => y - x),
      );
    }
    this.#beginnings[beginning(text, 0)] = 1;
  }

  /** Puts something in place of every known value in a text; values that overlap go together. */
  replace(text: string, put: (reason: Reason) => string): string {
    if (this.#count === 0) return text;
    const replaced = replacing(text, this.#found(text), put);
    return /[\r\n]/.test(replaced) ? this.#replaceFolded(replaced, put) : replaced;
  }

  /** Values that are written over several lines, indented or not: they are looked for in the text without its line breaks. */
  #replaceFolded(text: string, put: (reason: Reason) => string): string {
    const places = new Uint32Array(text.length);
    const pieces: string[] = [];
    let length = 0;
    let from = 0;
    const take = (until: number) => {
      pieces.push(text.slice(from, until));
      for (let at = from; at < until; at += 1) places[length++] = at;
    };
    for (const { index, 0: fold } of text.matchAll(FOLDS)) {
      take(index);
      from = index + fold.length;
    }
    take(text.length);
    const place = (at: number) => places[at] ?? 0;
    const folded = this.#found(pieces.join(''))
      .filter(({ start, end }) => end - start >= MIN_CUT_LENGTH)
      .map(({ start, end, reason }) => ({
        start: place(start),
        end: place(end - 1) + 1,
        reason,
        length: end - start,
      }))
      .filter(({ start, end, length: signs }) => end - start > signs);
    return replacing(text, folded, put);
  }

  /** Where known values are in a text, in its order. */
  #found(text: string): Found[] {
    const all: Found[] = [];
    let free = 0;
    for (let at = 0; at + MIN_LENGTH <= text.length; at += 1) {
      const found = this.#at(text, at, free);
      if (found === undefined) continue;
      let { end } = found;
      for (let inner = at + 1; inner < end; inner += 1) {
        end = Math.max(end, this.#at(text, inner, free)?.end ?? 0);
      }
      all.push({ ...found, end });
      free = end;
      at = end - 1;
    }
    return all;
  }

  /**
   * The longest that begins there.
   * @param free where what was found before ends
   */
  #at(text: string, at: number, free: number): Found | undefined {
    if (this.#beginnings[beginning(text, at)] !== 1) return undefined;
    for (const length of this.#lengths.get(text.slice(at, at + MIN_LENGTH)) ?? []) {
      const form = text.slice(at, at + length);
      const reason = this.#forms.get(form);
      if (reason === undefined || at + length > text.length) continue;
      const whole = this.#wholes.get(form);
      return {
        ...(whole === undefined ? { start: at, end: at + length } : grown(text, at, form, whole, free)),
        reason,
      };
    }
    return undefined;
  }
}

/** A place in a text, from its first sign to the one behind its last. */
interface Found {
  readonly start: number;
  readonly end: number;
  readonly reason: Reason;
}

/** A part of a value with as much of the rest as stands beside it. */
function grown(text: string, at: number, form: string, whole: string, free: number): Omit<Found, 'reason'> {
  let [start, end] = [at, at + form.length];
  if (whole.startsWith(form)) {
    while (end < text.length && end - at < whole.length && text[end] === whole[end - at]) end += 1;
  } else {
    let sign = whole.length - form.length - 1;
    while (start > free && sign >= 0 && text[start - 1] === whole[sign]) {
      start -= 1;
      sign -= 1;
    }
  }
  return { start, end };
}

function replacing(text: string, all: readonly Found[], put: (reason: Reason) => string): string {
  if (all.length === 0) return text;
  let result = '';
  let copied = 0;
  for (const { start, end, reason } of all) {
    result += text.slice(copied, start) + put(reason);
    copied = end;
  }
  return result + text.slice(copied);
}

function beginning(text: string, at: number): number {
  const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
  return (a * 961 + b * 31 + c) & 0xffff;
}
