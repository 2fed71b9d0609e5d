import { Readable } from 'node:stream';
import { JsonCodec2, JsonShapeDeserializer2 } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../kernel/errors.ts';
import { jsonDenial } from '../coding/denial.ts';
import { eventStreamBody } from '../coding/event-stream.ts';
import { mediaType, type WireRequest } from '../coding/http.ts';
import { missingMembers } from './missing.ts';
import { isPlain } from './plain.ts';
import type { Protocol } from './protocol.ts';

/** Smithy's code of a timestamp in seconds. */
const EPOCH_SECONDS = 7;

const codec = new JsonCodec2({
  timestampFormat: { useTrait: true, default: EPOCH_SECONDS },
  jsonName: false,
});

/** What goes on without ever telling anything. */
const NONE: AsyncIterable<Record<string, object>> = Readable.from([]);

/**
 * The operation in a header, JSON in and out: SSM, KMS, CloudWatch Logs, EventBridge, and others.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * @param version of the media type
 */
export function jsonProtocol(version: '1.0' | '1.1'): Protocol {
  const headers = (requestId: string) => ({
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': requestId,
  });
  return {
    operationName: (request) => request.headers['x-amz-target']?.split('.').at(-1),
    read: ({ body }, { input }) => readJson(codec, input, body),
    write(output, operation, { requestId }) {
      if (!operation.output.isStructSchema()) return { status: 200, headers: headers(requestId), body: '{}' };
      const member = operation.output.getEventStreamMember();
      if (member !== '') {
        return {
          status: 200,
          headers: { ...headers(requestId), 'content-type': 'application/vnd.amazon.eventstream' },
          body: eventStreamBody(codec, headers(requestId)['content-type'], {
            member,
            schema: operation.output,
            events:
              (output as Readonly<Record<string, AsyncIterable<Record<string, object>>>>)[member] ?? NONE,
          }),
        };
      }
      return { status: 200, headers: headers(requestId), body: writeJson(operation.output, output) };
    },
    writeError(error, { schema, requestId }) {
      const known = schema.error(error.code);
      const fault = error.status >= 500 ? 'Receiver' : 'Sender';
      return {
        status: error.status,
        headers: {
          ...headers(requestId),
          ...(schema.isQueryCompatible &&
            known !== undefined &&
            known.queryCode !== known.name && { 'x-amzn-query-error': `${known.queryCode};${fault}` }),
        },
        body: JSON.stringify({ __type: known?.name ?? error.code, message: error.message, ...error.details }),
      };
    },
    denied: jsonDenial(400),
    missing: (members) => missingMembers(members, 'ValidationException'),
  };
}

/** The codec looks at every character, which takes several times as long; of logs that is most of what a page costs. */
function writeJson(schema: NormalizedSchema, output: object): string | Uint8Array {
  if (isPlain(schema)) return JSON.stringify(output);
  const serializer = codec.createSerializer();
  serializer.write(schema, output);
  return serializer.flush();
}

/** @throws AwsError SerializationException for what is no JSON, or is of another type than its member */
export function readJson({ settings }: JsonCodec2, schema: NormalizedSchema, body: Buffer): object {
  if (body.length === 0) return {};
  try {
    const document = JSON.parse(body.toString('utf8')) as Parameters<JsonShapeDeserializer2['readObject']>[1];
    return (new JsonShapeDeserializer2(settings).readObject(schema, document) ?? {}) as object;
  } catch (cause) {
    throw new AwsError('SerializationException', cause instanceof Error ? cause.message : String(cause));
  }
}

export function isJsonRpc(request: WireRequest): boolean {
  return (
    request.headers['x-amz-target'] !== undefined && mediaType(request).startsWith('application/x-amz-json')
  );
}
