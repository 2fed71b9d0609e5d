import { expect } from 'chai';
import {
  decideSpotFallback,
  mayFallBack,
  shortageText,
  type SpotFallback,
  type SpotFallbackFacts,
  spotFallbackOf,
  type SpotFallbackSettings,
} from '../../../src/scaler/spot/fallback.ts';
import {
  isSpotShortage,
  shortageIn,
  shortageNow,
  type SpotShortage,
} from '../../../src/scaler/spot/shortage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-25T10:00:00Z');
const since = (minutes: number, until = NOW): SpotShortage => ({
  since: NOW - minutes * MINUTE,
  until,
  reason: 'no capacity',
});

type Given = Partial<SpotFallbackFacts> &
  Partial<SpotFallbackSettings & { shortage: SpotShortage; stack: number }>;

function decided({ purchase = { kind: 'normal' }, onDemandPercentage = 20, paused = false, ...rest }: Given) {
  return decideSpotFallback(
    { purchase, onDemandPercentage, paused },
    rest.shortage,
    { onDemandPercentage: rest.stack ?? 20, spotFallbackMinutes: rest.spotFallbackMinutes ?? 10 },
    NOW,
  );
}

const remember = (purchase: SpotFallback) => ({ kind: 'remember', purchase });
const distribute = (onDemandPercentage: number) => ({ kind: 'distribute', onDemandPercentage });
const onDemand = (until: number): SpotFallback => ({ kind: 'on-demand', until });
const trial = (until: number): SpotFallback => ({ kind: 'trial', until });

describe('the fallback from spot', () => {
  for (const [situation, given, step, reason] of [
    ['spot has capacity', {}, undefined, ''],
    ['spot has failed for nearly ten minutes', { shortage: since(9.999) }, undefined, ''],
    [
      'spot has failed for ten minutes',
      { shortage: since(10) },
      remember(onDemand(NOW + HOUR)),
      'spot has had no capacity for 10 min (no capacity): instances are on-demand until 2026-11-25T11:00Z',
    ],
    ['the stack is told to wait longer', { shortage: since(10), spotFallbackMinutes: 11 }, undefined, ''],
    ['the stack has no fallback', { shortage: since(99), spotFallbackMinutes: 0 }, undefined, ''],
    ['the stack has no spot', { shortage: since(99), stack: 100, onDemandPercentage: 20 }, undefined, ''],
    ['the group is paused', { shortage: since(99), paused: true }, undefined, ''],
    [
      'it is written down and not carried out yet',
      { purchase: onDemand(NOW + 1), shortage: since(99) },
      distribute(100),
      'the group buys 20 % on-demand, and is to buy 100 %',
    ],
    ['it is carried out', { purchase: onDemand(NOW + 1), onDemandPercentage: 100 }, undefined, ''],
    [
      'its hour is over',
      { purchase: onDemand(NOW), onDemandPercentage: 100 },
      remember(trial(NOW + HOUR)),
      'spot is tried again: should it fail before 2026-11-25T11:00Z, instances are on-demand at once',
    ],
    [
      'spot is on trial, and was so far only written down',
      { purchase: trial(NOW + 1), onDemandPercentage: 100 },
      distribute(20),
      'the group buys 100 % on-demand, and is to buy 20 %',
    ],
    ['spot is on trial, and works', { purchase: trial(NOW + 1) }, undefined, ''],
    [
      'spot has failed since the trial began',
      { purchase: trial(NOW + 50 * MINUTE), shortage: since(0, NOW - 10 * MINUTE + 1) },
      remember(onDemand(NOW + HOUR)),
      'spot has had no capacity for 0 min (no capacity): instances are on-demand until 2026-11-25T11:00Z',
    ],
    [
      'spot failed when the trial began, and not since',
      { purchase: trial(NOW + 50 * MINUTE), shortage: since(30, NOW - 10 * MINUTE) },
      undefined,
      '',
    ],
    [
      'the trial is over',
      { purchase: trial(NOW) },
      remember({ kind: 'normal' }),
      'spot has capacity again: instances are bought as the stack has it',
    ],
    [
      'the group was set to something else',
      { onDemandPercentage: 70 },
      distribute(20),
      'the group buys 70 % on-demand, and is to buy 20 %',
    ],
  ] as const) {
    it(`${step?.kind ?? 'leaves it'}s, where ${situation}`.replace('leaves its', 'leaves it'), () => {
      expect(decided(given)).to.eql({ step, reason });
    });
  }

  it('knows nothing of a group that buys one way only', () => {
    const facts = { purchase: onDemand(NOW), onDemandPercentage: undefined, paused: false };
    const settings = { onDemandPercentage: 0, spotFallbackMinutes: 10 };
    expect(decideSpotFallback(facts, since(99), settings, NOW).step).to.equal(undefined);
  });

  it('is for stacks with spot that ask for it', () => {
    const may = (spotFallbackMinutes: number, onDemandPercentage: number) =>
      mayFallBack({ spotFallbackMinutes, onDemandPercentage });
    expect([may(1, 99), may(0, 99), may(1, 100)]).to.eql([true, false, false]);
  });

  it('tells whole minutes, and why', () => {
    expect(shortageText(since(2.99), NOW)).to.equal('spot has had no capacity for 2 min (no capacity)');
    expect(shortageText(undefined, NOW)).to.equal('spot has no capacity');
  });

  for (const tag of ['xtrial until 2026-11-25T10:00:00Z', 'trial until 2026-11-25T10:00:00Z x', 'normal'])
    it(`is not read from ${tag}`, () => {
      expect(spotFallbackOf(tag)).to.eql({ kind: 'normal' });
    });
});

describe('failures that are a shortage of spot', () => {
  for (const [message, is] of [
    ['Could not launch Spot Instances. UnfulfillableCapacity - x', true],
    ['Could not launch Spot Instances. InsufficientInstanceCapacity - x', true],
    ['Could not launch Spot Instances. SpotMaxPriceTooLow - x', true],
    ['Could not launch Spot Instances.\nInsufficientInstanceCapacity', true],
    ['Could not launch Spot Instances. MaxSpotInstanceCountExceeded', false],
    ['Could not launch On-Demand Instances. InsufficientInstanceCapacity', false],
    ['InsufficientInstanceCapacity', false],
  ] as const)
    it(`${is ? 'include' : 'leave out'} ${JSON.stringify(message)}`, () => {
      expect(isSpotShortage(message)).to.equal(is);
    });
});

describe("a shortage in a group's activities", () => {
  const REFUSED = 'Could not launch Spot Instances. UnfulfillableCapacity';
  const failed = (minutesAgo: number, parts: object = {}) => ({
    ...{
      description: 'Launching a new EC2 instance',
      message: REFUSED,
      failed: true,
      at: NOW - minutesAgo * MINUTE,
    },
    ...parts,
  });
  const launched = (minutesAgo: number, description = 'Launching a new EC2 instance: i-1') =>
    failed(minutesAgo, { description, message: '', failed: false });

  for (const [situation, activities, minutes] of [
    ['failures follow each other', [failed(1), failed(15), failed(35)], 35],
    ['they are twenty minutes apart', [failed(20), failed(40)], 40],
    ['a gap is longer', [failed(1), failed(21.001)], 1],
    ['the newest is older', [failed(20.001)], undefined],
    ['an instance was launched between them', [failed(1), launched(2), failed(3)], 1],
    [
      'an instance ended between them',
      [failed(1), launched(2, 'Terminating EC2 instance: i-1'), failed(3)],
      3,
    ],
    ['the same text came of a success', [failed(1, { failed: false })], undefined],
    ['others failed between them', [failed(1), failed(2, { message: 'quota' }), failed(3)], 3],
    [
      'another text ends like a launch',
      [failed(1), launched(2, 'Not Launching a new EC2 instance: i-1'), failed(3)],
      3,
    ],
  ] as const) {
    it(`${minutes === undefined ? 'is none' : `began ${minutes} minutes ago`}, where ${situation}`, () => {
      const found = shortageIn(activities, NOW);
      expect(found?.since).to.equal(minutes === undefined ? undefined : NOW - minutes * MINUTE);
    });
  }

  it('has the time and the words of the newest failure', () => {
    const found = shortageIn([failed(1), failed(3, { message: `${REFUSED} before` })], NOW);
    expect(found).to.include({ until: NOW - MINUTE, reason: REFUSED });
  });
});

describe('what is known of a shortage', () => {
  const known = (before: SpotShortage | undefined, seen: SpotShortage | undefined, wanting = true) =>
    shortageNow(before, seen, { wanting, now: NOW });
  const [old, fresh] = [since(30, NOW - 20 * MINUTE), { ...since(5), reason: 'new words' }];

  it('joins what was known and what is seen', () => {
    expect(known(old, fresh)).to.eql({ since: old.since, until: NOW, reason: 'new words' });
    expect(known(since(3), since(9))?.since, 'the earlier of both').to.equal(NOW - 9 * MINUTE);
    expect(known(undefined, fresh)).to.eql(fresh);
    expect(known(old, undefined)).to.eql(old);
    expect(known(undefined, undefined)).to.equal(undefined);
  });
  it('is forgotten after twenty minutes, or when nothing is wanting', () => {
    const older = since(30, NOW - 20 * MINUTE - 1);
    expect(known(older, undefined)).to.equal(undefined);
    expect(known(older, fresh)).to.eql(fresh);
    expect(known(old, fresh, false)).to.equal(undefined);
  });
});
