import type { BlobStore } from './blobs.ts';
import { AwsError } from './errors.ts';
import { Keys } from './keys.ts';
import { partitionOf, type Location } from './location.ts';
import { Ids, nextRandom } from './random.ts';
import type { Timer, WorldState } from './state.ts';
import type { Instant, TimeSource } from './time.ts';

export const ACCOUNT_ID = '111122223333';

/** Where in the world something happens. */
export interface Scope extends Location {
  readonly world: World;
}

/** What an operation knows of the request it answers. */
export interface RequestContext extends Scope {
  readonly requestId: string;
  readonly callerArn: string;
}

/** One API operation: the SDK's input type in, the SDK's output type (less `$metadata`) out. Dates are `Date`s. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the table of a service mixes operations of every input type
export type Operation<Input = any, Output = unknown> = (
  input: Input,
  context: RequestContext,
) => Output | Promise<Output>;

/** A request that is about to be carried out. */
export interface Call {
  /** The service's name, as `Service` has it. */
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly context: RequestContext;
}

/** Stands before the operations, and lets callers do what they may. */
export interface Guard {
  /** Carries a call out. @throws what the call throws, and a refusal in place of it */
  run(call: Call, act: () => unknown): Promise<unknown>;
}

/** What a timer runs. It must be quick; work that takes real time is handed to `world.background`. */
export type Task = (world: World, key: string) => void;

/** One AWS service as the sandbox knows it. */
export interface Service {
  /** The folder's name, and the name faults and tests use: `autoscaling`. */
  readonly name: string;
  /** The service names in a SigV4 credential scope that lead here. */
  readonly signingNames: readonly string[];
  /** The SDK package whose exported schemas describe the operations on the wire, loaded when first needed. */
  readonly sdk: () => Promise<object>;
  readonly operations: Readonly<Record<string, Operation>>;
  /** The region of what a request is about, where its signature names none. */
  readonly homeOf?: (world: World, input: object) => string | undefined;
  /** Timer tasks, by full name: `autoscaling.reconcile`. */
  readonly tasks?: Readonly<Record<string, Task>>;
}

export interface WorldOptions {
  readonly time: TimeSource;
  readonly services: readonly Service[];
  readonly blobs: BlobStore;
  readonly state: WorldState;
  /** How a client reaches this world over HTTP, for URLs that answers contain. */
  readonly endpoint?: string;
  /** The keys that clients sign with; new ones when left out. */
  readonly keys?: Keys;
}

/** The sandbox's whole world: state, time, and the services acting on them. One thread; handlers never interleave. */
export class World {
  readonly ids: Ids;
  readonly keys: Keys;
  readonly blobs: BlobStore;
  readonly state: WorldState;
  endpoint: string;
  readonly #time: TimeSource;
  readonly #services: ReadonlyMap<string, Service>;
  readonly #tasks = new Map<string, Task>();
  readonly #background = new Set<Promise<void>>();
  readonly #listeners = new Set<() => void>();
  /** While a timer runs, the world's time is that timer's own, however late it is run. */
  #pinned: Instant | undefined;

  constructor(options: WorldOptions) {
    this.state = options.state;
    this.blobs = options.blobs;
    this.endpoint = options.endpoint ?? 'http://127.0.0.1:0';
    this.keys = options.keys ?? new Keys();
    this.#time = options.time;
    this.ids = new Ids(this.state);
    this.#services = new Map(options.services.map((service) => [service.name, service]));
    for (const service of options.services) {
      for (const [name, task] of Object.entries(service.tasks ?? {})) this.#tasks.set(name, task);
    }
  }

  now(): Instant {
    return this.#pinned ?? Math.max(this.#time.now(), this.state.now);
  }

  /** How many times faster than real time this world runs, for what runs in real time beside it. */
  get speed(): number {
    return this.#time.speed ?? 1;
  }

  /** A number in [0, 1) from the world's seed. */
  random(): number {
    return nextRandom(this.state);
  }

  services(): IterableIterator<Service> {
    return this.#services.values();
  }

  service(name: string): Service | undefined {
    return this.#services.get(name);
  }

  scope(region: string): Scope {
    return { world: this, region, partition: partitionOf(region), accountId: ACCOUNT_ID };
  }

  /** The regions in which a slice holds state. */
  regionsOf(slice: string): string[] {
    const prefix = `${slice}/`;
    return Object.keys(this.state.slices)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
  }

  /** Calls an operation as a client would, without the wire. For one service acting on another. */
  async call<Output>(scope: Scope, service: string, operation: string, input: unknown): Promise<Output> {
    const handler = this.#services.get(service)?.operations[operation];
    if (handler === undefined)
      throw new AwsError('InvalidAction', `${service} has no operation ${operation}`);
    const context = {
      ...scope,
      requestId: this.ids.uuid(),
      callerArn: `arn:${scope.partition}:iam::${scope.accountId}:root`,
    };
    return (await handler(input, context)) as Output;
  }

  /** Asks for `task` to be run with `key` at `at`. An earlier request for the same pair stands; a later one moves up. */
  wake(task: string, key: string, at: Instant): void {
    if (!this.#tasks.has(task)) throw new Error(`no task ${task}`);
    const pending = this.state.timers.find((timer) => timer.task === task && timer.key === key);
    if (pending === undefined) this.state.timers.push({ task, key, at });
    else pending.at = Math.min(pending.at, at);
    this.changed();
  }

  /** When the next timer is due, if there is one. */
  nextWake(): Instant | undefined {
    return this.state.timers.reduce<Instant | undefined>(
      (soonest, timer) => (soonest === undefined || timer.at < soonest ? timer.at : soonest),
      undefined,
    );
  }

  /** Runs every timer that is due, in order of time, each at its own instant. */
  runDue(): void {
    const until = this.now();
    let ran = false;
    for (;;) {
      const due = this.state.timers
        .filter((timer) => timer.at <= until)
        .reduce<Timer | undefined>(
          (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
          undefined,
        );
      if (due === undefined) break;
      this.state.timers.splice(this.state.timers.indexOf(due), 1);
      this.state.now = Math.max(this.state.now, due.at);
      this.#pinned = this.state.now;
      ran = true;
      try {
        this.#tasks.get(due.task)?.(this, due.key);
      } finally {
        this.#pinned = undefined;
      }
    }
    this.state.now = Math.max(this.state.now, until);
    if (ran) this.changed();
  }

  /** Lets work go on that takes real time (a function's run). A failure is the work's own to handle. */
  background(work: Promise<void>): void {
    const settled = work.finally(() => {
      this.#background.delete(settled);
      this.changed();
    });
    this.#background.add(settled);
  }

  /** Waits until no background work is left. */
  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  /** Tells the listeners that the state may have changed. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
