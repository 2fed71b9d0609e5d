import { expect } from 'chai';
import { ensureSpace, shortage } from '../../../src/host/job/disk.ts';

const GIB = 1024 ** 3;
const ROOMY = { path: '/', bytes: 6 * GIB, inodes: 300_000, totalInodes: 10_000_000 };

const POLICY = { pruneUntil: '4h', pruneBuildCache: true, purgeBuilds: true };

describe('the disk check', () => {
  it('wants 5 GiB and 250,000 inodes', () => {
    expect(shortage(ROOMY)).to.equal(undefined);
    expect(shortage({ ...ROOMY, path: '/b', bytes: 4 * GIB })).to.contain('/b has 4096 MiB left');
    expect(shortage({ ...ROOMY, inodes: 1000 })).to.contain('1000 inodes');
    expect(shortage({ ...ROOMY, inodes: 0, totalInodes: 0 }), 'a file system that counts none').to.equal(
      undefined,
    );
  });

  /** A disk that is short until enough of it was cleared. */
  const disk = (stepsNeeded: number, runningJobs = 1) => {
    const done: string[] = [];
    const step = (name: string) => () => {
      done.push(name);
      return Promise.resolve();
    };
    return {
      done,
      calls: {
        shortage: () => Promise.resolve(done.length >= stepsNeeded ? undefined : 'short'),
        runningJobs: () => Promise.resolve(runningJobs),
        pruneDocker: ({
          olderThan = 'all',
          buildCache,
        }: {
          olderThan: string | undefined;
          buildCache: boolean;
        }) => step(`prune ${olderThan}${buildCache ? ' and the cache' : ''}`)(),
        purgeBuilds: step('purge'),
        say: () => undefined,
      },
    };
  };

  it('clears no more than it has to', async () => {
    for (const [steps, expected] of [
      [0, []],
      [1, ['prune 4h and the cache']],
      [2, ['prune 4h and the cache', 'prune all and the cache']],
      [3, ['prune 4h and the cache', 'prune all and the cache', 'purge']],
    ] as const) {
      const { calls, done } = disk(steps);
      expect(await ensureSpace(calls, POLICY)).to.equal(undefined);
      expect(done).to.eql(expected);
    }
  });

  it('keeps checkouts unless told otherwise, and says what is short', async () => {
    const { calls, done } = disk(3);
    expect(await ensureSpace(calls, { ...POLICY, purgeBuilds: false, pruneBuildCache: false })).to.equal(
      'short',
    );
    expect(done).to.eql(['prune 4h', 'prune all']);
  });

  it('clears nothing while another job runs', async () => {
    const { calls, done } = disk(1, 2);
    expect(await ensureSpace(calls, POLICY)).to.equal('short');
    expect(done).to.eql([]);
  });
});
