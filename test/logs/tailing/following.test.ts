import { expect } from 'chai';
import type { EventRange } from '../../../src/logs/calls.ts';
import type { GroupTarget, LogEvent } from '../../../src/logs/event.ts';
import type { LiveUpdate, OpenLive } from '../../../src/logs/tailing/live-calls.ts';
import { LiveDeduplicator } from '../../../src/logs/tailing/deduplication.ts';
import { tail } from '../../../src/logs/tailing/tail.ts';
import { awsError } from '../../support/cloudformation.ts';

const TARGET: GroupTarget = { group: 'agent', name: '/buildkite/ci/agent' };
const START = 1000;

/** A line at a second; without a number it has come live. */
function line(message: string, second: number, number = 0): LogEvent {
  return {
    id: number === 0 ? '' : String(number),
    group: 'agent',
    groupName: TARGET.name,
    stream: 'i-1',
    timestamp: second * 1000,
    ingestedAt: second * 1000,
    message,
  };
}

async function* session(updates: readonly LiveUpdate[], end?: Error): AsyncGenerator<LiveUpdate> {
  for (const update of updates) yield await Promise.resolve(update);
  if (end !== undefined) throw end;
  // It stays open.
  await new Promise(() => undefined);
}

/** Follows for a minute of virtual time, by what is sent and by what is read. */
async function followed(readable: readonly LogEvent[], open: OpenLive) {
  let now = START * 1000;
  const said: string[] = [];
  const shown: string[] = [];
  const stop = new AbortController();
  const calls = {
    streams: () => Promise.resolve({ streams: [] }),
    events: (_: GroupTarget, { start }: EventRange) =>
      Promise.resolve({
        events: readable.filter(({ timestamp }) => timestamp >= start && timestamp <= now),
      }),
  };
  const clock = {
    now: () => now,
    random: () => 0,
    signal: stop.signal,
    pause: async (seconds: number) => {
      await new Promise((resolve) => setImmediate(resolve));
      now += seconds * 1000;
      if (now > (START + 60) * 1000) throw new Error('the end');
    },
  };
  const options = {
    targets: [TARGET],
    since: START * 1000,
    follow: true,
    live: open,
    say: (text: string) => said.push(text),
  };
  try {
    for await (const batch of tail(calls, options, clock)) shown.push(...batch.map(({ message }) => message));
  } catch (error) {
    if ((error as Error).message !== 'the end') throw error;
  }
  stop.abort();
  return { said, shown };
}

describe('following by what CloudWatch sends', () => {
  it('shows each event once, whether it is sent, read, or both', async () => {
    const readable = [line('both', 1001, 1), line('only read', 1002, 2), line('both', 1003, 3)];
    const sent = [line('both', 1001), line('both', 1003), line('only sent yet', 1059)];
    const { shown } = await followed(readable, () =>
      Promise.resolve(session([{ events: sent, sampled: false }])),
    );
    expect(shown.sort()).to.eql(['both', 'both', 'only read', 'only sent yet']);
  });

  it('shows lines that are equal in all as often as there are some, also where CloudWatch sends a sample', async () => {
    const readable = [1, 2, 3].map((number) => line('again', 1001, number));
    const updates = [{ events: [line('again', 1001)], sampled: true }];
    const { shown, said } = await followed(readable, () => Promise.resolve(session(updates)));
    expect(shown).to.eql(['again', 'again', 'again']);
    expect(said.join('\n')).to.match(/More than 500 events a second/);
  });

  it('opens another session when one is over, and when the connection is lost', async () => {
    const ends = [
      Object.assign(new Error('three hours'), { name: 'SessionTimeoutException' }),
      Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
    ];
    let opened = 0;
    const { said, shown } = await followed([line('read in between', 1020, 1)], () => {
      const end = ends[opened];
      opened += 1;
      return Promise.resolve(
        session([{ events: [line(`session ${opened}`, 1000 + opened)], sampled: false }], end),
      );
    });
    expect(opened).to.equal(3);
    expect(shown).to.include.members(['session 1', 'session 2', 'session 3', 'read in between']);
    expect(said).to.eql([
      'The live tail is lost (reset): polling until it is back.',
      'The live tail is back.',
    ]);
  });

  it('polls where it is refused, and says so', async () => {
    let asked = 0;
    const { said, shown } = await followed([line('read', 1001, 1)], () => {
      asked += 1;
      return Promise.reject(awsError('AccessDeniedException', 'not allowed to StartLiveTail'));
    });
    expect(asked).to.equal(1);
    expect(shown).to.eql(['read']);
    expect(said).to.eql(['The live tail is refused (not allowed to StartLiveTail): polling instead.']);
  });

  it('tries again where there are too many sessions', async () => {
    let asked = 0;
    const { said } = await followed([], () => {
      asked += 1;
      if (asked < 3) return Promise.reject(awsError('LimitExceededException', 'too many'));
      return Promise.resolve(session([{ events: [], sampled: false }]));
    });
    expect(asked).to.equal(3);
    expect(said[0]).to.match(/too many/);
  });

  it('pairs what is sent with what is read, whichever comes first', () => {
    const live = new LiveDeduplicator();
    const event = line('x', 1);
    expect([live.live(event), live.read(event), live.read(event), live.live(event), live.live(event)]).to.eql(
      [...[true, false, true, false, true]],
    );
  });
});
