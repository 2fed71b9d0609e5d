import { expect } from 'chai';
import { Market, type SpotModel } from '../../../src/simulate/engine/market.ts';
import { dailyWindows } from '../../../src/simulate/engine/troubles.ts';

const model = (parts: Partial<SpotModel> = {}): SpotModel => ({
  ...{ onDemandPercentage: 0, spotFallbackMinutes: 10, interruptionsPerHour: 0 },
  ...{ prices: { 'on-demand': 1, spot: 0.4 }, shortages: [] },
  ...parts,
});
const bought = (market: Market, count: number, now = 0) =>
  Array.from({ length: count }, () => market.buy(now))
    .map((option) => (option === 'spot' ? 's' : (option?.[0] ?? '-')))
    .join('');

describe('a simulated market', () => {
  for (const [percentage, options] of [
    [0, 'ssss'],
    [25, 'osss'],
    [50, 'osos'],
    [100, 'oooo'],
  ] as const)
    it(`buys ${percentage} % on-demand, on-demand instances first and rounded up`, () => {
      expect(bought(new Market(model({ onDemandPercentage: percentage })), 4)).to.equal(options);
    });

  it('buys again what has ended', () => {
    const market = new Market(model({ onDemandPercentage: 50 }));
    bought(market, 4);
    market.ended('on-demand');
    expect(market.buy(0)).to.equal('on-demand');
    market.ended('spot');
    expect(market.buy(0)).to.equal('spot');
  });

  it('has no spot within a shortage, from its first second to before its end', () => {
    const market = new Market(model({ shortages: [[100, 200]] }));
    expect([99, 100, 199, 200].map((now) => market.buy(now))).to.eql(['spot', undefined, undefined, 'spot']);
    expect(market.failed).to.equal(2);
    const onDemand = new Market(model({ onDemandPercentage: 100, shortages: [[100, 200]] }));
    expect(onDemand.buy(150)).to.equal('on-demand');
  });

  it('tries again after pauses, each twice the one before, up to a quarter of an hour', () => {
    const market = new Market(model({ shortages: [[0, 1e6]] }));
    expect(market.retryAt).to.equal(-Infinity);
    const pauses = Array.from({ length: 7 }, () => {
      market.buy(1000);
      return market.retryAt - 1000;
    });
    expect(pauses).to.eql([30, 60, 120, 240, 480, 900, 900]);
    market.tryAgain();
    expect(market.retryAt).to.equal(-Infinity);
    market.buy(1000);
    expect(market.retryAt).to.equal(1030);
  });

  it('falls back once spot has failed for so many minutes while instances are missing', () => {
    const market = new Market(model({ shortages: [[0, 1e6]] }));
    market.buy(0);
    market.poll(599, true);
    market.poll(599, true);
    expect(market.buy(599), 'not yet').to.equal(undefined);
    market.poll(600, true);
    expect(market.buy(600), 'decided, and carried out at the next look').to.equal(undefined);
    market.poll(610, true);
    expect(market.retryAt, 'at once').to.equal(-Infinity);
    expect(market.buy(610)).to.equal('on-demand');
  });

  it('does not once none is missing', () => {
    const market = new Market(model({ shortages: [[0, 1e6]] }));
    market.buy(0);
    market.poll(300, false);
    market.buy(300);
    for (const now of [600, 610]) market.poll(now, true);
    expect(market.buy(620)).to.equal(undefined);
  });

  it('tries spot again after an hour, and is on-demand at its first failure', () => {
    const market = new Market(model({ shortages: [[0, 1e6]] }));
    market.buy(0);
    for (const now of [600, 610]) market.poll(now, true);
    for (const now of [4200, 4210]) market.poll(now, false);
    expect(market.buy(4220), 'on trial').to.equal(undefined);
    for (const now of [4230, 4240]) market.poll(now, true);
    expect(market.buy(4250)).to.equal('on-demand');
  });
});

describe('daily shortages', () => {
  it('last as long as asked, once a day, within it', () => {
    const shortages = dailyWindows(2, 3 * 86_400 - 1, 7);
    expect(shortages).to.have.length(3);
    for (const [day, [from, until]] of shortages.entries()) {
      expect(until - from).to.be.closeTo(7200, 1e-6);
      expect(from).to.be.within(day * 86_400, (day + 1) * 86_400 - 7200);
    }
    expect(new Set(shortages.map(([from]) => from % 86_400)).size, 'at a time of its own').to.equal(3);
  });
  it('are of every day that has begun, and none of no hours', () => {
    expect(dailyWindows(2, 86_400, 7)).to.have.length(2);
    expect(dailyWindows(2, 0, 7)).to.have.length(1);
    expect(dailyWindows(0, 86_400, 7)).to.eql([]);
  });
});
