import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parameterReference } from '../../scripts/parameter-reference.ts';
import { root } from '../support/process.ts';

const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const template = text('template/bk-stack.yml');
const official = text('template/official-parameters.yml');

const small = (parameters: string, names: string): string => `
Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: [{ Label: { default: All }, Parameters: [${names}] }] } }
Parameters: ${parameters}
`;

describe('docs/parameters.md', () => {
  it('is what the template says now (npx tsx scripts/generate-parameters.ts writes it)', () => {
    expect(text('docs/parameters.md')).to.equal(parameterReference(template, official));
  });

  it('says what each parameter takes', () => {
    const made = parameterReference(
      small(
        `{ Size: { Type: Number, Default: 2, MinValue: 1, MaxValue: 9, Description: How many }, Kind: { Type: String, AllowedValues: [a|b, c] } }`,
        'Size, Kind',
      ),
      '{}',
    );
    expect(made).to.contain('| `Size` | number | `2` | 1 to 9 | How many |');
    expect(made).to.contain('| `Kind` | string | empty | `a\\|b`, `c` |');
  });

  it('cannot be made while a parameter is in no group', () => {
    const two = '{ Size: { Type: Number }, Kind: { Type: String } }';
    expect(() => parameterReference(small(two, 'Size'), '{}')).to.throw('Kind');
    expect(() => parameterReference(small(two, 'Size, Kind, Gone'), '{}')).to.throw('Gone');
  });

  it('cannot be made while the fate of an official parameter is unsaid, or said twice', () => {
    const one = small('{ Size: { Type: Number, Default: 2 } }', 'Size');
    expect(() => parameterReference(one, `{ Gone: { Default: '1' } }`)).to.throw('Gone is to be');
    expect(() => parameterReference(one, `{ Size: { Default: '2', Later: x } }`)).to.throw('Size is to be');
    expect(() => parameterReference(one, `{ Size: { Default: '3' } }`)).to.throw('a differing default');
    expect(parameterReference(one, `{ Size: { Default: '3', Because: two do } }`)).to.contain(
      '| `Size` | supported; default `2` instead of `3`: two do |',
    );
  });
});
