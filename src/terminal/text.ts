import stringWidth from 'string-width';

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

/** `1 resource`, `2 resources`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
