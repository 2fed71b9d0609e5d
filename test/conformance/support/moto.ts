import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import { toolFolder } from './tools.ts';

/** moto's server: another's idea of AWS than the sandbox's. */
export class Moto {
  private constructor(
    readonly endpoint: string,
    private readonly server: ChildProcess,
  ) {}

  static async start(): Promise<Moto> {
    const port = await freePort();
    const server = spawn(join(toolFolder('moto'), 'bin/moto_server'), ['--port', String(port)], {
      stdio: 'ignore',
    });
    const endpoint = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 300; tries += 1) {
      const answers = await fetch(`${endpoint}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (answers) return new Moto(endpoint, server);
      await sleep(100);
    }
    server.kill();
    throw new Error('moto does not start');
  }

  stop(): void {
    this.server.kill();
  }
}
