import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/process.ts';
import type { AgentMachine } from './agent.ts';

const HOST = join(root, 'dist/host/host.mjs');

/**
 * An instance of the sandbox on which a real agent and the host program's own processes run, as its units would run them.
 * What they ask of systemd is answered by a stand-in.
 */
export class PlayedInstance {
  readonly #folder: string;
  #metadataEndpoint = '';
  readonly #processes: ChildProcess[] = [];
  #agent: ChildProcess | undefined;
  #watched = false;

  constructor(
    private readonly machine: AgentMachine,
    readonly instanceId: string,
    private readonly queue: string,
  ) {
    this.#folder = join(machine.folder, instanceId);
    const bin = join(this.#folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, 'systemctl'),
      `#!/bin/bash
echo "$*" >>'${this.#path('systemctl.log')}'
agent=$(cat '${this.#path('agent.pid')}')
case "$*" in
  "show "*) kill -0 "$agent" 2>/dev/null && echo active || echo inactive ;;
  "stop "*buildkite-agent.service) kill -TERM "$agent" ;;
  "kill "*) kill -QUIT "$agent" ;;
esac
`,
    );
    chmodSync(join(bin, 'systemctl'), 0o755);
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  /** Takes the instance from the sandbox's model, and starts the watcher and an agent. */
  async start(...options: string[]): Promise<void> {
    const taken = await this.machine.control('machines/take', {
      region: 'us-east-1',
      instanceId: this.instanceId,
    });
    if (!taken.ok) throw new Error(await taken.text());
    const { metadataEndpoint } = (await taken.json()) as { metadataEndpoint: string };
    this.#metadataEndpoint = metadataEndpoint;
    this.#agent = this.machine.start(this.queue, '--tags', `aws:instance-id=${this.instanceId}`, ...options);
    writeFileSync(this.#path('agent.pid'), String(this.#agent.pid));
    if (!this.#watched) this.#run('watch');
    this.#watched = true;
  }

  /** Settles when the agent has ended, and what its unit does after that has been done. */
  async ended(): Promise<void> {
    const agent = this.#agent;
    if (agent === undefined) throw new Error('no agent was started');
    if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
    const after = this.#run('agent-ended', {
      SERVICE_RESULT: agent.exitCode === 0 ? 'success' : 'exit-code',
    });
    if (after.exitCode === null) await once(after, 'exit');
  }

  #run(command: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn(process.execPath, [HOST, command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...this.machine.environment,
        PATH: `${this.#path('bin')}:${process.env['PATH'] ?? ''}`,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: this.#metadataEndpoint,
        ...environment,
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        appendFileSync(this.#path('lifecycle.log'), text);
      });
    }
    this.#processes.push(child);
    return child;
  }

  /** What the watcher and the others have said. */
  get log(): string {
    return this.#read('lifecycle.log');
  }

  /** What was asked of systemd. */
  get systemctl(): string {
    return this.#read('systemctl.log');
  }

  #read(name: string): string {
    return existsSync(this.#path(name)) ? readFileSync(this.#path(name), 'utf8') : '';
  }

  stop(): void {
    for (const child of this.#processes) child.kill('SIGKILL');
  }
}
