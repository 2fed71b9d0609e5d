import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODES } from '../../src/doctor/findings/finding.ts';
import { root } from '../support/process.ts';

describe('docs/doctor.md', () => {
  it('has every finding, in the order in which doctor has them', () => {
    const text = readFileSync(join(root, 'docs/doctor.md'), 'utf8');
    expect([...text.matchAll(/^\| `([a-z-]+)` /gm)].map(([, code]) => code)).to.have.members([...CODES]);
  });
});
