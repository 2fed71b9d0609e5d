import { expect } from 'chai';
import { chart, columnFit, columnsOf } from '../../../src/terminal/charts/chart.ts';
import { timeAxis } from '../../../src/terminal/charts/time-axis.ts';

const theme = { dim: (text: string) => text };

describe('a chart of bars', () => {
  it('shows nothing for nothing, a dot for what is not known, and something for whatever is above nothing', () => {
    const lines = [{ label: 'jobs', values: [0, null, 1, 50, 100], note: 'most 100' }];
    expect(chart(lines, theme, { width: 0 }, { label: 4, bars: 5 })).to.equal('jobs  ·▁▄█ most 100');
  });

  it('has one scale where that is wanted', () => {
    const lines = [{ label: 'a', values: [4], note: '' }];
    expect(chart(lines, theme, { width: 0, maximum: 8 }, { label: 1, bars: 1 })).to.equal('a ▄');
    expect(chart(lines, theme, { width: 0 }, { label: 1, bars: 1 })).to.equal('a █');
  });

  it('is no wider than it may be, whatever there is to show', () => {
    for (const count of [1, 7, 39, 40, 41, 1500]) {
      for (const width of [40, 80, 200]) {
        const values = Array.from({ length: count }, (_, index) => index);
        const text = chart([{ label: 'label', values, note: 'most 9' }], theme, { width });
        expect(text.length, `${count} in ${width}`).to.be.within(width / 2, width);
      }
    }
  });

  it('lets values share columns, of which each shows the most', () => {
    expect(columnsOf([1, 5, null, 2, null, null], 3)).to.eql([5, 2, null]);
    expect(columnsOf([1, 2], 5)).to.eql([1, 1, 1, 2, 2]);
    expect(columnsOf([], 5)).to.eql([]);
    expect(columnFit(361, 100)).to.eql({ columns: 91, valuesEach: 4 });
  });
});

describe('an axis of times', () => {
  const from = Date.UTC(2026, 10, 24, 10, 7);
  const axis = (hours: number, columns = 60) =>
    timeAxis({ from, until: from + hours * 3_600_000, columns, utc: true });

  it('has round times, at the columns where they are', () => {
    expect(axis(1)).to.equal(['', '10:15', '10:30', '10:45', '11:00'].join('         ╵').slice(1));
  });

  it('has room between them, whatever the time', () => {
    for (const hours of [0.05, 0.5, 6, 24, 72, 700, 9000]) {
      for (const columns of [12, 46, 160]) {
        const text = axis(hours, columns);
        expect(text.length).to.be.at.most(columns);
        expect(text).to.not.match(/\S╵/);
      }
    }
  });

  it('has days where hours would be too many', () => {
    expect(axis(24 * 30)).to.contain('╵12-');
  });
});
