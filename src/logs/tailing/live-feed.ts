import { isThrottling, isUnreachable } from '../../aws/errors.ts';
import { nextPause, type RetryClock } from '../../aws/retry.ts';
import type { GroupTarget, LogEvent } from '../event.ts';
import type { LiveUpdate, OpenLive } from './live-calls.ts';

/** Real milliseconds without an update until a session counts as lost: CloudWatch sends one every second. */
const SILENCE = 10_000;

/** What ends a session and is no reason not to open another. */
const PASSING = /^(SessionTimeoutException|SessionStreamingException|LimitExceededException)$/;

export interface LiveFeedOptions {
  readonly open: OpenLive;
  /** Of the groups, those that are there now. */
  readonly targets: () => readonly GroupTarget[];
  readonly pattern: string | undefined;
  readonly retry: RetryClock;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds of this machine's own clock. */
  readonly realTime: () => number;
}

/**
 * The events that CloudWatch sends by itself, for as long as it does: a session that ends after its three hours, or because
 * the connection is lost, is followed by another; one that is refused is not. What is missed in between, and what is sampled
 * away, is for reading to find.
 */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  #waiting: LogEvent[] = [];
  #wake: () => void = () => undefined;
  #news: Promise<void> | undefined;
  #session: AbortController | undefined;
  #open = false;
  #sampled = false;
  #heardAt = 0;
  #told: string | undefined;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#hear();
    void this.#run();
  }

  /** Whether everything comes by it now, so that reading has nothing to hurry for. */
  get complete(): boolean {
    return this.#open && !this.#sampled;
  }

  /** Settles when there are events to take, or `complete` has changed. */
  get news(): Promise<void> {
    this.#news ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
    return this.#news;
  }

  take(): readonly LogEvent[] {
    const events = this.#waiting;
    this.#waiting = [];
    this.#news = undefined;
    return events;
  }

  /** Opens another session in place of one that has gone silent. */
  check(): void {
    if (this.#open && this.#options.realTime() - this.#heardAt > SILENCE) this.renew();
  }

  /** Opens another session, since there are other groups now. */
  renew(): void {
    this.#session?.abort();
  }

  async #run(): Promise<void> {
    const { signal, retry } = this.#options;
    let wait = 0;
    try {
      while (!signal.aborted) {
        const outcome = await this.#oneSession();
        if (outcome === 'refused') return;
        wait = outcome === 'lost' ? nextPause(wait, 'unreachable', retry.random()) : 0;
        if (wait > 0) await retry.pause(wait);
      }
    } catch {
      // The pause throws at the end of all.
    }
  }

  /** @returns why it ended */
  async #oneSession(): Promise<'over' | 'lost' | 'refused'> {
    const { open, targets, pattern, retry, signal } = this.#options;
    const there = targets();
    if (there.length === 0) {
      await retry.pause(2);
      return 'over';
    }
    const session = new AbortController();
    this.#session = session;
    const end = () => {
      session.abort();
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      const updates = await open(there, pattern, session.signal);
      for await (const update of updates) this.#take(update);
      return session.signal.aborted ? 'over' : this.#lost('the connection has ended');
    } catch (error) {
      if (session.signal.aborted) return 'over';
      const { name, message } = error as Error;
      if (name === 'SessionTimeoutException') return 'over';
      if (name === 'ResourceNotFoundException') return 'lost';
      // A connection that breaks in the middle of an answer has codes of its own.
      const passing = PASSING.test(name) || isThrottling(error) || isUnreachable(error) || this.#open;
      if (passing) return this.#lost(message || name);
      this.#options.say(`The live tail is refused (${message || name}): polling instead.`);
      return 'refused';
    } finally {
      signal.removeEventListener('abort', end);
      this.#open = false;
      this.#wake();
    }
  }

  #take({ events, sampled }: LiveUpdate): void {
    this.#hear();
    if (!this.#open && this.#told !== undefined) this.#options.say('The live tail is back.');
    this.#told = undefined;
    if (sampled && !this.#sampled) {
      this.#options.say(
        'More than 500 events a second: CloudWatch sends a sample of them. The others are read, and come a little later.',
      );
    }
    const changed = !this.#open || sampled !== this.#sampled;
    this.#open = true;
    this.#sampled = sampled;
    this.#waiting.push(...events);
    if (changed || events.length > 0) this.#wake();
  }

  #lost(why: string): 'lost' {
    if (this.#told === undefined)
      this.#options.say(`The live tail is lost (${why}): polling until it is back.`);
    this.#told = why;
    return 'lost';
  }

  #hear(): void {
    this.#heardAt = this.#options.realTime();
  }
}
