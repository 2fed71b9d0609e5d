import { expect } from 'chai';
import {
  attempted,
  isRetryDue,
  type Overlooked,
  stuckCount,
  type StuckJobs,
  stuckOf,
  untriedJobs,
  type Watch,
  watchedInVain,
  watchJobs,
} from '../../../src/scaler/sizing/stuck-jobs.ts';

const NOW = 1_000_000;
const stuck = (parts: Partial<StuckJobs> = {}): StuckJobs => ({
  ...{ jobs: 4, retryAt: NOW + 60_000, pauseMs: 240_000, starting: 0, nothingStarts: false },
  ...parts,
});
/** Watched for so many seconds, and quiet for so many of them. */
const overlooked = (seconds: number, quiet = seconds, parts: Partial<Overlooked> = {}): Overlooked => ({
  ...{ since: NOW - seconds * 1000, quietSince: NOW - quiet * 1000, quietLooks: 5, jobs: 3, ownIdle: 2 },
  ...parts,
});
const before = (parts: Partial<Watch> = {}): Watch => ({
  ...{ overlooked: undefined, stuck: undefined, lookedAt: NOW - 10_000, running: 5, scheduled: 3 },
  ...parts,
});
const watch = (
  given: Partial<Watch>,
  {
    scheduled = 3,
    running = 5,
    idle = 4,
    own = idle,
  }: Partial<Record<'scheduled' | 'running' | 'idle' | 'own', number>> = {},
) =>
  watchJobs(
    {
      jobs: { scheduled, running, waiting: 0 },
      agents: { idle, busy: running, total: idle + running },
      now: NOW,
    },
    { ownIdle: { least: own, most: idle }, foreignIdle: 0 },
    before(given),
  );

describe('watching jobs that wait although agents are idle', () => {
  it('begins at the first look that sees both', () => {
    expect(watch({}).overlooked).to.eql({ since: NOW, quietSince: NOW, quietLooks: 1, jobs: 3, ownIdle: 4 });
    expect(watch({}, { idle: 0 }).overlooked, 'no agent is idle').to.equal(undefined);
    expect(watch({}, { scheduled: 0 }).overlooked, 'no job waits').to.equal(undefined);
    expect(watch({ stuck: stuck({ jobs: 3 }) }).overlooked, 'all are known to be stuck').to.equal(undefined);
    expect(watch({ stuck: stuck({ jobs: 2 }) }).overlooked?.jobs, 'but for the stuck ones').to.equal(1);
  });

  it('ends when either is over', () => {
    expect(watch({ overlooked: overlooked(20) }, { idle: 0 }).overlooked).to.equal(undefined);
    expect(watch({ overlooked: overlooked(20) }, { scheduled: 0 }).overlooked).to.equal(undefined);
  });

  it('keeps the fewest of both', () => {
    const kept = (facts: Parameters<typeof watch>[1]) =>
      watch({ overlooked: overlooked(20) }, facts).overlooked;
    expect(kept({})).to.include({ jobs: 3, ownIdle: 2, since: NOW - 20_000 });
    expect(kept({ scheduled: 2 })).to.include({ jobs: 2, ownIdle: 2 });
    expect(kept({ scheduled: 9 })).to.include({ jobs: 3 });
    expect(kept({ own: 1 })).to.include({ jobs: 3, ownIdle: 1 });
  });

  it('starts the quiet time anew when jobs start or end, and not when more come', () => {
    const quiet = (facts: Parameters<typeof watch>[1]) =>
      watch({ overlooked: overlooked(20) }, facts).overlooked?.quietSince;
    expect(quiet({})).to.equal(NOW - 20_000);
    expect(quiet({ running: 6 })).to.equal(NOW);
    expect(quiet({ running: 4 })).to.equal(NOW);
    expect(quiet({ scheduled: 2 })).to.equal(NOW);
    expect(quiet({ scheduled: 4 })).to.equal(NOW - 20_000);
  });

  it('remembers the jobs of this look', () => {
    expect(watch({}, { scheduled: 8, running: 9 })).to.include({ scheduled: 8, running: 9 });
    expect(watch({ overlooked: overlooked(40) }, {})).to.include({ scheduled: 3, running: 5 });
  });

  it("finds jobs stuck that the group's own idle agents left waiting for forty quiet seconds", () => {
    expect(watch({ overlooked: overlooked(39.999) }).stuck).to.equal(undefined);
    expect(watch({ overlooked: overlooked(40) })).to.deep.include({
      overlooked: undefined,
      // As many as agents were idle, and tried at once.
      stuck: { jobs: 2, retryAt: NOW, pauseMs: 120_000, starting: 0, nothingStarts: true },
    });
    expect(watch({ overlooked: overlooked(40, 40, { ownIdle: 9 }) }, { own: 9 }).stuck?.jobs).to.equal(3);
    expect(watch({ overlooked: overlooked(99, 39) }).stuck, 'not quiet for so long').to.equal(undefined);
  });

  it('takes two looks for none: what was between them is not known', () => {
    const looks = (quietLooks: number) =>
      watch({ overlooked: overlooked(40, 40, { quietLooks }) }).overlooked;
    expect(looks(1)).to.include({ quietLooks: 2 });
    expect(looks(2), 'the third').to.equal(undefined);
  });

  it('begins anew after an outage', () => {
    const apart = (lookedAt: number) => watch({ overlooked: overlooked(400), lookedAt });
    expect(apart(NOW - 90_000).stuck?.jobs).to.equal(2);
    expect(apart(NOW - 90_001)).to.deep.include({
      stuck: undefined,
      overlooked: { since: NOW, quietSince: NOW, quietLooks: 1, jobs: 3, ownIdle: 4 },
    });
  });

  it('counts every waiting job among the stuck ones until one starts, whether or not agents are idle then', () => {
    const quiet = stuck({ jobs: 2, nothingStarts: true });
    const after = (parts: Partial<StuckJobs>, running = 5) =>
      watch({ stuck: { ...quiet, ...parts } }, { scheduled: 9, running }).stuck;
    expect(stuckCount(after({}), { scheduled: 9 })).to.equal(9);
    expect(stuckCount(after({}, 6), { scheduled: 9 }), 'one has started').to.equal(2);
    expect(stuckCount(after({}, 4), { scheduled: 9 }), 'one has ended').to.equal(9);
    expect(stuckCount(after({ nothingStarts: false }), { scheduled: 9 })).to.equal(2);
    expect(stuckCount(undefined, { scheduled: 9 })).to.equal(0);
    expect(watch({ stuck: quiet }, { scheduled: 9 }).overlooked, 'nothing else to watch').to.equal(undefined);
  });

  it('finds none stuck that only agents of others left waiting, and goes on watching', () => {
    const seen = watch({ overlooked: overlooked(40, 40, { ownIdle: 0 }) });
    expect(seen.stuck).to.equal(undefined);
    expect(seen.overlooked?.jobs).to.equal(3);
  });

  it('adds to those that are stuck already, and leaves their attempt where it is', () => {
    const known = stuck({ jobs: 4 });
    const seen = watch({ overlooked: overlooked(40), stuck: known, scheduled: 7 }, { scheduled: 7 });
    expect(seen.stuck).to.eql({ ...known, jobs: 6, nothingStarts: true });
  });
});

describe('jobs that are stuck', () => {
  const known = (scheduled: number, running: number) =>
    watch({ stuck: stuck({ jobs: 4 }), running: 5 }, { scheduled, running, idle: 0 }).stuck;

  it('stay so while as many wait', () => {
    expect(known(4, 9)?.jobs).to.equal(4);
    expect(known(9, 9)?.jobs).to.equal(4);
  });
  it('are fewer when some are gone and none has started: canceled', () => {
    expect(known(3, 5)).to.eql(stuck({ jobs: 3 }));
    expect(known(3, 4)?.jobs).to.equal(3);
  });
  it('are none when one may have started, or none is left', () => {
    expect(known(3, 6)).to.equal(undefined);
    expect(known(0, 5)).to.equal(undefined);
  });
});

describe('jobs that this group has not tried', () => {
  it('are those that idle agents of others left for forty quiet seconds', () => {
    expect(untriedJobs(undefined, NOW)).to.equal(0);
    expect(untriedJobs(overlooked(39.999), NOW)).to.equal(0);
    expect(untriedJobs(overlooked(40), NOW)).to.equal(3);
  });
  it('or, where jobs come and go and no own agent is idle, for a hundred', () => {
    expect(untriedJobs(overlooked(99.999, 0, { ownIdle: 0 }), NOW)).to.equal(0);
    expect(untriedJobs(overlooked(100, 0, { ownIdle: 0 }), NOW)).to.equal(3);
    expect(untriedJobs(overlooked(100, 0, { ownIdle: 1 }), NOW)).to.equal(0);
  });
  it('are watched anew once that led to nothing', () => {
    expect(watchedInVain(overlooked(39.999), NOW)).to.eql(overlooked(39.999));
    expect(watchedInVain(overlooked(40), NOW)).to.equal(undefined);
    expect(watchedInVain(undefined, NOW)).to.equal(undefined);
  });
});

describe('an attempt', () => {
  it('is due at its time', () => {
    expect(isRetryDue(undefined, NOW)).to.equal(false);
    expect(isRetryDue(stuck({ retryAt: NOW + 1 }), NOW)).to.equal(false);
    expect(isRetryDue(stuck({ retryAt: NOW }), NOW)).to.equal(true);
  });

  for (const [situation, known, untried, starting, outcome] of [
    [
      'the first',
      undefined,
      3,
      4,
      { jobs: 3, starting: 4, retryAt: NOW + 120_000, pauseMs: 240_000, nothingStarts: false },
    ],
    [
      'the second, twice as far from the third',
      stuck({ retryAt: NOW, pauseMs: 120_000, starting: 1 }),
      0,
      2,
      { jobs: 4, starting: 3, retryAt: NOW + 120_000, pauseMs: 240_000, nothingStarts: false },
    ],
    [
      'a later one, and five and a half minutes at most',
      stuck({ retryAt: NOW, pauseMs: 240_000 }),
      2,
      3,
      { jobs: 6, starting: 3, retryAt: NOW + 240_000, pauseMs: 330_000, nothingStarts: false },
    ],
    [
      'while nothing starts',
      stuck({ retryAt: NOW, pauseMs: 120_000, nothingStarts: true }),
      0,
      2,
      { jobs: 4, starting: 2, retryAt: NOW + 120_000, pauseMs: 240_000, nothingStarts: true },
    ],
    [
      'for other jobs before it is due, which does not put it off',
      stuck({ retryAt: NOW + 1, pauseMs: 240_000 }),
      2,
      2,
      { jobs: 6, starting: 2, retryAt: NOW + 1, pauseMs: 240_000, nothingStarts: false },
    ],
  ] as const) {
    it(`is remembered: ${situation}`, () => {
      expect(attempted(known, untried, starting, NOW)).to.eql(outcome);
    });
  }
});

describe('the tag of stuck jobs', () => {
  for (const tag of [
    'x3 until 2026-11-25T11:00:00Z then 240 s',
    '3 until 2026-11-25T11:00:00Z then 240 sx',
    '3 until 2026-11-25T11:00:00Z then x s',
    '3 until 2026-11-25T11:00:00Z then 2x s',
    '3 until 2026-11-25T11:00:00Z then 240 s and nothing',
  ])
    it(`is not read from ${tag}`, () => {
      expect(stuckOf(tag)).to.equal(undefined);
    });
  it('is read with numbers of any length', () => {
    expect(stuckOf('13 until 2026-11-25T11:00:00Z then 5 s')).to.include({
      jobs: 13,
      pauseMs: 5000,
      starting: 0,
    });
  });
});
