import { expect } from 'chai';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { Killer, requestsOf } from './killing.ts';
import { LoadedStack } from './loaded-stack.ts';

const KILLS = 20;
/** Seconds at most of the stack's time, after a kill, in which nobody resumes. */
const NOBODY = 18;

/** Operations on the loaded stack that are killed with SIGKILL, again and again, and resumed. */
export class Interruptions {
  readonly #random = seeded(11);
  readonly stack = new LoadedStack(this.#random);

  /** @returns the requests that a command makes which nobody kills */
  async undisturbed(...args: string[]): Promise<string[]> {
    const done = await this.stack.sandbox.run(...args, '--debug');
    expect(done.exitCode, done.stderr).to.equal(0);
    return requestsOf(done);
  }

  async noJobIsLost(): Promise<void> {
    const { lost, finished } = await this.stack.jobs();
    expect(lost).to.equal(0);
    expect(finished).to.be.greaterThan(0);
  }

  killer(...aims: string[]): Killer {
    return new Killer(this.stack.sandbox, this.#random, { kills: KILLS, aims });
  }

  /** Lets some of the stack's time pass in which nobody resumes. */
  async nobodyResumes(): Promise<void> {
    await this.stack.sandbox.pass(this.#random() * NOBODY);
  }

  /** Runs a command until it gets to its end, however often it is killed before. */
  async killed(killer: Killer, most: number, command: readonly string[]): Promise<void> {
    for (;;) {
      const run = await killer.run(most, ...command);
      if (run !== undefined) return void expect(run.exitCode, run.stderr).to.equal(0);
      await this.nobodyResumes();
    }
  }

  /** Update after update, each killed, until that was often enough. Each ends as one that nobody has disturbed. */
  async updatesKilled(
    options: readonly string[],
    aims: readonly string[],
    afterwards: (since: Date) => Promise<void>,
  ): Promise<void> {
    const { stack } = this;
    const requests = await this.undisturbed(...updating(31, ...options));
    await stack.whole();
    const expected = await stack.state();
    const killer = this.killer(...aims);
    for (let value = 32; !killer.enough; value += 1) {
      const since = await stack.now();
      await this.#updateKilled(killer, value, options, requests);
      await stack.whole();
      expect(await stack.state()).to.eql(expected);
      await this.noJobIsLost();
      await afterwards(since);
    }
  }

  /** Updates, is killed again and again, and is resumed, until the update has got to its end. */
  async #updateKilled(
    killer: Killer,
    value: number,
    options: readonly string[],
    requests: readonly string[],
  ): Promise<void> {
    const { stack } = this;
    // So many lead to where it is begun, and a few further: else it is rarely got beyond that.
    const begins = requests.indexOf('cloudformation ExecuteChangeSet') + 6;
    const goesOn = Math.ceil(requests.length / 12);
    for (;;) {
      const journal = await stack.journal();
      if (journal === undefined && (await stack.changed()) === String(value)) return;
      const run =
        journal === undefined
          ? await killer.run(begins, ...updating(value, ...options))
          : await killer.run(goesOn, 'update', 'ci', '--resume');
      if (run === undefined) await this.nobodyResumes();
      // The last request of one that was killed may be carried out after the look at the journal.
      else if (run.exitCode !== 0) expect(run.stderr).to.match(/(An|No) update of ci is under way/);
    }
  }
}

/** The command that updates the stack, in a way that needs new instances. */
export function updating(value: number, ...options: string[]): string[] {
  return ['update', 'ci', '--yes', ...options, '--param', `RootVolumeSize=${value}`];
}
