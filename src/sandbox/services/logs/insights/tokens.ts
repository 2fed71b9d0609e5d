import { AwsError } from '../../../kernel/errors.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'pattern' | 'sign' | 'end';
  /** Of texts and patterns what is inside, of all others as it stands. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** White space and comments, words (fields have signs of their own in them), numbers, texts, regular expressions, signs. */
const TOKEN =
  /(?:\s|#[^\n]*)+|(?<word>@?[A-Za-z_][\w.@]*|`[^`]+`)|(?<number>\d+(?:\.\d+)?[a-z]*)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<pattern>\/(?:[^/\\\n]|\\.)+\/i?)|(?<sign>=~|!=|<=|>=|[=<>|,()*[\]-])/gy;

/** @throws AwsError MalformedQueryException for a character that begins nothing */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(query);
    if (match === null) throw malformed(query, at, at + 1, `unexpected symbol found ${query[at] ?? ''}`);
    const end = at + match[0].length;
    const [kind] =
      Object.entries<string | undefined>(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    if (kind !== undefined)
      tokens.push({ kind: kind as Token['kind'], text: inside(kind, match[0]), start: at, end });
    at = end;
  }
  return tokens;
}

function inside(kind: string, text: string): string {
  if (kind === 'text') return text.slice(1, -1).replace(/\\(["'\\])/g, '$1');
  if (kind === 'word') return text.replaceAll('`', '');
  return text;
}

/** The error that AWS refuses a query with, and where in the query it is. */
export function malformed(query: string, start: number, end: number, what: string): AwsError {
  const before = query.slice(0, start).split('\n');
  const message = `${what} at line ${before.length} and position ${(before.at(-1)?.length ?? 0) + 1}`;
  return new AwsError('MalformedQueryException', message, 400, {
    queryCompileError: { location: { startCharOffset: start, endCharOffset: end }, message },
  });
}
