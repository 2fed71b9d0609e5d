import { parseCredentials } from '../secrets/job/git-credentials.ts';
import { parseEnvFile } from '../secrets/env-file/parse.ts';
import { classifyKey } from '../secrets/layout/keys.ts';
import { isBlank, isOrdinary, isReference, isSecretName } from '../redaction/names.ts';

/** Of a line, or of a text within a document. */
const SHORTEST = 8;

/** What may not be told of an object of the secrets bucket: the whole, and its parts as programs show them. */
export function secretValues(key: string, text: string): Set<string> {
  const values = new Set([text]);
  switch (classifyKey(key).kind) {
    case 'env':
      for (const value of ofEnvFile(text)) values.add(value);
      break;
    case 'git-credentials':
      for (const value of ofCredentials(text)) values.add(value);
      break;
    case 'ssh-key':
      break;
    case 'secret-file':
    case 'unread':
      for (const value of ofDocument(text)) values.add(value);
      // Whatever the key, it may be such a file.
      for (const value of ofEnvFile(text)) values.add(value);
      break;
  }
  for (const line of linesOf(text)) values.add(line);
  return values;
}

/** The lines of a text but those that frame a key, which are no secret and tell that there was one. */
function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST && !/^(?:-----.*-----|#.*)$/.test(line));
}

/** The values of variables, as a shell sees them and as they are written. */
function ofEnvFile(text: string): string[] {
  const read = [...parseEnvFile(text).variables].flatMap(([name, value]) =>
    value.kind === 'text' ? [{ name, value: value.text }] : [],
  );
  const written = [...text.matchAll(/([A-Za-z_]\w*)\+?=[ \t]*([^\r\n]*)/g)].flatMap(
    ([, name = '', rest = '']) => {
      const quoted = /^(["'])(.*?)\1?\s*$/.exec(rest)?.[2];
      return [rest.trim(), quoted ?? rest.split(/[\s;&|#]/)[0] ?? ''].map((value) => ({ name, value }));
    },
  );
  // A word or a path that many have is no secret by standing here, unless its name says so.
  return [...read, ...written]
    .filter(({ name, value }) => !isBlank(value) && (isSecretName(name) || !isOrdinary(value)))
    .map(({ value }) => value);
}

/** Passwords as they are and as they are written; names too where they may be tokens. */
function ofCredentials(text: string): string[] {
  const read = parseCredentials(text).flatMap(({ username = '', password = '' }) => {
    const alone = password === '' || /^x-(?:oauth-basic|access-token)/.test(password);
    return alone || username.length >= 16 ? [password, username] : [password];
  });
  const written = [...text.matchAll(/:\/\/[^:\s]*:?([^\s]*)@/g)].map(([, password = '']) => password);
  return [...read, ...written].filter((value) => !/^x-(?:oauth-basic|access-token)/.test(value));
}

/** The texts within a document of JSON. */
function ofDocument(text: string): string[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  const texts = (value: unknown, secret: boolean): string[] => {
    if (typeof value === 'string') return secret || value.length >= SHORTEST ? [value] : [];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, each]) => texts(each, secret || isSecretName(name)));
  };
  return texts(document, false);
}

/** What the stack itself says of secrets: values of parameters, outputs and tags that are named so, and defaults. */
export interface StackTexts {
  readonly named: readonly { readonly name: string; readonly value: string }[];
  /** Defaults of parameters that are not to be echoed. */
  readonly hidden: readonly string[];
}

/** Values that the stack has under names of secrets: they go wherever they stand. */
export function stackValues({ named, hidden }: StackTexts): string[] {
  const own = named
    .filter(
      ({ name, value }) => isSecretName(name) && !isBlank(value) && !isOrdinary(value) && !isReference(value),
    )
    .map(({ value }) => value);
  return [...own, ...hidden].filter((value) => value !== '' && !/^\*+$/.test(value));
}
