import { isName, nameFault } from './name.ts';
import { type Command, type Piece, type Remark, Scanner, type Word } from './scan.ts';

/** What a variable is, as far as can be told without a shell. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unset' }
  /** It depends on the job, or on a command. */
  | { readonly kind: 'unknown' };

/** A variable's assignment, and where it stands. */
export interface Assignment {
  readonly name: string;
  /** Of the whole word. */
  readonly start: number;
  readonly end: number;
  /** Where the value begins, behind the equals sign. */
  readonly valueStart: number;
  /** `NAME+=value` */
  readonly appends: boolean;
  /** The words beside it in the same command, itself among them: `export`, other assignments. */
  readonly command: readonly Word[];
}

/** An env file as a shell would understand it. */
export interface EnvFile {
  readonly text: string;
  /** Those that stand for themselves, in the order of the file. */
  readonly assignments: readonly Assignment[];
  /** What its variables are at its end, unset ones left out. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly remarks: readonly Remark[];
}

const ASSIGNMENT = /([A-Za-z_][A-Za-z0-9_]*)(\+?)=/y;
const UNKNOWN: Value = { kind: 'unknown' };
const UNSET: Value = { kind: 'unset' };

/** Words that begin or continue something of several commands: what follows may not happen, or not once. */
const COMPOUND =
  /^(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|select|function|coproc|time|\{|\}|!|\[\[)$/;

/**
 * Reads an env file as bash would when it sources it, and runs none of it. Remarks on everything of which bash makes
 * something else than what is written.
 * @param environment what is set before; without it, a variable that the file does not set may be anything
 */
export function parseEnvFile(text: string, environment?: Readonly<Record<string, string>>): EnvFile {
  const scanner = new Scanner(text);
  const shell = new Values(environment);
  const assignments: Assignment[] = [];
  const remarks: Remark[] = [];
  const remark = (offset: number, severity: Remark['severity'], message: string) => {
    remarks.push({ offset, severity, message });
  };
  /** Whether the last command was tied to this one by an operator, so that it may not happen, or elsewhere. */
  let tied = false;
  while (!scanner.atEnd) {
    const read = scanner.command();
    const { words, ending } = read;
    const apart = !tied && ending.kind === 'end';
    tied = ending.kind === 'operator';
    if (ending.kind === 'operator') {
      remark(
        ending.offset,
        'code',
        'an operator of the shell ends the value here: if it belongs to it, put the value in single quotes',
      );
    }
    const [first] = words;
    const command = first && plain(first, text);
    if (ending.kind === 'nesting' || (command !== undefined && COMPOUND.test(command))) {
      if (text.startsWith('=(', ending.offset - 1)) {
        remark(
          ending.offset,
          'code',
          'an array begins here, which builds do not get: put the value in single quotes',
        );
      } else {
        remark(
          first?.start ?? ending.offset,
          'code',
          'a compound command begins here: what is below cannot be told without a shell',
        );
      }
      shell.forget();
      break;
    }
    if (first === undefined) continue;
    const found = words.map((word) => assignmentOf(word, text, words));
    const own = found.flatMap((assignment) => assignment ?? []);
    for (const { name, start } of own) {
      const fault = nameFault(name);
      if (fault !== undefined) remark(start, fault.severity, fault.message);
    }
    remarks.push(...boundaryRemarks(read, found, text));
    const named = words.slice(1).map((word) => plain(word, text));
    if (!apart) {
      for (const { name } of own) shell.assign({ name, appends: false }, UNKNOWN);
    } else if (command === 'export') {
      if (words.length === 1) {
        remark(first.start, 'code', 'export by itself lists every variable: it takes NAME or NAME=value');
      }
      // All are expanded before any is set.
      const values = own.map((assignment) => shell.valueOf(assignment, text));
      own.forEach((assignment, index) => {
        shell.assign(assignment, values[index] ?? UNKNOWN);
      });
      words.slice(1).forEach((word, index) => {
        const name = named[index];
        if (found[index + 1] !== undefined || (isName(name) && shell.has(name))) return;
        // What the commands above set is not known.
        const certain = isName(name) && !remarks.some(({ severity }) => severity === 'code');
        const cut = found.slice(0, index + 1).some((assignment) => assignment !== undefined);
        if (certain && cut) {
          remark(
            word.start,
            'lost',
            "the value before this blank ends there: put the whole value in quotes, NAME='two words'",
          );
        } else if (certain) {
          remark(word.start, 'doubt', 'export gives builds nothing here, as the file sets no such variable');
        } else {
          remark(
            word.start,
            'code',
            'export takes NAME or NAME=value: is there a blank too much, or no quotes?',
          );
        }
      });
      assignments.push(...own);
    } else if (command === 'unset' && named.every(isName)) {
      for (const name of named) shell.assign({ name, appends: false }, UNSET);
    } else if (own.length === words.length) {
      for (const assignment of own) shell.assign(assignment, shell.valueOf(assignment, text));
      assignments.push(...own);
    } else {
      const at = words[found.indexOf(undefined)] ?? first;
      const message =
        at === first
          ? 'this would be run as a command: a line is NAME=value, without blanks around the equals sign'
          : 'what follows the blank would be run as a command: put the whole value in quotes';
      remark(at.start, 'code', message);
    }
  }
  return {
    text,
    assignments,
    variables: shell.assigned(),
    remarks: [...scanner.remarks, ...remarks, ...shell.remarks].sort((a, b) => a.offset - b.offset),
  };
}

/** A word that stands as it is meant, without quotes or anything else that changes it. */
function plain(word: Word, text: string): string | undefined {
  const raw = text.slice(word.start, word.end);
  return word.pieces.every((piece) => piece.kind === 'text' && !piece.quoted) && !raw.includes('\\')
    ? raw
    : undefined;
}

/** Whether quotes tell that a word ends where it is meant to. */
function endsInQuotes({ pieces }: Word): boolean {
  const last = pieces.at(-1);
  return last?.kind === 'text' && last.quoted;
}

/**
 * Tells where bash ends a value earlier or later than it may be meant to end.
 * @param found the assignments among the words, undefined for any other word
 */
function boundaryRemarks(
  { words, ending, continuations }: Command,
  found: readonly (Assignment | undefined)[],
  text: string,
): Remark[] {
  const [first] = words;
  const exports = first !== undefined && plain(first, text) === 'export';
  const remarks: Remark[] = [];
  const last = words.at(-1);
  if (last !== undefined && found.at(-1) !== undefined && text[ending.offset] === ';') {
    remarks.push(...semicolonRemarks(text, ending.offset, endsInQuotes(last)));
  }
  if (exports || found[0] !== undefined) {
    const message =
      'a backslash at the end of a line joins the next line to it: put the value in single quotes, and each variable on its own line';
    remarks.push(...continuations.map((offset) => ({ offset, severity: 'lost' as const, message })));
  }
  if (exports || found.every((assignment) => assignment !== undefined)) {
    const message =
      'the value before this blank ends there, and another variable begins here: if the blank belongs to the value, put the whole value in quotes';
    words.forEach(({ start }, index) => {
      const before = words[index - 1];
      if (before === undefined || found[index - 1] === undefined || found[index] === undefined) return;
      if (!endsInQuotes(before)) remarks.push({ offset: start, severity: 'doubt', message });
    });
  }
  return remarks;
}

/** Tells of a semicolon behind a value, unless it clearly ends the command. */
function semicolonRemarks(text: string, offset: number, afterQuotes: boolean): Remark[] {
  const [rest = ''] = text.slice(offset + 1).split('\n', 1);
  if (/^[^ \t]/.test(rest)) {
    const message = "the value ends at this semicolon: put the whole value in quotes, NAME='one;two'";
    return [{ offset, severity: 'lost', message }];
  }
  const endsLine = /^[ \t]*(?:#.*)?$/.test(rest);
  const message =
    "this semicolon isn't part of the value: remove it, or put the value in single quotes to keep it";
  return endsLine && !afterQuotes ? [{ offset, severity: 'doubt', message }] : [];
}

function assignmentOf(word: Word, text: string, command: readonly Word[]): Assignment | undefined {
  ASSIGNMENT.lastIndex = word.start;
  const [whole, name = '', plus] = ASSIGNMENT.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const { start, end } = word;
  return { name, start, end, valueStart: start + whole.length, appends: plus === '+', command };
}

/** The variables while a file is read. */
class Values {
  /** On what a shell makes of values; none where the environment is known, and with it what a shell makes. */
  readonly remarks: Remark[] = [];
  readonly #before: ReadonlyMap<string, Value>;
  readonly #missing: Value;
  readonly #assigned = new Map<string, Value>();
  readonly #complete: boolean;

  constructor(environment: Readonly<Record<string, string>> | undefined) {
    this.#complete = environment !== undefined;
    this.#missing = environment === undefined ? UNKNOWN : UNSET;
    this.#before = new Map(
      Object.entries(environment ?? {}).map(([name, text]) => [name, { kind: 'text', text } as const]),
    );
  }

  /** Whether a variable has a value, for all that is known. */
  has(name: string): boolean {
    return this.#get(name).kind !== 'unset' && (this.#assigned.has(name) || this.#before.has(name));
  }

  assign({ name, appends }: Pick<Assignment, 'name' | 'appends'>, value: Value): void {
    this.#assigned.set(name, appends ? joined(this.#get(name), value) : value);
  }

  /** Nothing is certain any more. */
  forget(): void {
    for (const name of this.#assigned.keys()) this.#assigned.set(name, UNKNOWN);
  }

  assigned(): Map<string, Value> {
    return new Map([...this.#assigned].filter(([, value]) => value.kind !== 'unset'));
  }

  /** What stands behind the equals sign. */
  valueOf({ name, appends, start, valueStart, command }: Assignment, text: string): Value {
    const [first] = command;
    const word = command.find((each) => each.start === start);
    // Name and equals sign are unquoted text, a piece for each character.
    const pieces = word?.pieces.slice(valueStart - start) ?? [];
    if (appends && !this.has(name)) this.#remark(start, 'this adds to a value that the file does not set');
    if (first !== undefined && plain(first, text) === 'export' && hasBraces(pieces)) {
      this.#remark(valueStart, 'export expands the braces: put the value in single quotes if they are meant');
      return UNKNOWN;
    }
    return this.#expand(this.#homes(pieces, valueStart));
  }

  #remark(offset: number, message: string): void {
    if (!this.#complete) this.remarks.push({ offset, severity: 'shell', message });
  }

  #get(name: string): Value {
    return this.#assigned.get(name) ?? this.#before.get(name) ?? this.#missing;
  }

  #expand(pieces: readonly Piece[]): Value {
    let text = '';
    let known = true;
    for (const piece of pieces) {
      const value = this.#pieceValue(piece);
      if (value.kind === 'text') text += value.text;
      else if (value.kind === 'unknown') known = false;
    }
    return known ? { kind: 'text', text } : UNKNOWN;
  }

  #pieceValue(piece: Piece): Value {
    if (piece.kind === 'text') return piece;
    if (piece.kind === 'shell') return UNKNOWN;
    const { name, offset, otherwise } = piece;
    const value = this.#get(name);
    this.#remark(
      offset,
      'bash expands a variable here: put the value in single quotes if the dollar sign is meant',
    );
    if (otherwise === undefined || value.kind === 'unknown') return value;
    const filled = value.kind === 'text' && (!otherwise.operator.startsWith(':') || value.text !== '');
    if (otherwise.operator.endsWith('+')) {
      return filled ? this.#expand(otherwise.word) : { kind: 'text', text: '' };
    }
    return filled ? value : this.#expand(otherwise.word);
  }

  /** `~` at the beginning of a value or of a part of it behind a colon is the home. */
  #homes(pieces: readonly Piece[], valueStart: number): Piece[] {
    const result: Piece[] = [];
    const expanded = (piece: Piece) => {
      this.#remark(
        valueStart,
        'bash expands a tilde here to a home folder: put the value in single quotes if the tilde is meant',
      );
      result.push(piece);
    };
    const home = this.#get('HOME');
    let open = true;
    pieces.forEach((piece, index) => {
      const bare = piece.kind === 'text' && !piece.quoted ? piece.text : undefined;
      if (bare === '~' && open) {
        const next = pieces[index + 1];
        const after = next === undefined ? '' : next.kind === 'text' && !next.quoted ? next.text : undefined;
        if (after === '' || after === '/' || after === ':') {
          expanded(home.kind === 'text' ? { ...home, quoted: true } : { kind: 'shell' });
        } else if (after === undefined) {
          // Quotes behind it keep it as it is; anything else is the shell's to tell.
          if (next?.kind === 'text') result.push(piece);
          else expanded({ kind: 'shell' });
        } else {
          expanded({ kind: 'shell' });
        }
      } else {
        result.push(piece);
      }
      open = bare === ':';
    });
    return result;
  }
}

function joined(before: Value, added: Value): Value {
  if (before.kind === 'unknown' || added.kind !== 'text') return UNKNOWN;
  return { kind: 'text', text: (before.kind === 'text' ? before.text : '') + added.text };
}

/** export, unlike a mere assignment, expands `{a,b}` and `{1..3}`. */
function hasBraces(pieces: readonly Piece[]): boolean {
  const bare = pieces.map((piece) => (piece.kind === 'text' && !piece.quoted ? piece.text : 'x')).join('');
  return /\{[^}]*(?:,|\.\.)[^]*\}/.test(bare);
}
