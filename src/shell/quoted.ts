/** A text as one word of a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same as a person would type it: without quotes where it needs none. */
export function word(text: string): string {
  return /^[\w.@:/+-][\w.@:/+,=-]*$/.test(text) ? text : quoted(text);
}

export function exported(name: string, value: string): string {
  return `export ${name}=${quoted(value)}`;
}
