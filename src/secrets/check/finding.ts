/** Something wrong or doubtful with a secret. Never holds any of it. */
export interface Finding {
  /** `refused`: no build can use it; `shell`: it runs as code, which has to be meant; `warning`: it may not be meant. */
  readonly severity: 'refused' | 'shell' | 'warning';
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** From 1. */
  readonly line?: number;
  /** In characters, from 1. */
  readonly column?: number;
}

/** What a check makes of a secret: what it found, and the bytes to keep, which it may have mended. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly body: Buffer;
}

/** Line and column of an offset. */
export function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: Array.from(before.at(-1) ?? '').length + 1 };
}

/** `app/env, line 3, column 7: what is wrong` */
export function findingText(name: string, { message, line, column }: Finding): string {
  const where = [name, line && `line ${line}`, column && `column ${column}`].filter(Boolean).join(', ');
  return `${where}: ${message}`;
}
