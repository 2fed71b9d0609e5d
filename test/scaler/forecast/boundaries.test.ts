import { expect } from 'chai';
import { BootTimes } from '../../../src/scaler/forecast/boot-times.ts';
import { Forecaster } from '../../../src/scaler/forecast/forecast.ts';
import { Foresight } from '../../../src/scaler/forecast/foresight.ts';
import { Minutes } from '../../../src/scaler/forecast/minutes.ts';
import { Past } from '../../../src/scaler/forecast/past.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const MONDAY = Date.parse('2026-11-23T00:00:00Z') / MINUTE;

describe('the minutes that are known', () => {
  it('are as many as asked for, the newest of them', () => {
    const minutes = new Minutes(3);
    for (const minute of [10, 11, 12, 13]) minutes.set(minute, minute / 2);
    expect([10, 11, 12, 13, 14].map((minute) => minutes.at(minute))).to.eql([NaN, 5.5, 6, 6.5, NaN]);
  });
  it('keep the newer of two that share a place, and the later of two values', () => {
    const minutes = new Minutes(3);
    minutes.set(13, 1);
    minutes.set(10, 2);
    expect(minutes.at(13)).to.equal(1);
    minutes.set(13, 3);
    expect(minutes.at(13)).to.equal(3);
    minutes.set(0, 7);
    expect(minutes.at(0), 'the first of all').to.equal(7);
  });
});

describe('the boots that were seen', () => {
  const boot = (boots: BootTimes, id: string, from: number, until: number) => {
    boots.see([id], [], from * 1000);
    for (let now = from + 60; now < until; now += 60) boots.see([id], [], now * 1000);
    boots.see([], [id], until * 1000);
  };
  it('take three minutes until one was seen', () => {
    const boots = new BootTimes();
    boots.see(['i-1'], ['i-9'], 0);
    expect(boots.usualSeconds).to.equal(180);
    boots.see(['i-1'], ['i-9'], 50_000);
    boots.see([], ['i-1', 'i-9'], 70_000);
    expect(boots.usualSeconds, 'from its first look, and of none that was there').to.equal(70);
  });
  it('are the slowest of the last twenty', () => {
    const boots = new BootTimes();
    boot(boots, 'slow', 0, 500);
    for (let index = 0; index < 19; index++) boot(boots, `i-${index}`, 1000, 1060);
    expect(boots.usualSeconds).to.equal(500);
    boot(boots, 'i-20', 1000, 1060);
    expect(boots.usualSeconds).to.equal(60);
  });
  it('count once', () => {
    const boots = new BootTimes();
    boot(boots, 'i-1', 0, 90);
    boots.see([], ['i-1'], 900_000);
    expect(boots.usualSeconds).to.equal(90);
  });
  it('leave out one whose end nobody saw', () => {
    const boots = new BootTimes();
    boots.see(['i-1', 'i-2'], [], 0);
    boots.see(['i-2'], ['i-1'], 90_001);
    expect(boots.usualSeconds).to.equal(180);
    boots.see([], ['i-1', 'i-2'], 180_001);
    expect(boots.usualSeconds).to.be.closeTo(180.001, 1e-9);
  });
  it('tell which are overdue: after twice what nearly all take, and five minutes at least', () => {
    const boots = new BootTimes();
    const overdue = (seconds: number) => {
      boots.see(['i-a'], [], 0);
      boots.see(['i-a', 'i-b'], [], 10_000);
      return boots.overdue(seconds * 1000);
    };
    expect([359.9, 360, 370].map(overdue), 'none was seen').to.eql([0, 1, 2]);
    for (let index = 0; index < 20; index++) boot(boots, `i-${index}`, 1000, 1060);
    expect([299, 300].map(overdue), 'quick ones').to.eql([0, 1]);
    boot(boots, 'slow', 1000, 1700);
    expect([299, 300].map(overdue), 'and one that hung').to.eql([0, 1]);
    boot(boots, 'slow', 1000, 1700);
    expect([1399, 1400].map(overdue), 'and another').to.eql([0, 1]);
  });
  it('leave out one that ended on the way', () => {
    const boots = new BootTimes();
    boots.see(['i-1'], [], 0);
    boots.see([], [], 10_000);
    boots.see([], ['i-1'], 20_000);
    expect(boots.usualSeconds).to.equal(180);
  });
});

describe('the forecast of a day', () => {
  /** Jobs by the minute of the week before, and of the one before that. */
  const plan = (
    jobs: (minute: number, weeksAgo: number) => number,
    { agentsPerInstance = 1, idleHours = 0.5 } = {},
  ) =>
    new Forecaster(agentsPerInstance, idleHours).plan((minute) => {
      const weeksAgo = Math.ceil((MONDAY - minute) / WEEK);
      return weeksAgo > 2 ? NaN : jobs(minute - MONDAY + weeksAgo * WEEK, weeksAgo);
    }, MONDAY * MINUTE);
  const at = (forecast: ReturnType<typeof plan>, minute: number, until = minute) =>
    forecast.most((MONDAY + minute) * MINUTE, (MONDAY + until) * MINUTE);

  it('has as many instances as their agents need, rounded up', () => {
    expect(
      at(
        plan(() => 8, { agentsPerInstance: 4 }),
        60,
      ),
    ).to.equal(2);
    expect(
      at(
        plan(() => 9, { agentsPerInstance: 4 }),
        60,
      ),
    ).to.equal(3);
    // An average of looks is hardly ever a whole number.
    expect(
      at(
        plan(() => 8.003, { agentsPerInstance: 4 }),
        60,
      ),
    ).to.equal(2);
    expect(
      at(
        plan(() => 8.005, { agentsPerInstance: 4 }),
        60,
      ),
    ).to.equal(3);
  });

  it('ends after a day', () => {
    const all = plan(() => 3);
    expect(at(all, 0)).to.equal(3);
    expect(at(all, DAY - 1)).to.equal(3);
    expect(at(all, DAY)).to.equal(0);
    expect(at(all, -1)).to.equal(0);
    expect(at(all, DAY - 1, DAY + 90), 'the most between two moments').to.equal(3);
    expect(at(all, -90, 0)).to.equal(3);
  });

  const rush =
    (minute: number, length = 1) =>
    (now: number) =>
      now >= minute && now < minute + length ? 7 : 0;

  it('expects a batch of one minute, a minute before it may come and as long as it may be late', () => {
    const batch = plan(rush(600));
    const up = Array.from({ length: 12 }, (_, index) => 594 + index).filter(
      (minute) => at(batch, minute) === 7,
    );
    expect(up).to.eql([599, 600]);
  });

  it('takes two batches for one that began a minute apart, and not two', () => {
    const apart = (minutes: number) =>
      plan((now, weeksAgo) => rush(600 + (weeksAgo === 1 ? minutes : 0), 3)(now));
    expect(at(apart(1), 600)).to.equal(7);
    expect(
      at(
        plan((now, weeksAgo) => (weeksAgo === 1 ? rush(600)(now) : rush(602)(now))),
        600,
        603,
      ),
    ).to.equal(0);
  });

  it('expects the smaller of two batches', () => {
    expect(
      at(
        plan((now, weeksAgo) => rush(600)(now) * (weeksAgo === 1 ? 1 : 2)),
        600,
      ),
    ).to.equal(7);
  });

  it('expects a batch no longer ahead once it has begun: its jobs hold what they need', () => {
    // It is too short to be usual in the half hours around it.
    const batch = plan(rush(600, 10));
    expect([at(batch, 603), at(batch, 604), at(batch, 609)]).to.eql([7, 0, 0]);
  });

  it('knows what is usual from half an hour of one week, and no less', () => {
    const known = (minutes: number) =>
      plan((now, weeksAgo) => (weeksAgo === 1 && now >= 600 && now < 600 + minutes ? 4 : NaN));
    expect(at(known(30), 600)).to.equal(4);
    expect(at(known(29), 600)).to.equal(0);
  });

  it('plans with four fifths of the hours that may be idle', () => {
    // Ten instances in a tenth of all minutes: kept up all the time, nine in ten of their hours are idle.
    const now = (minute: number) => (minute % 10 === 0 ? 10 : 0);
    const hours = (0.9 * 10 * 24) / 0.8;
    expect(at(plan(now, { idleHours: hours * 1.3 }), 605)).to.equal(10);
    expect(at(plan(now, { idleHours: hours * 0.5 }), 605)).to.be.below(10);
  });

  it('keeps what it has learnt of a slot, and forgets it when it is over', () => {
    const forecaster = new Forecaster(1, 1000);
    let asked = 0;
    const demand = () => {
      asked += 1;
      return 1;
    };
    forecaster.plan(demand, MONDAY * MINUTE);
    const all = asked;
    forecaster.plan(demand, MONDAY * MINUTE);
    expect(asked).to.equal(all);
    forecaster.plan(demand, (MONDAY + 5) * MINUTE);
    expect(asked - all, 'one slot more').to.be.within(1, all / 100);
  });
});

describe('the hours of a day', () => {
  const foresight = (idleHours: number) => {
    const made = new Foresight({ agentsPerInstance: 1, idleHours }, { usualSeconds: 100 });
    made.learn(() => 20, MONDAY * MINUTE);
    return made;
  };
  const start = MONDAY * MINUTE;

  it('are booked for what is held beside what would be there, by the time between looks', () => {
    const one = foresight(1);
    expect(one.book(start, 5, 3)).to.equal(2);
    expect(one.book(start, 3, 5)).to.equal(0);
  });

  for (const [situation, looks, spent] of [
    ['an hour of one instance', 61, true],
    ['a minute less', 60, false],
  ] as const)
    it(`are ${spent ? '' : 'not '}spent after ${situation}`, () => {
      const one = foresight(1);
      for (let minute = 0; minute < looks; minute++) one.book(start + minute * MINUTE, 1, 0);
      expect(one.expected(start + looks * MINUTE, 1) === 0).to.equal(spent);
    });

  it('book no more than a minute between two looks, however far they are apart', () => {
    const one = foresight(0.05);
    one.book(start, 1, 0);
    one.book(start + 30 * MINUTE, 1, 0);
    one.book(start + 60 * MINUTE, 1, 0);
    expect(one.expected(start + 60 * MINUTE, 1)).to.equal(20);
    one.book(start + 90 * MINUTE, 1, 0);
    expect(one.expected(start + 90 * MINUTE, 1)).to.equal(0);
  });

  it('are free again once three quarters are left, as they pass out of the day', () => {
    const one = foresight(1);
    for (let minute = 0; minute <= 60; minute++) one.book(start + minute * MINUTE, 1, 0);
    const later = (minute: number) => {
      one.book(start + (DAY + minute) * MINUTE, 0, 0);
      one.learn(() => 20, start + DAY * MINUTE);
      return one.expected(start + (DAY + minute) * MINUTE, 0);
    };
    expect(later(0)).to.equal(0);
    expect(later(15)).to.equal(0);
    expect(later(16)).to.equal(20);
  });

  it('count what an earlier process has spent within the day, and not what is known', () => {
    const one = foresight(1);
    one.book(start, 0, 0);
    one.recall(MONDAY - DAY, 90);
    one.recall(MONDAY, 90);
    one.recall(MONDAY + 1, 90);
    one.book(start, 0, 0);
    expect(one.expected(start, 0), 'a day ago, now, or later').to.equal(20);
    one.recall(MONDAY - DAY + 1, 59);
    one.recall(MONDAY - DAY + 1, 30);
    one.book(start, 0, 0);
    expect(one.expected(start, 0), 'the more of two').to.equal(20);
    one.recall(MONDAY - 1, 1);
    one.book(start, 0, 0);
    expect(one.expected(start, 0)).to.equal(0);
  });

  it('are nothing to recall before a look', () => {
    const one = foresight(1);
    one.recall(MONDAY - 1, 600);
    one.book(start, 0, 0);
    expect(one.expected(start, 0)).to.equal(20);
  });

  it('look ahead by a boot and two looks', () => {
    expect(foresight(1).aheadMs).to.equal(120_000);
  });
});

describe('reading the past', () => {
  const NOW = MONDAY * MINUTE + 30_000;
  /** Reads as often as it is due at once, and keeps what was asked for. */
  async function readAll() {
    const asked: [from: number, until: number][] = [];
    const learnt: number[] = [];
    const foresight = { recall: () => undefined, learn: (_: unknown, now: number) => learnt.push(now) };
    const past = new Past(foresight as never, (from, until) => {
      asked.push([from - MONDAY, until - MONDAY]);
      return Promise.resolve({ demand: new Map(), ahead: new Map(), next: undefined });
    });
    while (past.due(NOW)) await past.readOn(NOW);
    return { past, asked, learnt };
  }

  it('begins fourteen days and an hour ago, two days a piece, and learns at the end', async () => {
    const { asked, learnt } = await readAll();
    const first = -14 * DAY - 60;
    expect(asked).to.eql([
      ...Array.from({ length: 7 }, (_, piece) => [first + piece * 2 * DAY, first + (piece + 1) * 2 * DAY]),
      [-60, 0],
    ]);
    expect(learnt).to.eql([NOW]);
  });

  it('goes on an hour later, from ten minutes before where it was', async () => {
    const { past, asked } = await readAll();
    expect(past.due(NOW + 60 * MINUTE - 1)).to.equal(false);
    expect(past.due(NOW + 60 * MINUTE)).to.equal(true);
    await past.readOn(NOW + 60 * MINUTE);
    expect(asked.at(-1)).to.eql([-10, 60]);
  });
});
