/** Tails a million events in a process of its own, and tells what came of them and how much memory that took. */
import { formatter } from '../../src/logs/format.ts';
import { tail } from '../../src/logs/tailing/tail.ts';
import { FakeLogs } from './many-events.ts';
import { seeded } from '../../src/simulate/engine/random.ts';

const COUNT = 1_000_000;
const START = Date.UTC(2026, 0, 1);
const SPAN = 1_000_000;
const LATE = 30_000;

const before = process.memoryUsage.rss();
const random = seeded(7);
/** Seven tenths are there when the tail begins. */
let now = START + 0.7 * SPAN;
const logs = new FakeLogs(
  { count: COUNT, streams: 500, span: SPAN, late: LATE, trouble: 0.2, twice: 0.1 },
  START,
  () => now,
  random,
);
const clock = {
  now: () => now,
  random,
  pause: (seconds: number) => {
    // What is waited out between tries is kept short, so that there are many looks.
    now += Math.min(seconds, 2) * 1000;
    return Promise.resolve();
  },
};
const seen = new Uint8Array(COUNT);
const line = formatter({ format: 'json', utc: true, colours: 0 });
const options = {
  places: [{ group: 'agent' as const, name: '/buildkite/ci/agent' }],
  since: START,
  follow: true,
};
let shown = 0;
let late = 0;
let disorder = 0;
let youngest = 0;
let most = 0;
for await (const batch of tail(logs, options, clock)) {
  for (const event of batch) {
    const { id } = JSON.parse(line(event)) as { id: string };
    seen[Number(id)] = (seen[Number(id)] ?? 0) + 1;
    shown += 1;
    if (event.late) late += 1;
    else if (event.timestamp < youngest) disorder += 1;
    youngest = Math.max(youngest, event.timestamp);
  }
  most = Math.max(most, process.memoryUsage.rss());
  if (now > START + SPAN + 4 * 60_000 || shown >= COUNT) break;
}
const lost = seen.filter((times) => times === 0).length;
const doubled = seen.filter((times) => times > 1).length;
process.stdout.write(
  JSON.stringify({ shown, lost, doubled, late, disorder, mebibytes: (most - before) / 2 ** 20 }),
);
