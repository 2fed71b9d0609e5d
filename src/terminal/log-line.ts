/** A line of a log: the time, to the second, and what happened then. */
export function logLine(at: Date, text: string): string {
  return `${at.toISOString().replace(/\.\d+Z$/, 'Z')} ${text}`;
}
