import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { readEquivalents } from '../../../scripts/mutation/equivalents.ts';
import { MODULES, sourcesOf, testsOf } from '../../../scripts/mutation/modules.ts';
import { sampledRanges } from '../../../scripts/mutation/sample.ts';

describe('The modules that are mutated', () => {
  for (const module of MODULES) {
    it(`${module.name} has sources and tests`, () => {
      expect(sourcesOf(module)).not.to.be.empty;
      expect(testsOf(module)).not.to.be.empty;
      for (const file of module.slowTests ?? []) expect(existsSync(file), file).to.equal(true);
    });

    it(`${module.name} lists as equivalent what is in its sources`, () => {
      for (const { file } of readEquivalents(module.name)) expect(sourcesOf(module)).to.include(file);
    });
  }

  it('share no source, so that none counts twice', () => {
    const sources = MODULES.flatMap(sourcesOf);
    expect(sources).to.have.length(new Set(sources).size);
  });
});

describe('A sample', () => {
  const files = Array.from({ length: 50 }, (_, index) => ({ path: `src/${index}.ts`, lines: 200 }));

  it('is about one block in so many, the same ones each time', () => {
    const ranges = sampledRanges(files, 10);
    expect(ranges).to.have.length.within(25, 75);
    expect(sampledRanges(files, 10)).to.deep.equal(ranges);
  });

  it('covers every line once when it takes every block', () => {
    expect(sampledRanges([{ path: 'src/a.ts', lines: 41 }], 1)).to.deep.equal([
      'src/a.ts:1-20',
      'src/a.ts:21-40',
      'src/a.ts:41-60',
    ]);
  });
});
