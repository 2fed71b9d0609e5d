// Named imports, so that the bundle holds these operations alone: it is read before every job.
import {
  GetObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';

/** A secret that is there. */
export interface Secret {
  readonly key: string;
  readonly text: string;
}

/** What a job needs of the secrets bucket. */
export interface SecretStore {
  /** @returns undefined for a key that is not there; throws when it may not or cannot be read */
  get(key: string): Promise<string | undefined>;
  list(prefix: string): Promise<readonly string[]>;
}

/** One whose lists can be looked through by the page. */
export interface PagedStore extends SecretStore {
  /** The first page of a list. @param delimiter ends the keys at its first place behind the prefix */
  page(prefix: string, delimiter?: string): Promise<KeyPage>;
}

/** A page of a list of keys. */
export interface KeyPage {
  readonly keys: readonly string[];
  /** Beginnings of keys, up to a delimiter. */
  readonly prefixes: readonly string[];
  /** Whether there are no more. */
  readonly complete: boolean;
}

export interface StoreSettings {
  readonly bucket: string;
  /** Region, credentials and limits. */
  readonly client: S3ClientConfig & { readonly region: string };
}

/** @throws Error that names key and bucket, as a secret that is silently left out breaks a build far from its cause */
export function secretStore({ bucket, client: settings }: StoreSettings): PagedStore {
  const client = new S3Client({
    ...settings,
    followRegionRedirects: true,
    // TLS has checked it, and a job waits for it.
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: process.env['AWS_ENDPOINT_URL'] !== undefined,
  });
  return {
    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return (await Body?.transformToString('utf8')) ?? '';
      } catch (error) {
        if ((error as Error).name === 'NoSuchKey') return undefined;
        throw failure(`s3://${bucket}/${key}`, error);
      }
    },
    async list(prefix) {
      const keys: string[] = [];
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
          keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        }
      } catch (error) {
        throw failure(`s3://${bucket}/${prefix}`, error);
      }
      return keys;
    },
    async page(prefix, delimiter) {
      try {
        const { Contents, CommonPrefixes, IsTruncated } = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: delimiter }),
        );
        return {
          keys: (Contents ?? []).flatMap(({ Key }) => Key ?? []),
          prefixes: (CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
          complete: IsTruncated !== true,
        };
      } catch (error) {
        throw failure(`s3://${bucket}/${prefix}`, error);
      }
    },
  };
}

function failure(place: string, error: unknown): Error {
  const { name, message } = error as Error;
  return new Error(`${place} cannot be read: ${name}: ${message}`, { cause: error });
}
