import {
  ConflictError,
  type Condition,
  type SecretObjects,
  type SecretVersion,
} from '../../src/secrets/bucket/objects.ts';

/** A bucket in memory, without versions, in which somebody else can be at work. */
export class SecretBucket implements SecretObjects {
  readonly #bodies = new Map<string, Buffer>();
  /** Called before each write. */
  meanwhile: () => void = () => undefined;

  constructor(contents: Readonly<Record<string, string>> = {}) {
    for (const [key, text] of Object.entries(contents)) this.set(key, text);
  }

  set(key: string, text: string): void {
    this.#bodies.set(key, Buffer.from(text));
  }

  get contents(): Record<string, string> {
    return Object.fromEntries([...this.#bodies].map(([key, body]) => [key, body.toString()]));
  }

  read(key: string) {
    const body = this.#bodies.get(key);
    return Promise.resolve(
      body === undefined ? undefined : { body, etag: body.toString('base64'), versionId: 'null' },
    );
  }

  async write(key: string, body: Buffer, condition: Condition) {
    this.meanwhile();
    const etag = (await this.read(key))?.etag;
    const met = condition === 'any' || (condition === 'absent' ? undefined : condition.etag) === etag;
    if (!met) throw new ConflictError('it was changed meanwhile');
    this.#bodies.set(key, body);
    return { key, versionId: 'null', bytes: body.length, encryption: 'aws:kms' };
  }

  versions(prefix: string): Promise<readonly SecretVersion[]> {
    const keys = [...this.#bodies].filter(([key]) => key.startsWith(prefix));
    return Promise.resolve(
      keys.map(([key, { length: bytes }]) => ({
        key,
        versionId: 'null',
        modifiedAt: new Date(0),
        bytes,
        latest: true,
        removal: false,
      })),
    );
  }

  encryption() {
    return Promise.resolve('aws:kms');
  }

  remove(key: string) {
    this.#bodies.delete(key);
    return Promise.resolve();
  }

  removeVersion(key: string) {
    return this.remove(key);
  }

  keepsVersions() {
    return Promise.resolve(false);
  }
}
