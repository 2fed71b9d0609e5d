import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { identityGuard } from '../authorization/index.ts';
import { handleBuildkite } from '../buildkite/http.ts';
import { handleRest } from '../buildkite/rest.ts';
import { receiveResponse } from '../cloudformation/index.ts';
import { parseFault, setFaults } from '../faults/index.ts';
import { type Credentials, Keys } from '../kernel/keys.ts';
import { AwsError } from '../kernel/errors.ts';
import { AcceleratedTime } from '../kernel/time.ts';
import { emptyState } from '../kernel/state.ts';
import { World } from '../kernel/world.ts';
import { answerMetadata } from '../machines/metadata.ts';
import { services } from './services.ts';
import { splitTarget, Wire, type WireRequest, type WireResponse } from '../wire/index.ts';
import { control } from './control.ts';
import { hasBearer, refuseBrowser } from './door.ts';
import { routeTo } from './routes.ts';
import { Saver } from './persistence/saver.ts';
import { Storage } from './persistence/storage.ts';
import { Ticker } from './ticker.ts';

export interface ServerOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** How many times faster than real time the clock runs. */
  readonly speed: number;
  /** Specifications as `parseFault` reads them. */
  readonly faults: readonly string[];
  /** Whether callers may only do what their identity policies allow. */
  readonly enforceIam?: boolean;
  /** Where the state is kept. */
  readonly directory: string;
  /** Gets one line a request. It never holds a body. */
  readonly log: (line: string) => void;
  /** Gets what should not have happened. */
  readonly failed: (error: unknown) => void;
}

const LOOPBACK = '127.0.0.1';

/** Operations by whose name nothing changes. A watcher asks several times a second; writing each time would be waste. */
const READING = /^(Describe|Get|Head|List|Filter|Validate|StartLiveTail$)/;

/** The sandbox: one world, served over HTTP on loopback. */
export class SandboxServer {
  readonly #options: ServerOptions;
  readonly #storage: Storage;
  readonly #http: Server;
  /** New at each start. */
  readonly #keys = new Keys();
  #live: { world: World; wire: Wire; ticker: Ticker; saver: Saver };
  /** Settles when somebody asked for the end. */
  readonly stopped: Promise<void>;
  #stop: () => void = () => undefined;

  /**
   * Takes up the state that was left and listens.
   * @throws Error with code EADDRINUSE when the port is taken
   * @throws OperationError when the state cannot be read
   */
  static async listen(options: ServerOptions): Promise<SandboxServer> {
    const faults = options.faults.map(parseFault);
    const server = new SandboxServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#http.once('error', reject);
      server.#http.listen(options.port, LOOPBACK, resolve);
    });
    const { world } = server.#live;
    world.endpoint = server.endpoint;
    setFaults(world, faults);
    return server;
  }

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.#storage = new Storage(options.directory);
    this.#live = this.#liven(this.#storage.load());
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    this.#http = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
      this.#serve(incoming, outgoing).catch((error: unknown) => {
        options.failed(error);
        outgoing.destroy();
      });
    });
  }

  get endpoint(): string {
    return `http://${LOOPBACK}:${(this.#http.address() as AddressInfo).port}`;
  }

  /** The keys of the sandbox's owner. */
  get credentials(): Credentials {
    return this.#keys.user;
  }

  /** Writes the state, and closes. */
  async close(): Promise<void> {
    const { ticker, saver } = this.#live;
    ticker.stop();
    saver.flush();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#http.close(() => {
        resolve();
      });
    });
  }

  #liven(state = emptyState(Date.now(), 1)) {
    const { speed, failed, enforceIam = false } = this.#options;
    // The sandbox's time is ahead of ours after it ran fast, and never goes back.
    const time = new AcceleratedTime(speed, Math.max(state.now, Date.now()));
    const world = new World({ time, services, blobs: this.#storage.blobs, state, keys: this.#keys });
    const saver = new Saver(world, this.#storage, failed);
    const ticker = new Ticker(world, speed, failed);
    world.onChange(() => {
      saver.changed();
    });
    return { world, wire: new Wire(world, enforceIam ? identityGuard : undefined), ticker, saver };
  }

  #reset(): void {
    const { world, ticker, saver } = this.#live;
    ticker.stop();
    saver.cancel();
    this.#storage.clear();
    const faults = this.#options.faults.map(parseFault);
    this.#live = this.#liven();
    this.#live.world.endpoint = world.endpoint;
    setFaults(this.#live.world, faults);
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const began = performance.now();
    const { method = 'GET', url = '/', headers } = incoming;
    const target = splitTarget(url);
    const refused = refuseBrowser(headers);
    const { response, note } =
      refused === undefined
        ? await this.#answer({ method, ...target, ...(await contentOf(incoming)) })
        : { response: refused };
    if (response === 'reset') {
      incoming.socket.resetAndDestroy();
    } else {
      await send(response, outgoing);
    }
    const status = response === 'reset' ? 'reset' : String(response.status);
    const milliseconds = Math.round(performance.now() - began);
    this.#options.log(`${note ?? `${method} ${target.path}`} ${status} ${milliseconds} ms`);
  }

  async #answer(request: WireRequest): Promise<{ response: WireResponse | 'reset'; note?: string }> {
    const { world, wire, ticker, saver } = this.#live;
    ticker.run();
    const { to, prefix, lock } = routeTo(request.path);
    if (lock === 'bearer' && !hasBearer(request, this.#keys)) return { response: LOCKED };
    if (to === 'control') {
      const reset = () => {
        this.#reset();
      };
      return { response: control(request, { speed: this.#options.speed, world, reset, stop: this.#stop }) };
    }
    let changed = true;
    try {
      switch (to) {
        case 'metadata':
          return { response: answerMetadata(world, request) };
        case 'agent API':
          return { response: buildkite(world, request, prefix, handleBuildkite) };
        case 'REST API':
          return { response: buildkite(world, request, prefix, handleRest) };
        case 'CloudFormation response':
          return { response: cloudFormationResponse(world, request, prefix) };
        case 'AWS':
          break;
      }
      const { response, service, operation, error } = await wire.answer(request);
      changed = !READING.test(operation ?? '');
      if (error !== undefined && !(error instanceof AwsError)) this.#options.failed(error);
      const named = [service, operation].filter((part) => part !== undefined).join('.');
      const outcome = error === undefined ? '' : ` ${error.name}`;
      return { response, ...(named !== '' && { note: `${named}${outcome}` }) };
    } finally {
      if (changed) saver.changed();
      ticker.run();
    }
  }
}

const LOCKED: WireResponse = {
  status: 401,
  headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer' },
  body: JSON.stringify({
    message:
      'This needs the secret of the running sandbox as a bearer token. Each start makes a new one: eval "$(bk-stack sandbox env)" sets it as AWS_SECRET_ACCESS_KEY.',
  }),
};

function buildkite(
  world: World,
  request: WireRequest,
  prefix: string,
  handle: typeof handleBuildkite,
): WireResponse {
  const path = request.path.slice(prefix.length - 1);
  const { status, headers, body } = handle(world, { ...request, path });
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

function cloudFormationResponse(
  world: World,
  { method, path, body }: WireRequest,
  prefix: string,
): WireResponse {
  if (method !== 'PUT') return { status: 405, headers: { allow: 'PUT' } };
  try {
    receiveResponse(world, path.slice(prefix.length), body);
    return { status: 200, headers: {} };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: error.status, headers: { 'content-type': 'text/plain' }, body: `${error.message}\n` };
  }
}

async function contentOf(incoming: IncomingMessage): Promise<Pick<WireRequest, 'headers' | 'body'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
  return { headers, body: Buffer.concat(chunks) };
}

async function send({ status, headers, body }: WireResponse, outgoing: ServerResponse): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    // A HEAD tells the length of what a GET would bring.
    const length = headers['content-length'] ?? String(bytes?.length ?? 0);
    outgoing.writeHead(status, {
      ...headers,
      ...(status !== 204 && status !== 304 && { 'content-length': length }),
    });
    outgoing.end(bytes);
    return;
  }
  outgoing.writeHead(status, { ...headers });
  try {
    await pipeline(Readable.from(body), outgoing);
  } catch (error) {
    // Whoever reads an answer that goes on ends it by going away.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
