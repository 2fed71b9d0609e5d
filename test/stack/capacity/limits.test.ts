import { expect } from 'chai';
import { minSizesOf, nextMinSizeStep } from '../../../src/scaler/group/forecast-min-size.ts';
import type { GroupSize } from '../../../src/stack/capacity/group-size.ts';
import {
  limitsWithRoom,
  planLimits,
  planUnlock,
  unlockMinimum,
  widenLimits,
} from '../../../src/stack/capacity/limits.ts';
import { FakeGroup } from '../../support/fake-group.ts';

describe('room for the limits of an update', () => {
  const room = (min: number, max: number, held?: string) =>
    limitsWithRoom(
      {
        size: { min, max, desired: 4 },
        instances: [],
        tags: held === undefined ? {} : { 'bk-stack:held': held },
      },
      { min: 0, max: 10, desired: 4 },
      { min: 1, max: 3, desired: 3 },
    );

  it('is there, or made by the limits that are in the way', () => {
    expect(room(2, 10)).to.eql({ min: 2, max: 10, desired: 4 });
    expect(room(4, 10)).to.eql({ min: 3, max: 10, desired: 4 });
    expect(room(0, 0)).to.eql({ min: 0, max: 1, desired: 4 });
  });

  it('gives a minimum that the scaler has raised back as a whole', () => {
    expect(room(4, 10, '0/4')).to.eql({ min: 0, max: 10, desired: 4 });
    expect(room(3, 10, '0/3'), 'none is needed').to.eql({ min: 3, max: 10, desired: 4 });
  });
});

describe('a group whose limits an update sets', () => {
  const NOW = Date.parse('2026-11-25T11:00:00Z');
  const UNTIL = ' until 2026-11-25T12:00:00.000Z';
  const BEFORE = { min: 0, max: 10, desired: 4 };
  const made = async (min: number, held: string | undefined, after: Partial<GroupSize>) => {
    const group = new FakeGroup({ ...BEFORE, min }, held === undefined ? {} : { 'bk-stack:held': held }, []);
    await widenLimits(group, 'g', { before: BEFORE, after: { ...BEFORE, ...after } }, NOW);
    return group;
  };
  /** The next step of a scaler that wants to hold so many. */
  const step = ({ tags, size }: FakeGroup, least: number, now = NOW + 10_000) =>
    nextMinSizeStep(tags['bk-stack:held'], minSizesOf(tags['bk-stack:held'], size.min), least, now);

  it('gives back what the scaler has raised, which does not raise it again until the limits are set', async () => {
    const group = await made(8, '0/8', { max: 3 });
    expect(group.size).to.eql({ min: 0, max: 10, desired: 4 });
    expect(group.asked, 'the scaler is kept off first').to.eql(['tag', 'resize', 'tag']);
    expect(group.tags['bk-stack:held']).to.equal(`0${UNTIL}`);
    expect(step(group, 8)).to.equal(undefined);
    expect(step(group, 8, NOW + 3_600_000), 'should nobody let it go on').to.not.equal(undefined);
    await unlockMinimum(group, 'g');
    expect(group.tags['bk-stack:held']).to.equal('0');
    expect(step(group, 3)).to.eql({ kind: 'remember', note: { min: 0, held: [3] } });
  });

  it('takes a new minimum for its own, also where it is what the scaler holds or held', async () => {
    for (const [min, held] of [
      [1, '0/1'],
      [0, '0/1'],
      [1, '0/2/1'],
      [3, '0/3'],
      [2, '0/2/1'],
    ] as const) {
      const group = await made(min, held, { min: 1 });
      expect(step(group, 2), held).to.equal(undefined);
      group.size = { ...group.size, min: 1 };
      expect(minSizesOf(group.tags['bk-stack:held'], 1), held).to.eql({ min: 1 });
      await unlockMinimum(group, 'g');
      expect(minSizesOf(group.tags['bk-stack:held'], 1), held).to.eql({ min: 1 });
    }
  });

  it('has the minimum of before again where the update is rolled back before or after it is set', async () => {
    for (const after of [{ min: 8 }, { max: 3 }, { min: 2 }]) {
      for (const reached of [false, true]) {
        const group = await made(8, '0/8', after);
        if (reached) group.size = { ...group.size, min: 0 };
        await unlockMinimum(group, 'g');
        expect(minSizesOf(group.tags['bk-stack:held'], group.size.min).min).to.equal(0);
      }
    }
  });

  it('keeps what is raised where there is room for it', async () => {
    const group = await made(2, '0/2', { max: 5 });
    expect(group.size.min).to.equal(2);
    expect(group.tags['bk-stack:held']).to.equal(`0/2${UNTIL}`);
    expect(step(group, 8), 'and no more than that').to.equal(undefined);
    await unlockMinimum(group, 'g');
    expect(group.tags['bk-stack:held']).to.equal('0/2');
  });

  it('comes to the same where it was cut short', async () => {
    const whole = await made(8, '0/8', { max: 3 });
    for (const requests of [1, 2]) {
      const group = new FakeGroup({ ...BEFORE, min: 8 }, { 'bk-stack:held': '0/8' }, []);
      group.requestsLeft = 1 + requests;
      const sizes = { before: BEFORE, after: { ...BEFORE, max: 3 } };
      await widenLimits(group, 'g', sizes, NOW).catch(() => undefined);
      group.requestsLeft = Infinity;
      await widenLimits(group, 'g', sizes, NOW);
      expect([group.size, group.tags]).to.eql([whole.size, whole.tags]);
    }
  });

  it('is left alone where no limit changes, and where the scaler has never raised it', async () => {
    expect((await made(8, '0/8', {})).asked).to.eql([]);
    const never = await made(0, undefined, { max: 3 });
    expect(never.asked).to.eql([]);
    await unlockMinimum(never, 'g');
    const free = await made(8, '0/8', {});
    await unlockMinimum(free, 'g');
    expect([...never.asked, ...free.asked]).to.eql([]);
  });
});

describe('the plan of limits', () => {
  const NOW = Date.parse('2026-11-25T11:00:00Z');
  const locked = (held: string) => ({
    kind: 'tag',
    tags: { 'bk-stack:held': `${held} until 2026-11-25T12:00:00.000Z` },
  });
  const before = { min: 1, max: 10, desired: 4 };
  const resize = (min: number, max: number) => ({ kind: 'resize', size: { min, max, desired: 4 } });
  for (const [what, live, held, after, steps] of [
    ['changes nothing where no limit changes', {}, '0/3', {}, []],
    ['changes nothing of the size where it fits already', {}, undefined, { max: 20 }, []],
    ['locks the minimum even where the size fits', {}, '0/3', { max: 20 }, [locked('1')]],
    ['widens limits that differ from both although none changes', { max: 0 }, undefined, {}, [resize(1, 1)]],
    ['makes room for a new minimum', { max: 4 }, undefined, { min: 6 }, [resize(1, 6)]],
    ['makes room for a new maximum', { min: 5 }, undefined, { max: 3 }, [resize(3, 10)]],
    [
      'gives a raised minimum back, and forgets it only then',
      { min: 5 },
      '1/5',
      { max: 3 },
      [locked('1/5'), resize(1, 10), locked('1')],
    ],
    ['keeps a raised minimum that has room', { min: 5 }, '1/5', { max: 6 }, [locked('1/5')]],
    [
      'gives one back that would pass for the new minimum',
      { min: 5 },
      '1/5',
      { min: 5 },
      [locked('1/5'), resize(1, 10), locked('1')],
    ],
  ] as [string, Partial<GroupSize>, string | undefined, Partial<GroupSize>, object[]][]) {
    it(what, () => {
      const tags: Record<string, string> = held === undefined ? {} : { 'bk-stack:held': held };
      const found = { size: { ...before, ...live }, instances: [], tags };
      expect(planLimits(found, { before, after: { ...before, ...after } }, NOW)).to.eql(steps);
    });
  }

  it('is undone with what was held kept', () => {
    const unlock = (tag: string | undefined) =>
      planUnlock({ tags: tag === undefined ? {} : { 'bk-stack:held': tag } });
    expect(unlock('0/2 until 2026-11-25T12:00:00.000Z')).to.eql([
      { kind: 'tag', tags: { 'bk-stack:held': '0/2' } },
    ]);
    expect(unlock('0/2')).to.eql([]);
    expect(unlock(undefined)).to.eql([]);
  });
});
