import { expect } from 'chai';
import { planScale, scaleGroup, type WantedSize, withRoomFor } from '../../../src/stack/capacity/scale.ts';
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
