import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSandbox } from '../../../src/sandbox/server/process/discovery.ts';
import { stateDirectory } from '../../../src/sandbox/server/process/paths.ts';
import { awsEnvironment } from '../../support/aws-environment.ts';
import { runCli } from '../../support/process.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import { runTool } from './tools.ts';

/** What one call of the AWS CLI gave: its answer, or AWS's error. */
export interface Answer {
  readonly exitCode: number | null;
  /** The answer; what is asked of it is known to the test that asks. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
  readonly stdout: string;
  readonly stderr: string;
}

/** A sandbox of the test's own, started by the built CLI, and the AWS CLI pointed at it. */
export class Sandbox {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<Sandbox> {
    const sandbox = new Sandbox(mkdtempSync(join(tmpdir(), 'bk-stack-conformance-')), await freePort());
    await sandbox.#run(50);
    return sandbox;
  }

  async #run(speed: number): Promise<void> {
    const args = ['sandbox', 'start', '--port', String(this.port), '--speed', String(speed)];
    const started = await this.cli(args);
    if (started.exitCode !== 0) throw new Error(started.stdout + started.stderr);
  }

  /** The same world, at another speed. */
  async restart(speed: number): Promise<void> {
    await this.cli(['sandbox', 'stop']);
    await this.#run(speed);
  }

  async stop(): Promise<void> {
    await this.cli(['sandbox', 'stop']);
    rmSync(this.folder, { recursive: true, force: true });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** For any SDK client. A restart makes new keys. */
  get client() {
    const running = findSandbox(stateDirectory({ XDG_STATE_HOME: this.folder }));
    if (running === undefined) throw new Error('the sandbox is not started');
    return { endpoint: this.endpoint, region: 'us-east-1', credentials: running.credentials };
  }

  cli(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return runCli(args, { env: { XDG_STATE_HOME: this.folder, ...env } });
  }

  /** Calls the AWS CLI, which knows nothing of bk-stack. */
  async aws(...args: string[]): Promise<Answer> {
    const { exitCode, stdout, stderr } = await runTool('awscli', 'aws', args, {
      env: {
        ...awsEnvironment(this.client),
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_DEFAULT_OUTPUT: 'json',
        AWS_PAGER: '',
      },
    });
    return { exitCode, stdout, stderr, json: /^\s*[[{]/.test(stdout) ? JSON.parse(stdout) : undefined };
  }

  /** As `aws`, of a call that is to succeed. */
  async asked(...args: string[]): Promise<Answer['json']> {
    const { exitCode, json, stderr } = await this.aws(...args);
    if (exitCode !== 0) throw new Error(`aws ${args.join(' ')}\n${stderr}`);
    return json;
  }

  /** Asks until the answer has what is waited for; the CLI's own waiters sleep for half a minute. */
  async awaited<Value>(seconds: number, ask: () => Promise<Value | undefined>): Promise<Value> {
    let value: Value | undefined;
    const isThere = async () => (value = await ask()) !== undefined;
    await until(`an answer of ${String(ask)}`, isThere, { seconds });
    return value as Value;
  }
}
