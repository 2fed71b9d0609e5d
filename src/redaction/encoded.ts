import { gunzipSync } from 'node:zlib';

/** As long as eight characters are, and further lines of the same, however the ends of lines are written. */
const BASE64 = /[A-Za-z0-9+/_-]{11,}(?:(?:\r?\n[ \t]*|(?:\\+[rn])+)[A-Za-z0-9+/_-]{4,})*={0,2}/g;
const BREAKS = /\r?\n[ \t]*|(?:\\+[rn])+/g;

/** The code of a text that is longer than a word has some; most paths and names have none. */
const CAPITALS = /[A-Z]/;

const PERCENT = /[^\s"'<>[\]]*%[0-9A-Fa-f]{2}[^\s"'<>[\]]*/g;

/** What is packed is unpacked to this many bytes; a secret behind them is not found, so the whole is not trusted. */
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024;

/** Puts something in place of what is encoded (base64, percent signs) and holds a secret once it is decoded. */
export function replaceEncoded(text: string, holds: (decoded: string) => boolean, put: () => string): string {
  const result = text.replace(BASE64, (run) =>
    CAPITALS.test(run) && base64Holds(run.replace(BREAKS, ''), holds) ? put() : run,
  );
  if (!result.includes('%')) return result;
  return result.replace(PERCENT, (run) => (holds(percentDecoded(run)) ? put() : run));
}

function base64Holds(run: string, holds: (decoded: string) => boolean): boolean {
  // Where the code begins within the run is not known: something else may stand before it.
  for (let skipped = 0; skipped < 4; skipped += 1) {
    const bytes = Buffer.from(run.slice(skipped), 'base64');
    if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) {
      const unpacked = unzipped(bytes);
      if (unpacked === undefined || holds(unpacked)) return true;
      continue;
    }
    const wide = bytes.length > 8 && bytes[1] === 0 && bytes[3] === 0 && bytes[5] === 0;
    if (holds(bytes.toString(wide ? 'utf16le' : 'utf8'))) return true;
  }
  return false;
}

function unzipped(bytes: Buffer): string | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8');
  } catch {
    return undefined;
  }
}

function percentDecoded(run: string): string {
  const bytes = run
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
