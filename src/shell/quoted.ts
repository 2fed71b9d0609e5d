/** A text as one word of a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function exported(name: string, value: string): string {
  return `export ${name}=${quoted(value)}`;
}
