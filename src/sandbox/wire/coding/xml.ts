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

export function xmlAnswer(
  status: number,
  xml: string,
  headers: Readonly<Record<string, string>>,
): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', ...headers },
    body: xml === '' ? '' : `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
  };
}
