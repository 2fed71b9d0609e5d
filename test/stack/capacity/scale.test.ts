import { expect } from 'chai';
import {
  letHold,
  makeRoom,
  planScale,
  scaleGroup,
  type WantedSize,
  withRoomFor,
} from '../../../src/stack/capacity/scale.ts';
import { minSizesOf, nextMinSizeStep } from '../../../src/scaler/group/forecast-min-size.ts';
import type { GroupSize, SizedGroup } from '../../../src/stack/capacity/scale-to-zero.ts';

/** A group, and what has been asked of it in that order. */
class Group {
  readonly asked: string[] = [];
  constructor(
    public size: GroupSize,
    public tags: Record<string, string> = {},
  ) {}

  read(): Promise<SizedGroup> {
    return Promise.resolve({ size: this.size, instances: [], tags: this.tags });
  }
  tag(_group: string, tags: Readonly<Record<string, string>>): Promise<void> {
    this.asked.push('tag');
    Object.assign(this.tags, tags);
    return Promise.resolve();
  }
  resize(_group: string, size: GroupSize): Promise<void> {
    this.asked.push('resize');
    this.size = size;
    return Promise.resolve();
  }
}

describe('scaling a group whose minimum the scaler has raised', () => {
  const raised = () => new Group({ min: 4, max: 10, desired: 5 }, { 'bk-stack:held': '1/4' });
  const scale = async (wanted: WantedSize) => {
    const group = raised();
    const { before, after } = await scaleGroup(group, 'ci', 'g', wanted);
    expect(before).to.eql({ min: wanted.min === undefined ? 1 : 4, max: 10, desired: 5 });
    return { group, after };
  };

  it('plans with the minimum that is its own', async () => {
    const { before, after } = await planScale(raised(), 'ci', 'g', { desired: 2 });
    expect(before.min).to.equal(1);
    expect(after).to.eql({ min: 1, max: 10, desired: 2 });
  });

  it('leaves it raised where the new size has room for that, and gives it back where not', async () => {
    const grown = await scale({ desired: 8 });
    expect(grown.group.size).to.eql({ min: 4, max: 10, desired: 8 });
    expect(grown.after).to.eql({ min: 1, max: 10, desired: 8 });
    expect((await scale({ desired: 2 })).group.size).to.eql({ min: 1, max: 10, desired: 2 });
    expect((await scale({ max: 3 })).group.size).to.eql({ min: 1, max: 3, desired: 3 });
  });

  it('sets a minimum that is then its own, also where it is what the scaler has raised it to', async () => {
    const other = await scale({ min: 2 });
    expect(other.group.size.min).to.equal(2);
    expect(other.group.asked).to.eql(['resize']);
    const same = await scale({ min: 4 });
    expect(same.group.asked).to.eql(['tag']);
    expect(same.group.tags['bk-stack:held']).to.equal('4/4');
    expect((await planScale(same.group, 'ci', 'g', {})).before.min).to.equal(4);
    expect((await scale({ min: 4, desired: 6 })).group.asked).to.eql(['tag', 'resize']);
  });

  it('gives the minimum back by hand, and changes nothing where nothing differs', async () => {
    expect((await scale({ min: 1 })).group.size).to.eql({ min: 1, max: 10, desired: 5 });
    const { group } = await scale({ desired: 5 });
    expect(group.asked).to.eql([]);
  });
});

describe('room for the limits of an update', () => {
  const room = (min: number, max: number, held?: string) =>
    withRoomFor(
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
    const group = new Group({ ...BEFORE, min }, held === undefined ? {} : { 'bk-stack:held': held });
    await makeRoom(group, 'g', { before: BEFORE, after: { ...BEFORE, ...after } }, NOW);
    return group;
  };
  /** The next step of a scaler that wants to hold so many. */
  const step = ({ tags, size }: Group, least: number, now = NOW + 10_000) =>
    nextMinSizeStep(tags['bk-stack:held'], minSizesOf(tags['bk-stack:held'], size.min), least, now);

  it('gives back what the scaler has raised, which does not raise it again until the limits are set', async () => {
    const group = await made(8, '0/8', { max: 3 });
    expect(group.size).to.eql({ min: 0, max: 10, desired: 4 });
    expect(group.asked, 'the scaler is kept off first').to.eql(['tag', 'resize', 'tag']);
    expect(group.tags['bk-stack:held']).to.equal(`0${UNTIL}`);
    expect(step(group, 8)).to.equal(undefined);
    expect(step(group, 8, NOW + 3_600_000), 'should nobody let it go on').to.not.equal(undefined);
    await letHold(group, 'g');
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
      await letHold(group, 'g');
      expect(minSizesOf(group.tags['bk-stack:held'], 1), held).to.eql({ min: 1 });
    }
  });

  it('has the minimum of before again where the update is rolled back before or after it is set', async () => {
    for (const after of [{ min: 8 }, { max: 3 }, { min: 2 }]) {
      for (const reached of [false, true]) {
        const group = await made(8, '0/8', after);
        if (reached) group.size = { ...group.size, min: 0 };
        await letHold(group, 'g');
        expect(minSizesOf(group.tags['bk-stack:held'], group.size.min).min).to.equal(0);
      }
    }
  });

  it('keeps what is raised where there is room for it', async () => {
    const group = await made(2, '0/2', { max: 5 });
    expect(group.size.min).to.equal(2);
    expect(group.tags['bk-stack:held']).to.equal(`0/2${UNTIL}`);
    expect(step(group, 8), 'and no more than that').to.equal(undefined);
    await letHold(group, 'g');
    expect(group.tags['bk-stack:held']).to.equal('0/2');
  });

  it('comes to the same where it was cut short', async () => {
    const whole = await made(8, '0/8', { max: 3 });
    for (const requests of [1, 2]) {
      const group = new Group({ ...BEFORE, min: 8 }, { 'bk-stack:held': '0/8' });
      const limited = (call: 'tag' | 'resize') => (name: string, value: never) =>
        group.asked.length < requests ? group[call](name, value) : Promise.reject(new Error('killed'));
      const calls = { read: () => group.read(), tag: limited('tag'), resize: limited('resize') };
      const sizes = { before: BEFORE, after: { ...BEFORE, max: 3 } };
      await makeRoom(calls, 'g', sizes, NOW).catch(() => undefined);
      await makeRoom(group, 'g', sizes, NOW);
      expect([group.size, group.tags]).to.eql([whole.size, whole.tags]);
    }
  });

  it('is left alone where no limit changes, and where the scaler has never raised it', async () => {
    expect((await made(8, '0/8', {})).asked).to.eql([]);
    const never = await made(0, undefined, { max: 3 });
    expect(never.asked).to.eql([]);
    await letHold(never, 'g');
    const free = await made(8, '0/8', {});
    await letHold(free, 'g');
    expect([...never.asked, ...free.asked]).to.eql([]);
  });
});
