import { expect } from 'chai';
import { deadInstance, followBoots, stillbornInstance } from '../../../src/scaler/group/lost-instances.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

describe('following boots', () => {
  const before = new Map([['i-1', { since: 1, until: 2 }]]);
  for (const [situation, members, boots] of [
    [
      'begins when an instance launches',
      { pending: ['i-2'], terminating: [] },
      [['i-2', { since: NOW, until: NOW }]],
    ],
    ['goes on while it launches', { pending: ['i-1'], terminating: [] }, [['i-1', { since: 1, until: NOW }]]],
    [
      'keeps what it knows of one that ends',
      { pending: [], terminating: ['i-1'] },
      [['i-1', { since: 1, until: 2 }]],
    ],
    ['ends with its service', { pending: [], terminating: [] }, []],
    ['knows nothing of one that ends after its service', { pending: [], terminating: ['i-9'] }, []],
  ] as const) {
    it(situation, () => {
      expect([...followBoots(before, members, NOW)]).to.eql(boots);
    });
  }
});

describe('an instance whose boot never ended', () => {
  const found = (since: number, until: number, busy = 0, terminating: readonly string[] = ['i-1']) =>
    stillbornInstance(new Map([['i-1', { since, until }]]), { terminating }, { busy }, NOW);

  it('launched for ten minutes and ends', () => {
    expect(found(NOW - 10 * MINUTE, NOW)).to.equal('i-1');
    expect(found(NOW - 10 * MINUTE + 1, NOW), 'it may have entered service').to.equal(undefined);
    expect(found(NOW - 60 * MINUTE, NOW - 51 * MINUTE), 'long ago').to.equal(undefined);
    expect(found(NOW - 10 * MINUTE, NOW, 0, []), 'it still launches').to.equal(undefined);
    expect(found(NOW - 10 * MINUTE, NOW, 0, ['i-9']), 'another one ends').to.equal(undefined);
  });

  it('was seen so just before where agents are busy, as one of them may be its own', () => {
    expect(found(NOW - 20 * MINUTE, NOW - 15_000, 1)).to.equal('i-1');
    expect(found(NOW - 20 * MINUTE, NOW - 15_001, 1)).to.equal(undefined);
    expect(found(NOW - 20 * MINUTE, NOW - 5 * MINUTE, 0), 'none is busy').to.equal('i-1');
  });

  it('is the first of those that are', () => {
    const boots = new Map([
      ['i-1', { since: NOW, until: NOW }],
      ['i-2', { since: 0, until: NOW }],
    ]);
    expect(stillbornInstance(boots, { terminating: ['i-1', 'i-2'] }, { busy: 0 }, NOW)).to.equal('i-2');
  });
});

describe('an instance in service that is dead', () => {
  const found = (
    { total = 0, scheduled = 1, paused = false, none = false },
    since: number | undefined = NOW - 10 * MINUTE,
  ) =>
    deadInstance(
      {
        agents: { idle: 0, busy: 0, total },
        jobs: { scheduled, running: 0, waiting: 0 },
        group: { min: 0, max: 9, desired: 2, pending: 0, inService: 2, terminating: 0, paused },
        now: NOW,
      },
      { inService: none ? [] : ['i-1', 'i-2'] },
      since,
    );

  it('is replaced where jobs have waited for ten minutes without a single agent', () => {
    expect(found({})).to.equal('i-1');
  });
  for (const [situation, facts] of [
    ['an agent is there', { total: 1 }],
    ['no job waits', { scheduled: 0 }],
    ['the group is paused', { paused: true }],
    ['none is in service', { none: true }],
  ] as const) {
    it(`is not where ${situation}`, () => {
      expect(found(facts)).to.equal(undefined);
    });
  }
  it('is not before ten minutes', () => {
    expect(found({}, NOW - 10 * MINUTE + 1)).to.equal(undefined);
    expect(
      deadInstance(
        {
          agents: { idle: 0, busy: 0, total: 0 },
          jobs: { scheduled: 1, running: 0, waiting: 0 },
          group: { min: 0, max: 9, desired: 2, pending: 0, inService: 2, terminating: 0, paused: false },
          now: NOW,
        },
        { inService: ['i-1'] },
        undefined,
      ),
      'agents are not missing',
    ).to.equal(undefined);
  });
});
