import { expect } from 'chai';
import { redactData } from '../../src/redaction/data.ts';
import { Redactor, Tally } from '../../src/redaction/redactor.ts';

const V = 'Hq7-value';
const MARK = '[redacted named secret]';
const redacted = (data: unknown) => redactData(data, new Redactor());

describe('data without secrets', () => {
  for (const name of ['ParameterKey', 'OutputKey', 'Key', 'TagKey', 'Name', 'name', 'key']) {
    it(`goes by the name in ${name}`, () => {
      expect(redacted({ [name]: 'DB_PASSWORD', Value: V })).to.eql({ [name]: 'DB_PASSWORD', Value: MARK });
      expect(redacted({ [name]: 'MODE', Value: V })).to.eql({ [name]: 'MODE', Value: V });
    });
  }
  for (const value of [
    ...['ParameterValue', 'ResolvedValue', 'OutputValue', 'Value', 'TagValue', 'value', 'preset', 'Default'],
  ]) {
    it(`takes out the value in ${value}`, () => {
      expect(redacted({ Name: 'DB_PASSWORD', [value]: V })).to.eql({ Name: 'DB_PASSWORD', [value]: MARK });
    });
  }
  for (const [about, data, expected] of [
    ['another field of the same', { Name: 'DB_PASSWORD', Note: V }, { Name: 'DB_PASSWORD', Note: V }],
    ['a name that is no text', { Name: 5, Value: V }, { Name: 5, Value: V }],
    ['a field that is named as a secret', { token: V }, { token: MARK }],
    ['a number', { token: 5 }, { token: 5 }],
    ['whether there is one', { token: true, secret: null }, { token: true, secret: null }],
    ['a word for that', { token: 'none' }, { token: 'none' }],
    ['a reference', { token: '$TOKEN' }, { token: '$TOKEN' }],
    ['a list below it', { token: ['x', `PASSWORD=${V}`] }, { token: ['x', `PASSWORD=${MARK}`] }],
    ['data below it', { token: { a: V } }, { token: { a: V } }],
    ['a key that holds one', { [`PASSWORD=${V}`]: 1 }, { [`PASSWORD=${MARK}`]: 1 }],
    ['a time', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['a text alone', `PASSWORD=${V}`, `PASSWORD=${MARK}`],
    ['nothing', undefined, undefined],
  ] as const) {
    it(`is right about ${about}`, () => {
      expect(redacted(data)).to.eql(expected);
    });
  }

  it('is counted', () => {
    const tally = new Tally();
    redactData({ token: V, secret: 'none', a: [`PASSWORD=${V}`] }, new Redactor(), tally);
    expect(tally.counts).to.eql({ 'named secret': 2 });
  });
});
