import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../kernel/errors.ts';
import { bodyMembers, hasBodyMembers, payloadOf, readBindings, writeBindings } from '../coding/bindings.ts';
import { bucketTarget } from './bucket-target.ts';
import { s3Denial } from '../coding/denial.ts';
import type { WireRequest, WireResponse } from '../coding/http.ts';
import { routeOf } from './routes.ts';
import type { OperationSchema, ServiceSchema } from '../coding/schema.ts';
import { escapeXml, XML_SETTINGS, xmlAnswer } from '../coding/xml.ts';
import type { Protocol } from './protocol.ts';

/**
 * Paths and headers, with XML bodies: Amazon S3.
 * https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
 */
export const restXmlProtocol: Protocol = {
  operationName(request, schema, implemented) {
    const target = bucketTarget(request);
    const all = [...schema.operations()];
    // Some requests fit two operations, of which only one is S3's everyday one.
    const known = all.filter(({ name }) => implemented.has(name));
    return (routeOf(request, target, known) ?? routeOf(request, target, all))?.operation.name;
  },
  read(request, operation) {
    const { labels } = routeOf(request, bucketTarget(request), [operation]) ?? { labels: {} };
    return { ...readBody(request, operation.input), ...readBindings(operation.input, request, labels) };
  },
  write(output, operation, { schema, requestId }) {
    const members = { ...output } as Record<string, unknown>;
    const { headers, status } = writeBindings(operation.output, members);
    // A part of an object is answered as HTTP has it.
    const partial = members['ContentRange'] === undefined ? undefined : 206;
    const shared = { ...identity(requestId), ...headers };
    const answer = writeBody(operation, members, schema, shared);
    return { ...answer, status: status ?? partial ?? operation.http?.status ?? 200 };
  },
  writeError(error, { requestId, method }) {
    const headers = {
      ...identity(requestId),
      ...(typeof error.details['Region'] === 'string' && { 'x-amz-bucket-region': error.details['Region'] }),
    };
    if (method === 'HEAD' || error.status === 304) return { status: error.status, headers };
    const details = Object.entries(error.details)
      .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
      .join('');
    return xmlAnswer(
      error.status,
      `<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>${details}<RequestId>${requestId}</RequestId><HostId>${hostId(requestId)}</HostId></Error>`,
      { ...headers, 'content-type': 'application/xml' },
    );
  },
  denied: s3Denial,
  missing: ([member = '']) => new AwsError('InvalidRequest', `Missing required parameter: ${member}`),
};

function identity(requestId: string): Record<string, string> {
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) };
}

function hostId(requestId: string): string {
  return Buffer.from(requestId).toString('base64');
}

function readBody({ body }: WireRequest, input: NormalizedSchema): object {
  const [name, member] = payloadOf(input) ?? [];
  if (name === undefined || member === undefined) return {};
  if (member.isBlobSchema()) return { [name]: body };
  if (body.length === 0) return {};
  if (member.isStringSchema()) return { [name]: body.toString('utf8') };
  try {
    return { [name]: new XmlShapeDeserializer(XML_SETTINGS).read(member, body) as unknown };
  } catch {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
}

function writeBody(
  { output: schema }: OperationSchema,
  output: Readonly<Record<string, unknown>>,
  { xmlNamespace }: ServiceSchema,
  headers: Readonly<Record<string, string>>,
): WireResponse {
  const xml = { 'content-type': 'application/xml', ...headers };
  const payload = payloadOf(schema);
  if (payload !== undefined) {
    const [name, member] = payload;
    const value = output[name];
    if (value === undefined) return { status: 200, headers };
    if (member.isBlobSchema() || member.isStringSchema()) {
      return { status: 200, headers, body: value as string | Uint8Array };
    }
    return xmlAnswer(200, xmlOf(member, value, xmlNamespace), xml);
  }
  if (!hasBodyMembers(schema)) return { status: 200, headers };
  const unwrapped = unwrappedMember(schema);
  if (unwrapped !== undefined) {
    const text = escapeXml((output[unwrapped] as string | undefined) ?? '');
    return xmlAnswer(200, `<${unwrapped} xmlns="${xmlNamespace}">${text}</${unwrapped}>`, xml);
  }
  return xmlAnswer(200, xmlOf(schema, bodyMembers(schema, output), xmlNamespace), xml);
}

function xmlOf(schema: NormalizedSchema, value: unknown, xmlNamespace: string): string {
  const serializer = new XmlShapeSerializer({ ...XML_SETTINGS, xmlNamespace });
  serializer.write(schema, value);
  return String(serializer.flush());
}

/** S3 answers GetBucketLocation with the bare member as its root. */
function unwrappedMember(schema: NormalizedSchema): string | undefined {
  const { xmlName } = schema.getMergedTraits() as { xmlName?: string };
  const names = Array.from(schema.structIterator(), ([name]) => name);
  return names.length === 1 && names[0] === xmlName ? xmlName : undefined;
}
