import { expect } from 'chai';
import fc from 'fast-check';
import {
  decideSpotFallback,
  mayFallBack,
  type SpotFallback,
  type SpotFallbackFacts,
  spotFallbackOf,
  type SpotFallbackSettings,
  spotFallbackTagValue,
} from '../../../src/scaler/spot/fallback.ts';
import { shortageIn, shortageNow, type SpotShortage } from '../../../src/scaler/spot/shortage.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-25T10:00:00Z');
const REFUSED =
  'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.';

const settings: SpotFallbackSettings = { onDemandPercentage: 0, spotFallbackMinutes: 10 };
const facts = (parts: Partial<SpotFallbackFacts> = {}): SpotFallbackFacts => ({
  purchase: { kind: 'normal' },
  onDemandPercentage: 0,
  paused: false,
  ...parts,
});
/** Spot has failed from so many minutes ago to so many. */
const short = (from: number, to = 0): SpotShortage => ({
  since: NOW - from * MINUTE,
  until: NOW - to * MINUTE,
  reason: REFUSED,
});
const decided = (
  parts: Partial<SpotFallbackFacts>,
  shortage?: SpotShortage,
  given: Partial<SpotFallbackSettings> = {},
) => decideSpotFallback(facts(parts), shortage, { ...settings, ...given }, NOW);
const onDemand: SpotFallback = { kind: 'on-demand', until: NOW + 60 * MINUTE };

describe('how instances are bought', () => {
  it('falls back once spot has failed for as long as the stack says, for an hour', () => {
    expect(decided({}, short(9)).step).to.equal(undefined);
    const { step, reason } = decided({}, short(10));
    expect(step).to.deep.equal({ kind: 'remember', purchase: onDemand });
    expect(reason).to.match(
      /^spot has had no capacity for 10 min \(Could not .*on-demand until 2026-11-25T11:00Z$/,
    );
  });

  it('does not where the stack does not ask for it, has no spot, is paused or knows one way to buy', () => {
    expect(decided({}, short(99), { spotFallbackMinutes: 0 }).step).to.equal(undefined);
    expect(decided({}, short(99), { onDemandPercentage: 100 }).step).to.equal(undefined);
    expect(decided({ paused: true }, short(99)).step).to.equal(undefined);
    expect(decided({ onDemandPercentage: undefined }, short(99)).step).to.equal(undefined);
  });

  it('changes the group to what is written down, whichever look finds that', () => {
    const distribute = (onDemandPercentage: number) => ({ kind: 'distribute', onDemandPercentage });
    expect(decided({ purchase: onDemand }).step).to.deep.equal(distribute(100));
    expect(decided({ purchase: onDemand, onDemandPercentage: 100 }).step).to.equal(undefined);
    const trial: SpotFallback = { kind: 'trial', until: NOW + MINUTE };
    expect(decided({ purchase: trial, onDemandPercentage: 100 }).step).to.deep.equal(distribute(0));
    // As after an update of the stack that took the note away.
    expect(decided({ onDemandPercentage: 100 }, undefined, { onDemandPercentage: 25 }).step).to.deep.equal(
      distribute(25),
    );
  });

  it('tries spot again after that hour, and is on-demand at the first failure', () => {
    const over = decided({ purchase: { kind: 'on-demand', until: NOW }, onDemandPercentage: 100 });
    expect(over.step).to.deep.equal({
      kind: 'remember',
      purchase: { kind: 'trial', until: NOW + 60 * MINUTE },
    });
    const trial: SpotFallback = { kind: 'trial', until: NOW + 50 * MINUTE };
    expect(decided({ purchase: trial }, short(1)).step).to.deep.equal({
      kind: 'remember',
      purchase: onDemand,
    });
    // What failed before the trial began.
    expect(decided({ purchase: trial }, short(30, 15)).step).to.equal(undefined);
    expect(decided({ purchase: { kind: 'trial', until: NOW } }).step).to.deep.equal({
      kind: 'remember',
      purchase: { kind: 'normal' },
    });
  });

  it('comes to rest: carried out, the same look asks for nothing more', () => {
    const purchases = fc.oneof(
      fc.constant<SpotFallback>({ kind: 'normal' }),
      fc.record({
        kind: fc.constantFrom('on-demand' as const, 'trial' as const),
        until: fc.integer({ min: NOW - 120 * MINUTE, max: NOW + 59 * MINUTE }),
      }),
    );
    const shortages = fc.option(
      fc
        .tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 20 }))
        .map(([from, to]) => short(Math.max(from, to), to)),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        purchases,
        shortages,
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 30 }),
        (purchase, shortage, configured, actual, spotFallbackMinutes) => {
          const given = { onDemandPercentage: configured, spotFallbackMinutes };
          let group = facts({ purchase, onDemandPercentage: actual });
          let known = shortage;
          let steps = 0;
          for (; steps < 6; steps++) {
            const { step } = decideSpotFallback(group, known, given, NOW);
            if (step === undefined) break;
            if (step.kind === 'remember') {
              group = { ...group, purchase: step.purchase };
              known = undefined;
            } else group = { ...group, onDemandPercentage: step.onDemandPercentage };
          }
          expect(steps).to.be.below(6);
          if (!mayFallBack(given)) expect(group.onDemandPercentage).to.equal(actual);
          else
            expect(group.onDemandPercentage).to.equal(group.purchase.kind === 'on-demand' ? 100 : configured);
        },
      ),
    );
  });

  it('is kept in a tag that reads back, and anything else counts as nothing decided', () => {
    for (const purchase of [
      { kind: 'normal' },
      onDemand,
      { kind: 'trial', until: NOW },
    ] satisfies SpotFallback[]) {
      expect(spotFallbackOf(spotFallbackTagValue(purchase))).to.deep.equal(purchase);
    }
    for (const tag of [undefined, '', 'on-demand', 'on-demand until soon', 'spot until 2026-11-25T10:00:00Z'])
      expect(spotFallbackOf(tag)).to.deep.equal({ kind: 'normal' });
  });
});

describe('a shortage of spot instances', () => {
  const failed = (minutesAgo: number, message = REFUSED) => ({
    description: 'Launching a new EC2 instance',
    message,
    failed: true,
    at: NOW - minutesAgo * MINUTE,
  });
  const launched = (minutesAgo: number) => ({
    description: 'Launching a new EC2 instance: i-0123456789abcdef0',
    message: '',
    failed: false,
    at: NOW - minutesAgo * MINUTE,
  });

  it('is read from the group’s activities, back to the last instance that was launched', () => {
    const { since, until } = shortageIn([failed(1), failed(3), failed(7), launched(9), failed(11)], NOW)!;
    expect([since, until]).to.deep.equal([NOW - 7 * MINUTE, NOW - MINUTE]);
    expect(shortageIn([launched(1), failed(2)], NOW)).to.equal(undefined);
    expect(shortageIn([], NOW)).to.equal(undefined);
  });

  it('is none of on-demand instances, of quotas or of wrong settings, and none of long ago', () => {
    const others = [
      'Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient capacity. Launching EC2 instance failed.',
      'Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed.',
      'Could not launch Spot Instances. InvalidFleetConfiguration - Your requested instance type is not supported in your requested Availability Zone. Launching EC2 instance failed.',
    ];
    for (const message of others) expect(shortageIn([failed(1, message)], NOW), message).to.equal(undefined);
    expect(shortageIn([failed(21)], NOW)).to.equal(undefined);
    expect(shortageIn([failed(5), failed(30)], NOW)?.since).to.equal(NOW - 5 * MINUTE);
  });

  it('lasts while instances are missing, though some may come, and ends when none is or nothing fails any more', () => {
    const at = { wanting: true, now: NOW };
    expect(shortageNow(short(12, 1), short(2), at)).to.deep.include({ since: NOW - 12 * MINUTE, until: NOW });
    expect(shortageNow(short(12, 1), undefined, at)).to.deep.equal(short(12, 1));
    expect(shortageNow(short(12, 1), short(2), { ...at, wanting: false })).to.equal(undefined);
    expect(shortageNow(short(90, 30), undefined, at)).to.equal(undefined);
  });
});
