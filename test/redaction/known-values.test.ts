import { expect } from 'chai';
import { formsOf, KnownValues } from '../../src/redaction/known-values.ts';
import type { Reason } from '../../src/redaction/patterns.ts';

describe('the forms of a value', () => {
  const value = `a"b/c<d>&e'=f\\g $h\`ü`;
  for (const [about, form] of [
    ['as it is', value],
    ['in JSON', `a\\"b/c<d>&e'=f\\\\g $h\`ü`],
    ['in JSON whose slashes are escaped', `a\\"b\\/c<d>&e'=f\\\\g $h\`ü`],
    ['in JSON of ASCII', `a\\"b/c<d>&e'=f\\\\g $h\`\\u00fc`],
    ['in JSON without HTML', `a\\"b/c\\u003cd\\u003e\\u0026e\\u0027\\u003df\\\\g $h\`ü`],
    ['in JSON of Go', `a\\"b/c\\u003cd\\u003e\\u0026e'=f\\\\g $h\`ü`],
    ['in JSON in JSON', `a\\\\\\"b/c<d>&e'=f\\\\\\\\g $h\`ü`],
    ['between single quotes', `a"b/c<d>&e'\\''=f\\g $h\`ü`],
    ['between quotes of both kinds', `a"b/c<d>&e'"'"'=f\\g $h\`ü`],
    ['between double quotes', `a\\"b/c<d>&e'=f\\\\g \\$h\\\`ü`],
    ['in HTML', 'a&quot;b/c&lt;d&gt;&amp;e&#39;=f\\g $h`ü'],
    ['in an address', encodeURIComponent(value)],
    ['in an address, strictly', encodeURIComponent(value).replace("'", '%27')],
    [
      'in an address in small letters',
      encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['as an address', encodeURI(value)],
    ['in a form', encodeURIComponent(value).replace("'", '%27').replaceAll('%20', '+')],
    ['in hexadecimal', Buffer.from(value).toString('hex')],
    ['in hexadecimal of capitals', Buffer.from(value).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(value).toString('base64')],
    ['in base64 of addresses', Buffer.from(value).toString('base64url')],
  ] as const) {
    it(`are one ${about}`, () => {
      expect(formsOf(value).has(form), form).to.equal(true);
    });
  }

  it('are those of what stands between its blanks as well', () => {
    expect([...formsOf('  padded-value \n')]).to.include.members(['padded-value', '  padded-value \n']);
  });

  it('have each sign of a secret that needs to be encoded strictly', () => {
    expect(formsOf("a!'()*~b").has('a%21%27%28%29%2A%7Eb')).to.equal(true);
  });

  describe('within the base64 of something longer', () => {
    const secret = 'k?>~xyz-secret';
    for (const before of [0, 1, 2]) {
      for (const shape of ['base64', 'base64url'] as const) {
        it(`are all signs that belong to it alone: ${shape}, ${before} before`, () => {
          const code = Buffer.from(`${'?'.repeat(before)}${secret}~~~`).toString(shape);
          const found = [...formsOf(secret)].filter((form) => code.includes(form));
          const longest = Math.max(...found.map(({ length }) => length));
          const signs = Math.floor(((before + secret.length) * 8) / 6) - Math.ceil((before * 8) / 6);
          expect(longest).to.equal(signs);
          // Another neighbour changes none of them.
          const other = Buffer.from(`${'A'.repeat(before)}${secret}BBB`).toString(shape);
          expect(found.some((form) => other.includes(form))).to.equal(true);
        });
      }
    }
  });

  describe('in wrapped base64', () => {
    for (const width of [64, 76]) {
      it(`are lines of ${width}`, () => {
        const text = 'q'.repeat(100);
        const code = Buffer.from(text).toString('base64');
        const lines = code.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
        expect([...formsOf(text)]).to.include.members(lines);
      });
    }
  });

  for (const [about, text, shown] of [
    ['five signs', '12345', false],
    ['six', '123456', true],
    ['five between blanks', ' 12345 ', false],
  ] as const) {
    it(`${shown ? 'are some' : 'are none'} for ${about}`, () => {
      expect(formsOf(text).has(text)).to.equal(shown);
    });
  }

  for (const [text, hex] of [
    ['1234567', false],
    ['12345678', true],
  ] as const) {
    it(`${hex ? 'are hexadecimal' : 'are not hexadecimal'} for ${text.length} bytes`, () => {
      expect(formsOf(text).has(Buffer.from(text).toString('hex'))).to.equal(hex);
    });
  }
});

describe('known values', () => {
  const taken = (text: string, values: readonly (readonly [string, Reason])[]) =>
    new KnownValues(values.map(([value, reason]) => ({ value, reason }))).replace(
      text,
      (reason) => `[${reason}]`,
    );
  const known = (...values: string[]) => values.map((value) => [value, 'known value'] as const);

  for (const [about, text, values, expected] of [
    ['at the beginning', 'secret-1 x', known('secret-1'), '[known value] x'],
    ['at the end', 'x secret', known('secret'), 'x [known value]'],
    ['alone', 'secret', known('secret'), '[known value]'],
    ['cut off', 'x secre', known('secret'), 'x secre'],
    ['cut off behind what all begin with', 'x secret-', known('secret-1'), 'x secret-'],
    ['twice in a row', 'secretsecret', known('secret'), '[known value][known value]'],
    [
      'the longest of those that begin alike',
      'secret-12',
      known('secret', 'secret-12', 'secret-1'),
      '[known value]',
    ],
    [
      'the longest, whatever came first',
      'secret-12',
      known('secret-12', 'secret', 'secret-1'),
      '[known value]',
    ],
    ['one that ends within another', 'abcdefghijkl', known('abcdefgh', 'efghijkl'), '[known value]'],
    ['one that ends before another does', 'abcdefghijkl', known('abcdefghijkl', 'defghi'), '[known value]'],
    [
      'one that begins with the last sign of another',
      'abcdefghijk',
      known('abcdef', 'fghijk'),
      '[known value]',
    ],
    [
      'one that begins behind another',
      'abcdefghijkl',
      known('abcdef', 'ghijkl'),
      '[known value][known value]',
    ],
    ['a line of several', 'x line-two! y', known('line-one!\nline-two!'), 'x [known value] y'],
    ['a line of several, of Windows', 'line-two!', known('line-one!\r\nline-two!'), '[known value]'],
    ['a short line of several', 'x line-2! y', known('line-1!\nline-2!'), 'x line-2! y'],
    ['a line of eight', 'x line--2! y', known('line--1!\nline--2!'), 'x [known value] y'],
    [
      'the frame of a key',
      '-----BEGIN RSA PRIVATE KEY-----',
      known('-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefgh'),
      undefined,
    ],
    [
      'the end of a key',
      '-----END RSA PRIVATE KEY-----',
      known('MIIEabcdefgh\n-----END RSA PRIVATE KEY-----'),
      undefined,
    ],
    [
      'a line that a frame is in',
      '-----BEGIN X-----abc',
      known('-----BEGIN X-----abc\nMIIEabcdefgh'),
      '[known value]',
    ],
    [
      'a line that a frame ends',
      'abc-----BEGIN X-----',
      known('abc-----BEGIN X-----\nMIIEabcdefgh'),
      '[known value]',
    ],
    ['none', 'text', [], undefined],
  ] as const) {
    it(`go: ${about}`, () => {
      expect(taken(text, values)).to.equal(expected ?? text);
    });
  }

  it('keep the reason that was given first', () => {
    const values = [
      ['secret-1', 'agent token'],
      ['secret-1', 'known value'],
    ] as const;
    expect(taken('secret-1', values)).to.equal('[agent token]');
  });

  for (const [value, added] of [
    ['12345', false],
    [' 12345  ', false],
    ['123456', true],
  ] as const) {
    it(`${added ? 'take' : 'refuse'} ${JSON.stringify(value)}`, () => {
      const values = new KnownValues();
      expect(values.add(value, 'known value')).to.equal(added);
      expect(values.size).to.equal(added ? 1 : 0);
    });
  }

  it('are counted by the value, not by the form', () => {
    const values = new KnownValues();
    values.add('line-one!\nline-two!', 'known value');
    values.add('another value', 'known value');
    expect(values.size).to.equal(2);
  });
});

describe('a known value that is cut or folded', () => {
  const SECRET = 'kT9-qqWz/43bLmXpR7vYs2Ne';
  const values = new KnownValues([{ value: SECRET, reason: 'known value' }]);
  const replaced = (text: string) => values.replace(text, () => '[taken]');

  it('goes with as much of it as is there, whichever end was cut', () => {
    for (let length = Math.ceil(SECRET.length * 0.6); length <= SECRET.length; length += 1) {
      expect(replaced(`a ${SECRET.slice(0, length)}... b`), String(length)).to.equal('a [taken]... b');
      expect(replaced(`a ...${SECRET.slice(-length)} b`), String(length)).to.equal('a ...[taken] b');
    }
    const half = SECRET.slice(0, 12);
    expect(replaced(`a ${half} b`)).to.equal(`a ${half} b`);
  });

  it('goes where it is written over lines, indented or continued', () => {
    const [left, right] = [SECRET.slice(0, 11), SECRET.slice(11)];
    for (const fold of ['\n', '\r\n', '\n    ', '\\\n\t']) {
      expect(replaced(`a=${left}${fold}${right}\nb`), JSON.stringify(fold)).to.equal('a=[taken]\nb');
    }
    const letters = Array.from(SECRET).join('\n');
    expect(replaced(`a\n${letters}\nb`)).to.equal('a\n[taken]\nb');
    expect(replaced('one\ntwo\r\n  three')).to.equal('one\ntwo\r\n  three');
  });

  it('stays where only a short one would be found over two lines', () => {
    const short = new KnownValues([{ value: 'abcdef', reason: 'known value' }]);
    expect(short.replace('abc\ndef', () => '[taken]')).to.equal('abc\ndef');
  });
});
