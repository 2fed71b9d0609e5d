import { expect } from 'chai';
import {
  isCron,
  isTimeZone,
  nextCron,
} from '../../../../../src/sandbox/services/autoscaling/scheduled/cron.ts';

const next = (text: string, after: string, timeZone?: string) => {
  const at = nextCron(text, Date.parse(after), timeZone);
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
};

describe('a recurrence', () => {
  const table: readonly (readonly [string, string, string | undefined, string | undefined, string])[] = [
    ['0 9 * * *', '2026-01-01T09:00Z', undefined, '2026-01-02T09:00', 'comes after the instant, not at it'],
    ['0 0 13 * FRI', '2026-02-10T00:00Z', undefined, '2026-02-13T00:00', 'takes a day of both'],
    ['0 0 13 * FRI', '2026-02-13T00:00Z', undefined, '2026-02-20T00:00', 'takes the weekday alone'],
    ['0 0 13 * FRI', '2026-04-10T00:00Z', undefined, '2026-04-13T00:00', 'takes the day of the month alone'],
    [
      '0 0 13 * *',
      '2026-02-13T00:00Z',
      undefined,
      '2026-03-13T00:00',
      'takes the day where no weekday is given',
    ],
    ['0 0 ? * 7', '2026-01-01T00:00Z', undefined, '2026-01-04T00:00', 'takes 7 for Sunday'],
    ['0 10/3 * * *', '2026-01-01T13:00Z', undefined, '2026-01-01T16:00', 'steps from a number on'],
    ['0 0 31 4 *', '2026-01-01T00:00Z', undefined, undefined, 'never comes on a day that no month has'],
    ['0 9 * * *', '2026-07-01T00:00Z', 'Europe/Berlin', '2026-07-01T07:00', 'follows the zone in summer'],
    ['0 9 * * *', '2026-12-01T00:00Z', 'Europe/Berlin', '2026-12-01T08:00', 'follows the zone in winter'],
    [
      '30 2 * * *',
      '2026-03-28T03:00Z',
      'Europe/Berlin',
      '2026-03-30T00:30',
      'skips a time that the clock skips',
    ],
    [
      '30 2 * * *',
      '2026-10-24T20:00Z',
      'Europe/Berlin',
      '2026-10-25T00:30',
      'takes the first of a time shown twice',
    ],
  ];
  for (const [text, after, zone, expected, what] of table) {
    it(`${what}: ${text}`, () => {
      expect(next(text, after, zone)).to.equal(expected);
    });
  }

  it('needs five fields of numbers, names, lists, ranges and steps', () => {
    for (const text of ['* * * * *', '*/5 8-18 1,15 JAN-MAR MON-FRI', ' 0  9 * * * '])
      expect(isCron(text), text).to.equal(true);
    for (const text of [
      '',
      '* * * *',
      '* * * * * *',
      '60 * * * *',
      '0 24 * * *',
      '0 0 0 * *',
      '0 0 L * *',
      '0 0 * * MON#2',
      '@daily',
      'x * * * *',
      '5-1 * * * *',
    ])
      expect(isCron(text), text).to.equal(false);
  });
});

describe('a time zone', () => {
  it('is an IANA name', () => {
    expect(isTimeZone('Europe/Berlin')).to.equal(true);
    expect(isTimeZone('Europe/Atlantis')).to.equal(false);
  });
});
