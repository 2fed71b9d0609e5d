import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { OperationError } from '../../../errors.ts';
import { blobKey, type BlobStore } from '../../kernel/blobs.ts';
import { STATE_VERSION, type WorldState } from '../../kernel/state.ts';
import { type Seal, sealWith } from './sealing.ts';

const START_ANEW = 'Throw it away and start anew: bk-stack sandbox reset --yes';

/** The sandbox's state on disk: one snapshot, and the blobs beside it. */
export class Storage {
  readonly #seal: Seal;

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#seal = sealWith(join(directory, 'key'));
  }

  get blobs(): BlobStore {
    return new SealedBlobs(this.#blobFolder, this.#seal);
  }

  /** The last snapshot, if there is one. @throws OperationError when it cannot be read, or is of another version's form */
  load(): WorldState | undefined {
    if (!existsSync(this.#snapshot)) return undefined;
    const state = this.#read();
    if (state.version === STATE_VERSION) return state as WorldState;
    throw new OperationError(
      `The sandbox's state was written by another version of bk-stack, in another form: ${this.#snapshot}`,
      { hint: START_ANEW },
    );
  }

  #read(): { readonly version: number } {
    try {
      const content = inflateRawSync(this.#seal.open(readFileSync(this.#snapshot)));
      return JSON.parse(content.toString('utf8')) as { readonly version: number };
    } catch (cause) {
      throw new OperationError(`The sandbox's state cannot be read: ${this.#snapshot}`, {
        cause,
        hint: START_ANEW,
      });
    }
  }

  /** Replaces the snapshot in one step, so that a crash leaves the old one or the new one. */
  save(state: WorldState): void {
    const content = deflateRawSync(Buffer.from(JSON.stringify(state)), { level: 1 });
    const draft = `${this.#snapshot}.new`;
    writeFileSync(draft, this.#seal.seal(content), { mode: 0o600 });
    renameSync(draft, this.#snapshot);
  }

  clear(): void {
    rmSync(this.#snapshot, { force: true });
    rmSync(this.#blobFolder, { recursive: true, force: true });
  }

  get #snapshot(): string {
    return join(this.directory, 'state');
  }

  get #blobFolder(): string {
    return join(this.directory, 'blobs');
  }
}

class SealedBlobs implements BlobStore {
  constructor(
    private readonly folder: string,
    private readonly seal: Seal,
  ) {}

  put(content: Uint8Array): string {
    const key = blobKey(content);
    const file = join(this.folder, key);
    if (existsSync(file)) return key;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.new`;
    writeFileSync(draft, this.seal.seal(content), { mode: 0o600 });
    renameSync(draft, file);
    return key;
  }

  get(key: string): Uint8Array {
    return this.seal.open(readFileSync(join(this.folder, key)));
  }
}
