import { cbor, CborCodec } from '@smithy/core/cbor';
import { AwsError } from '../../kernel/errors.ts';
import { jsonDenial } from '../coding/denial.ts';
import type { WireRequest } from '../coding/http.ts';
import { missingMembers } from './missing.ts';
import type { Protocol } from './protocol.ts';

const codec = new CborCodec();

/**
 * The operation in the path, CBOR in and out: what newer clients of CloudWatch speak.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const cborProtocol: Protocol = {
  operationName: ({ path }) => /\/service\/[^/]+\/operation\/([^/]+)$/.exec(path)?.[1],
  read({ body }, { input }) {
    if (body.length === 0) return {};
    try {
      return codec.createDeserializer().read(input, body) as object;
    } catch (cause) {
      throw new AwsError('SerializationException', cause instanceof Error ? cause.message : String(cause));
    }
  },
  write(output, operation, { requestId }) {
    if (!operation.output.isStructSchema())
      return { status: 200, headers: headers(requestId), body: cbor.serialize({}) };
    const serializer = codec.createSerializer();
    serializer.write(operation.output, output);
    return { status: 200, headers: headers(requestId), body: serializer.flush() };
  },
  writeError(error, { schema, requestId }) {
    const known = schema.error(error.code);
    return {
      status: error.status,
      headers: headers(requestId),
      body: cbor.serialize({ __type: known?.name ?? error.code, message: error.message, ...error.details }),
    };
  },
  denied: jsonDenial(403),
  missing: (members) => missingMembers(members, 'ValidationException'),
};

export function isCbor({ headers: given }: WireRequest): boolean {
  return given['smithy-protocol'] === 'rpc-v2-cbor';
}

function headers(requestId: string): Record<string, string> {
  return {
    'content-type': 'application/cbor',
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': requestId,
  };
}
