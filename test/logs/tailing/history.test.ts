import { expect } from 'chai';
import type { LogEvent } from '../../../src/logs/event.ts';
import { history } from '../../../src/logs/tailing/history.ts';

const END = 1_000_000;

function event(name: string, timestamp: number): LogEvent {
  const ids = { id: name, group: 'agent', groupName: 'g', stream: 'i-1' } as const;
  return { ...ids, timestamp, ingestedAt: timestamp, message: name };
}

/** A group by its pages: each the events' times. */
function groupOf(name: string, pages: readonly (readonly number[])[], log: string[] = []) {
  return {
    forgotten: [] as number[],
    ranges: [] as [number, number | undefined][],
    async *pages(start: number, end: number | undefined) {
      this.ranges.push([start, end]);
      for (const page of pages) {
        log.push(`${name} page`);
        yield await Promise.resolve(page.map((at) => event(`${name}${at}`, at)));
      }
    },
    forgetBefore(timestamp: number) {
      this.forgotten.push(timestamp);
    },
  };
}

async function read(groups: readonly ReturnType<typeof groupOf>[], begun: () => void = () => undefined) {
  const batches: string[][] = [];
  for await (const events of history(groups, 5, END, begun)) batches.push(events.map(({ id }) => id));
  return batches;
}

describe('what is there already', () => {
  for (const [about, a, b, batches] of [
    ['nothing', [], [], []],
    ['one group', [[1, 2], [3]], [], [['a1', 'a2'], ['a3']]],
    ['empty pages', [[], [1], [], []], [[]], [['a1']]],
    ['groups in turn', [[1, 4]], [[2, 3]], [['a1', 'b2', 'b3'], ['a4']]],
    [
      'a group whose next page may be older',
      [[1, 9]],
      [
        [2, 3],
        [4, 5],
      ],
      [['a1', 'b2', 'b3'], ['b4', 'b5'], ['a9']],
    ],
    ['equal times, by the order of groups', [[1, 2]], [[1, 2]], [['a1', 'b1', 'a2', 'b2']]],
    [
      'an equal time on the next page',
      [[1, 2]],
      [[2], [2, 3]],
      [
        ['a1', 'a2', 'b2'],
        ['b2', 'b3'],
      ],
    ],
  ] as const) {
    it(`comes merged by time: ${about}`, async () => {
      expect(await read([groupOf('a', a), groupOf('b', b)])).to.eql(batches);
    });
  }

  it('is read in its time', async () => {
    const group = groupOf('a', []);
    await read([group]);
    expect(group.ranges).to.eql([[5, END]]);
  });

  it('tells when each group has been read once', async () => {
    const log: string[] = [];
    const groups = [groupOf('a', [[1], [2]], log), groupOf('b', [[], [3]], log)];
    await read(groups, () => log.push('begun'));
    expect(log.filter((line) => line === 'begun')).to.have.length(1);
    expect(log.indexOf('begun')).to.be.greaterThan(log.indexOf('b page'));
    expect(log.lastIndexOf('a page')).to.be.greaterThan(log.indexOf('begun'));
  });

  it('forgets what no page and no later poll can bring again', async () => {
    const groups = [groupOf('a', [[200_000], [400_000]]), groupOf('b', [[300_000]])];
    await read(groups);
    for (const { forgotten } of groups) {
      expect(forgotten).to.eql([70_000, 170_000, 270_000, END - 130_000]);
    }
  });
});
