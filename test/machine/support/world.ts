import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, makeAuthority } from './authority.ts';
import { command } from './commands.ts';
import { serveNames } from './name-server.ts';

/** Amazon's own name server has this address in every VPC; here everything has it but the metadata. */
export const GATEWAY = '169.254.169.253';
const METADATA = '169.254.169.254';
export const BRIDGE = 'vpc';

/** Where the sandbox answers, and the secret that lets a proxy in. */
export interface Upstream {
  readonly endpoint: string;
  readonly secret: string;
}

/**
 * Everything that an instance can reach: a network without an uplink, names, and AWS, Buildkite and their downloads under
 * their own names, by TLS, all answered by a sandbox.
 */
export class TestWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'bk-stack-machine-'));
  readonly authority: Authority;
  upstream: Upstream | undefined;
  /** Where the sandbox has each instance's metadata, and a token for it, by the instance's private address. */
  readonly metadata = new Map<string, { readonly endpoint: string; readonly token: string }>();
  readonly #agent: Buffer;
  readonly #closing: (() => void)[] = [];

  constructor() {
    this.authority = makeAuthority(this.folder);
    this.#agent = readFileSync(process.env['MACHINE_AGENT'] ?? '');
  }

  async start(): Promise<void> {
    // Named network namespaces lie there; those of this machine stay as they are.
    mkdirSync('/run/netns', { recursive: true });
    command('mount', '-t', 'tmpfs', 'tmpfs', '/run/netns');
    command('ip', 'link', 'set', 'lo', 'up');
    command('ip', 'link', 'add', BRIDGE, 'type', 'bridge');
    for (const address of [GATEWAY, METADATA]) command('ip', 'addr', 'add', `${address}/32`, 'dev', BRIDGE);
    command('ip', 'link', 'set', BRIDGE, 'up');
    // The CLI and the scaler find the Agent API by its own name too.
    const resolver = join(this.folder, 'resolv.conf');
    writeFileSync(resolver, `nameserver ${GATEWAY}\n`);
    command('mount', '--bind', resolver, '/etc/resolv.conf');
    const names = await serveNames(GATEWAY);
    this.#closing.push(() => names.close());
    await this.#listen(createServer(this.#answerMetadata), 80, METADATA);
    await this.#listen(createServer(this.#answer), 80, GATEWAY);
    await this.#listen(createTlsServer(this.authority.server, this.#answer), 443, GATEWAY);
  }

  async #listen(server: Pick<Server, 'listen' | 'close'>, port: number, address: string): Promise<void> {
    await new Promise<void>((resolve) => server.listen(port, address, resolve));
    this.#closing.push(() => server.close());
  }

  stop(): void {
    for (const close of this.#closing) close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #answerMetadata = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const service = this.metadata.get(incoming.socket.remoteAddress ?? '');
    if (service === undefined || this.upstream === undefined) {
      outgoing.writeHead(404).end();
      return;
    }
    // A container shows cloud-init no sign of EC2, where it would ask for a token first.
    const isCloudInit = incoming.headers['user-agent']?.startsWith('Cloud-Init') ?? false;
    pass(incoming, outgoing, `${service.endpoint}${incoming.url ?? '/'}`, {
      'x-bk-stack-forwarder': this.upstream.secret,
      ...(isCloudInit && { 'x-aws-ec2-metadata-token': service.token }),
    });
  };

  readonly #answer = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { headers, url = '/' } = incoming;
    const { host = '' } = headers;
    const { upstream } = this;
    if (upstream === undefined) {
      outgoing.writeHead(503).end();
      return;
    }
    const forwarder = { 'x-bk-stack-forwarder': upstream.secret };
    if (/^agent(-edge)?\.buildkite\.com$/.test(host)) {
      pass(incoming, outgoing, `${upstream.endpoint}/_buildkite${url}`, forwarder);
    } else if (host === 'download.buildkite.com') {
      const sum = createHash('sha256').update(this.#agent).digest('hex');
      outgoing.end(url.endsWith('.sha256') ? `${sum}  buildkite-agent\n` : this.#agent);
    } else if (host.endsWith('.amazonaws.com')) {
      pass(incoming, outgoing, `${upstream.endpoint}${url}`, forwarder);
    } else outgoing.writeHead(404).end();
  };
}

/** Passes a request on with its own Host, which its signature covers. */
function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  url: string,
  more: Readonly<Record<string, string>>,
): void {
  const { method, headers } = incoming;
  const { hostname, port, pathname, search } = new URL(url);
  const onward = httpRequest(
    { hostname, port, path: pathname + search, method, headers: { ...headers, ...more } },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on('error', () => {
    outgoing.destroy();
  });
  incoming.pipe(onward);
}
