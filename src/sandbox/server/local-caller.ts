import type { WireRequest, WireResponse } from '../wire/index.ts';

/** The header by which bk-stack's own requests are known. A web page cannot send it to us without being asked first. */
export const CONTROL_HEADER = 'x-bk-stack-sandbox';

/**
 * Refuses requests that a web page could have made somebody's browser send: with a host name that only a rebound DNS
 * name leads here with, or with the origin of a page.
 */
export function refuseForeign({ headers }: WireRequest): WireResponse | undefined {
  const host = (headers['host'] ?? '').replace(/:\d+$/, '');
  const local =
    host === '127.0.0.1' || host === 'localhost' || host === '[::1]' || host.endsWith('.localhost');
  if (local && headers['origin'] === undefined) return undefined;
  return {
    status: 403,
    headers: { 'content-type': 'text/plain' },
    body: 'The sandbox answers programs on this machine only.\n',
  };
}
