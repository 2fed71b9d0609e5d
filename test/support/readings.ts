import { gunzipSync } from 'node:zlib';

/** All that somebody could read out of a text: as it is, and with what is escaped or encoded in it undone. */
export function* allReadings(text: string, depth = 2): Generator<string> {
  yield text;
  yield text
    .replace(/\\+u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replaceAll('\\', '');
  if (text.includes('%'))
    yield Buffer.from(
      text.replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
      'latin1',
    ).toString('utf8');
  for (const [run] of text.matchAll(/[0-9a-fA-F]{12,}/g)) yield Buffer.from(run, 'hex').toString('utf8');
  if (depth === 0) return;
  const runs = [...text.matchAll(/[A-Za-z0-9+/_-]{12,}/g)].map(([run]) => run);
  for (const run of runs) {
    for (let from = 0; from < 4; from += 1) {
      const bytes = Buffer.from(run.slice(from), 'base64');
      if (bytes[0] === 0x1f && bytes[1] === 0x8b) yield unpacked(bytes);
      const decoded = bytes.toString('utf8');
      // Codes within codes are texts.
      if (/^[\t-~]+$/.test(decoded)) yield* allReadings(decoded, depth - 1);
      else yield decoded;
    }
  }
}

function unpacked(bytes: Buffer): string {
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch {
    return '';
  }
}
