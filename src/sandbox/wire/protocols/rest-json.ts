import { JsonCodec2 } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { bodyMembers, hasBodyMembers, payloadOf, readBindings, writeBindings } from '../coding/bindings.ts';
import { jsonDenial } from '../coding/denial.ts';
import type { WireRequest, WireResponse } from '../coding/http.ts';
import { routeOf } from './routes.ts';
import type { OperationSchema } from '../coding/schema.ts';
import { readJson } from './json.ts';
import { missingMembers } from './missing.ts';
import type { Protocol } from './protocol.ts';

const EPOCH_SECONDS = 7;

const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: true });

/**
 * Paths and headers, with JSON bodies: AWS Lambda.
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export const restJsonProtocol: Protocol = {
  operationName(request, schema) {
    return routeOf(request, { path: request.path, labels: {} }, schema.operations())?.operation.name;
  },
  read(request, operation) {
    const { labels } = routeOf(request, { path: request.path, labels: {} }, [operation]) ?? { labels: {} };
    return { ...readBody(request, operation.input), ...readBindings(operation.input, request, labels) };
  },
  write(output, operation, { requestId }) {
    const { headers, status } = writeBindings(operation.output, { ...output });
    const body = writeBody(operation, { ...output });
    return {
      status: status ?? operation.http?.status ?? 200,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, ...headers },
      ...(body !== undefined && { body }),
    };
  },
  writeError(error, { schema, requestId }) {
    const known = schema.error(error.code);
    const messageName = known?.members.includes('Message') ? 'Message' : 'message';
    const type = known?.members.includes('Type') ? { Type: error.status >= 500 ? 'Service' : 'User' } : {};
    return {
      status: error.status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': known?.name ?? error.code,
      },
      body: JSON.stringify({ ...type, [messageName]: error.message, ...error.details }),
    };
  },
  denied: jsonDenial(403),
  missing: (members) => missingMembers(members, 'ValidationException'),
};

function readBody({ body }: WireRequest, input: NormalizedSchema): object {
  const payload = payloadOf(input);
  if (payload === undefined) {
    if (body.length === 0 || !hasBodyMembers(input)) return {};
    return readJson(codec, input, body);
  }
  const [name, member] = payload;
  if (member.isBlobSchema()) return { [name]: body };
  if (body.length === 0) return {};
  if (member.isStringSchema()) return { [name]: body.toString('utf8') };
  return { [name]: readJson(codec, member, body) };
}

function writeBody(
  { output: schema }: OperationSchema,
  output: Readonly<Record<string, unknown>>,
): WireResponse['body'] {
  const serializer = codec.createSerializer();
  const payload = payloadOf(schema);
  if (payload === undefined) {
    if (!hasBodyMembers(schema)) return undefined;
    serializer.write(schema, bodyMembers(schema, output));
    return serializer.flush();
  }
  const [name, member] = payload;
  const value = output[name];
  if (value === undefined) return undefined;
  if (member.isBlobSchema() || member.isStringSchema()) return value as string | Uint8Array;
  serializer.write(member, value);
  return serializer.flush();
}
