import { expect } from 'chai';
import { parseTemplate, TemplateSyntaxError } from '../../src/cfn/document.ts';

function fault(text: string): TemplateSyntaxError {
  try {
    parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('the template reader', () => {
  it('writes short forms out', () => {
    const { body } = parseTemplate(`
ref: !Ref Vpc
attribute: !GetAtt Vpc.Ipv6.Block
listed: !GetAtt [Vpc, CidrBlock]
joined: !Join ['-', [!Ref A, b]]
mapped: !Transform { Name: Count }
named: !Condition Big
`);
    expect(body).to.deep.equal({
      ref: { Ref: 'Vpc' },
      attribute: { 'Fn::GetAtt': ['Vpc', 'Ipv6.Block'] },
      listed: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] },
      joined: { 'Fn::Join': ['-', [{ Ref: 'A' }, 'b']] },
      mapped: { 'Fn::Transform': { Name: 'Count' } },
      named: { Condition: 'Big' },
    });
  });

  it('leaves dates as text, and keeps a key that JavaScript has a meaning for', () => {
    expect(parseTemplate('Version: 2012-10-17').body).to.deep.equal({ Version: '2012-10-17' });
    expect(Object.keys(parseTemplate('{"__proto__": 1, "constructor": 2}').body)).to.deep.equal([
      '__proto__',
      'constructor',
    ]);
  });

  it('keeps a number as it is written where that says more', () => {
    const numbers = { Engine: '8.0', Big: '12345678901234567890', Port: 443, Share: 0.5, Exponent: 1000 };
    expect(
      parseTemplate('Engine: 8.0\nBig: 12345678901234567890\nPort: 443\nShare: 0.5\nExponent: 1e3\n').body,
    ).to.deep.equal(numbers);
    expect(
      parseTemplate('{"Engine":8.0,"Big":12345678901234567890,"Port":443,"Share":0.5,"Exponent":1e3}').body,
    ).to.deep.equal(numbers);
  });

  it('reads JSON and YAML to the same data', () => {
    const json = parseTemplate('{"A": [1, -2.5e3, true, null, "x\\n\\u00e9"], "B": {}}');
    const yaml = parseTemplate('A: [1, -2.5e3, true, null, "x\\n\\u00e9"]\nB: {}');
    expect(json.body).to.deep.equal(yaml.body);
    expect([json.format, yaml.format]).to.deep.equal(['JSON', 'YAML']);
  });

  it('says where a key stands, in both', () => {
    const path = ['Resources', 'Vpc'];
    expect(parseTemplate('Resources:\n  Vpc:\n    Type: x\n').positionOf(path)).to.deep.equal({
      line: 2,
      column: 3,
    });
    expect(parseTemplate('{"Resources": {\n "Vpc": {}}}').positionOf(path)).to.deep.equal({
      line: 2,
      column: 2,
    });
    expect(parseTemplate('A: 1').positionOf(['B'])).to.equal(undefined);
  });

  describe('aliases', () => {
    it('stand for what is anchored, functions and all', () => {
      const { body, aliasAt } = parseTemplate('a: &x { b: !Ref C }\nd: *x\n');
      expect(body).to.deep.equal({ a: { b: { Ref: 'C' } }, d: { b: { Ref: 'C' } } });
      expect(aliasAt).to.deep.equal({ line: 2, column: 4 });
    });

    it('are refused where nothing is anchored, or where they stand in themselves', () => {
      expect(fault('a: *x').message).to.equal('no anchor &x stands before this alias');
      expect(fault('a: &x\n  b: *x\n').message).to.equal('*x stands inside of what it stands for');
    });

    it('cannot be made to multiply without end', () => {
      const levels = Array.from({ length: 12 }, (_, i) => {
        const item = i === 0 ? 'x' : `*l${i - 1}`;
        return `l${i}: &l${i} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
      });
      expect(fault(levels.join('\n')).message).to.equal('aliases that multiply without end');
    });
  });

  describe('faults', () => {
    it('name a key that is there twice, and its second place', () => {
      const yaml = fault('Resources:\n  Vpc: 1\n  Vpc: 2\n');
      expect(yaml.message).to.equal('the key "Vpc" is there twice');
      expect(yaml.position).to.deep.equal({ line: 3, column: 3 });
      const json = fault('{"Vpc": 1,\n "Vpc": 2}');
      expect(json.message).to.equal('the key "Vpc" is there twice');
      expect(json.position).to.deep.equal({ line: 2, column: 2 });
    });

    for (const [what, text, line, column] of [
      ['a value that is missing', '{\n  "a": ,\n}', 2, 8],
      ['a comma too many', '{"a": 1,}', 1, 9],
      ['text after the end', '{"a": 1} {}', 1, 10],
      ['an end that never comes', '{"a": [1, 2', 1, 12],
      ['a string over two lines', '{"a": "x\ny"}', 1, 9],
      ['a bad escape', '{"a": "\\q"}', 1, 7],
      ['a number with a leading zero', '{"a": 01}', 1, 8],
      ['a short form that is not there', 'a: !Reff b', 1, 4],
      ['an indentation that does not fit', 'a:\n  b: 1\n c: 2\n', 3, 1],
    ] as const) {
      it(`say where: ${what}`, () => {
        expect(fault(text).position).to.deep.equal({ line, column });
      });
    }

    it('tell a text that is no map from one that does not parse', () => {
      expect(fault('- a\n- b').isStructure).to.equal(true);
      expect(fault('just text').isStructure).to.equal(true);
      expect(fault('a: b: c').isStructure).to.equal(false);
    });
  });
});
