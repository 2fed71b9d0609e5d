import { Zip, ZipDeflate } from 'fflate';
import { writeAll } from '../terminal/output/write-all.ts';

/** Where the bytes of an archive go. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void> | void;
  /** It is whole. */
  done(): void;
  /** It is not, and nothing of it stays. */
  undo(): void;
}

/** A zip that is written while it is made: no more than a file of it is in memory. */
export class Archive {
  readonly #sink: Sink;
  readonly #folder: string;
  readonly #at: Date;
  readonly #zip: Zip;
  #made: Uint8Array[] = [];
  bytes = 0;

  /** @param folder that its files are in, so that they stay together where they are unpacked */
  constructor(sink: Sink, folder: string, at: Date) {
    this.#sink = sink;
    this.#folder = folder;
    this.#at = at;
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      this.#made.push(chunk);
    });
  }

  async add(name: string, text: string): Promise<number> {
    const bytes = Buffer.from(text, 'utf8');
    const file = new ZipDeflate(`${this.#folder}/${name}`, { level: 6 });
    file.mtime = this.#at;
    // What unpacks it keeps it from others too.
    file.os = 3;
    file.attrs = 0o100600 << 16;
    this.#zip.add(file);
    file.push(bytes, true);
    await this.#flush();
    return bytes.length;
  }

  async end(): Promise<void> {
    this.#zip.end();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const made = this.#made;
    this.#made = [];
    for (const chunk of made) {
      this.bytes += chunk.length;
      await this.#sink.write(chunk);
    }
  }
}

/** A pipe. */
export function streamSink(stream: NodeJS.WritableStream): Sink {
  return {
    write: (bytes) => writeAll(stream, bytes),
    done: () => undefined,
    undo: () => undefined,
  };
}
