import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keys } from '../../src/sandbox/kernel/keys.ts';
import { metadataEndpoint } from '../../src/sandbox/machines/metadata.ts';
import { bearer } from '../../src/sandbox/server/process/discovery.ts';
import { SandboxServer, type ServerOptions } from '../../src/sandbox/server/server.ts';

/** The sandbox's server in the test's own process, on a port and in a folder of its own. */
export class TestServer {
  readonly directory = mkdtempSync(join(tmpdir(), 'bk-stack-server-'));
  readonly logged: string[] = [];
  readonly failures: unknown[] = [];
  #server: SandboxServer | undefined;

  async start(options: Partial<ServerOptions> = {}): Promise<void> {
    this.#server = await SandboxServer.listen({
      port: 0,
      speed: 20,
      faults: [],
      directory: this.directory,
      log: (line) => this.logged.push(line),
      failed: (error) => this.failures.push(error),
      ...options,
    });
  }

  get endpoint(): string {
    return this.#running.endpoint;
  }

  /** For any SDK client. */
  get client() {
    const { endpoint, credentials } = this.#running;
    return { endpoint, region: 'us-east-1', credentials };
  }

  /** Where an instance finds its metadata service. */
  metadataEndpoint(region: string, instanceId: string): string {
    const { endpoint, credentials } = this.#running;
    const world = { endpoint, keys: new Keys(credentials.secretAccessKey) };
    return metadataEndpoint({ world, region }, instanceId);
  }

  /** Opens the control endpoints. */
  get bearer() {
    return bearer(this.#running);
  }

  get #running(): SandboxServer {
    if (this.#server === undefined) throw new Error('the server is not started');
    return this.#server;
  }

  /** Ends it and keeps its folder, so that it can be started again. */
  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
