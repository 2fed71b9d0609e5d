import { expect } from 'chai';
import type { GroupTarget, LogEvent } from '../../../src/logs/event.ts';
import type { LiveUpdate } from '../../../src/logs/tailing/live-calls.ts';
import { LiveFeed } from '../../../src/logs/tailing/live-feed.ts';
import { awsError } from '../../support/cloudformation.ts';

const TARGET: GroupTarget = { group: 'agent', name: '/buildkite/ci/agent' };
const update = (message?: string, sampled = false): LiveUpdate => ({
  events:
    message === undefined
      ? []
      : [
          {
            id: '',
            group: 'agent',
            groupName: TARGET.name,
            stream: 'i-1',
            timestamp: 1,
            ingestedAt: 1,
            message,
          },
        ],
  sampled,
});
const named = (name: string, message = name) => Object.assign(new Error(message), { name });
const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A session that the test feeds. It ends when its signal does. */
class Session {
  #wake: () => void = () => undefined;
  readonly #steps: (LiveUpdate | Error | 'end')[] = [];
  constructor(
    readonly targets: readonly GroupTarget[],
    readonly pattern: string | undefined,
    readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => {
      this.send(named('AbortError'));
    });
  }

  send(step: LiveUpdate | Error | 'end'): void {
    this.#steps.push(step);
    this.#wake();
  }

  async *updates(): AsyncGenerator<LiveUpdate> {
    for (;;) {
      const step = this.#steps.shift();
      if (step === 'end') return;
      if (step instanceof Error) throw step;
      if (step !== undefined) yield step;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function feeding({
  targets = [TARGET],
  refusals = [] as Error[],
  pattern = undefined as string | undefined,
} = {}) {
  const sessions: Session[] = [];
  const said: string[] = [];
  const pauses: number[] = [];
  const stop = new AbortController();
  const time = { real: 0 };
  const there = [...targets];
  let resume: () => void = () => undefined;
  const feed = new LiveFeed({
    open: (of, filter, signal) => {
      const refusal = refusals.shift();
      if (refusal !== undefined) return Promise.reject(refusal);
      const session = new Session(of, filter, signal);
      sessions.push(session);
      return Promise.resolve(session.updates());
    },
    targets: () => there,
    pattern,
    retry: {
      random: () => 0.5,
      // A pause lasts until the test goes on.
      pause: (seconds) => {
        pauses.push(seconds);
        return new Promise((resolve, reject) => {
          resume = resolve;
          stop.signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        });
      },
    },
    say: (line) => said.push(line),
    signal: stop.signal,
    realTime: () => time.real,
  });
  return {
    feed,
    pauses,
    resume: () => {
      resume();
      return turns();
    },
    said,
    sessions,
    stop,
    there,
    time,
  };
}

describe('a live feed', () => {
  it('opens a session over the groups that are there, with the pattern', async () => {
    const { feed, sessions, stop } = feeding({ pattern: 'x' });
    await turns();
    expect(sessions.map(({ targets, pattern }) => [targets, pattern])).to.eql([[[TARGET], 'x']]);
    expect(feed.complete).to.equal(false);
    stop.abort();
  });

  it('gives each event once, and wakes whoever waits for it', async () => {
    const { feed, sessions, stop } = feeding();
    await turns();
    sessions[0]?.send(update());
    await feed.news;
    expect(feed.complete).to.equal(true);
    expect(feed.take()).to.eql([]);
    const { news } = feed;
    sessions[0]?.send(update('a'));
    sessions[0]?.send(update('b'));
    await news;
    await turns();
    expect(feed.take().map(({ message }: LogEvent) => message)).to.eql(['a', 'b']);
    expect(feed.take()).to.eql([]);
    stop.abort();
  });

  it('wakes nobody for an update without events that changes nothing', async () => {
    const { feed, sessions, stop } = feeding();
    await turns();
    sessions[0]?.send(update());
    await feed.news;
    feed.take();
    let woke = false;
    void feed.news.then(() => (woke = true));
    sessions[0]?.send(update());
    await turns();
    expect(woke).to.equal(false);
    sessions[0]?.send(update(undefined, true));
    await turns();
    expect(woke).to.equal(true);
    stop.abort();
  });

  it('is not complete while CloudWatch sends a sample, and says so once each time', async () => {
    const { feed, said, sessions, stop } = feeding();
    await turns();
    const complete: boolean[] = [];
    for (const sampled of [false, true, true, false, true]) {
      sessions[0]?.send(update(undefined, sampled));
      await turns();
      complete.push(feed.complete);
    }
    expect(complete).to.eql([true, false, false, true, false]);
    expect(said).to.have.length(2);
    expect(said[0]).to.equal(
      'More than 500 events a second: CloudWatch sends a sample of them. The others are read, and come a little later.',
    );
    stop.abort();
  });

  describe('whose session has gone silent', () => {
    for (const [about, silence, opened] of [
      ['is kept for ten seconds', 10_000, 1],
      ['gets another after ten seconds', 10_001, 2],
    ] as const) {
      it(about, async () => {
        const { feed, said, sessions, stop, time } = feeding();
        await turns();
        time.real = 5000;
        sessions[0]?.send(update());
        await turns();
        time.real += silence;
        feed.check();
        await turns();
        expect(sessions).to.have.length(opened);
        expect(sessions[0]?.signal.aborted).to.equal(opened === 2);
        // It was meant, so nothing is said of it.
        expect(said).to.eql([]);
        stop.abort();
      });
    }

    it('is not hurried before it is open', async () => {
      const { feed, sessions, stop, time } = feeding();
      await turns();
      time.real = 60_000;
      feed.check();
      await turns();
      expect(sessions).to.have.length(1);
      stop.abort();
    });
  });

  it('opens another session when the groups are others', async () => {
    const { feed, sessions, stop, there, pauses } = feeding();
    await turns();
    sessions[0]?.send(update());
    await turns();
    there.push({ group: 'boot', name: '/buildkite/ci/boot' });
    feed.renew();
    await turns();
    expect(sessions.map(({ targets }) => targets.length)).to.eql([2, 2]);
    expect(pauses).to.eql([]);
    expect(feed.complete).to.equal(false);
    stop.abort();
  });

  it('waits two seconds at a time for a group', async () => {
    const { pauses, resume, sessions, stop, there } = feeding({ targets: [] });
    await turns();
    await resume();
    expect([pauses, sessions.length]).to.eql([[2, 2], 0]);
    there.push(TARGET);
    await resume();
    expect(sessions).to.have.length(1);
    stop.abort();
  });

  it('ends with the tail, and asks for nothing more', async () => {
    const { feed, said, sessions, stop } = feeding();
    await turns();
    sessions[0]?.send(update());
    await turns();
    stop.abort();
    await turns();
    expect(sessions.map(({ signal }) => signal.aborted)).to.eql([true]);
    expect([feed.complete, said]).to.eql([false, []]);
  });

  describe('whose session ends', () => {
    // How, before or after it was open; what is said; seconds until the next one, or that there is none.
    const lost = (why: string) => [`The live tail is lost (${why}): polling until it is back.`];
    const refused = (why: string) => [`The live tail is refused (${why}): polling instead.`];
    for (const [about, open, end, said, pause, again] of [
      ['after its three hours', true, named('SessionTimeoutException'), [], undefined, true],
      ['as its connection ends', true, 'end', lost('the connection has ended'), 3, true],
      ['as CloudWatch ends it', true, named('SessionStreamingException', 'why'), lost('why'), 3, true],
      ['as its connection breaks', true, named('Error', 'aborted'), lost('aborted'), 3, true],
      ['without a word', true, named('SomeName', ''), lost('SomeName'), 3, true],
      ['as a group is gone', false, awsError('ResourceNotFoundException'), [], 3, true],
      ['as there are too many', false, awsError('LimitExceededException', 'many'), lost('many'), 3, true],
      [
        'as CloudWatch ends it at once',
        false,
        named('SessionStreamingException', 'why'),
        lost('why'),
        3,
        true,
      ],
      ['as it is throttled', false, awsError('ThrottlingException', 'slow'), lost('slow'), 3, true],
      [
        'as nothing is reached',
        false,
        Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
        lost('no'),
        3,
        true,
      ],
      [
        'as it is not allowed',
        false,
        awsError('AccessDeniedException', 'not'),
        refused('not'),
        undefined,
        false,
      ],
      ['as it is refused without a word', false, named('Odd', ''), refused('Odd'), undefined, false],
      [
        'as the name only begins so',
        false,
        named('LimitExceededExceptions', 'x'),
        refused('x'),
        undefined,
        false,
      ],
      [
        'as the name only ends so',
        false,
        named('NotSessionStreamingException', 'x'),
        refused('x'),
        undefined,
        false,
      ],
    ] as const) {
      it(`${about} is ${again ? 'followed by another' : 'the last'}`, async () => {
        const feeder = feeding(open ? {} : { refusals: [end] });
        await turns();
        if (open) {
          feeder.sessions[0]?.send(update());
          await turns();
          feeder.sessions[0]?.send(end);
          await turns();
        }
        const before = open ? 1 : 0;
        expect(feeder.said).to.eql(said);
        expect(feeder.pauses).to.eql(pause === undefined ? [] : [pause]);
        if (pause !== undefined) {
          expect(feeder.sessions).to.have.length(before);
          await feeder.resume();
        }
        expect(feeder.sessions).to.have.length(again ? before + 1 : before);
        feeder.stop.abort();
      });
    }

    it('waits longer each time, is told once, and told when it is back', async () => {
      const many = () => awsError('LimitExceededException', 'many');
      const { pauses, resume, said, sessions, stop } = feeding({ refusals: [many(), many(), many()] });
      await turns();
      await resume();
      await resume();
      await resume();
      expect(pauses).to.eql([3, 4.5, 6.75]);
      sessions[0]?.send(update());
      await turns();
      sessions[0]?.send(update());
      await turns();
      expect(said).to.eql([
        'The live tail is lost (many): polling until it is back.',
        'The live tail is back.',
      ]);
      sessions[0]?.send(named('SessionTimeoutException'));
      await turns();
      sessions[1]?.send('end');
      await turns();
      // The wait begins anew after a session that went well.
      expect(pauses.at(-1)).to.equal(3);
      stop.abort();
    });
  });
});
