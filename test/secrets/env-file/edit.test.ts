import { expect } from 'chai';
import fc from 'fast-check';
import { editEnvFile, UneditableError } from '../../../src/secrets/env-file/edit.ts';
import { parseEnvFile } from '../../../src/secrets/env-file/parse.ts';

const set = (text: string, name: string, value: string) => editEnvFile(text, [{ name, value }]);
const unset = (text: string, name: string) => editEnvFile(text, [{ name, value: undefined }]);

describe('editing an env file', () => {
  it('leaves comments, order and other variables as they were', () => {
    const text = '# first\nexport A=1 # one\n\nB="two words"\n  C=3\n';
    expect(set(text, 'B', 'other')).to.equal('# first\nexport A=1 # one\n\nB=other\n  C=3\n');
    expect(set(text, 'A', "it's")).to.equal("# first\nexport A='it'\\''s' # one\n\nB=\"two words\"\n  C=3\n");
    expect(set(text, 'D', '4')).to.equal(`${text}D=4\n`);
    expect(set('A=1', 'B', '')).to.equal("A=1\nB=''\n");
    expect(set('A=1\nA=2\nB=$A', 'A', '3')).to.equal('A=1\nA=3\nB=$A');
    expect(set('A=1\nA+=2\n', 'A', '3')).to.equal('A=1\nA=3\n');
  });

  it('removes a variable with its line, or from among others', () => {
    expect(unset('A=1\nB=2 # two\nC=3\n', 'B')).to.equal('A=1\nC=3\n');
    expect(unset('export A=1 B=2 C=3\n', 'B')).to.equal('export A=1 C=3\n');
    expect(unset('export A=1\n', 'A')).to.equal('');
    expect(unset('A=1; B=2\n', 'A')).to.equal('B=2\n');
    expect(unset('A=1\nB=2\nA=3', 'A')).to.equal('B=2\n');
    expect(unset('export A=1 A=2\nB=1\n', 'A')).to.equal('B=1\n');
    expect(unset('A=1\n', 'Z')).to.equal('A=1\n');
  });

  it('is refused where commands could hide a variable', () => {
    for (const text of [
      'if x; then A=1; fi\n',
      'source x\n',
      'A=1 && B=2\n',
      'A="open\n',
      'export A=two words\n',
      'A=1;B=2\n',
      'A=C:/x\\\nB=2\n',
      // A line below it would become part of it.
      'B=C:/x\\',
    ]) {
      expect(() => set(text, 'A', '2'), text).to.throw(UneditableError);
    }
  });

  it('writes no carriage return as it is, as builds read env files without those at the ends of lines', () => {
    const text = set('', 'A', "one\r\nit's \\r\r");
    expect(text).to.equal("A=$'one\\r\nit\\'s \\\\r\\r'\n");
    expect(parseEnvFile(text).variables.get('A')).to.eql({ kind: 'text', text: "one\r\nit's \\r\r" });
  });

  it('sets any value so that it is read back, beside all others', () => {
    const name = fc.constantFrom('A', 'B', 'LONG_NAME');
    const value = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.option(value)), { maxLength: 8 }), (edits) => {
        const expected = new Map([['KEPT', 'as it was']]);
        let text = "KEPT='as it was' # for ever\n";
        for (const [key, wanted] of edits) {
          text = editEnvFile(text, [{ name: key, value: wanted ?? undefined }]);
          if (wanted === null) expected.delete(key);
          else expected.set(key, wanted);
        }
        const found = [...parseEnvFile(text).variables].map(([key, each]) => [
          key,
          each.kind === 'text' && each.text,
        ]);
        expect(new Map(found as [string, string][])).to.eql(expected);
      }),
    );
  });
});
