import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compare, comparisonRows } from '../../scripts/bench-scaler.ts';
import { JOBS, rowsOf, withTable } from '../../scripts/scaling-table-text.ts';
import { MEASURED_PROFILES } from '../../src/simulate/jobs/profiles.ts';
import { root } from '../support/process.ts';

const text = readFileSync(join(root, 'docs/scaling.md'), 'utf8');

describe('the table of docs/scaling.md', () => {
  it('has what is measured, on the profile that is measured soonest', () => {
    const comparison = compare('nightly-batch', JOBS);
    expect(rowsOf(text, 'nightly-batch'), 'npx tsx scripts/scaling-table.ts').to.eql(
      comparisonRows(comparison),
    );
  });

  it('has every contender on every profile', () => {
    const names = (profile: string) => rowsOf(text, profile).map((row) => row.split(' | ')[1]);
    for (const profile of MEASURED_PROFILES) {
      expect(names(profile), profile).to.eql(names('nightly-batch'));
      expect(names(profile)).to.include.members([
        ...['official, its defaults', 'official, our settings', 'bk-stack, defaults', 'oracle'],
      ]);
    }
  });

  it('is put between its marks, and nowhere else', () => {
    const again = withTable(text, ['| `x` | y |']);
    expect(rowsOf(again, 'x')).to.eql(['| `x` | y |']);
    expect(rowsOf(again, 'steady')).to.eql([]);
    expect(again.slice(0, 1000)).to.equal(text.slice(0, 1000));
    expect(again.slice(-1000)).to.equal(text.slice(-1000));
    expect(() => withTable('no marks', [])).to.throw('docs/scaling.md has no marks of its table');
  });
});
