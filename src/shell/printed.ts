/**
 * Stands in a printed command for the flags that the running command was given: `bk-stack delete ci [flags] --yes`. The CLI puts
 * them in its place (src/cli/commands-here.ts).
 */
export const AS_GIVEN = '[flags]';

/** A word of a printed command, quoted as it is printed, and where it stands in the text. */
export interface PrintedWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `bk-stack` and a command, or `aws` with a service and an operation. A colour may begin right before it. */
const START =
  /(?<=^|[\s("'`:]|\p{Cc}\[[\d;]*m)(?:bk-stack(?= [a-z])|aws(?= (?:[a-z\d-]+ [a-z\d]+-[a-z\d-]+|lambda invoke|logs tail)(?![\w-])))/gmu;
/** A space and a word as a POSIX shell reads it. A colour ends it. */
const WORD = / ((?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\\p{Cc}])+)/uy;

/**
 * The commands in a text, each as its words, the program first. A command ends with its line, at a comma, semicolon, colon or full
 * stop, or before a parenthesis.
 */
export function commandsIn(text: string): readonly (readonly PrintedWord[])[] {
  const commands: PrintedWord[][] = [];
  START.lastIndex = 0;
  for (let match = START.exec(text); match !== null; match = START.exec(text)) {
    const words = wordsFrom(text, match.index, match[0]);
    commands.push(words);
    START.lastIndex = words.at(-1)?.end ?? START.lastIndex;
  }
  return commands;
}

function wordsFrom(text: string, start: number, program: string): PrintedWord[] {
  const words = [{ text: program, start, end: start + program.length }];
  WORD.lastIndex = start + program.length;
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text)) {
    const [, whole = ''] = match;
    if (whole.startsWith('(') || whole === program) break;
    const word = withoutPunctuation(whole);
    const from = match.index + 1;
    if (word !== '') words.push({ text: word, start: from, end: from + word.length });
    if (word !== whole) break;
  }
  return words;
}

/** `ci,` and `ci).` are the word `ci` and the end of a sentence; `Subnets=...` is a word. */
function withoutPunctuation(word: string): string {
  let end = word.length;
  while (end > 0 && (/[,;:)]/.test(word[end - 1] ?? '') || isFullStop(word.slice(0, end)))) end -= 1;
  return word.slice(0, end);
}

function isFullStop(word: string): boolean {
  return word.endsWith('.') && !word.endsWith('...');
}
