import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
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
    const answers = () =>
      fetch(`${endpoint}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      );
    try {
      await until('moto answers', answers);
      return new Moto(endpoint, server);
    } catch (error) {
      server.kill();
      throw error;
    }
  }

  stop(): void {
    this.server.kill();
  }
}
