import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { KnownValues } from '../../src/redaction/known-values.ts';
import { Redactor, Tally } from '../../src/redaction/redactor.ts';
import { StreamRedactor } from '../../src/redaction/stream.ts';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const redact = (text: string) => new Redactor().redact(text);

describe('codes within codes', () => {
  const inner = 'export DB_PASSWORD=Hq7-value-Xy';
  for (const [about, text, found] of [
    ['one', base64(inner), true],
    ['two', base64(`x ${base64(inner)} y`), true],
    ['one of percent signs', encodeURIComponent(inner), true],
    ['three', base64(`x ${base64(`x ${base64('TOKEN=Hq7v9')}`)}`), false],
    ['one of another text', base64('Nothing that anybody minds'), false],
  ] as const) {
    it(`are looked into: ${about}, which is ${found ? 'found' : 'not'}`, () => {
      expect(redact(`a ${text} b`)).to.equal(found ? 'a [redacted encoded secret] b' : `a ${text} b`);
    });
  }

  it('are no text where bytes say so, and then hold known values alone', () => {
    const bytes = Buffer.from('\u0000\u0001TOKEN=Hq7-value-Xy');
    expect(redact(base64(bytes))).to.equal(base64(bytes));
    const known = new Redactor(new KnownValues([{ value: 'Hq7-value-Xy', reason: 'known value' }]));
    expect(known.redact(base64(gzipSync(bytes)))).to.equal('[redacted encoded secret]');
  });

  it('count once, whatever is in them', () => {
    const tally = new Tally();
    new Redactor().redact(`${base64(`${inner} TOKEN=Hq7-value-Xz`)} TOKEN=abc-12345`, tally);
    expect(Object.entries(tally.counts)).to.eql([
      ['encoded secret', 1],
      ['named secret', 1],
    ]);
  });
});

describe('text that looks random', () => {
  for (const [about, text, random] of [
    ['a key of AWS', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', true],
    ['a longer one', 'kX9vQ2mZ7pLw4TnB8rYc1HsD6fGj3KaE5uVo0iNxWqMtRbPzSyLdCgFhJeUa', true],
    ['no digit', 'wJalrXUtnFEMIKMDENGbPxRfiCYEXAMPLEKEYabc', false],
    ['no capital', 'wjalrxutnfemik7mdengbpxrficyexamplekeyab', false],
    ['no small letter', 'WJALRXUTNFEMIK7MDENGBPXRFICYEXAMPLEKEYAB', false],
    ['kinds in order', 'abcdefghijklmnopABCDEFGHIJKLMNOP01234567', false],
    ['the same signs again and again', 'aA1aA1aA1aA1aA1aA1aA1aA1aA1aA1aA1aA1aA1a', false],
    ['hexadecimal', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', false],
  ] as const) {
    it(`${random ? 'goes' : 'stays'}: ${about}`, () => {
      expect(redact(text)).to.equal(random ? '[redacted random text]' : text);
    });
  }

  for (const [text, expected] of [
    ['sent Bearer abcdefghijkl on', undefined],
    ['sent Bearer abcdefghijk1 on', 'sent Bearer [redacted header] on'],
    ['sent Bearer abcdefghij-klmnopqrs on', undefined],
    ['sent Bearer abcdefghij-klmnopqrst on', 'sent Bearer [redacted header] on'],
  ] as const) {
    it(`is a header's ${expected === undefined ? 'word' : 'secret'} in ${text}`, () => {
      expect(redact(text)).to.equal(expected ?? text);
    });
  }
});

describe('account ids', () => {
  const redactor = new Redactor(undefined, '111122223333');
  for (const [text, expected] of [
    ['at 111122223333.', 'at [redacted account id].'],
    ['at 1111222233334', undefined],
    ['at 9111122223333', undefined],
    ['arn:aws:iam::999988887777:role/x', 'arn:aws:iam::[redacted account id]:role/x'],
    ['arn:aws-cn:s3:cn-north-1:999988887777:x', 'arn:aws-cn:s3:cn-north-1:[redacted account id]:x'],
    ['arn:aws:sqs:eu-west-1:999988887777:q', 'arn:aws:sqs:eu-west-1:[redacted account id]:q'],
    ['at 999988887777', undefined],
  ] as const) {
    it(`${expected === undefined ? 'stay in' : 'go from'} ${text}`, () => {
      expect(redactor.redact(text)).to.equal(expected ?? text);
    });
  }

  it('are counted', () => {
    const tally = new Tally();
    redactor.redact('111122223333 arn:aws:iam::999988887777:role/x', tally);
    expect(tally.counts).to.eql({ 'account id': 2 });
  });
});

describe('a key without its end', () => {
  const begin = '-----BEGIN RSA PRIVATE KEY-----';
  const mark = '[redacted private key]';
  const redactor = () => {
    const tally = new Tally();
    const stream = new StreamRedactor(new Redactor(), tally);
    return { tally, line: (text: string) => stream.redact('a', text) };
  };

  it('is as long as the longest key, and no longer', () => {
    const { line, tally } = redactor();
    expect(line(begin)).to.equal(mark);
    const kept = Array.from({ length: 230 }, (_, number) => line(`MII${number}`)).findIndex(
      (text) => text !== mark,
    );
    expect(kept).to.equal(222);
    expect(tally.counts).to.eql({ 'private key': 223 });
  });

  for (const [about, text, ended] of [
    ['four words', 'the agent is started', true],
    ['words with commas and stops', 'started, and it waits.', true],
    ['three words', 'the agent is', false],
    ['words within signs', 'xAbc9 the/agent is=started wAitS', false],
    ['nothing', '', false],
  ] as const) {
    it(`${ended ? 'ends' : 'goes on'} at ${about}`, () => {
      const { line } = redactor();
      line(begin);
      line(text);
      expect(line('MIIE')).to.equal(ended ? 'MIIE' : mark);
    });
  }

  it('begins anew with the next key', () => {
    const { line } = redactor();
    const lines = [
      begin,
      '-----END RSA PRIVATE KEY-----',
      'MIIE',
      begin,
      'MIIE',
      `-----END RSA PRIVATE KEY----- ${begin}`,
      'MIIE',
    ];
    expect(lines.map(line).map((text) => text === mark)).to.eql([true, true, false, true, true, true, true]);
  });
});
