import type { WireResponse } from './http.ts';

/** Smithy's code of an RFC 3339 timestamp, which XML has wherever a member does not say otherwise. */
const DATE_TIME = 5;

export const XML_SETTINGS = {
  xmlNamespace: '',
  serviceNamespace: '',
  httpBindings: false,
  timestampFormat: { useTrait: true, default: DATE_TIME },
} as const;

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Characters that XML 1.0 has no way to write, not even as references. https://www.w3.org/TR/xml/#charsets */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#x(?:[0-8bcef]|1[0-9a-f]);/gi;

/** What XML cannot carry is told as U+FFFD, so that an answer is always well-formed. */
export function xmlAnswer(
  status: number,
  xml: string,
  headers: Readonly<Record<string, string>>,
): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', ...headers },
    body: xml === '' ? '' : `<?xml version="1.0" encoding="UTF-8"?>\n${xml.replace(NOT_XML, '\ufffd')}`,
  };
}
