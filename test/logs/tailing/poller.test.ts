import { expect } from 'chai';
import type { LogEvent } from '../../../src/logs/event.ts';
import { FORGET_AFTER, Poller } from '../../../src/logs/tailing/poller.ts';

const SECOND = 1000;

function event(timestamp: number): LogEvent {
  const ids = { id: String(timestamp), group: 'agent', groupName: 'g', stream: 'i-1' } as const;
  return { ...ids, timestamp, ingestedAt: timestamp, message: String(timestamp) };
}

/** A group that gives some events at each poll, and remembers how it was polled. */
class Group {
  missing = false;
  readonly starts: number[] = [];
  readonly ends: (number | undefined)[] = [];
  readonly forgotten: number[] = [];
  readonly next: LogEvent[][] = [];
  comes = false;

  async *pages(start: number, end: number | undefined) {
    this.starts.push(start);
    this.ends.push(end);
    if (this.comes) this.missing = false;
    yield* await Promise.resolve([this.next.shift() ?? []]);
  }

  forgetBefore(timestamp: number): void {
    this.forgotten.push(timestamp);
  }
}

function polling({ since = 0, from = 1000 * SECOND } = {}) {
  const clock = { at: from, now: () => clock.at };
  const group = new Group();
  const poller = new Poller([group], { since, from }, clock);
  const pollAfter = (milliseconds: number) => {
    clock.at += milliseconds;
    return poller.poll();
  };
  return { clock, group, pollAfter, poller };
}

describe('polling log groups', () => {
  it('reads the last ten seconds again, and every fifteen seconds the last two minutes', async () => {
    const { group, pollAfter, poller } = polling();
    const back: number[] = [];
    for (const step of [2000, 2000, 10_999, 1, 14_998, 2]) {
      const before = poller.lastAt;
      await pollAfter(step);
      back.push((before - (group.starts.at(-1) ?? 0)) / SECOND);
    }
    expect(back).to.eql([10, 10, 10, 120, 10, 120]);
    expect(group.ends).to.eql([undefined, undefined, undefined, undefined, undefined, undefined]);
  });

  it('reads from the last poll on, however long that took, and nothing from before the beginning', async () => {
    const { group, pollAfter } = polling({ since: 995 * SECOND });
    await pollAfter(14_000);
    await pollAfter(3600 * SECOND);
    expect(group.starts).to.eql([995 * SECOND, 995 * SECOND]);
    await pollAfter(3600 * SECOND);
    expect(group.starts.at(-1)).to.equal((1014 + 3600 - 120) * SECOND);
  });

  it('forgets what no poll can bring again', async () => {
    const { clock, group, pollAfter } = polling();
    await pollAfter(2000);
    expect(group.forgotten).to.eql([clock.at - 130 * SECOND]);
    expect(FORGET_AFTER).to.equal(130 * SECOND);
  });

  it('tells when a group is there that was not', async () => {
    const { group, pollAfter } = polling();
    group.missing = true;
    expect(await pollAfter(2000)).to.equal(false);
    group.comes = true;
    expect(await pollAfter(2000)).to.equal(true);
    expect(await pollAfter(2000)).to.equal(false);
  });

  describe('waits until the next poll', () => {
    for (const [about, held, live, seconds] of [
      ['two seconds', false, false, 2],
      ['one while events are held', true, false, 1],
      ['ten while all comes live', false, true, 10],
      ['ten while all comes live, whatever is held', true, true, 10],
    ] as const) {
      it(about, async () => {
        const { clock, group, pollAfter, poller } = polling();
        if (held) group.next.push([event(clock.at + 2000)]);
        await pollAfter(2000);
        expect(poller.interval(live)).to.equal(seconds);
      });
    }
  });

  describe('holds an event', () => {
    /** Found by a poll at second 1002; whether it is ready so many milliseconds later. */
    const readyAfter = async (age: number, later: number, all = false) => {
      const { clock, group, pollAfter, poller } = polling();
      group.next.push([event(clock.at + 2000 - age)]);
      await pollAfter(2000);
      if (later > 0) await pollAfter(later);
      const ready = poller.settled(all).length === 1;
      return { ready, again: poller.settled(true).length };
    };
    for (const [about, age, later, ready] of [
      ['that is of this moment', 0, 0, false],
      ['that is a second old but for more than a timer may be early', 949, 0, false],
      ['that is a second old', 950, 0, true],
      ['until the next poll', 0, 949, false],
      ['no longer than until a second later', 0, 950, true],
      ['whose time is ahead of the clock, for a second', -60_000, 1000, true],
    ] as const) {
      it(`${ready ? 'no more' : 'back'}: ${about}`, async () => {
        expect(await readyAfter(age, later)).to.eql({ ready, again: ready ? 0 : 1 });
      });
    }

    it('never while all comes live', async () => {
      expect(await readyAfter(0, 0, true)).to.eql({ ready: true, again: 0 });
    });
  });
});
