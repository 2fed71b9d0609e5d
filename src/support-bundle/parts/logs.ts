import { type GroupTarget, LOG_GROUPS, type LogGroup } from '../../logs/event.ts';
import { logCalls } from '../../logs/calls.ts';
import { formatter } from '../../logs/format.ts';
import { tail } from '../../logs/tailing/tail.ts';
import { instancesOf, logTargets } from '../../logs/targets.ts';
import { StreamRedactor } from '../../redaction/stream.ts';
import { counted } from '../../terminal/text.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';
import type { BundleSubject } from './subject.ts';
import type { Cleaning, Content, Part } from './part.ts';

/** What tells most comes first, and what is longest last: what one leaves of the room, the next may fill. */
const ORDER: readonly LogGroup[] = ['scaler', 'lifecycle', 'boot', 'agent', 'docker', 'system'];

const WHAT: Readonly<Record<LogGroup, string>> = {
  scaler: 'what the scaler wrote',
  lifecycle: 'why instances ended',
  boot: 'how instances booted',
  agent: 'what the agents wrote',
  docker: "the Docker daemon's log",
  system: "the system's own log",
};

/** How many bytes logs may take together. */
export class SizeBudget {
  #left: number;
  #sharers: number;

  constructor(bytes: number, sharers: number) {
    this.#left = bytes;
    this.#sharers = sharers;
  }

  /** The next one's share of what is left. */
  share(): number {
    return Math.floor(this.#left / Math.max(1, this.#sharers));
  }

  taken(bytes: number): void {
    this.#left -= bytes;
    this.#sharers -= 1;
  }
}

/** Versions of the agent that logs tell of. */
export type AgentVersions = Set<string>;

/** The logs of the window, a file a group. */
export function logParts(
  subject: BundleSubject,
  maxBytes: number,
  versions: AgentVersions,
  progress: (line: string) => void,
): Part[] {
  const room = new SizeBudget(maxBytes, LOG_GROUPS.length);
  return ORDER.map((group) => ({
    name: `logs/${group}.log`,
    what: WHAT[group],
    read: async (cleaning) => {
      let used = 0;
      try {
        const content = await readLog(subject, group, {
          ...cleaning,
          most: room.share(),
          versions,
          progress,
        });
        used = Buffer.byteLength(content.text);
        return content;
      } finally {
        room.taken(used);
      }
    },
  }));
}

interface Reading extends Cleaning {
  /** Bytes. */
  readonly most: number;
  readonly versions: AgentVersions;
  readonly progress: (line: string) => void;
}

const TELL_EVERY = 100_000;

/** Reads a group's events, the oldest first, and keeps the newest that there is room for. */
async function readLog(subject: BundleSubject, group: LogGroup, reading: Reading): Promise<Content> {
  const { targets, streams } = await targetsOf(subject.facts, group);
  if (targets.length === 0) return { text: '', note: 'Stacks of this kind have no such log.' };
  const { facts, since, until, clock, signal } = subject;
  const line = formatter({ format: 'long', utc: true, colours: 0 });
  const cleaned = new StreamRedactor(reading.redactor, reading.tally);
  const kept = new NewestLines(reading.most);
  let count = 0;
  const order = { targets, since, until, streams, follow: false };
  for await (const events of tail(logCalls(facts.aws, signal), order, clock)) {
    for (const event of events) {
      noteVersion(event.message, reading.versions);
      // In the order of their times, also what is not kept: a key may begin in one and end in another.
      kept.add(line({ ...event, message: cleaned.redact(`${event.group}/${event.stream}`, event.message) }));
      count += 1;
      if (count % TELL_EVERY === 0) reading.progress(`logs/${group}.log: ${counted(count, 'event')} so far`);
    }
  }
  if (count === 0) return { text: '', note: 'Nothing was logged in this time.' };
  return { text: kept.text, ...(kept.dropped > 0 && { note: cutNote(kept, count) }) };
}

function cutNote({ dropped }: NewestLines, count: number): string {
  return `The oldest ${dropped} of ${counted(count, 'event')} are left out for their size: see --max-log-mb, --since and --until.`;
}

/** The last lines that have room. */
export class NewestLines {
  #lines: string[] = [];
  /** The first that is still wanted. */
  #first = 0;
  #bytes = 0;
  dropped = 0;

  constructor(private readonly most: number) {}

  add(line: string): void {
    this.#lines.push(line);
    this.#bytes += Buffer.byteLength(line) + 1;
    while (this.#bytes > this.most && this.#first < this.#lines.length) {
      this.#bytes -= Buffer.byteLength(this.#lines[this.#first] ?? '') + 1;
      this.#lines[this.#first] = '';
      this.#first += 1;
      this.dropped += 1;
    }
    // Moving the rest to the front now and then costs less than each time.
    if (this.#first > 1000 && this.#first > this.#lines.length / 2) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  get text(): string {
    return this.#lines
      .slice(this.#first)
      .map((line) => `${line}\n`)
      .join('');
  }
}

async function targetsOf(
  facts: StackFacts,
  group: LogGroup,
): Promise<{ targets: readonly GroupTarget[]; streams?: () => Promise<readonly string[]> }> {
  const { targets } = logTargets(facts.stack, [group]);
  if (targets.length > 0) {
    // Where stacks share their log groups, the streams of others are nobody's business.
    if (facts.logGroups?.own !== false) return { targets };
    return { targets, streams: streamsOf(facts, await facts.requireGroupName()) };
  }
  // The official template's functions write to groups of their own.
  const names = group === 'scaler' ? await facts.physicalIds('AWS::Lambda::Function') : [];
  return { targets: names.map((name) => ({ group, name: `/aws/lambda/${name}` })) };
}

/** The instances of a group that shares its logs with others: those there are, and those that it had. */
function streamsOf(facts: StackFacts, sharedBy: string): () => Promise<readonly string[]> {
  const now = instancesOf(facts.aws, sharedBy);
  return async () => {
    const { activities } = await facts.activityHistory();
    const former = activities.flatMap(
      ({ Description = '' }) => Description.match(/\bi-[0-9a-f]{8,17}\b/g) ?? [],
    );
    return [...new Set([...(await now()), ...former])];
  };
}

function noteVersion(message: string, versions: AgentVersions): void {
  if (versions.size >= 10 || !message.includes('uildkite-agent')) return;
  const found = /buildkite-agent[ a-z]*? v?(\d+\.\d+\.\d+(?:-[\w.]+)?)/i.exec(message)?.[1];
  if (found !== undefined) versions.add(found);
}
