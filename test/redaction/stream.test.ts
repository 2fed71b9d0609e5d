import { expect } from 'chai';
import { redactData } from '../../src/redaction/data.ts';
import { Redactor, Tally } from '../../src/redaction/redactor.ts';
import { StreamRedactor } from '../../src/redaction/stream.ts';

const KEY = ['-----BEGIN OPENSSH PRIVATE KEY-----', 'b3BlbnNzaA', 'xyz', '-----END OPENSSH PRIVATE KEY-----'];

describe('the redactor of streams', () => {
  const redactAll = (lines: readonly (readonly [string, string])[]) => {
    const redactor = new StreamRedactor(new Redactor(), new Tally());
    return lines.map(([stream, message]) => redactor.redact(stream, message));
  };
  const mark = '[redacted private key]';

  it('takes out a key that comes line by line, in whatever order streams are mixed', () => {
    const lines = KEY.flatMap((line) => [['a', line] as const, ['b', 'all is well'] as const]);
    const result = redactAll([['a', 'before'], ...lines, ['a', 'after']]);
    expect(result).to.deep.equal([
      'before',
      ...[mark, 'all is well', mark, 'all is well', mark, 'all is well', mark, 'all is well'],
      'after',
    ]);
  });

  it('goes on after a key that never ends', () => {
    const result = redactAll([
      ['a', KEY[0] ?? ''],
      ['a', 'MIIE'],
      ['a', 'the agent is started and waits for jobs'],
      ['a', 'MIIE'],
    ]);
    expect(result).to.deep.equal([mark, mark, 'the agent is started and waits for jobs', 'MIIE']);
  });

  it('knows a name from its value through colours', () => {
    expect(redactAll([['a', '\u001b[36mtoken\u001b[0m=abcdefgh1']])).to.deep.equal([
      'token=[redacted named secret]',
    ]);
    expect(redactAll([['a', '{"m":"\\u001b[36mtoken\\u001b[0m=abcdefgh1"}']])[0]).to.not.contain('abcdefgh1');
  });
});

describe('the redactor of data', () => {
  it('goes by the names of fields, and by those that stand in another field', () => {
    const data = {
      at: new Date(0),
      count: 3,
      none: null,
      password: 'abcdefgh1',
      nested: [
        { Key: 'db-token', Value: 'abcdefgh2', PropagateAtLaunch: false },
        { Key: 'note', Value: 'kept' },
      ],
      Variables: { API_KEY: 'abcdefgh3', MODE: 'kept', TOKEN: { inner: 'DB_PASSWORD=abcdefgh4' } },
      MetadataOptions: { HttpTokens: 'required' },
      StatusMessage: 'Your request failed: bkct_0123456789abcdefgh',
    };
    const text = JSON.stringify(redactData(data, new Redactor()));
    expect(text).to.not.match(/abcdefgh/);
    expect(JSON.parse(text)).to.deep.include({ at: '1970-01-01T00:00:00.000Z', count: 3, none: null });
    expect(text)
      .to.contain('"Value":"kept"')
      .and.contain('"MODE":"kept"')
      .and.contain('"HttpTokens":"required"');
  });
});
