import { expect } from 'chai';
import type { EventPage, EventRange, LogCalls, StreamPage } from '../../../src/logs/calls.ts';
import type { GroupTarget, LogEvent } from '../../../src/logs/event.ts';
import { Connection } from '../../../src/logs/tailing/connection.ts';
import { GroupReader, type ReaderOptions } from '../../../src/logs/tailing/group-reader.ts';
import { awsError } from '../../support/cloudformation.ts';

const TARGET: GroupTarget = { group: 'agent', name: '/buildkite/ci/agent' };
const reset = () => Object.assign(new Error('reset'), { code: 'ECONNRESET' });

function event(id: string, stream = 'i-1', timestamp = 1000): LogEvent {
  const { group, name: groupName } = TARGET;
  return { id, group, groupName, stream, timestamp, ingestedAt: timestamp, message: id };
}

/** CloudWatch by answers: each page once, in order, and streams by the prefix that is asked for. */
class Answers implements LogCalls {
  readonly ranges: EventRange[] = [];
  readonly tokens: (string | undefined)[] = [];
  readonly prefixes: (string | undefined)[] = [];
  streamNames: string[] = [];
  constructor(readonly pages: (EventPage | Error)[] = []) {}

  events(_: GroupTarget, range: EventRange, token?: string): Promise<EventPage> {
    this.ranges.push(range);
    this.tokens.push(token);
    const page = this.pages.shift() ?? { events: [] };
    return page instanceof Error ? Promise.reject(page) : Promise.resolve(page);
  }

  streams(_: GroupTarget, prefix = ''): Promise<StreamPage> {
    this.prefixes.push(prefix);
    const streams = this.streamNames.filter((name) => name.startsWith(prefix)).map((stream) => ({ stream }));
    return Promise.resolve({ streams });
  }
}

function reading(pages: (EventPage | Error)[] = [], options: Partial<ReaderOptions> = {}) {
  const calls = new Answers(pages);
  const said: string[] = [];
  const pauses: number[] = [];
  const clock = {
    at: 50_000,
    now: () => clock.at,
    random: () => 0,
    pause: (seconds: number) => {
      pauses.push(seconds);
      clock.at += seconds * 1000;
      return Promise.resolve();
    },
  };
  const say = (line: string) => said.push(line);
  const reader = new GroupReader(
    calls,
    TARGET,
    { follow: false, say, ...options },
    clock,
    new Connection(say),
  );
  const read = async (start = 0, end?: number) => {
    const ids: string[] = [];
    for await (const events of reader.pages(start, end)) ids.push(...events.map(({ id }) => id));
    return ids;
  };
  return { calls, clock, pauses, read, reader, said };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `i-${index}`);
const wanting = (wanted: readonly string[]) => ({ streams: () => Promise.resolve(wanted) });

describe('the events of a log group', () => {
  describe('of some streams', () => {
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
    for (const [count, asked, named] of [
      [0, 0, undefined],
      [1, 1, 1],
      [100, 1, 100],
      [101, 1, undefined],
      [200, 1, undefined],
    ] as const) {
      it(`names ${named ?? 'none'} to CloudWatch for ${count}`, async () => {
        const { calls, read } = reading([], wanting(names(count)));
        await read(5, 9);
        expect(calls.ranges).to.have.length(asked);
        expect(calls.ranges.map(({ streams }) => streams?.length)).to.eql(asked === 0 ? [] : [named]);
      });
    }

    it('leaves out the others, of which CloudWatch was not told', async () => {
      const events = [event('a', 'i-1'), event('b', 'i-500')];
      const { read } = reading([{ events }], wanting(names(200)));
      expect(await read()).to.eql(['a']);
    });

    it('keeps to time and pattern', async () => {
      const { calls, read } = reading([], { pattern: 'x', ...wanting(['i-1']) });
      await read(5, 9);
      expect(calls.ranges).to.eql([{ start: 5, end: 9, pattern: 'x', streams: ['i-1'] }]);
    });
  });

  describe('of which some streams are missing', () => {
    const missing = { events: [], missing: 'stream' } as const;

    it('reads those that are there, by their whole names', async () => {
      const { calls, read, reader } = reading([missing, { events: [event('a')] }], wanting(['i-1', 'i-2']));
      calls.streamNames = ['i-1', 'i-22'];
      expect(await read()).to.eql(['a']);
      expect(calls.ranges[1]?.streams).to.eql(['i-1']);
      expect(reader.absent).to.eql(['i-2']);
      expect(reader.missing).to.equal(false);
    });

    it('reads nothing where none is there', async () => {
      const { calls, read, reader } = reading([missing], wanting(['i-1']));
      expect(await read()).to.eql([]);
      expect(calls.ranges).to.have.length(1);
      expect(reader.absent).to.eql(['i-1']);
    });

    it('looks for them again after ten seconds, and no more for those it has found', async () => {
      const { calls, clock, read } = reading([], wanting(['i-1', 'i-2']));
      calls.streamNames = ['i-1'];
      const again = async (later: number) => {
        clock.at += later;
        calls.prefixes.length = 0;
        calls.pages.push(missing);
        await read();
        return [...calls.prefixes];
      };
      expect(await again(0)).to.eql(['i-1', 'i-2']);
      expect(await again(9999)).to.eql([]);
      expect(await again(1)).to.eql(['i-2']);
      expect(await again(9999)).to.eql([]);
    });

    it('tells that all are absent where the group is', async () => {
      const { read, reader } = reading([{ events: [], missing: 'group' }], wanting(['i-1', 'i-2']));
      await read();
      expect(reader.absent).to.eql(['i-1', 'i-2']);
      await read();
      expect(reader.absent).to.eql([]);
    });

    it('tells none where all streams are wanted', async () => {
      const { read, reader } = reading([{ events: [], missing: 'group' }]);
      await read();
      expect(reader.absent).to.eql([]);
    });
  });

  describe('that is missing', () => {
    const missing = { events: [], missing: 'group' } as const;
    const { name } = TARGET;

    it('is told once', async () => {
      const { read, reader, said } = reading([missing, missing]);
      await read();
      await read();
      expect(reader.missing).to.equal(true);
      expect(said).to.eql([`There is no log group ${name}.`]);
    });

    it('is waited for while following, and told when it is there', async () => {
      const { read, reader, said } = reading([missing, { events: [] }, { events: [] }], { follow: true });
      for (let times = 0; times < 3; times += 1) await read();
      expect(reader.missing).to.equal(false);
      expect(said).to.eql([`There is no log group ${name} yet: waiting for it.`, `${name} is there now.`]);
    });
  });

  describe('in pages', () => {
    it('ends with the page that has no token', async () => {
      const pages = [
        { events: [event('a')], next: 'two' },
        { events: [], next: 'three' },
        { events: [event('b')] },
      ];
      const { calls, read } = reading(pages);
      expect(await read()).to.eql(['a', 'b']);
      expect(calls.tokens).to.eql([undefined, 'two', 'three']);
    });

    it('shows an event once, in a page that comes twice and in a later reading', async () => {
      const page = { events: [event('a'), event('b')] };
      const { read } = reading([{ ...page, next: 'again' }, page, { events: [event('a'), event('c')] }]);
      expect(await read()).to.eql(['a', 'b']);
      expect(await read()).to.eql(['c']);
    });

    it('shows it again once it is forgotten', async () => {
      const page = { events: [event('a', 'i-1', 1000), event('b', 'i-1', 2000)] };
      const { read, reader } = reading([page, page]);
      await read();
      reader.forgetBefore(2000);
      expect(await read()).to.eql(['a']);
    });
  });

  describe('without a connection', () => {
    const tries = (count: number) => Array.from({ length: count }, reset);

    it('fails after the tries of one request', async () => {
      const { calls, read, said } = reading(tries(8));
      expect(await read().catch((error: unknown) => (error as Error).message)).to.equal('reset');
      expect(calls.ranges).to.have.length(8);
      expect(said).to.eql([]);
    });

    it('is tried on while following, ten seconds later', async () => {
      const { pauses, read, said } = reading([...tries(8), { events: [event('a')] }], { follow: true });
      expect(await read()).to.eql(['a']);
      expect(pauses).to.have.length(8);
      expect(pauses.at(-1)).to.equal(10);
      expect(said).to.eql(['The logs cannot be read (reset). Trying on.', 'The logs can be read again.']);
    });

    it('fails while following too, where the failure does not pass', async () => {
      const { read, said } = reading([awsError('AccessDeniedException')], { follow: true });
      expect(await read().catch((error: unknown) => (error as Error).name)).to.equal('AccessDeniedException');
      expect(said).to.eql([]);
    });

    it('fails at a later page as at the first', async () => {
      const { read } = reading([{ events: [event('a')], next: 'two' }, awsError('AccessDeniedException')]);
      expect(await read().catch((error: unknown) => (error as Error).name)).to.equal('AccessDeniedException');
    });
  });

  describe('that come live', () => {
    const live = (stream = 'i-1') => ({ ...event('', stream), message: 'a' });

    it('are taken as they are, unless they are read as well', async () => {
      const { read, reader } = reading([{ events: [{ ...event('1'), message: 'a' }] }]);
      expect([reader.takesLive(live()), reader.takesLive(live())]).to.eql([true, true]);
      reader.pairWithLive();
      reader.takesLive(live());
      reader.pairWithLive();
      expect(await read()).to.eql([]);
      expect(reader.takesLive(live())).to.equal(true);
    });

    it('are left out where they have been read', async () => {
      const { read, reader } = reading([{ events: [{ ...event('1'), message: 'a' }] }]);
      reader.pairWithLive();
      expect(await read()).to.eql(['1']);
      expect([reader.takesLive(live()), reader.takesLive(live())]).to.eql([false, true]);
    });

    it('are new again once what was read is forgotten', async () => {
      const { read, reader } = reading([{ events: [{ ...event('1'), message: 'a' }] }]);
      reader.pairWithLive();
      await read();
      reader.forgetBefore(2000);
      expect(reader.takesLive(live())).to.equal(true);
    });

    it('are left out where they are of another group, or of a stream that is not wanted', async () => {
      const { read, reader } = reading([], wanting(['i-1']));
      await read();
      expect(reader.takesLive(live('i-1'))).to.equal(true);
      expect(reader.takesLive(live('i-2'))).to.equal(false);
      expect(reader.takesLive({ ...live('i-1'), groupName: '/buildkite/ci/boot' })).to.equal(false);
    });
  });
});

describe('the connection of a tail', () => {
  const other: GroupTarget = { group: 'boot', name: '/buildkite/ci/boot' };

  it('is told of when the first group loses it, and when the last has it back', () => {
    const said: string[] = [];
    const connection = new Connection((line) => said.push(line));
    connection.back(TARGET);
    connection.lost(TARGET, 'first');
    connection.lost(other, 'second');
    connection.lost(TARGET, 'third');
    connection.back(TARGET);
    connection.back(TARGET);
    expect(said).to.eql(['The logs cannot be read (first). Trying on.']);
    connection.back(other);
    expect(said[1]).to.equal('The logs can be read again.');
    expect(said).to.have.length(2);
  });

  it('has nobody to tell', () => {
    expect(() => {
      new Connection().lost(TARGET, 'reset');
    }).to.not.throw();
  });
});
