import { extendedEncodeURIComponent } from '@smithy/core/protocols';
import type {
  PutObjectCommand,
  PutObjectCommandInput,
  PutObjectCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { requestLine } from './request-log.ts';

/** What S3 answers, as far as anybody asks. */
export type PutAnswer = Pick<PutObjectCommandOutput, 'ServerSideEncryption' | 'SSEKMSKeyId' | 'VersionId'>;

/** A put of a bucket, which differs from the others of its kind by these. */
export type RepeatedPut = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'> & {
  readonly Key: string;
  readonly Body: Buffer;
};

interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: NodeJS.ReadableStream;
}

/** Who signs, as the SDK has chosen for the request. */
interface Signing {
  readonly signer: { sign(request: object, identity: unknown, properties: object): Promise<object> };
  readonly identity: unknown;
  readonly httpAuthOption: { readonly signingProperties?: object };
}

/** What is alike in all requests. */
interface Sample {
  readonly request: Request;
  /** Of the path, what comes before the key. */
  readonly before: string;
  readonly signing: Signing;
}

/** Headers that belong to one request, or to its signature. */
const OWN_HEADER =
  /^(authorization|content-length|if-(none-)?match|amz-sdk-.*|x-amz-(date|content-sha256|security-token|checksum-.*|sdk-checksum-.*))$/;

/**
 * Puts many objects with the same settings. The first is built by the SDK; the others are that request again with another key
 * and body, signed and sent by the SDK's own signer and connections: its middleware would take several times as long for each
 * as all the rest, and so long that one process cannot send faster. What does not succeed so is done again by the SDK, with
 * its retries and errors.
 */
export class RepeatedPuts {
  #sample: Promise<Sample | undefined> | undefined;

  /** @param settings what all puts have in common */
  constructor(
    private readonly client: S3Client,
    private readonly settings: Omit<PutObjectCommandInput, keyof RepeatedPut>,
    private readonly log: ((line: string) => void) | undefined,
  ) {}

  /** @throws what the SDK throws */
  async put(put: RepeatedPut): Promise<PutAnswer> {
    let first: Promise<PutAnswer> | undefined;
    this.#sample ??= new Promise((built) => {
      first = this.#first(put, built).finally(() => {
        built(undefined);
      });
    });
    if (first !== undefined) return first;
    const sample = await this.#sample;
    const answer = sample === undefined ? undefined : await this.#again(sample, put).catch(() => undefined);
    return answer ?? this.client.send(await this.#command(put));
  }

  async #first(put: RepeatedPut, built: (sample: Sample | undefined) => void): Promise<PutAnswer> {
    const command = await this.#command(put);
    command.middlewareStack.add(
      (next, context) => (args) => {
        built(sampleOf(args.request as Request, put.Key, context));
        return next(args);
      },
      // After the signature, when the request is complete.
      { step: 'finalizeRequest', priority: 'low', name: 'bkStackSample' },
    );
    // With options, so that the client does not keep this middleware for others.
    return this.client.send(command, {});
  }

  async #command(put: RepeatedPut): Promise<PutObjectCommand> {
    const { PutObjectCommand } = await import('./sdk/s3.ts');
    return new PutObjectCommand({ ...this.settings, ...put });
  }

  /** Undefined for what the SDK has to do. */
  async #again(
    { request, before, signing }: Sample,
    { Key, Body, IfMatch, IfNoneMatch }: RepeatedPut,
  ): Promise<PutAnswer | undefined> {
    const started = performance.now();
    const signed = await signing.signer.sign(
      {
        ...request,
        path: before + encoded(Key),
        headers: {
          ...request.headers,
          'content-length': String(Body.length),
          ...(IfMatch !== undefined && { 'if-match': IfMatch }),
          ...(IfNoneMatch !== undefined && { 'if-none-match': IfNoneMatch }),
        },
        body: Body,
      },
      signing.identity,
      signing.httpAuthOption.signingProperties ?? {},
    );
    const { response } = (await this.client.config.requestHandler.handle(
      signed as Parameters<typeof this.client.config.requestHandler.handle>[0],
    )) as { response: Response };
    const { statusCode, headers, body } = response;
    // Nothing is in it; unread it would hold the connection.
    body.resume();
    this.log?.(requestLine('s3', 'PutObject', { statusCode, headers }, started));
    if (statusCode !== 200) return undefined;
    return {
      ServerSideEncryption: headers[
        'x-amz-server-side-encryption'
      ] as PutObjectCommandOutput['ServerSideEncryption'],
      SSEKMSKeyId: headers['x-amz-server-side-encryption-aws-kms-key-id'],
      VersionId: headers['x-amz-version-id'],
    };
  }
}

/** Undefined where the request is not what it is expected to be. */
function sampleOf(request: Request, key: string, context: object): Sample | undefined {
  const { selectedHttpAuthScheme: signing } =
    (context as { __smithy_context?: { selectedHttpAuthScheme?: Signing } }).__smithy_context ?? {};
  const end = encoded(key);
  if (signing === undefined || !request.path.endsWith(`/${end}`)) return undefined;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !OWN_HEADER.test(name.toLowerCase())),
  );
  return { request: { ...request, headers }, before: request.path.slice(0, -end.length), signing };
}

/** A key as it stands in a path: its slashes stay. */
function encoded(key: string): string {
  return key.split('/').map(extendedEncodeURIComponent).join('/');
}
