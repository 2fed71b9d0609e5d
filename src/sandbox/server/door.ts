import type { IncomingHttpHeaders } from 'node:http';
import type { Keys } from '../kernel/keys.ts';
import type { WireRequest, WireResponse } from '../wire/index.ts';

/** Carries the owner's secret on requests that a proxy of the owner's passes on, for hosts of AWS's or Buildkite's own names. */
const FORWARDER_HEADER = 'x-bk-stack-forwarder';

/**
 * Refuses requests that a web page could have made a browser send: from another site's page, with the origin of any page, or with a
 * host name that only a rebound DNS name leads here with. Pages can't forge these headers, and programs don't send the first two.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function refuseBrowser(headers: IncomingHttpHeaders, keys: Keys): WireResponse | undefined {
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site !== 'none' && site !== 'same-origin') return refused(`of a web page (Sec-Fetch-Site: ${site})`);
  if (headers.origin !== undefined) return refused('of a web page (it has an Origin)');
  const { host = '', [FORWARDER_HEADER]: forwarder } = headers;
  if (typeof forwarder === 'string' && keys.isSecret(forwarder)) return undefined;
  if (!/^(127\.0\.0\.1|\[::1\]|([^:]+\.)?localhost)(:\d+)?$/i.test(host)) {
    return refused(`for a host that is not this machine's own name ("${host}")`);
  }
  return undefined;
}

function refused(what: string): WireResponse {
  return {
    status: 403,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `The sandbox answers programs on this machine only, and this is a request ${what}.\n`,
  };
}

/** Whether a request carries the owner's secret as its bearer token. */
export function hasBearer({ headers }: Pick<WireRequest, 'headers'>, keys: Keys): boolean {
  const [, token] = /^Bearer (\S+)$/.exec(headers['authorization'] ?? '') ?? [];
  return token !== undefined && keys.isSecret(token);
}
