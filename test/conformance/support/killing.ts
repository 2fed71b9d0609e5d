import type { Finished, RunOptions } from '../../support/process.ts';
import type { CliSandbox } from '../../support/sandbox.ts';

/** Milliseconds at most from the answer that a kill follows to the kill: the next request may be on its way by then. */
const LATEST = 25;

/** Where a process is killed: when so many requests to AWS were answered, or one of this name. */
type KillPoint = number | string;

/** The requests to AWS, in the order of their answers, that `--debug` tells of: `ssm PutParameter`. */
export function requestsOf({ stderr }: Pick<Finished, 'stderr'>): string[] {
  return [...stderr.matchAll(/^· (\S+ \S+) /gm)].map(([, name = '']) => name);
}

/** Runs the CLI, and kills it with SIGKILL, until that was often enough. */
export class Killer {
  #left: number;
  readonly #aims: string[];

  /**
   * @param aims requests after which it is killed too, in this order, beside the random points: what they have done is not
   * written down yet
   */
  constructor(
    private readonly sandbox: CliSandbox,
    private readonly random: () => number,
    { kills, aims }: { readonly kills: number; readonly aims: readonly string[] },
  ) {
    this.#left = kills;
    this.#aims = [...aims];
  }

  get enough(): boolean {
    return this.#left === 0 && this.#aims.length === 0;
  }

  /**
   * Runs the CLI to the next point to kill it, or to its end where that comes first.
   * @param most requests that it gets to make at a random point
   * @returns undefined for one that was killed
   */
  async run(most: number, ...args: string[]): Promise<Finished | undefined> {
    const [aim] = this.#aims;
    const point = aim ?? (this.#left === 0 ? Infinity : 1 + Math.floor(this.random() * most));
    const finished = await this.#runTo(point, [...args, '--debug']);
    if (finished.exitCode !== null) return finished;
    if (aim === undefined) this.#left -= 1;
    else this.#aims.shift();
    return undefined;
  }

  #runTo(point: KillPoint, args: readonly string[]): Promise<Finished> {
    const watch: RunOptions['watch'] = (child) => {
      let stderr = '';
      let aimed = false;
      child.stderr.on('data', (text: string) => {
        stderr += text;
        const requests = requestsOf({ stderr });
        const there = typeof point === 'number' ? requests.length >= point : requests.includes(point);
        if (aimed || !there) return;
        aimed = true;
        // eslint-disable-next-line no-restricted-globals -- nothing waits for it: the instant is random on purpose
        setTimeout(() => child.kill('SIGKILL'), this.random() * LATEST);
      });
    };
    return this.sandbox.runWith({ watch }, ...args);
  }
}
