import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { replaceEncoded } from '../../src/redaction/encoded.ts';

const SECRET = 'correct Horse battery';
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const hexOf = (byte: number) => byte.toString(16).padStart(2, '0');
const bytes = (between: string) => [...Buffer.from(SECRET)].map(hexOf).join(between);
const signs = (written: (code: number) => string) =>
  Array.from(SECRET, (sign) => written(sign.charCodeAt(0))).join('');
const replaced = (text: string) =>
  replaceEncoded(
    text,
    (decoded) => decoded.includes(SECRET),
    () => '[taken]',
  );
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

describe('what is encoded', () => {
  const long = `${'#'.repeat(100)}${SECRET}${'#'.repeat(50)}`;
  const lines = base64(long).match(/.{1,76}/g) ?? [];
  const wide = Buffer.from(SECRET, 'utf16le');
  for (const [about, text, expected] of [
    ['base64', `a ${base64(SECRET)} b`, 'a [taken] b'],
    ['base64 behind one sign of another text', `/${base64(SECRET)}`, '[taken]'],
    ['base64 behind two', `ab${base64(SECRET)}`, '[taken]'],
    ['base64 behind three', `abc${base64(SECRET)}`, '[taken]'],
    ['base64 of addresses', base64(`?>~${SECRET}`).replaceAll('+', '-').replaceAll('/', '_'), '[taken]'],
    ['base64 in lines', `a\n${lines.join('\n')}\nb`, /^a\n\[taken\]/],
    ['base64 in lines of Windows', lines.join('\r\n'), '[taken]'],
    ['base64 in indented lines', lines.join('\n    '), '[taken]'],
    ['base64 in lines indented by tabs', lines.join('\n\t\t'), '[taken]'],
    ['base64 in lines of JSON', lines.join('\\n'), '[taken]'],
    ['base64 in lines of JSON of Windows', lines.join('\\r\\n'), '[taken]'],
    ['base64 in lines of JSON in JSON', lines.join('\\\\n'), '[taken]'],
    ['base64 of wide characters', base64(wide), '[taken]'],
    ['base64 of what is packed', base64(gzipSync(SECRET)), '[taken]'],
    ['base64 of another text', base64('nothing that anybody minds, REALLY'), undefined],
    ['base64 of another text that is packed', base64(gzipSync('nothing that anybody minds')), undefined],
    [
      'base64 of what begins as packed and is not',
      base64(Buffer.from([0x1f, 0x8b, 8, 1, 2, 3, 4, 5, 200])),
      '[taken]',
    ],
    [
      'base64 of what begins nearly as packed',
      base64(Buffer.from([0x1f, 0x8b, 9, 1, 2, 3, 4, 5, 200])),
      undefined,
    ],
    [
      'base64 of what begins half as packed',
      base64(Buffer.from([0x1f, 0, 8, 1, 2, 3, 4, 5, 200])),
      undefined,
    ],
    ['base64 of what begins otherwise', base64(Buffer.from([0x1e, 0x8b, 8, 1, 2, 3, 4, 5, 200])), undefined],
    ['a word without capitals', 'a-word-without-capitals-in-it', undefined],
    ['percent signs', `a ${percent(SECRET)} b`, 'a [taken] b'],
    ['percent signs in capitals', `q=${percent(SECRET).toUpperCase()}&x`, '[taken]'],
    ['percent signs of parts', `x%3D${encodeURIComponent(SECRET)}`, '[taken]'],
    ['plus signs for spaces', `%3D${SECRET.replaceAll(' ', '+')}`, '[taken]'],
    ['percent signs between quotes', `"${percent(SECRET)}"`, '"[taken]"'],
    ['percent signs in brackets', `[${percent(SECRET)}]<b>`, '[[taken]]<b>'],
    ['bytes between colons', `a ${bytes(':')} b`, 'a [taken] b'],
    ['bytes between spaces, in capitals', bytes(' ').toUpperCase(), '[taken]'],
    ['bytes between dashes', bytes('-'), '[taken]'],
    [
      'bytes of an array',
      `[${[...Buffer.from(SECRET)]
        .map(hexOf)
        .map((digits) => `0x${digits}`)
        .join(', ')}]`,
      '[[taken]]',
    ],
    [
      'bytes in escapes',
      `"${[...Buffer.from(SECRET)].map((byte) => `\\x${hexOf(byte)}`).join('')}"`,
      '"[taken]"',
    ],
    ['bytes of another text', 'aa:bb:cc:dd:ee:ff and 00:11:22:33:44:55', undefined],
    ['every sign as an escape', signs((code) => `\\u${code.toString(16).padStart(4, '0')}`), '[taken]'],
    [
      'every sign as an escape in JSON',
      signs((code) => `\\\\u${code.toString(16).padStart(4, '0')}`),
      '[taken]',
    ],
    ['every sign as an escape in braces', signs((code) => `\\u{${code.toString(16)}}`), '[taken]'],
    [
      'some signs as escapes',
      SECRET.replace(/[ct ]/g, (sign) => `\\x${hexOf(sign.charCodeAt(0))}`),
      '[taken]',
    ],
    ['decimal entities', signs((code) => `&#${code};`), '[taken]'],
    ['hexadecimal entities', signs((code) => `&#x${code.toString(16)};`), '[taken]'],
    ['entities of another text', '&#38; and \\u0041bc &#x1F600; &#9999999;', undefined],
    ['percent signs of another text', '100%25 of it, 50% and %zz', undefined],
  ] as const) {
    it(`${expected === undefined ? 'stays' : 'goes'}: ${about}`, () => {
      if (expected instanceof RegExp) expect(replaced(text)).to.match(expected);
      else expect(replaced(text)).to.equal(expected ?? text);
    });
  }

  it('is handed on decoded, in each of the four places where it may begin', () => {
    const seen: string[] = [];
    replaceEncoded(
      `Abc${base64('0123456789')}`,
      (decoded) => {
        seen.push(decoded);
        return false;
      },
      () => '',
    );
    expect(seen).to.have.length(4);
    expect(seen[3]).to.equal('0123456789');
  });

  it('is decoded as UTF-8', () => {
    const seen: string[] = [];
    const look = (decoded: string) => !seen.push(decoded);
    replaceEncoded('x=%C3%BC+%e2%82%ac', look, () => '');
    replaceEncoded(base64('ünï €uro A'), look, () => '');
    expect(seen[0]).to.equal('x=ü €');
    expect(seen[1]).to.equal('ünï €uro A');
  });

  describe('and packed', () => {
    const MEBIBYTE = 1024 * 1024;
    for (const [about, bytes, trusted] of [
      ['to four mebibytes', 4 * MEBIBYTE, true],
      ['to more, behind which a secret may be', 4 * MEBIBYTE + 1, false],
    ] as const) {
      it(`is ${trusted ? 'looked into' : 'not trusted'}: ${about}`, () => {
        const text = base64(gzipSync('a'.repeat(bytes)));
        expect(replaced(text)).to.equal(trusted ? text : '[taken]');
      });
    }
  });
});
