import { redactData } from '../../redaction/data.ts';
import type { Redactor, Tally } from '../../redaction/redactor.ts';

/** Text without secrets, and what a reader should know of it. */
export interface Content {
  readonly text: string;
  readonly note?: string;
}

/** What takes secrets out, and counts what it has taken out. */
export interface Cleaning {
  readonly redactor: Redactor;
  readonly tally: Tally;
}

/** A file of a bundle. */
export interface Part {
  /** Its path in the archive. */
  readonly name: string;
  readonly what: string;
  /**
   * Reads it, cleaned.
   * @throws whatever AWS says; the bundle then goes without it
   */
  readonly read: (cleaning: Cleaning) => Promise<Content>;
}

/** A part that is data: JSON, its texts cleaned. */
export function dataPart(
  name: string,
  what: string,
  read: () => Promise<{ readonly data: unknown; readonly note?: string | undefined }>,
): Part {
  return {
    name,
    what,
    read: async ({ redactor, tally }) => {
      const { data, note } = await read();
      const text = `${JSON.stringify(redactData(data, redactor, tally), null, 2)}\n`;
      return { text, ...(note !== undefined && { note }) };
    },
  };
}

/** A part that is text. */
export function textPart(name: string, what: string, read: () => Promise<Content>): Part {
  return {
    name,
    what,
    read: async ({ redactor, tally }) => {
      const { text, note } = await read();
      return { text: redactor.redact(text, tally), ...(note !== undefined && { note }) };
    },
  };
}
