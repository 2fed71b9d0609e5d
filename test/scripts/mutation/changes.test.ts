import { expect } from 'chai';
import { changedRanges, parseDiff } from '../../../scripts/mutation/changes.ts';

const diffOf = (file: string, ...hunks: string[]) =>
  [`--- a/${file}`, `+++ b/${file}`, ...hunks.map((hunk) => `@@ ${hunk} @@ function decide() {`)].join('\n');

describe('The changed lines of a diff', () => {
  for (const [situation, hunk, first, last] of [
    ['one line', '-4 +4', 4, 4],
    ['several lines', '-4,2 +5,3', 5, 7],
    ['lines that were only removed: those around the gap', '-5,2 +4,0', 4, 5],
    ['lines that were removed from the beginning', '-1,2 +0,0', 1, 1],
  ] as const) {
    it(`include ${situation}`, () => {
      expect(parseDiff(diffOf('src/a.ts', hunk))).to.deep.equal([{ file: 'src/a.ts', first, last }]);
    });
  }

  it('belong to the file above them', () => {
    const diff = `${diffOf('src/a.ts', '-1 +1', '-9 +9')}\n${diffOf('src/b.ts', '-2 +2')}`;
    expect(parseDiff(diff).map(({ file, first }) => `${file} ${first}`)).to.deep.equal([
      'src/a.ts 1',
      'src/a.ts 9',
      'src/b.ts 2',
    ]);
  });

  it('are none in a file that was deleted', () => {
    expect(parseDiff('--- a/src/a.ts\n+++ /dev/null\n@@ -1,9 +0,0 @@')).to.deep.equal([]);
  });

  it('are not looked for in the text of a change', () => {
    expect(parseDiff(`${diffOf('src/a.ts', '-1 +1')}\n+ @@ -2 +2 @@`)).to.have.length(1);
  });
});

describe('The ranges to mutate', () => {
  const module = { sources: ['src/a.ts', 'src/b.ts'], tests: ['test/a.test.ts', 'test/b.test.ts'] };

  it('are the changed lines of the sources', () => {
    const changes = [
      { file: 'src/a.ts', first: 3, last: 5 },
      { file: 'src/a.ts', first: 9, last: 9 },
      { file: 'src/other.ts', first: 1, last: 1 },
    ];
    expect(changedRanges(changes, module)).to.deep.equal(['src/a.ts:3-5', 'src/a.ts:9-9']);
  });

  it('are all of a source whose test has changed', () => {
    const changes = [
      { file: 'src/b.ts', first: 3, last: 5 },
      { file: 'test/b.test.ts', first: 1, last: 1 },
      { file: 'test/other.test.ts', first: 1, last: 1 },
    ];
    expect(changedRanges(changes, module)).to.deep.equal(['src/b.ts']);
  });
});
