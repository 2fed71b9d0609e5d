import { expect } from 'chai';
import { ensureSpace, type FreeSpace, shortage } from '../../../../src/host/job/disk/space.ts';

const GIB = 1024 ** 3;
const ROOMY: FreeSpace = { path: '/b', bytes: 6 * GIB, inodes: 300_000, totalInodes: 10_000_000 };

const POLICY = { pruneUntil: '4h', pruneBuildCache: true, purgeBuilds: true };

describe('the disk check', () => {
  describe('wants 5 GiB and 250,000 inodes', () => {
    const ROWS: readonly (readonly [Partial<FreeSpace>, string | undefined])[] = [
      [{}, undefined],
      [{ bytes: 5 * GIB }, undefined],
      [{ bytes: 5 * GIB - 1 }, '/b has 5119 MiB left, and jobs need 5120 MiB'],
      [{ bytes: 4 * GIB }, '/b has 4096 MiB left, and jobs need 5120 MiB'],
      [{ bytes: 0, inodes: 0 }, '/b has 0 MiB left, and jobs need 5120 MiB'],
      [{ inodes: 250_000 }, undefined],
      [{ inodes: 249_999 }, '/b has 249999 inodes left, and jobs need 250000'],
      // A file system that counts none, and small ones.
      [{ inodes: 0, totalInodes: 0 }, undefined],
      [{ inodes: 1, totalInodes: 250_000 }, undefined],
      [{ inodes: 1, totalInodes: 250_001 }, '/b has 1 inodes left, and jobs need 250000'],
    ];
    for (const [space, short] of ROWS) {
      it(`${JSON.stringify(space)}: ${short ?? 'enough'}`, () => {
        expect(shortage({ ...ROOMY, ...space })).to.equal(short);
      });
    }
  });

  /** A disk that is short until enough of it was cleared. */
  const disk = (stepsNeeded: number, runningJobs = 1) => {
    const done: string[] = [];
    const said: string[] = [];
    const step = (name: string) => () => {
      done.push(name);
      return Promise.resolve();
    };
    return {
      done,
      said,
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
        say: (line: string) => said.push(line),
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
      const { calls, done, said } = disk(steps);
      expect(await ensureSpace(calls, POLICY)).to.equal(undefined);
      expect(done).to.eql(expected);
      expect(said).to.have.length(steps === 0 ? 0 : steps + 1);
      expect(said.includes('Removing the checkouts of all pipelines.')).to.equal(steps === 3);
    }
  });

  it('keeps checkouts unless told otherwise, and says what is short', async () => {
    const { calls, done, said } = disk(3);
    expect(await ensureSpace(calls, { ...POLICY, purgeBuilds: false, pruneBuildCache: false })).to.equal(
      'short',
    );
    expect(done).to.eql(['prune 4h', 'prune all']);
    expect(said).to.eql([
      'The disk is nearly full: short.',
      "Removing Docker's unused images older than 4h.",
      "Removing Docker's unused images.",
    ]);
  });

  it('clears nothing while another job runs', async () => {
    const { calls, done, said } = disk(1, 2);
    expect(await ensureSpace(calls, POLICY)).to.equal('short');
    expect(done).to.eql([]);
    expect(said).to.eql([
      'The disk is nearly full: short.',
      'Another job runs on this instance, so nothing is removed now.',
    ]);
  });
});
