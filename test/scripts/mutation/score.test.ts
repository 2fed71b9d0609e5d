import { expect } from 'chai';
import type { Mutant } from '../../../scripts/mutation/mutant.ts';
import { percent, scoreOf, scoreTable, writeScores } from '../../../scripts/mutation/score.ts';

const mutant = (to: string, outcome: Mutant['outcome']): Mutant => ({
  file: 'src/a.ts',
  line: 3,
  code: 'return a > b;',
  from: 'a > b',
  to,
  outcome,
});
const listed = (to: string) => ({ ...mutant(to, 'survived'), reason: 'they are never equal' });
const run = (...mutants: Mutant[]) => ({ planned: mutants.length, mutants });

describe("A module's score", () => {
  it('is the share of the mutants that tests notice', () => {
    const score = scoreOf(
      'a',
      run(mutant('1', 'killed'), mutant('2', 'killed'), mutant('3', 'survived')),
      [],
      1,
    );
    expect(score).to.deep.include({ mutants: 3, killed: 2, notRun: 0 });
    expect(percent(score)).to.equal(66.6);
  });

  it('leaves out mutants that cannot run', () => {
    expect(scoreOf('a', run(mutant('1', 'killed'), mutant('2', 'invalid')), [], 1).mutants).to.equal(1);
  });

  it('leaves out those that are listed as equivalent', () => {
    const score = scoreOf(
      'a',
      run(mutant('a >= b', 'survived'), mutant('1', 'killed')),
      [listed('a >= b')],
      1,
    );
    expect(score).to.deep.include({ mutants: 1, killed: 1, survivors: [], equivalent: 1, untrue: [] });
  });

  for (const [situation, mutants] of [
    ['a test kills it', [mutant('a >= b', 'killed')]],
    ['it is gone', []],
    ['its line has changed', [{ ...mutant('a >= b', 'survived'), code: 'return a > b && c;' }]],
    ['it is in another file', [{ ...mutant('a >= b', 'survived'), file: 'src/b.ts' }]],
    ['another part was replaced', [{ ...mutant('a >= b', 'survived'), from: 'b' }]],
  ] as const) {
    it(`finds an entry of the list untrue when ${situation}`, () => {
      expect(scoreOf('a', run(...mutants), [listed('a >= b')], 1).untrue).to.have.length(1);
    });
  }

  it('counts what was not reached as not run', () => {
    expect(scoreOf('a', { planned: 5, mutants: [mutant('1', 'killed')] }, [], 1).notRun).to.equal(4);
    expect(scoreOf('a', { planned: undefined, mutants: [] }, [], 1).notRun).to.equal(undefined);
  });

  it('is never rounded up to the aim', () => {
    expect(percent({ mutants: 10_000, killed: 8_499 })).to.equal(84.9);
    expect(percent({ mutants: 0, killed: 0 })).to.equal(100);
  });

  it('is not shown where no mutant was tested', () => {
    const none = scoreOf('a', { planned: 4, mutants: [] }, [], 0.25);
    expect(scoreTable([none]).split('\n').at(-1)).to.equal('| a | 0 | 0 | 0 | 0 | - | 0.3 |');
  });
});

describe("The document's scores", () => {
  const score = (name: string, killed: number) => ({
    name,
    mutants: 10,
    killed,
    survivors: [],
    equivalent: 0,
    untrue: [],
    notRun: 0,
    minutes: 1,
  });
  const before = '<!-- mutation scores: npm run test:mutation -- --write -->';
  const empty = `# Text\n\n${before}\n<!-- end of mutation scores -->\n`;

  it('are put into the place for them, and the text around stays', () => {
    const written = writeScores(empty, [score('a', 9)], ['a']);
    expect(written).to.equal(
      `# Text\n\n${before}\n\n${scoreTable([score('a', 9)])}\n\n<!-- end of mutation scores -->\n`,
    );
  });

  it('of modules that were not run stay, in the order of the list', () => {
    const written = writeScores(
      writeScores(empty, [score('b', 1), score('c', 2)], ['b', 'c']),
      [score('a', 9)],
      ['a', 'b', 'c'],
    );
    expect(written.match(/^\| [abc] .*%/gm)).to.deep.equal([
      '| a | 10 | 9 | 0 | 0 | 90.0 %',
      '| b | 10 | 1 | 0 | 0 | 10.0 %',
      '| c | 10 | 2 | 0 | 0 | 20.0 %',
    ]);
  });

  it('of modules that exist no more go', () => {
    const written = writeScores(writeScores(empty, [score('b', 1)], ['b']), [score('a', 9)], ['a']);
    expect(written).not.to.contain('| b |');
  });

  it('need a place', () => {
    expect(() => writeScores('# Text', [score('a', 9)], ['a'])).to.throw('no place for the scores');
  });
});
