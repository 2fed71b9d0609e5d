/**
 * A sandbox whose FilterLogEvents hands out a million events of one group, in a process of its own: some come up to half a
 * minute late, pages come twice, a fifth of the requests are throttled and as many are cut off.
 */
import type { FilterLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../src/sandbox/kernel/service.ts';
import { logs } from '../../src/sandbox/services/logs/index.ts';
import { runSandbox } from '../../src/sandbox/server/run.ts';
import { seeded } from '../../src/simulate/random.ts';
import { FakeLogs } from './many-events.ts';

const COUNT = 1_000_000;
/** Milliseconds over which they happen; the last of them while they are read. */
const SPAN = 4_000_000;
const THERE = 0.99;
const SPEED = 10;

let now = Date.now();
const settings = { count: COUNT, streams: 500, span: SPAN, late: 30_000, trouble: 0, twice: 0.1 };
const many = new FakeLogs(settings, now - THERE * SPAN, () => now, seeded(7));
const filterLogEvents: Operation<FilterLogEventsRequest> = async (input, { world }) => {
  now = world.now();
  const place = { group: 'agent' as const, name: input.logGroupName ?? '' };
  const page = await many.events(place, { start: input.startTime ?? 0, end: input.endTime }, input.nextToken);
  return {
    events: page.events.map(({ id, ingestedAt, message, stream, timestamp }) => ({
      ...{ eventId: id, ingestionTime: ingestedAt, logStreamName: stream, message, timestamp },
    })),
    ...(page.next !== undefined && { nextToken: page.next }),
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
    failed: (error) => {
      process.stderr.write(`${String(error)}\n`);
    },
  },
);
