import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Outcome, type Run, run as runReally, type RunOptions } from '../../../shell/run.ts';

export interface FileOptions {
  readonly mode?: number;
  /** `USER:GROUP`. Default root. */
  readonly owner?: string;
}

/** The machine that is set up. Everything below `root`, which is `/` but in tests. */
export class Machine {
  constructor(
    readonly say: (line: string) => void,
    readonly root = '/',
    readonly run: Run = runReally,
    readonly download: (url: string) => Promise<Uint8Array> = downloadReally,
  ) {}

  /** For commands that are given a path. */
  pathOf(path: string): string {
    return join(this.root, path);
  }

  exists(path: string): boolean {
    return existsSync(this.pathOf(path));
  }

  /** The names in a folder. */
  list(path: string): string[] {
    return readdirSync(this.pathOf(path));
  }

  read(path: string): string {
    return readFileSync(this.pathOf(path), 'utf8');
  }

  /** Writes whole files, with their rights from the first byte on. */
  async write(
    path: string,
    content: string | Uint8Array,
    { mode = 0o644, owner }: FileOptions = {},
  ): Promise<void> {
    const place = this.pathOf(path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content, { mode });
    // The mode above is for new files, and the umask takes from it.
    chmodSync(place, mode);
    if (owner !== undefined) await this.must('chown', [owner, place]);
  }

  async folder(path: string, { mode = 0o755, owner }: FileOptions = {}): Promise<void> {
    const place = this.pathOf(path);
    mkdirSync(place, { recursive: true, mode });
    chmodSync(place, mode);
    if (owner !== undefined) await this.must('chown', [owner, place]);
  }

  /** @throws Error with the command and the last of what it said */
  async must(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const outcome = await this.run(command, args, options);
    if (outcome.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${lastOutput(outcome)}`);
    return outcome.stdout.trim();
  }

  async succeeds(command: string, args: readonly string[]): Promise<boolean> {
    return (await this.run(command, args)).status === 0;
  }

  /** For what the network or another user of the package database may disturb. @throws Error of the last attempt */
  async withRetry<Result>(what: string, attempt: () => Promise<Result>, attempts = 6): Promise<Result> {
    for (let tried = 1; ; tried++) {
      try {
        return await attempt();
      } catch (error) {
        if (tried === attempts) throw error;
        this.say(`${what}: ${(error as Error).message}; trying again`);
        await sleep(Math.min(2 ** tried, 30) * 1000);
      }
    }
  }

  /**
   * Downloads a program, checked against a SHA-256.
   * @throws Error when the content is another
   */
  async install(path: string, url: string, sha256: string): Promise<void> {
    const content = await this.withRetry(url, () => this.download(url));
    const found = createHash('sha256').update(content).digest('hex');
    if (found !== sha256) throw new Error(`${url} has the SHA-256 ${found}, and ${sha256} was expected`);
    await this.write(path, content, { mode: 0o755 });
  }
}

function lastOutput({ stdout, stderr, status }: Outcome): string {
  const lines = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('\n');
  return lines === '' ? `it ended with ${status}` : lines;
}

async function downloadReally(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
