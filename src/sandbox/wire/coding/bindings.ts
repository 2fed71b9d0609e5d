import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../kernel/errors.ts';
import type { WireRequest } from './http.ts';
import { headerText, readScalar } from './scalars.ts';

/** Where HTTP carries a member. Those without any of these traits are in the body. */
interface HttpBinding {
  readonly httpLabel?: unknown;
  readonly httpQuery?: string;
  readonly httpQueryParams?: unknown;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpPayload?: unknown;
  readonly httpResponseCode?: unknown;
}

export function bindingOf(member: NormalizedSchema): HttpBinding {
  return member.getMergedTraits();
}

/** The member that is the body itself, for shapes that have one. */
export function payloadOf(schema: NormalizedSchema): readonly [string, NormalizedSchema] | undefined {
  if (!schema.isStructSchema()) return undefined;
  return [...schema.structIterator()].find(([, member]) => Boolean(bindingOf(member).httpPayload));
}

export function hasBodyMembers(schema: NormalizedSchema): boolean {
  return (
    schema.isStructSchema() && [...schema.structIterator()].some(([, member]) => isInBody(bindingOf(member)))
  );
}

/** @throws AwsError for values that their members cannot take */
export function readBindings(
  schema: NormalizedSchema,
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return value;
  for (const [name, member] of schema.structIterator()) {
    const read = readBinding(name, member, request, labels);
    if (read !== undefined) value[name] = read;
  }
  return value;
}

function readBinding(
  name: string,
  member: NormalizedSchema,
  { query, headers }: WireRequest,
  labels: Readonly<Record<string, string>>,
): unknown {
  const { httpLabel, httpQuery, httpQueryParams, httpHeader, httpPrefixHeaders } = bindingOf(member);
  if (httpLabel) return labels[name] === undefined ? undefined : readScalar(member, labels[name], name);
  if (httpQuery !== undefined) {
    if (!query.has(httpQuery)) return undefined;
    if (!member.isListSchema()) return readScalar(member, query.get(httpQuery) ?? '', name);
    return query.getAll(httpQuery).map((text) => readScalar(member.getValueSchema(), text, name));
  }
  if (httpQueryParams) return Object.fromEntries(query);
  if (httpHeader !== undefined) {
    const text = headers[httpHeader.toLowerCase()];
    if (text === undefined) return undefined;
    if (!member.isListSchema()) return readScalar(member, text, name);
    return text.split(',').map((item) => readScalar(member.getValueSchema(), item.trim(), name));
  }
  if (httpPrefixHeaders !== undefined) return prefixed(headers, httpPrefixHeaders.toLowerCase());
  return undefined;
}

function prefixed(
  headers: WireRequest['headers'],
  prefix: string,
): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(headers).flatMap(([name, text]) =>
    name.startsWith(prefix) && text !== undefined ? [[name.slice(prefix.length), text] as const] : [],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The headers and the status that members of an output are bound to. */
export function writeBindings(
  schema: NormalizedSchema,
  output: Readonly<Record<string, unknown>>,
): { readonly headers: Record<string, string>; readonly status: number | undefined } {
  const headers: Record<string, string> = {};
  let status: number | undefined;
  if (!schema.isStructSchema()) return { headers, status };
  for (const [name, member] of schema.structIterator()) {
    const value = output[name];
    if (value === undefined || value === null) continue;
    const { httpHeader, httpPrefixHeaders, httpResponseCode } = bindingOf(member);
    if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = safeHeader(headerText(member, value));
    if (httpPrefixHeaders !== undefined) {
      for (const [key, text] of Object.entries(value as Record<string, string>)) {
        headers[`${httpPrefixHeaders.toLowerCase()}${key}`] = safeHeader(text);
      }
    }
    if (httpResponseCode) status = Number(value);
  }
  return { headers, status };
}

/** Of an output, what goes into the body. */
export function bodyMembers(
  schema: NormalizedSchema,
  output: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (!schema.isStructSchema()) return {};
  return Object.fromEntries(
    [...schema.structIterator()].flatMap(([name, member]) =>
      isInBody(bindingOf(member)) && output[name] !== undefined ? [[name, output[name]] as const] : [],
    ),
  );
}

function isInBody({
  httpLabel,
  httpQuery,
  httpQueryParams,
  httpHeader,
  httpPrefixHeaders,
  httpPayload,
  httpResponseCode,
}: HttpBinding): boolean {
  return !(
    httpLabel ||
    httpQuery !== undefined ||
    httpQueryParams ||
    httpHeader !== undefined ||
    httpPrefixHeaders !== undefined ||
    httpPayload ||
    httpResponseCode
  );
}

/** Headers are Latin-1 without line ends; S3 keeps other metadata in RFC 2047's encoding. */
function safeHeader(text: string): string {
  if (/^[\t\x20-\x7e\xa0-\xff]*$/.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}

/** A label or a key as it is meant. @throws AwsError InvalidURI */
export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}
