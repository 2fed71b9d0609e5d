import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Places of a running job, which go with it. */
export interface JobPlaces {
  /** The folder of its Docker configuration. */
  readonly docker: string;
  /** The socket of its ssh-agent. */
  readonly sshSocket: string;
}

/**
 * What jobs need for as long as they run: a folder each, named after the agent's process of the job (`buildkite-agent
 * bootstrap`) by its id and its start, so that whatever fails, and whoever looks, it can be told whose job has ended. The
 * variables of a job can't tell it: a hook that fails hands none on. And the agent's own pre-exit hook would be too early, as
 * plugins have theirs after it. https://github.com/buildkite/agent/blob/v3.78.0/internal/job/executor.go (tearDown)
 */
export class JobFolders {
  readonly #root: string;

  constructor(root = join(tmpdir(), `bk-stack-jobs-${process.getuid?.() ?? ''}`)) {
    this.#root = root;
  }

  /**
   * Begins a job: clears what ended jobs have left, and what an earlier try of this one has.
   * @param agentProcess the id of the agent's process of the job
   * @throws Error where that process is gone, or where the folder belongs to somebody else
   */
  begin(agentProcess: number): JobPlaces {
    const start = startOf(agentProcess);
    if (start === undefined) throw new Error(`The agent's process ${agentProcess} of this job is gone`);
    this.#makeRoot();
    const name = `${agentProcess}-${start}`;
    this.#clear((folder) => folder === name || hasEnded(folder));
    const folder = join(this.#root, name);
    const docker = join(folder, 'docker');
    mkdirSync(docker, { recursive: true, mode: 0o700 });
    return { docker, sshSocket: join(folder, 'ssh-agent') };
  }

  /** Ends ssh-agents and removes logins of one job. */
  end(agentProcess: number): void {
    this.#clear((folder) => folder.startsWith(`${agentProcess}-`));
  }

  /** The same for every job whose process has ended. */
  sweep(): void {
    this.#clear(hasEnded);
  }

  #makeRoot(): void {
    mkdirSync(this.#root, { recursive: true, mode: 0o700 });
    // Anybody may make folders beside it.
    const found = lstatSync(this.#root);
    if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
      throw new Error(`${this.#root} is not a folder that this user alone can open`);
    }
  }

  #clear(isLeft: (folder: string) => boolean): void {
    const left = folders(this.#root).filter(isLeft);
    if (left.length === 0) return;
    const sockets = left.map((folder) => join(this.#root, folder, 'ssh-agent'));
    for (const pid of sshAgents(sockets)) {
      try {
        process.kill(pid);
      } catch {
        // It has just ended.
      }
    }
    for (const folder of left) rmSync(join(this.#root, folder), { recursive: true, force: true });
  }
}

function folders(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    // No job has run yet.
    return [];
  }
}

function hasEnded(folder: string): boolean {
  const [, pid, start] = /^(\d+)-(\d+)$/.exec(folder) ?? [];
  return startOf(Number(pid)) !== start;
}

/** When a process started, in the kernel's ticks. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (starttime) */
function startOf(pid: number): string | undefined {
  const stat = procFile(pid, 'stat');
  // The second field is the program's name in parentheses, which may hold blanks and parentheses.
  const [state, ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended, and waits for nothing but its parent.
  return state === 'Z' || state === 'X' ? undefined : others[18];
}

/** ssh-agents that listen on one of these sockets. */
function sshAgents(sockets: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [program = '', ...args] = procFile(pid, 'cmdline').split('\0');
      return program.endsWith('ssh-agent') && args.some((arg) => sockets.includes(arg));
    });
}

/** Empty for a process that is gone. */
function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
