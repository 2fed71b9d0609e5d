import { expect } from 'chai';
import { LiveDeduplicator, RecentIds } from '../../../src/logs/tailing/deduplication.ts';

describe('ids that were seen', () => {
  for (const [about, first, second, isNew] of [
    ['the id again', ['a', 1000], ['a', 1000], false],
    ['another id', ['a', 1000], ['b', 1000], true],
    ['the id in another second', ['a', 1000], ['a', 2000], true],
    ['an id that differs in its last sign', ['0'.repeat(56), 1000], [`${'0'.repeat(55)}1`, 1000], true],
    ['an id that differs in its first sign', ['0'.repeat(56), 1000], [`1${'0'.repeat(55)}`, 1000], true],
    ['the signs in another order', ['ab', 1000], ['ba', 1000], true],
  ] as const) {
    it(`take ${about} for ${isNew ? 'new' : 'known'}`, () => {
      const ids = new RecentIds();
      expect(ids.add({ id: first[0], timestamp: first[1] })).to.equal(true);
      expect(ids.add({ id: second[0], timestamp: second[1] })).to.equal(isNew);
    });
  }

  it('do not collide, a hundred thousand of one second', () => {
    const ids = new RecentIds();
    const known = Array.from({ length: 100_000 }, (_, number) => String(number).padStart(56, '0')).filter(
      (id) => !ids.add({ id, timestamp: 5000 }),
    );
    expect(known).to.eql([]);
  });

  it('are forgotten by whole seconds', () => {
    const ids = new RecentIds();
    const again = (timestamp: number) => ids.add({ id: 'a', timestamp });
    for (const second of [1000, 2000, 3000]) again(second);
    ids.forgetBefore(2999);
    expect([again(1000), again(2000), again(3000)]).to.eql([true, false, false]);
  });
});

describe('lines that come live and by reading', () => {
  const line = { stream: 'i-1', timestamp: 1500, message: 'a' };
  for (const [about, steps] of [
    [
      'live, then read',
      [
        ['live', true],
        ['read', false],
      ],
    ],
    [
      'read, then live',
      [
        ['read', true],
        ['live', false],
      ],
    ],
    [
      'live twice, read three times',
      [
        ['live', true],
        ['live', true],
        ['read', false],
        ['read', false],
        ['read', true],
      ],
    ],
    [
      'read twice, live three times',
      [
        ['read', true],
        ['read', true],
        ['live', false],
        ['live', false],
        ['live', true],
      ],
    ],
    [
      'in turn',
      [
        ['live', true],
        ['read', false],
        ['read', true],
        ['live', false],
        ['live', true],
      ],
    ],
  ] as const) {
    it(`count as new once each: ${about}`, () => {
      const pairs = new LiveDeduplicator();
      expect(steps.map(([side]) => pairs[side](line))).to.eql(steps.map(([, isNew]) => isNew));
    });
  }

  for (const [about, other] of [
    ['stream', { ...line, stream: 'i-2' }],
    ['message', { ...line, message: 'b' }],
    ['millisecond', { ...line, timestamp: 1501 }],
    ['second', { ...line, timestamp: 2500 }],
  ] as const) {
    it(`are two where they differ in their ${about}`, () => {
      const pairs = new LiveDeduplicator();
      expect([pairs.live(line), pairs.read(other)]).to.eql([true, true]);
    });
  }

  it('are forgotten before a time', () => {
    const pairs = new LiveDeduplicator();
    pairs.live(line);
    pairs.forgetBefore(1999);
    expect(pairs.read(line)).to.equal(false);
    pairs.live(line);
    pairs.forgetBefore(2000);
    expect(pairs.read(line)).to.equal(true);
  });
});
