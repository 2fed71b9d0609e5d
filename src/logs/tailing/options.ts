import type { GroupTarget } from '../event.ts';
import type { ReaderClock, ReaderOptions } from './group-reader.ts';
import type { OpenLive } from './live-calls.ts';

export interface TailOptions extends ReaderOptions {
  readonly targets: readonly GroupTarget[];
  /** The streams that people have named: where none of the groups has one, they are told. */
  readonly named?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until?: number | undefined;
  /** How to have events sent while following, where that is wanted. */
  readonly live?: OpenLive | undefined;
}

export interface TailClock extends ReaderClock {
  /** Ends what is sent. Pauses end by it as well. */
  readonly signal?: AbortSignal;
  /** Milliseconds of this machine's own clock, by which a silent session is noticed; Date.now by itself. */
  readonly realTime?: () => number;
}
