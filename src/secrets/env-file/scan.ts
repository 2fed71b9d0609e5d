/** Part of a word, as far as its text can be told without a shell. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'variable';
      /** Of its dollar sign. */
      readonly offset: number;
      readonly name: string;
      readonly quoted: boolean;
      readonly otherwise?: { readonly operator: string; readonly word: readonly Piece[] };
    }
  /** What only a shell can tell: the output of a command, arithmetic and the like. */
  | { readonly kind: 'shell' };

export interface Word {
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
  readonly pieces: readonly Piece[];
}

/**
 * What ends a list of words: `end` a line feed, a semicolon or the end of the text; `nesting` a parenthesis or a here
 * document, behind which lines are no lines; `operator` any other operator.
 */
export interface Command {
  readonly words: readonly Word[];
  readonly ending: { readonly kind: 'end' | 'operator' | 'nesting'; readonly offset: number };
  /** Offsets of the backslashes outside of quotes that join a line to the next one. */
  readonly continuations: readonly number[];
}

/** Something about the text that its writer should know. Never holds any of the text, which may be secret. */
export interface Remark {
  readonly offset: number;
  readonly message: string;
  /**
   * `broken`: a shell cannot read it; `lost`: part of a value is lost, or the next line is joined to it; `code`: it is a
   * command; `shell`: a shell makes something else of the value; `doubt`: it may not mean what it seems to.
   */
  readonly severity: 'broken' | 'lost' | 'code' | 'shell' | 'doubt';
}

/** A line that looks like an assignment, and is no last line of base64, which is padded to a multiple of four. */
const ASSIGNMENT_LINE = /^[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*\+?=/;
const LAST_OF_BASE64 = /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=)["']?[ \t]*$/;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const REST_OF_NAME = /[A-Za-z0-9_]+/y;
const OPERATORS = '&|()<>';
const ENDS = '\n;';
/** What a double-quoted backslash protects; before anything else it is a backslash. */
const ESCAPED_IN_QUOTES = '$`"\\';
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

/**
 * Reads shell text word by word as bash does, without running any of it.
 * https://www.gnu.org/software/bash/manual/bash.html#Shell-Syntax
 */
export class Scanner {
  readonly remarks: Remark[] = [];
  readonly #text: string;
  #continuations: number[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next words up to what ends them; none for an empty line or a comment. */
  command(): Command {
    const words: Word[] = [];
    const continuations: number[] = [];
    this.#continuations = continuations;
    for (;;) {
      this.#skipBlanks();
      const offset = this.#at;
      const next = this.#text[offset];
      if (next === undefined) return { words, ending: { kind: 'end', offset }, continuations };
      if (next === '#') {
        const before = words.at(-1)?.pieces.at(-1);
        if (before?.kind === 'text' && !before.quoted && /[^\s#]/.test(this.#text[offset + 1] ?? ' ')) {
          this.#remark(
            offset,
            'doubt',
            'a comment begins here: if it belongs to the value, put the value in single quotes',
          );
        }
        this.#skipTo('\n');
      } else if (ENDS.includes(next)) {
        this.#at += 1;
        if (next === ';' && words.length === 0) {
          this.#remark(offset, 'broken', 'there is nothing that this semicolon could end');
        }
        return { words, ending: { kind: 'end', offset }, continuations };
      } else if (OPERATORS.includes(next)) {
        this.#at += 1;
        const nests = '()'.includes(next) || this.#text.startsWith('<<', offset);
        return { words, ending: { kind: nests ? 'nesting' : 'operator', offset }, continuations };
      } else {
        words.push(this.#word());
      }
    }
  }

  #word(): Word {
    const start = this.#at;
    const pieces = this.#pieces(
      (next) => ' \t'.includes(next) || ENDS.includes(next) || OPERATORS.includes(next),
    );
    return { start, end: this.#at, pieces };
  }

  /** Unquoted text up to a character that ends it, which stays. */
  #pieces(ends: (next: string) => boolean): Piece[] {
    const pieces: Piece[] = [];
    const start = this.#at;
    while (!this.atEnd && !ends(this.#peek())) {
      const offset = this.#at;
      const next = this.#take();
      const before = pieces.at(-1);
      if (next === '\\') {
        // At the end of the text too, where nothing is joined until somebody adds a line.
        if ((this.#peek() || '\n') === '\n') this.#continuations.push(offset);
        if (this.#peek() === '\n') this.#at += 1;
        else {
          if (/[A-Za-z0-9]/.test(this.#peek())) {
            this.#remark(offset, 'doubt', 'an unquoted backslash disappears: put the value in single quotes');
          }
          // The last character of a text protects nothing but itself.
          pieces.push(quoted(this.#take() || '\\'));
        }
      } else if (next === "'") pieces.push(quoted(this.#singleQuoted(offset)));
      else if (next === '"') pieces.push(...this.#doubleQuoted(offset));
      else if (next === '$') pieces.push(...this.#dollar(offset, false));
      else if (next === '`') pieces.push(this.#backticks(offset));
      else pieces.push({ kind: 'text', text: next, quoted: false });
      if (/^\$?["']/.test(this.#text.slice(offset, offset + 2))) {
        // A part in quotes may follow another one, as in 'it'\''s'.
        const apart = before === undefined || (before.kind === 'text' && before.quoted);
        this.#remarkSpan(
          offset,
          !apart && !/^[A-Za-z_][A-Za-z0-9_]*\+?=$/.test(this.#text.slice(start, offset)),
        );
      }
    }
    return pieces;
  }

  /**
   * Tells of quotes, just read, that closed in a later line, where they may not be meant as quotes or where one of them
   * is missing.
   * @param within whether they opened within a word, as that of `don't` does
   */
  #remarkSpan(offset: number, within: boolean): void {
    const closed = !this.remarks.some((each) => each.severity === 'broken' && each.offset === offset);
    if (!closed || !this.#text.slice(offset, this.#at).includes('\n')) return;
    const lines = this.#text.split('\n');
    const first = this.#text.slice(0, offset).split('\n').length;
    const last = this.#text.slice(0, this.#at).split('\n').length;
    const assigns = (line: string) => ASSIGNMENT_LINE.test(line) && !LAST_OF_BASE64.test(line);
    if (!within && !lines.slice(first, last).some(assigns)) return;
    this.#remark(
      offset,
      'doubt',
      `the quote that opens here closes in line ${last}, and the lines between are part of the value: is a quote missing?`,
    );
  }

  #singleQuoted(offset: number): string {
    const end = this.#text.indexOf("'", this.#at);
    if (end < 0) return this.#unterminated(offset, 'the single quote');
    const text = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** @param braced whether the quotes stand around a default within `${...}` */
  #doubleQuoted(offset: number): Piece[] {
    // Quotes with nothing between them are a word too.
    const pieces: Piece[] = [quoted('')];
    for (;;) {
      if (this.atEnd) {
        this.#unterminated(offset, 'the double quote');
        return pieces;
      }
      const at = this.#at;
      const next = this.#take();
      if (next === '"') return pieces;
      pieces.push(...this.#quotedPiece(next, at));
    }
  }

  /** What `next` begins between double quotes. */
  #quotedPiece(next: string, at: number): Piece[] {
    if (next === '\\') {
      if (this.#peek() === '\n') {
        this.#at += 1;
        return [];
      }
      return [quoted(ESCAPED_IN_QUOTES.includes(this.#peek() || ' ') ? this.#take() : '\\')];
    }
    if (next === '$') return this.#dollar(at, true);
    if (next === '`') return [this.#backticks(at)];
    return [quoted(next)];
  }

  /** What follows a dollar sign that has been taken. */
  #dollar(offset: number, inQuotes: boolean): Piece[] {
    const name = this.#name(inQuotes);
    if (name !== undefined) return [{ kind: 'variable', offset, name, quoted: inQuotes }];
    const next = this.#peek();
    if (next === '{') return [this.#braces(offset, inQuotes)];
    if (next === '(') {
      this.#skipNested(offset, '(', ')', 'the parenthesis');
      this.#remark(offset, 'shell', 'a command is run here, or a sum is made');
      return [{ kind: 'shell' }];
    }
    if (/[0-9@*#?$!-]/.test(next) && next !== '') {
      this.#at += 1;
      this.#remark(
        offset,
        'shell',
        'a special parameter of the shell stands here: put the value in single quotes',
      );
      return [{ kind: 'shell' }];
    }
    if (!inQuotes && next === "'") {
      this.#at += 1;
      return [this.#ansiQuoted(offset)];
    }
    if (!inQuotes && next === '"') {
      this.#at += 1;
      this.#remark(
        offset,
        'shell',
        'bash drops the dollar sign before a double quote: put the value in single quotes if it is meant',
      );
      return this.#doubleQuoted(offset);
    }
    return [{ kind: 'text', text: '$', quoted: inQuotes }];
  }

  #braces(offset: number, inQuotes: boolean): Piece {
    const open = this.#at;
    this.#at += 1;
    const name = this.#name(inQuotes);
    const operator = /:?[-+]|\}/y;
    operator.lastIndex = this.#at;
    const found = name === undefined ? undefined : operator.exec(this.#text)?.[0];
    if (name === undefined || found === undefined) {
      this.#at = open;
      this.#skipNested(offset, '{', '}', 'the brace');
      this.#remark(offset, 'shell', 'an expansion that only a shell can make stands here');
      return { kind: 'shell' };
    }
    this.#at += found.length;
    if (found === '}') return { kind: 'variable', offset, name, quoted: inQuotes };
    const word = inQuotes ? this.#quotedDefault() : this.#pieces((next) => next === '}');
    if (this.#peek() !== '}') this.#unterminated(offset, 'the brace');
    else this.#at += 1;
    return { kind: 'variable', offset, name, quoted: inQuotes, otherwise: { operator: found, word } };
  }

  /** The default of `"${NAME:-default}"`, in which single quotes are letters and double quotes disappear. */
  #quotedDefault(): Piece[] {
    const pieces: Piece[] = [];
    while (!this.atEnd && this.#peek() !== '}') {
      const at = this.#at;
      const next = this.#take();
      if (next === '"') pieces.push(...this.#doubleQuoted(at));
      // Before a brace the backslash protects it.
      else if (next === '\\' && this.#peek() === '}') pieces.push(quoted(this.#take()));
      else pieces.push(...this.#quotedPiece(next, at));
    }
    return pieces;
  }

  /** https://www.gnu.org/software/bash/manual/bash.html#ANSI_002dC-Quoting */
  #ansiQuoted(offset: number): Piece {
    let text: string | undefined = '';
    for (;;) {
      if (this.atEnd) return quoted(this.#unterminated(offset, 'the single quote'));
      const next = this.#take();
      if (next === "'") break;
      const part: string | undefined = next === '\\' ? this.#ansiEscape() : next;
      text = text === undefined || part === undefined ? undefined : text + part;
    }
    if (text !== undefined) return quoted(text);
    this.#remark(offset, 'shell', 'an escaped byte that is no text of its own stands here');
    return { kind: 'shell' };
  }

  /** @returns undefined for bytes that make no text by themselves, and for the end of a text in C */
  #ansiEscape(): string | undefined {
    const numbers = /([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c([^\\])/y;
    numbers.lastIndex = this.#at;
    const found = numbers.exec(this.#text);
    if (found === null) {
      const next = this.#take();
      return SIMPLE_ESCAPES[next] ?? `\\${next}`;
    }
    this.#at += found[0].length;
    const [, octal, byte, short, long, control] = found;
    if (control !== undefined) return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f);
    const code = parseInt(octal ?? byte ?? short ?? long ?? '', octal === undefined ? 16 : 8);
    const highest = octal !== undefined || byte !== undefined ? 0x7f : 0x10ffff;
    return code === 0 || code > highest ? undefined : String.fromCodePoint(code);
  }

  #backticks(offset: number): Piece {
    while (!this.atEnd && this.#peek() !== '`') this.#at += this.#peek() === '\\' ? 2 : 1;
    if (this.atEnd) this.#unterminated(offset, 'the backtick');
    this.#at += 1;
    this.#remark(offset, 'shell', 'a command is run here');
    return { kind: 'shell' };
  }

  /** From an opening character to behind the one that closes it. */
  #skipNested(offset: number, open: string, close: string, what: string): void {
    let depth = 0;
    while (!this.atEnd) {
      const at = this.#at;
      const next = this.#take();
      if (next === '\\') this.#at += 1;
      else if (next === "'") this.#singleQuoted(at);
      else if (next === '"') this.#doubleQuoted(at);
      else if (next === open) depth += 1;
      else if (next === close && (depth -= 1) === 0) return;
    }
    this.#unterminated(offset, what);
  }

  /** A name, which may go on behind a line that a backslash ends. */
  #name(inQuotes: boolean): string | undefined {
    let name = '';
    for (;;) {
      this.#skipContinuation(inQuotes);
      const part = name === '' ? NAME : REST_OF_NAME;
      part.lastIndex = this.#at;
      const found = part.exec(this.#text)?.[0] ?? '';
      this.#at += found.length;
      name += found;
      if (found === '') return name === '' ? undefined : name;
    }
  }

  #skipContinuation(inQuotes: boolean): void {
    while (this.#text.startsWith('\\\n', this.#at)) {
      if (!inQuotes) this.#continuations.push(this.#at);
      this.#at += 2;
    }
  }

  #skipBlanks(): void {
    for (;;) {
      this.#skipContinuation(false);
      if (!' \t'.includes(this.#peek() || 'x')) return;
      this.#at += 1;
    }
  }

  #skipTo(character: string): void {
    const found = this.#text.indexOf(character, this.#at);
    this.#at = found < 0 ? this.#text.length : found;
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #take(): string {
    const next = this.#peek();
    this.#at += 1;
    return next;
  }

  #unterminated(offset: number, what: string): string {
    this.#remark(offset, 'broken', `${what} that opens here is never closed`);
    this.#at = this.#text.length;
    return '';
  }

  #remark(offset: number, severity: Remark['severity'], message: string): void {
    this.remarks.push({ offset, severity, message });
  }
}

function quoted(text: string): Piece {
  return { kind: 'text', text, quoted: true };
}
