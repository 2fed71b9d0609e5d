import { quoted } from '../../shell/quoted.ts';
import { type Assignment, type EnvFile, parseEnvFile } from './parse.ts';

/** A variable to set, or with `undefined` to remove. */
export interface EnvEdit {
  readonly name: string;
  readonly value: string | undefined;
}

/** A file that cannot be edited without the risk to lose what it means. */
export class UneditableError extends Error {
  constructor(readonly offset: number) {
    super('it holds shell code, or a value that is cut, in which no variable can be found for sure');
  }
}

/**
 * The text with variables set and removed; comments, order and all other variables stay as they are.
 * @throws UneditableError for a file of more than assignments
 */
export function editEnvFile(text: string, edits: readonly EnvEdit[]): string {
  return edits.reduce((current, { name, value }) => {
    const file = parseEnvFile(current);
    const code = file.remarks.find(({ severity }) => severity !== 'shell' && severity !== 'doubt');
    if (code !== undefined) throw new UneditableError(code.offset);
    return value === undefined ? without(file, name) : withValue(file, name, value);
  }, text);
}

/** A value as a shell reads it back, bare where that is the same. */
export function shellValue(value: string): string {
  if (/^[A-Za-z0-9_./:@%+,-]+$/.test(value)) return value;
  // As an escape, since builds read a file with the line ends of Windows without its carriage returns.
  return value.includes('\r')
    ? `$'${value.replace(/[\\']/g, String.raw`\$&`).replaceAll('\r', String.raw`\r`)}'`
    : quoted(value);
}

function withValue({ text, assignments }: EnvFile, name: string, value: string): string {
  const written = shellValue(value);
  // The last one counts.
  const present = assignments.filter((assignment) => assignment.name === name).at(-1);
  if (present !== undefined) {
    const equals = present.appends ? present.valueStart - 2 : present.valueStart - 1;
    return `${text.slice(0, equals)}=${written}${text.slice(present.end)}`;
  }
  const glue = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${glue}${name}=${written}\n`;
}

function without({ text, assignments }: EnvFile, name: string): string {
  const last = assignments.filter((assignment) => assignment.name === name).at(-1);
  // Read anew each time, as one removal may leave another alone in its command.
  return last === undefined ? text : without(parseEnvFile(removed(text, last)), name);
}

/** Without one assignment; without its whole line where nothing else stands there. */
function removed(text: string, { start, end, command }: Assignment): string {
  const others = command.filter((word) => word.start !== start && !isExport(text, word));
  if (others.length > 0) {
    const after = /^[ \t]+/.exec(text.slice(end))?.[0].length ?? 0;
    return text.slice(0, start) + text.slice(end + after);
  }
  const from = command[0]?.start ?? start;
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  const rest = lineEnd < 0 ? text.length : lineEnd;
  const alone =
    text.slice(lineStart, from).trim() === '' && /^[ \t]*(?:;[ \t]*)?(?:#.*)?$/.test(text.slice(end, rest));
  if (alone) return text.slice(0, lineStart) + text.slice(lineEnd < 0 ? text.length : lineEnd + 1);
  // Beside other commands of the line, with the semicolon that ends it.
  const after = /^[ \t]*;?[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return text.slice(0, from) + text.slice(end + after);
}

function isExport(text: string, word: { readonly start: number; readonly end: number }): boolean {
  return text.slice(word.start, word.end) === 'export';
}
