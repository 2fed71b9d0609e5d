import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { seeded } from '../../src/simulate/engine/random.ts';
import { Killer, requestsOf } from './support/killing.ts';
import { INSTANCES, LoadedStack } from './support/loaded-stack.ts';

const KILLS = 20;
/** Milliseconds at most after a kill in which nobody goes on with it. */
const NOBODY = 300;

describe('bk-stack on 40 busy instances, killed with SIGKILL at 20 random points', function () {
  this.timeout(900_000);
  let random: () => number;
  let stack: LoadedStack;

  beforeEach(async () => {
    random = seeded(11);
    stack = new LoadedStack(random);
    await stack.start();
  });
  afterEach(() => stack.remove());

  /** @returns the requests that it has made */
  const undisturbed = async (...args: string[]) => {
    const done = await stack.sandbox.run(...args, '--debug');
    expect(done.exitCode, done.stderr).to.equal(0);
    return requestsOf(done);
  };
  const noJobIsLost = async () => {
    const { lost, finished } = await stack.jobs();
    expect(lost).to.equal(0);
    expect(finished).to.be.greaterThan(0);
  };
  const updating = (value: number, ...options: string[]) => [
    ...['update', 'ci', '--yes', ...options, '--param', `RootVolumeSize=${value}`],
  ];

  /** Updates, is killed again and again, and is gone on with, until the update has got to its end. */
  const updateKilled = async (
    killer: Killer,
    value: number,
    options: readonly string[],
    requests: readonly string[],
  ) => {
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
      if (run === undefined) await sleep(random() * NOBODY);
      // The last request of one that was killed may be carried out after the look at the journal.
      else if (run.exitCode !== 0) expect(run.stderr).to.match(/(An|No) update of ci is under way/);
    }
  };

  /** Update after update, each killed, until that was often enough. Each ends as one that nobody has disturbed. */
  const updatesKilled = async (
    options: readonly string[],
    aims: readonly string[],
    afterwards: (since: Date) => Promise<void>,
  ) => {
    const requests = await undisturbed(...updating(31, ...options));
    await stack.whole();
    const expected = await stack.state();
    const killer = new Killer(stack.sandbox, random, { kills: KILLS, aims });
    for (let value = 32; !killer.enough; value += 1) {
      const since = await stack.now();
      await updateKilled(killer, value, options, requests);
      await stack.whole();
      expect(await stack.state()).to.eql(expected);
      await noJobIsLost();
      await afterwards(since);
    }
  };

  it('updates rolling: the same end, no job lost, and no fewer instances in service than asked for', async () => {
    const aims = ['ssm PutParameter', 'cloudformation ExecuteChangeSet', 'auto-scaling StartInstanceRefresh'];
    await updatesKilled(['--batch', '25', '--min-healthy', '100'], aims, async (since) => {
      expect(await stack.fewestInService(since)).to.equal(INSTANCES);
    });
  });

  it('keeps the smaller share in service that was asked for', async () => {
    const since = await stack.now();
    await undisturbed(...updating(31, '--batch', '0', '--min-healthy', '75'));
    await stack.whole();
    expect(await stack.fewestInService(since)).to.equal(INSTANCES * 0.75);
    await noJobIsLost();
  });

  it('updates drained: the same end, and no job lost', async () => {
    const aims = [
      'ssm PutParameter',
      'auto-scaling SuspendProcesses',
      'cloudformation ExecuteChangeSet',
      'auto-scaling ResumeProcesses',
    ];
    await updatesKilled(['--strategy', 'drain'], aims, () => Promise.resolve());
  });

  it('goes to zero and comes back: the same size, and no job lost', async () => {
    const down = ['scale-to-zero', 'ci', '--wait'];
    const up = ['resume', 'ci'];
    const requests = { down: await undisturbed(...down), up: [] as string[] };
    const zero = await stack.state();
    requests.up = await undisturbed(...up);
    await stack.whole();
    const full = await stack.state();
    const killers = {
      down: new Killer(stack.sandbox, random, {
        kills: KILLS,
        aims: ['auto-scaling CreateOrUpdateTags', 'auto-scaling SuspendProcesses'],
      }),
      up: new Killer(stack.sandbox, random, {
        kills: KILLS,
        aims: ['auto-scaling UpdateAutoScalingGroup', 'auto-scaling ResumeProcesses'],
      }),
    };
    const killed = async (killer: Killer, most: number, command: readonly string[]) => {
      for (;;) {
        const run = await killer.run(most, ...command);
        if (run === undefined) await sleep(random() * NOBODY);
        else return expect(run.exitCode, run.stderr).to.equal(0);
      }
    };
    while (!killers.down.enough || !killers.up.enough) {
      await killed(killers.down, Math.ceil(requests.down.length / 4), down);
      expect(await stack.state()).to.eql(zero);
      // Before the last request: one that gets through ends the round, and to be at zero again takes long.
      await killed(killers.up, requests.up.length - 1, up);
      await stack.whole();
      expect(await stack.state()).to.eql(full);
      await noJobIsLost();
    }
  });
});
