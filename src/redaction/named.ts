import { isBlank, isReference, isSecretName } from './names.ts';

/** A name and what ties it to a value: `NAME=`, `name: `, `"name": `, the same within a string of JSON, `--name `. */
const NAME = new RegExp(
  [
    /(?<![\w$])(-{0,2}[A-Za-z_][\w.-]*)/,
    /(\\*["'`]?\]?[ \t]*(?:=>|:=|\+=|==?|:)[ \t]*|(?<=(?<![\w-])-{1,2}[\w.-]+)[ \t]+)/,
  ]
    .map(({ source }) => source)
    .join(''),
  'g',
);

/** The value: quoted, perhaps over several lines; a block of YAML; a quote that is not closed; or all until the next blank. */
const VALUE = new RegExp(
  [
    /\\*b?"(?:[^"\\]|\\[^])*?\\*"/,
    /\\*b?'[^']*?\\*'/,
    /[|>][+-]?\d?[ \t]*\r?\n(?:[ \t]+\S[^\n]*\n?)+/,
    /\\*["'][^\r\n]*/,
    /[^\s"'`<>]+/,
  ]
    .map(({ source }) => `(?:${source})`)
    .join('|'),
  'y',
);

/** `<Password>value</Password>` */
const ELEMENT = /(<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>)([^<>]+)(?=<\/\2>)/g;

/** As .netrc and prose have it: `password value`. */
const SPOKEN = /(?<![\w-])(password|passwd|passphrase)([ \t]+(?:is[ \t]+)?)([^\s"'`<>]+)/gi;

/** Names of a pair of fields, one of which names the other: `{"Key": "DB_PASSWORD", "Value": "..."}`. */
const PAIR =
  /("(?:\w*Key|[Nn]ame|ParameterName)\\*"[ \t]*:[ \t]*\\*"([\w.\-/]+)\\*"[ \t]*,\s*\\*"(?:\w*Value|value|Default)\\*"[ \t]*:[ \t]*\\*")((?:[^"\\]|\\[^])+?)(?=\\*")/g;

/** Stands in every name that is a secret's, and in few other lines. */
const HINT = /pass|pwd|secret|token|credential|key|string|url|auth|dsn|cookie|signature|session/i;

/** Puts something in place of the values of what is named as a secret. */
export function replaceNamed(text: string, put: () => string): string {
  if (!HINT.test(text)) return text;
  return assignmentsReplaced(text, put)
    .replace(ELEMENT, (whole: string, start: string, name: string, value: string) =>
      isSecretName(name) && isTold(value.trim()) ? start + put() : whole,
    )
    .replace(PAIR, (whole: string, start: string, name: string, value: string) =>
      isSecretName(name) && isTold(value) ? start + put() : whole,
    )
    .replace(SPOKEN, (whole: string, name: string, tie: string, value: string) =>
      isTold(value) && !/^[a-z]{1,12}[.,:;!?]?$/.test(value) && !/^[=:]/.test(value)
        ? name + tie + put()
        : whole,
    );
}

function assignmentsReplaced(text: string, put: () => string): string {
  let result = '';
  let copied = 0;
  for (const { 0: whole, 1: name = '', 2: tie = '', index } of text.matchAll(NAME)) {
    const start = index + whole.length;
    if (start < copied || !isSecretName(name)) continue;
    VALUE.lastIndex = start;
    const value = VALUE.exec(text)?.[0];
    if (value === undefined || !isTold(bare(value))) continue;
    const end = start + value.length;
    // In a sentence: "Token: invalid, try another".
    const word = /^:[ \t]/.test(tie) && /^[A-Za-z][a-z]{1,11}[.,;]?$/.test(value);
    if (word && /^[ \t]+\w/.test(text.slice(end, end + 20))) continue;
    const { before, after } = frame(value);
    result += text.slice(copied, start) + before + put() + after;
    copied = end;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

/** Whether it is a value itself. */
function isTold(value: string): boolean {
  return !isBlank(value) && !isReference(value) && !value.startsWith('[redacted');
}

/** The quotes of a value, and what belongs to the text around it. */
function frame(value: string): { readonly before: string; readonly after: string } {
  const quoted = /^(\\*b?["'])[^]*?(\\*["'])$/.exec(value);
  if (quoted !== null && value.length > 1) return { before: quoted[1] ?? '', after: quoted[2] ?? '' };
  return { before: /^\\*["']/.exec(value)?.[0] ?? '', after: /[,;)}\]]+$/.exec(value)?.[0] ?? '' };
}

function bare(value: string): string {
  return value.replace(/^\\*b?["']|\\*["']$/g, '').replace(/[,;)}\]]+$/, '');
}
