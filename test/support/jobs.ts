import type { CliSandbox } from './sandbox.ts';
import { until } from './until.ts';

/** Far longer than any test, however slow the machine is that runs it; shorter than an instance may take to end. */
const UNTIL_TOLD = 80_000;

/**
 * Jobs in a sandbox. They run until they are told to finish: the sandbox's time goes on while a slow machine is still starting
 * the program under test, so that a job with an end of its own may be over before it is looked at.
 */
export class SandboxJobs {
  constructor(
    private readonly sandbox: CliSandbox,
    private readonly queue = 'q',
  ) {}

  async push(count = 1, seconds = UNTIL_TOLD): Promise<void> {
    for (let left = count; left > 0; left -= 1)
      await this.#ask('POST', 'jobs', { queue: this.queue, seconds });
  }

  /** Of all jobs, oldest first. */
  async states(): Promise<string[]> {
    return (await this.#ask('GET', 'jobs')).jobs?.map(({ state }) => state) ?? [];
  }

  /** Ends those that run. */
  async finish(): Promise<void> {
    await this.#ask('POST', 'jobs/finish');
  }

  /** Waits until none waits for an agent. */
  async allTaken(): Promise<void> {
    await until('all jobs run', async () => !(await this.states()).includes('scheduled'));
  }

  /** Ends all, also those that wait for an agent still, and looks that none is lost. */
  async allFinished(): Promise<void> {
    await until('all jobs finish', async () => {
      await this.finish();
      return (await this.states()).every((state) => state === 'finished' || state === 'lost');
    });
    const lost = (await this.states()).filter((state) => state === 'lost');
    if (lost.length > 0) throw new Error(`${lost.length} jobs are lost`);
  }

  async #ask(method: string, path: string, body?: object) {
    const answer = await this.sandbox.control(path, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as { readonly jobs?: readonly { readonly state: string }[] };
  }
}
