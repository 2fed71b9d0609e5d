import type { Safe } from '../safe.ts';

/** Writes a text, and waits while whoever reads it has not caught up: what is not read would pile up in memory. */
export function writeAll(stream: NodeJS.WritableStream, text: Safe | Uint8Array): Promise<void> {
  return new Promise((done) => {
    if (stream.write(text)) done();
    else stream.once('drain', done);
  });
}
