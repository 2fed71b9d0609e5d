import type { Foresight } from './foresight.ts';
import type { ReadHistory } from './history.ts';
import { Minutes } from './minutes.ts';

const MINUTE_MS = 60_000;
const DAY = 24 * 60;
/** The time of the week that a forecast is about was one and two weeks ago, give or take an hour. */
export const LEARNT_MINUTES = 14 * DAY + 60;
/** What is asked for in one request, so that an answer is soon read. */
const PIECE = 2 * DAY;
/** Once everything is known, what has come since is read every hour. */
const EVERY_MS = 60 * MINUTE_MS;
/** Metrics that come by way of the logs are there some minutes later. */
const LATE_MINUTES = 10;
const RETRY_MS = 5 * MINUTE_MS;

/** Reads the past piece by piece, a request at a time, and tells it to the foresight. */
export class Past {
  readonly #demand = new Minutes(LEARNT_MINUTES + DAY);
  /** The first minute that has not been read. */
  #unread = 0;
  /** Where an answer was too long for one request: what was asked for, and what to ask with for the rest. */
  #rest: { readonly from: number; readonly until: number; readonly token: string } | undefined;
  #nextAt = -Infinity;

  constructor(
    private readonly foresight: Foresight,
    private readonly read: ReadHistory,
  ) {}

  /** Whether there is something to read. @param now milliseconds since 1970 */
  due(now: number): boolean {
    return now >= this.#nextAt;
  }

  /**
   * Reads two days, or what has come since the last time, in one request.
   * @throws Error when it is not to be had; what is known stays, and it is asked for again later
   */
  async readOn(now: number): Promise<void> {
    const minute = Math.floor(now / MINUTE_MS);
    const rest = this.#rest;
    const from = rest?.from ?? Math.max(this.#unread, minute - LEARNT_MINUTES);
    const until = rest?.until ?? Math.min(from + PIECE, minute);
    this.#rest = undefined;
    this.#nextAt = now + RETRY_MS;
    const { demand, ahead, next } = await this.read(from, until, rest?.token);
    for (const [at, jobs] of demand) this.#demand.set(at, jobs);
    for (const [at, instances] of ahead) this.foresight.recall(at, instances);
    if (next !== undefined) {
      this.#rest = { from, until, token: next };
      this.#nextAt = now;
      return;
    }
    const all = until >= minute - 1;
    this.#unread = all ? until - LATE_MINUTES : until;
    this.#nextAt = all ? now + EVERY_MS : now;
    if (all) this.foresight.learn((at) => this.#demand.at(at), now);
  }
}
