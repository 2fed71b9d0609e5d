import wrapAnsi from 'wrap-ansi';
import { commandsIn } from '../shell/printed.ts';
import { widthOf } from './text.ts';

/** Further lines stand as far within the first one. */
const HANGING = 2;
/** Stands in a command for a space at which no line breaks: of Unicode's private characters, which no text has. */
const UNBREAKABLE = '\ue000';

/**
 * Lines broken between words where they are longer than `columns`; further lines are indented by two columns more. A word that is
 * longer stays whole, and so does a command, to be copied. Colours end with a line, and begin again with the next one.
 */
export function wrapped(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (widthOf(line) <= columns ? line : wrappedLine(line, columns)))
    .join('\n');
}

function wrappedLine(line: string, columns: number): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const room = columns - indent.length;
  const [first = '', ...others] = wrapAnsi(withWholeCommands(line.slice(indent.length)), room).split('\n');
  const lines = others.length === 0 ? [] : wrapAnsi(others.join(' '), room - HANGING).split('\n');
  const hanging = `${indent}${' '.repeat(HANGING)}`;
  return [indent + first, ...lines.map((each) => hanging + each)].join('\n').replaceAll(UNBREAKABLE, ' ');
}

function withWholeCommands(line: string): string {
  let [done, from] = ['', 0];
  for (const words of commandsIn(line)) {
    const [start, end] = [words[0]?.start ?? from, words.at(-1)?.end ?? from];
    done += line.slice(from, start) + line.slice(start, end).replaceAll(' ', UNBREAKABLE);
    from = end;
  }
  return done + line.slice(from);
}
