import { expect } from 'chai';
import fc from 'fast-check';
import {
  minSizeNoteOf,
  minSizesOf,
  minSizeTagValue,
  nextMinSizeStep as nextMinSizeStep,
} from '../../../src/scaler/group/forecast-min-size.ts';

const nextStep = (
  tag: string | undefined,
  facts: Parameters<typeof nextMinSizeStep>[1],
  least: number,
  now = Date.parse('2026-11-25T12:00:00Z'),
) => nextMinSizeStep(tag, facts, least, now);

describe('the note of what a group is held at', () => {
  it('tells what the scaler has raised from what somebody else has set', () => {
    expect(minSizesOf(undefined, 3)).to.eql({ min: 3 });
    expect(minSizesOf('0/3', 3)).to.eql({ min: 0, held: 3 });
    expect(minSizesOf('0/3', 0), 'not raised yet').to.eql({ min: 0 });
    expect(minSizesOf('0/3', 4), 'somebody else').to.eql({ min: 4 });
    expect(minSizesOf('0/3/5', 3), 'about to be raised').to.eql({ min: 0, held: 3 });
    expect(minSizesOf('0/3/5', 5)).to.eql({ min: 0, held: 5 });
    expect(minSizesOf('0/3/5', 4)).to.eql({ min: 4 });
    expect(minSizesOf('3/3', 3)).to.eql({ min: 3 });
    expect(minSizesOf('3', 3), 'nothing held').to.eql({ min: 3 });
    for (const tag of ['', '3/', 'x/3', '0/3/5/7', '0/3/x', '0/3 until', '0/3 until now'])
      expect(minSizeNoteOf(tag), tag).to.equal(undefined);
  });

  it('is written before MinSize is raised or lowered, and not to give MinSize back', () => {
    expect(nextStep(undefined, { min: 1 }, 1)).to.equal(undefined);
    expect(nextStep('1/4', { min: 1, held: 4 }, 4)).to.equal(undefined);
    expect(nextStep(undefined, { min: 1 }, 4)).to.eql({ kind: 'remember', note: { min: 1, held: [4] } });
    expect(nextStep('1/4', { min: 1 }, 4)).to.eql({ kind: 'hold', minSize: 4 });
    expect(nextStep('1/4', { min: 1, held: 4 }, 6)).to.eql({
      kind: 'remember',
      note: { min: 1, held: [4, 6] },
    });
    expect(nextStep('1/4/6', { min: 1, held: 4 }, 6)).to.eql({ kind: 'hold', minSize: 6 });
    expect(nextStep('1/4', { min: 1, held: 4 }, 1)).to.eql({ kind: 'hold', minSize: 1 });
    expect(nextStep('1/4', { min: 2 }, 4), 'of another minimum').to.eql({
      kind: 'remember',
      note: { min: 2, held: [4] },
    });
  });

  it('goes once MinSize is given back, so that nobody else who sets what was held passes for the scaler', () => {
    expect(nextStep('1/4', { min: 1 }, 1)).to.eql({ kind: 'remember', note: { min: 1, held: [] } });
    expect(nextStep('0/4/5', { min: 3 }, 3)).to.eql({ kind: 'remember', note: { min: 3, held: [] } });
    expect(nextStep('1', { min: 1 }, 1)).to.equal(undefined);
    expect(nextStep('1', { min: 1 }, 4)).to.eql({ kind: 'remember', note: { min: 1, held: [4] } });
    expect(nextStep('1/4', { min: 1, held: 4 }, 4), 'held at present').to.equal(undefined);
  });

  it('keeps the scaler from any step until the time that it gives', () => {
    const until = Date.parse('2026-11-25T11:00:00Z');
    for (const held of [[], [8], [8, 9]]) {
      const tag = minSizeTagValue({ min: 0, held, until });
      expect(minSizeNoteOf(tag)).to.eql({ min: 0, held, until });
      for (const [facts, least] of [
        [{ min: 0 }, 0],
        [{ min: 0 }, 8],
        [{ min: 0, held: 8 }, 9],
        [{ min: 0, held: 8 }, 0],
      ] as const) {
        expect(nextStep(tag, facts, least, until - 1), tag).to.equal(undefined);
      }
      expect(nextStep(tag, { min: 0, held: 8 }, 0, until), tag).to.eql({ kind: 'hold', minSize: 0 });
    }
    expect(minSizeTagValue({ min: 0, held: [8], until })).to.equal('0/8 until 2026-11-25T11:00:00.000Z');
    expect(minSizesOf('0/8 until 2026-11-25T11:00:00.000Z', 8)).to.eql({ min: 0, held: 8 });
  });

  it('is carried out on the way to a size that moves on, and not past it or away from it', () => {
    const at8 = { min: 0, held: 8 };
    expect(nextStep('0/8/7', at8, 5)).to.eql({ kind: 'hold', minSize: 7 });
    expect(nextStep('0/8/9', at8, 12)).to.eql({ kind: 'hold', minSize: 9 });
    expect(nextStep('0/8/7', at8, 9)).to.eql({ kind: 'remember', note: { min: 0, held: [8, 9] } });
    expect(nextStep('0/8/12', at8, 9)).to.eql({ kind: 'remember', note: { min: 0, held: [8, 9] } });
    expect(nextStep('0/8/5', at8, 7)).to.eql({ kind: 'remember', note: { min: 0, held: [8, 7] } });
  });

  it('never loses the minimum of the group, wherever it should be held', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 9 })),
        (min, targets) => {
          let [tag, minSize]: [string | undefined, number] = [undefined, min];
          for (const target of targets) {
            const facts = minSizesOf(tag, minSize);
            expect(facts.min).to.equal(min);
            const step = nextStep(tag, facts, min + target);
            if (step?.kind === 'remember') tag = minSizeTagValue(step.note);
            if (step?.kind === 'hold') ({ minSize } = step);
          }
          for (let look = 0; look < 2; look++) {
            const step = nextStep(tag, minSizesOf(tag, minSize), min + 3);
            if (step?.kind === 'remember') tag = minSizeTagValue(step.note);
            if (step?.kind === 'hold') ({ minSize } = step);
          }
          for (let look = 0; look < 2; look++) {
            const step = nextStep(tag, minSizesOf(tag, minSize), min);
            if (step?.kind === 'hold') ({ minSize } = step);
          }
          expect(minSize).to.equal(min);
        },
      ),
    );
  });
});
