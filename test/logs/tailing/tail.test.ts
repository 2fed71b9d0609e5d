import { expect } from 'chai';
import type { EventPage, LogCalls } from '../../../src/logs/calls.ts';
import type { GroupTarget, LogEvent, LogGroup } from '../../../src/logs/event.ts';
import type { TailOptions } from '../../../src/logs/tailing/options.ts';
import { tail } from '../../../src/logs/tailing/tail.ts';
import { awsError } from '../../support/cloudformation.ts';

const target = (group: LogGroup): GroupTarget => ({ group, name: `/buildkite/ci/${group}` });

/** CloudWatch as a story: what is there at which second, two events a page. */
class StoryLogs implements LogCalls {
  readonly asked: string[] = [];
  failing: Error[] = [];
  constructor(
    private readonly events_: readonly (LogEvent & { readonly there: number })[],
    private readonly now: () => number,
  ) {}

  streams({ group }: GroupTarget, prefix = '') {
    const there = this.events_.filter((event) => event.group === group && event.there <= this.now());
    const names = new Set(there.map(({ stream }) => stream));
    const found = [...names].filter((stream) => stream.startsWith(prefix)).map((stream) => ({ stream }));
    return Promise.resolve({ streams: found });
  }

  events(
    { group }: GroupTarget,
    range: { start: number; end?: number | undefined; streams?: readonly string[] | undefined },
    page = '0',
  ): Promise<EventPage> {
    const failure = this.failing.shift();
    if (failure !== undefined) return Promise.reject(failure);
    this.asked.push(`${group} ${range.start}`);
    const there = (name: string) =>
      this.events_.some(
        (event) => event.group === group && event.stream === name && event.there <= this.now(),
      );
    if (range.streams?.every(there) === false) return Promise.resolve({ events: [], missing: 'stream' });
    const found = this.events_
      .filter((event) => event.group === group && event.there <= this.now())
      .filter(({ timestamp }) => timestamp >= range.start && timestamp <= (range.end ?? Infinity))
      .sort((a, b) => a.timestamp - b.timestamp);
    const from = Number(page);
    return Promise.resolve({
      events: found.slice(from, from + 2),
      ...(found.length > from + 2 && { next: String(from + 2) }),
    });
  }
}

let number = 0;
const event = (group: LogGroup, second: number, there = second) => ({
  id: String((number += 1)),
  group,
  groupName: `/buildkite/ci/${group}`,
  stream: 'i-1',
  timestamp: second * 1000,
  ingestedAt: there * 1000,
  there: there * 1000,
  message: `${group} at ${second}`,
});

async function told(
  events: readonly ReturnType<typeof event>[],
  options: Partial<TailOptions>,
  { begin = 100, until = 200, failing = [] as Error[] } = {},
) {
  let now = begin * 1000;
  const logs = new StoryLogs(events, () => now);
  logs.failing = failing;
  const clock = {
    now: () => now,
    random: () => 0,
    pause: (seconds: number) => {
      now += seconds * 1000;
      return now > until * 1000 ? Promise.reject(new Error('interrupted')) : Promise.resolve();
    },
  };
  const lines: string[] = [];
  const said: string[] = [];
  const targets = [target('agent'), target('boot')];
  const say = (line: string) => said.push(line);
  try {
    for await (const batch of tail(logs, { targets, since: 0, follow: false, say, ...options }, clock)) {
      lines.push(...batch.map(({ message, late }) => (late ? `${message} (late)` : message)));
    }
  } catch (error) {
    if ((error as Error).message !== 'interrupted') throw error;
  }
  return { lines, said, asked: logs.asked };
}

describe('tailing logs', () => {
  it('gives what is there, by time across groups and pages', async () => {
    const events = [5, 1, 9, 3, 7].map((second) => event('agent', second));
    const others = [2, 4, 6, 8].map((second) => event('boot', second));
    const { lines } = await told([...events, ...others], {});
    expect(lines.map((line) => Number(line.split(' at ')[1]))).to.eql([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('keeps to the time that was asked for', async () => {
    const events = [1, 5, 9].map((second) => event('agent', second));
    expect((await told(events, { since: 2000, until: 6000 })).lines).to.eql(['agent at 5']);
  });

  it('goes on with what comes, each once, and marks what comes late', async () => {
    const events = [event('agent', 90), event('boot', 105), event('agent', 106), event('agent', 104, 130)];
    const { lines } = await told(events, { follow: true });
    expect(lines).to.eql(['agent at 90', 'boot at 105', 'agent at 106', 'agent at 104 (late)']);
  });

  it('finds what comes two minutes late, with a look further back now and then', async () => {
    const { lines } = await told(
      [event('agent', 150), event('agent', 103, 210)],
      { follow: true },
      { until: 240 },
    );
    expect(lines).to.eql(['agent at 150', 'agent at 103 (late)']);
  });

  it('waits for a group or a stream that is not there yet', async () => {
    const { lines } = await told([event('boot', 150)], { follow: true });
    expect(lines).to.eql(['boot at 150']);
  });

  it('waits out throttling and lost connections', async () => {
    const failing = [
      awsError('ThrottlingException'),
      Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
    ];
    expect((await told([event('agent', 1)], {}, { failing })).lines).to.eql(['agent at 1']);
  });

  it('tells once of a connection that is lost, and once when all groups can be read again', async () => {
    const reset = () => Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    // Both groups give up twice, after eight tries each.
    const failing = Array.from({ length: 32 }, reset);
    const { lines, said } = await told([event('agent', 1)], { follow: true }, { failing, until: 1000 });
    expect(lines).to.eql(['agent at 1']);
    expect(said).to.eql(['The logs cannot be read (reset). Trying on.', 'The logs can be read again.']);
  });

  it('tells once of named instances that no group has', async () => {
    const named = ['i-1', 'i-2'];
    const options = { named, streams: () => Promise.resolve(named) };
    const events = [event('agent', 1), { ...event('boot', 150), stream: 'i-2' }];
    expect(await told(events, options)).to.deep.include({
      lines: ['agent at 1'],
      said: ['There is no log of i-2.'],
    });
    expect(await told(events, { ...options, follow: true })).to.deep.include({
      lines: ['agent at 1', 'boot at 150'],
      said: ['There is no log of i-2 yet: waiting for it.'],
    });
    // That an instance is in one group only is nothing to tell.
    expect((await told([event('agent', 1)], { ...options, named: ['i-1'] })).said).to.eql([]);
  });

  it('fails for what does not pass', async () => {
    const failing = [awsError('AccessDeniedException')];
    const failure = await told([], {}, { failing }).catch((error: unknown) => (error as Error).name);
    expect(failure).to.equal('AccessDeniedException');
  });

  it('looks at nothing where no stream is wanted', async () => {
    const { lines, asked } = await told([event('agent', 1)], { streams: () => Promise.resolve([]) });
    expect(lines).to.eql([]);
    expect(asked).to.eql([]);
  });
});
