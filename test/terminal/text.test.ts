import { expect } from 'chai';
import { duration } from '../../src/terminal/duration.ts';
import { facts, table } from '../../src/terminal/table.ts';
import { fitted, padded, widthOf } from '../../src/terminal/text.ts';

describe('text that has to fit', () => {
  it('counts columns, not characters', () => {
    expect(widthOf('plain')).to.equal(5);
    expect(widthOf('\x1b[31mred\x1b[39m')).to.equal(3);
    expect(widthOf('日本')).to.equal(4);
  });

  it('cuts with an ellipsis, never through a character', () => {
    expect(fitted('AutoScalingGroup', 20)).to.equal('AutoScalingGroup');
    expect(fitted('AutoScalingGroup', 8)).to.equal('AutoSca…');
    expect(fitted('日本語の名前', 7)).to.equal('日本語…');
    expect(widthOf(fitted('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 4))).to.be.at.most(4);
    expect(fitted('one\n  two', 20)).to.equal('one two');
  });

  it('pads to columns', () => {
    expect(padded('日本', 6)).to.equal('日本  ');
  });
});

describe('a table', () => {
  const columns = [
    {
      heading: 'NAME',
      cell: (row: { name: string }) => row.name,
      paint: (text: string) => `\x1b[36m${text}\x1b[39m`,
    },
    { heading: 'NOTE', cell: () => '' },
    { heading: 'SIZE', cell: (row: { name: string }) => String(row.name.length) },
  ];

  it('aligns wide names and colours, and leaves out columns that are empty', () => {
    const lines = table([{ name: '日本' }, { name: 'abc' }], columns).split('\n');
    expect(lines).to.deep.equal(['NAME  SIZE', '\x1b[36m日本\x1b[39m  2', '\x1b[36mabc \x1b[39m  3']);
  });
});

describe('facts', () => {
  it('stand in two columns, without what is unknown', () => {
    expect(
      facts([
        ['state', 'A'],
        ['queue', undefined],
        ['id', 'x\ny'],
      ]),
    ).to.equal('state  A\nid     x\n       y');
  });
});

describe('durations', () => {
  const cases: [number, string][] = [
    [0, '0s'],
    [59.9, '59s'],
    [125, '2m 05s'],
    [3 * 3600 + 7 * 60 + 59, '3h 07m'],
    [2 * 86_400 + 4 * 3600, '2d 04h'],
    [-3, '0s'],
  ];
  for (const [seconds, text] of cases) {
    it(`says ${text}`, () => {
      expect(duration(seconds)).to.equal(text);
    });
  }
});
