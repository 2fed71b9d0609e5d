import { gunzipSync } from 'node:zlib';

/** As long as eight characters are, and further lines of the same, however the ends of lines are written. */
const BASE64 = /[A-Za-z0-9+/_-]{11,}(?:(?:\r?\n[ \t]*|(?:\\+[rn])+)[A-Za-z0-9+/_-]{4,})*={0,2}/g;
const BREAKS = /\r?\n[ \t]*|(?:\\+[rn])+/g;

/** The code of a text that is longer than a word has some; most paths and names have none. */
const CAPITALS = /[A-Z]/;

const PERCENT = /[^\s"'<>[\]]*%[0-9A-Fa-f]{2}[^\s"'<>[\]]*/g;

/** Signs written by their number, as strings of programming languages and HTML have them, among others. */
const ESCAPE = /\\+u\{?([0-9A-Fa-f]{2,6})\}?|\\+x([0-9A-Fa-f]{2})|&#(?:[xX]([0-9A-Fa-f]{2,6})|(\d{2,7}));/g;
const ESCAPED =
  /[^\s"'<>[\]]*(?:\\+u\{?[0-9A-Fa-f]{2,6}|\\+x[0-9A-Fa-f]{2}|&#[xX]?[0-9A-Fa-f]{2,7};)[^\s"'<>[\]]*/g;

/** Bytes in hexadecimal digits, one by one: of a fingerprint, a dump, an array. */
const BYTES =
  /(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{2}(?:(?:[:-]|,?[ \t]?)(?:0x)?(?:\\+x)?[0-9A-Fa-f]{2}){5,}(?![0-9A-Za-z])/g;

/** What is packed is unpacked to this many bytes; a secret behind them is not found, so the whole is not trusted. */
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024;

/** Puts something in place of what is encoded (base64, percent signs, escapes, bytes in hexadecimal digits) and holds a secret once it is decoded. */
export function replaceEncoded(text: string, holds: (decoded: string) => boolean, put: () => string): string {
  const decoded = text.replace(BASE64, (run) =>
    CAPITALS.test(run) && base64Holds(run.replace(BREAKS, ''), holds) ? put() : run,
  );
  const plain = decoded.replace(BYTES, (run) => (holds(bytesDecoded(run)) ? put() : run));
  const result = /\\[ux]|&#/.test(plain)
    ? plain.replace(ESCAPED, (run) => (holds(escapesDecoded(run)) ? put() : run))
    : plain;
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

function bytesDecoded(run: string): string {
  const digits = run.replace(/0x|\\+x|[^0-9A-Fa-f]/g, '');
  return Buffer.from(digits, 'hex').toString('utf8');
}

function escapesDecoded(run: string): string {
  // Bytes of UTF-8 may be written one by one, too.
  const bytes = run.replace(/(?:\\+x[0-9A-Fa-f]{2})+/g, bytesDecoded);
  return bytes.replace(ESCAPE, (written, ...codes: (string | undefined)[]) => {
    const [unicode, , html, decimal] = codes;
    const code = decimal === undefined ? parseInt(unicode ?? html ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : written;
  });
}

function percentDecoded(run: string): string {
  const bytes = run
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
