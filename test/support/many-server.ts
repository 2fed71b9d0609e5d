/**
 * A sandbox whose FilterLogEvents hands out a million events of one group, in a process of its own: some come up to half a
 * minute late, pages come twice, a fifth of the requests are throttled and as many are cut off.
 */
import type { FilterLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../src/sandbox/kernel/service.ts';
import { logs } from '../../src/sandbox/services/logs/index.ts';
import { runSandbox } from '../../src/sandbox/server/run.ts';
import { seeded } from '../../src/simulate/engine/random.ts';
import { FakeLogs } from './many-events.ts';

const COUNT = 1_000_000;
/** How many of them come while somebody follows, and over how many milliseconds. */
const COMING = 10_000;
const COMING_SPAN = 120_000;
const THERE_SPAN = 4_000_000;
const SPEED = 10;
const SETTINGS = { streams: 500, late: 30_000, trouble: 0, twice: 0.1 };

const random = seeded(7);
let now = Date.now();
const there = new FakeLogs(
  { ...SETTINGS, count: COUNT - COMING, span: THERE_SPAN },
  now - THERE_SPAN - SETTINGS.late,
  () => now,
  random,
);
/** They begin to come with the first request for what has no end, however long all before it took. */
let coming: FakeLogs | undefined;

const filterLogEvents: Operation<FilterLogEventsRequest> = async (input, { world }) => {
  now = world.now();
  if (input.endTime === undefined) {
    coming ??= new FakeLogs({ ...SETTINGS, count: COMING, span: COMING_SPAN }, now, () => now, random);
  }
  const place = { group: 'agent' as const, name: input.logGroupName ?? '' };
  const range = { start: input.startTime ?? 0, end: input.endTime, limit: input.limit };
  // A token has the page in it, and which of both it is of.
  const [, of = 'there', token] = /^(there|coming)(?: (\d+))?$/.exec(input.nextToken ?? '') ?? [];
  const source = of === 'coming' ? (coming ?? there) : there;
  const page = await source.events(place, range, token);
  const first = source === coming ? COUNT - COMING : 0;
  const then = source === coming || coming === undefined ? undefined : 'coming';
  const nextToken = page.next === undefined ? then : `${of} ${page.next}`;
  return {
    events: page.events.map(({ id, ingestedAt, message, stream, timestamp }) => ({
      ...{ eventId: String(first + Number(id)).padStart(56, '0'), ingestionTime: ingestedAt },
      ...{ logStreamName: stream, message, timestamp },
    })),
    ...(nextToken !== undefined && { nextToken }),
  };
};
Object.assign(logs.operations, { FilterLogEvents: filterLogEvents });

await runSandbox(
  {
    port: 0,
    speed: SPEED,
    faults: ['api:logs.FilterLogEvents=ThrottlingException@0.2', 'api:logs.FilterLogEvents=reset@0.2'],
  },
  {
    signal: new AbortController().signal,
    ready: ({ endpoint }) => process.stdout.write(`${endpoint}\n`),
    log: () => undefined,
    failed: (error) => process.stderr.write(`${String(error)}\n`),
  },
);
