import type { CliSandbox } from './sandbox.ts';
import { until } from './until.ts';

export interface QueueState {
  readonly agents: { readonly total: number; readonly busy: number };
  readonly jobs: { readonly scheduled: number; readonly running: number };
}

/** Keeps as many jobs in a sandbox's queue, waiting or running: a new one comes for each that ends. */
export class ConstantLoad {
  #stopped = false;
  #keeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly sandbox: CliSandbox,
    private readonly queue: string,
    private readonly random: () => number,
  ) {}

  /** @param seconds the shortest and the longest job, in the sandbox's time */
  start(count: number, seconds: readonly [number, number]): void {
    this.#keeping = this.#keep(count, seconds);
    // It is told by stop().
    this.#keeping.catch(() => undefined);
  }

  /** @throws whatever kept it from going on */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#keeping;
  }

  /** As Buildkite's metrics tell it. */
  async state(): Promise<QueueState> {
    const answer = await fetch(`${this.sandbox.endpoint}/_buildkite/v3/metrics/queue?name=${this.queue}`, {
      headers: { authorization: 'Token token' },
    });
    if (!answer.ok) throw new Error(`The queue could not be read: ${answer.status}`);
    return (await answer.json()) as QueueState;
  }

  async #keep(count: number, [least, most]: readonly [number, number]): Promise<void> {
    const refill = async () => {
      const { jobs } = await this.state();
      for (let there = jobs.scheduled + jobs.running; there < count; there += 1) {
        const seconds = Math.round(least + this.random() * (most - least));
        await this.sandbox.control('jobs', {
          method: 'POST',
          body: JSON.stringify({ queue: this.queue, seconds }),
        });
      }
      return this.#stopped;
    };
    await until('the load is stopped', refill, { seconds: Infinity, every: 200 });
  }
}
