import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './commands.ts';

/** The names under which the world outside answers. */
const NAMES = [
  '*.amazonaws.com',
  '*.us-east-1.amazonaws.com',
  '*.s3.us-east-1.amazonaws.com',
  '*.s3.amazonaws.com',
  '*.buildkite.com',
];

export interface Authority {
  /** The certificate that signs, in PEM. */
  readonly certificate: string;
  readonly server: { readonly key: string; readonly cert: string };
}

/** Makes an authority of the test's own, and a certificate for all names of the world outside. */
export function makeAuthority(folder: string): Authority {
  const at = (name: string) => join(folder, name);
  const key = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at(name),
  ];
  const subject = (name: string) => ['-subj', `/CN=${name}`, '-days', '30'];
  command('openssl', 'req', '-x509', ...key('ca.key'), '-out', at('ca.pem'), ...subject('Test authority'));
  command('openssl', 'req', '-new', ...key('server.key'), '-out', at('server.csr'), '-subj', '/CN=the world');
  writeFileSync(at('names'), `subjectAltName=${NAMES.map((name) => `DNS:${name}`).join(',')}\n`);
  command(
    ...([
      'openssl',
      'x509',
      '-req',
      '-in',
      at('server.csr'),
      '-CA',
      at('ca.pem'),
      '-CAkey',
      at('ca.key'),
    ] as const),
    ...['-CAcreateserial', '-days', '30', '-extfile', at('names'), '-out', at('server.pem')],
  );
  const read = (name: string) => readFileSync(at(name), 'utf8');
  return { certificate: read('ca.pem'), server: { key: read('server.key'), cert: read('server.pem') } };
}
