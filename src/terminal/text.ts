import stringWidth from 'string-width';
import { commandsIn } from '../shell/printed.ts';

/** How many columns a text takes: escapes take none, wide characters two. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

/** The text with spaces behind it, up to `width` columns. Never cut. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Plain text (no escapes) cut to `width` columns; what was cut shows as an ellipsis. Line breaks become spaces. */
export function fitted(text: string, width: number): string {
  const line = text.replace(/\s*[\r\n]+\s*/g, ' ');
  if (widthOf(line) <= width) return line;
  let kept = '';
  let taken = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    taken += widthOf(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return width > 0 ? `${kept.trimEnd()}…` : '';
}

/**
 * Lines broken between words where they are longer than `columns`; what goes on stands two columns further in than it began. A
 * word that is longer stays whole, and so does a command, to be copied.
 */
export function wrapped(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line) <= columns ? [line] : wrappedLine(line, columns)))
    .join('\n');
}

function wrappedLine(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = indent;
  for (const word of unbroken(line.slice(indent.length))) {
    if (current.trim() === '') current += word;
    else if (widthOf(current) + 1 + widthOf(word) <= columns) current += ` ${word}`;
    else {
      lines.push(current);
      current = `${indent}  ${word}`;
    }
  }
  return [...lines, current];
}

/** The words of a line, a command as one. */
function unbroken(line: string): string[] {
  const commands = commandsIn(line).map((words) => [words[0]?.start ?? 0, words.at(-1)?.end ?? 0] as const);
  const isBreak = (at: number) => !commands.some(([start, end]) => start < at && at < end);
  const words: string[] = [];
  let from = 0;
  for (let at = line.indexOf(' '); at >= 0; at = line.indexOf(' ', at + 1)) {
    if (!isBreak(at)) continue;
    words.push(line.slice(from, at));
    from = at + 1;
  }
  return [...words, line.slice(from)];
}

/** `1 resource`, `2 resources`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
