import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { UsageError } from '../../src/errors.ts';
import { chosenGroups, chosenInstances, chosenPattern } from '../../src/logs/choice.ts';
import type { TailedEvent } from '../../src/logs/event.ts';
import { formatter } from '../../src/logs/format.ts';
import { showTail } from '../../src/logs/tailing/show.ts';
import { checkWindow, pointInTime, windowOf } from '../../src/logs/period.ts';

const EVENT: TailedEvent = {
  id: '1',
  group: 'agent',
  groupName: '/buildkite/ci/agent',
  stream: 'i-0123456789abcdef0',
  timestamp: Date.UTC(2026, 10, 24, 8, 30, 5, 7),
  ingestedAt: Date.UTC(2026, 10, 24, 8, 30, 9),
  message: 'hello\n',
  late: false,
};

describe('a line of a log', () => {
  const line = (
    event: Partial<TailedEvent>,
    format: 'short' | 'long' | 'json' = 'short',
    colours: 0 | 1 = 0,
  ) => formatter({ format, utc: true, colours })({ ...EVENT, ...event });

  it('is short, long or JSON', () => {
    expect(line({})).to.equal('08:30:05 agent     i-01234567 hello');
    expect(line({}, 'long')).to.equal('2026-11-24T08:30:05.007Z agent     i-0123456789abcdef0 hello');
    expect(JSON.parse(line({}, 'json'))).to.eql({
      timestamp: '2026-11-24T08:30:05.007Z',
      group: 'agent',
      stream: 'i-0123456789abcdef0',
      message: 'hello\n',
      id: '1',
      ingestedAt: '2026-11-24T08:30:09.000Z',
      late: false,
    });
  });

  it('is what the scaler has decided, in words, where it is short', () => {
    const stream = '2026/11/24/[$LATEST]0123456789abcdef0123456789abcdef';
    const decision = { event: 'kept', from: 2, to: 2, reason: 'enough agents', Queue: 'default', _aws: {} };
    const message = JSON.stringify(decision);
    const of = (said: string) => line({ group: 'scaler', stream, message: said });
    expect(of(`${message}\n`)).to.equal('08:30:05 scaler    0123456789 kept 2 -> 2: enough agents');
    expect(of('{"event":"failed","error":"Error","reason":"reset"}')).to.match(/ failed: reset$/);
    for (const other of ['{"level":"info"}', '{"event":', 'null', 'Task timed out after 30.00 seconds']) {
      expect(of(other)).to.equal(`08:30:05 scaler    0123456789 ${other}`);
    }
    expect(line({ group: 'scaler', stream, message }, 'long')).to.equal(
      `2026-11-24T08:30:05.007Z scaler    ${stream} ${message}`,
    );
    expect(line({ message })).to.equal(`08:30:05 agent     i-01234567 ${message}`);
  });

  it('is no line of Lambda around a run, unless the run failed or it is asked for', async () => {
    const messages = [
      'INIT_START Runtime Version: nodejs:22.v1\n',
      'START RequestId: 1 Version: $LATEST\n',
      '{"event":"kept","from":0,"to":0,"reason":"no jobs"}\n',
      'END RequestId: 1\n',
      'REPORT RequestId: 1\tDuration: 100.00 ms\t\n',
      'REPORT RequestId: 2\tDuration: 30000.00 ms\tStatus: timeout\t\n',
    ];
    const shown = async (group: 'scaler' | 'agent', format: 'short' | 'long', matches?: RegExp) => {
      const out = new PassThrough();
      const batches = Readable.from([{ events: messages.map((message) => ({ ...EVENT, group, message })) }]);
      await showTail(batches, { format, utc: true, colours: 0, matches }, out);
      out.end();
      return (await text(out)).trim().split('\n');
    };
    const told = await shown('scaler', 'short');
    expect(told).to.have.length(2);
    expect(told[0]).to.match(/kept 0 -> 0: no jobs/);
    expect(told[1]).to.match(/Status: timeout/);
    expect(await shown('scaler', 'short', /REPORT/u)).to.have.length(2);
    expect(await shown('scaler', 'long')).to.have.length(6);
    expect(await shown('agent', 'short')).to.have.length(6);
  });

  it('says that it is late, and has its further lines below it', () => {
    expect(line({ late: true, message: 'one\ntwo' })).to.equal(
      '08:30:05 agent     i-01234567 late one\n    two',
    );
  });

  it('gives an instance one colour, and different ones to different instances', () => {
    const colour = (stream: string) => /\[(\d+)mi-/.exec(line({ stream }, 'short', 1))?.[1];
    expect(colour('i-1')).to.equal(colour('i-1'));
    const colours = Array.from({ length: 20 }, (_, index) => colour(`i-${index}`));
    expect(new Set(colours).size).to.be.greaterThan(3);
  });

  it('does nothing to a terminal', () => {
    // eslint-disable-next-line no-control-regex
    expect(line({ message: 'a\x1b[2Kb\rc' })).to.not.match(/[\x00-\x09\x0b-\x1f]/);
  });
});

describe('what is asked of logs', () => {
  it('is a time, ago or by the calendar', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(pointInTime('--since', '90s', now)).to.equal(now - 90_000);
    expect(pointInTime('--since', '1.5h', now)).to.equal(now - 5_400_000);
    expect(pointInTime('--since', '2026-01-01T00:00:00Z', now)).to.equal(now);
    // Local midnight, wherever this runs; as with an hour.
    expect(pointInTime('--since', '2026-11-27', now)).to.equal(new Date(2026, 10, 27).getTime());
    expect(pointInTime('--since', '2026-11-27T01:00', now)).to.equal(new Date(2026, 10, 27, 1).getTime());
    for (const text of ['yesterday', '10', '', '10y', '2026-99-99']) {
      expect(() => pointInTime('--since', text, now), text).to.throw(/is no point in time/);
    }
  });

  it('is a window of time that has begun, and does not end before that', () => {
    const now = Date.UTC(2026, 0, 2);
    expect(windowOf({ since: '1h' }, now)).to.eql({ since: now - 3_600_000 });
    expect(windowOf({ since: '0s', until: '2026-01-03T00:00Z' }, now)).to.eql({
      since: now,
      until: now + 86_400_000,
    });
    for (const until of [undefined, '1h', '2027-01-03T00:00Z']) {
      expect(() => windowOf({ since: '2027-01-02', until }, now)).to.throw(
        UsageError,
        /^--since is in the future/,
      );
    }
    expect(() => windowOf({ since: '1h', until: '2h' }, now)).to.throw(/--until is before --since/);
    // Before the stack's own time is known, nothing is too late.
    checkWindow({ since: '2027-01-02', until: '1h' });
    expect(() => {
      checkWindow({ since: '1h', until: 'later' });
    }).to.throw(/--until: "later" is no point in time/);
  });

  it('is groups, instances by their ids or agents, and a pattern', () => {
    expect(chosenGroups(['agent', 'boot'])).to.eql(['agent', 'boot']);
    expect(chosenGroups(undefined)).to.have.length(6);
    expect(() => chosenGroups(['bot'])).to.throw(/no log group "bot"/);
    expect(chosenInstances({ agent: 'ci-i-0123456789abcdef0-1' })).to.eql(['i-0123456789abcdef0']);
    expect(chosenInstances({})).to.equal(undefined);
    expect(() => chosenInstances({ instance: ['web'] })).to.throw(/names no instance/);
    expect(chosenPattern('a|b')?.test('b')).to.equal(true);
    expect(() => chosenPattern('(')).to.throw(/--grep/);
  });
});
