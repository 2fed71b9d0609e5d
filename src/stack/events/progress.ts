import { isOwnRow, isSettled, type StackEvent } from './event.ts';

/** How a stack's resources stand in the operation that runs. */
export type Direction = 'building' | 'removing';

/** A resource on its way. */
export interface ResourceProgress {
  /** The logical id; for a resource of a nested stack, after that stack's name: `Network/Vpc`. */
  readonly path: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  /** When it began to be in this status. */
  readonly since: Date;
}

/** Counts an operation's events; knows no clock and no terminal. */
export class Progress {
  readonly stackName: string;
  readonly #stackId: string;
  readonly #expected: number;
  readonly #resources = new Map<string, ResourceProgress>();
  #status = '';
  #reason: string | undefined;
  #startedAt: Date | undefined;
  #lastAt: Date | undefined;

  /** `expected`: how many resources of the stack itself the operation touches, 0 where that is unknown. */
  constructor(stack: { readonly stackId: string; readonly stackName: string }, expected = 0) {
    this.#stackId = stack.stackId;
    this.stackName = stack.stackName;
    this.#expected = expected;
  }

  /** Takes in what is new, oldest first. */
  add(events: readonly StackEvent[]): void {
    for (const event of events) this.#take(event);
  }

  /** The stack's own status, by its events; empty before the first. */
  get status(): string {
    return this.#status;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  get startedAt(): Date | undefined {
    return this.#startedAt;
  }

  get lastAt(): Date | undefined {
    return this.#lastAt;
  }

  /** Whether the operation is over, roll-back included. */
  get finished(): boolean {
    return this.#status !== '' && isSettled(this.#status);
  }

  /** Seconds between the operation's first and last event. */
  get elapsedSeconds(): number {
    if (this.#startedAt === undefined || this.#lastAt === undefined) return 0;
    return (this.#lastAt.getTime() - this.#startedAt.getTime()) / 1000;
  }

  get direction(): Direction {
    return /^(DELETE|ROLLBACK)_/.test(this.#status) ? 'removing' : 'building';
  }

  /** Resources of the stack itself (nested ones are counted by their stack) that have got where they should. */
  get done(): number {
    const reached = this.direction === 'removing' ? /^DELETE_(COMPLETE|SKIPPED)$/ : /^(?!DELETE).*_COMPLETE$/;
    return this.#own().filter(({ status }) => reached.test(status)).length;
  }

  /** Resources of the stack itself that the operation touches: never less than it has touched. */
  get total(): number {
    const touched = this.#own().length;
    if (this.#status.startsWith('ROLLBACK_')) return touched;
    return Math.max(this.#expected, touched);
  }

  /** Every resource seen so far: for a layout that does not jump when one of them is done. */
  get paths(): readonly string[] {
    return [...this.#resources.values()].map(({ path }) => path);
  }

  /** What is on its way, longest first. */
  get inProgress(): readonly ResourceProgress[] {
    return [...this.#resources.values()]
      .filter(({ status }) => !isSettled(status))
      .sort((a, b) => a.since.getTime() - b.since.getTime());
  }

  /** What has failed, first failure first. */
  get failed(): readonly ResourceProgress[] {
    return [...this.#resources.values()]
      .filter(({ status }) => status.endsWith('_FAILED'))
      .sort((a, b) => a.since.getTime() - b.since.getTime());
  }

  #own(): ResourceProgress[] {
    return [...this.#resources].filter(([key]) => key.startsWith(`${this.#stackId} `)).map(([, it]) => it);
  }

  #take(event: StackEvent): void {
    this.#startedAt ??= event.at;
    if (this.#lastAt === undefined || event.at > this.#lastAt) this.#lastAt = event.at;
    if (isOwnRow(event)) {
      if (event.stackId !== this.#stackId) return;
      this.#status = event.status;
      this.#reason = event.reason;
      return;
    }
    const key = `${event.stackId} ${event.logicalId}`;
    const before = this.#resources.get(key);
    this.#resources.set(key, {
      path:
        event.stackId === this.#stackId ? event.logicalId : `${this.#shortName(event)}/${event.logicalId}`,
      type: event.type,
      status: event.status,
      ...(event.reason !== undefined && { reason: event.reason }),
      since: before?.status === event.status ? before.since : event.at,
    });
  }

  /** CloudFormation names a nested stack `<parent>-<logical id>-<random>`: the middle is what people know. */
  #shortName(event: StackEvent): string {
    const name = event.stackName;
    const inner = name.startsWith(`${this.stackName}-`) ? name.slice(this.stackName.length + 1) : name;
    return inner.replace(/-[A-Z0-9]{8,}$/, '').replace(/-[A-Z0-9]{8,}-/g, '/');
  }
}
