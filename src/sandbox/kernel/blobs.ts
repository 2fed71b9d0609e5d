import { createHash } from 'node:crypto';

/** Where the bodies of S3 objects and the code of functions lie, by the SHA-256 of their content. */
export interface BlobStore {
  /** Keeps the content and returns its key. */
  put(content: Uint8Array): string;
  /** @throws Error when there is no such blob. */
  get(key: string): Uint8Array;
}

export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Uint8Array>();

  put(content: Uint8Array): string {
    const key = blobKey(content);
    this.#blobs.set(key, content);
    return key;
  }

  get(key: string): Uint8Array {
    const content = this.#blobs.get(key);
    if (content === undefined) throw new Error(`no blob ${key}`);
    return content;
  }
}

export function blobKey(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
