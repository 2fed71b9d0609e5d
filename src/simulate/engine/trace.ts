/** Jobs by the time at which they were queued, in seconds from the first moment. */
export interface Trace {
  /** Ascending. */
  readonly arrivals: Float64Array;
  /** Seconds that each takes on an agent. */
  readonly durations: Float64Array;
}

/** @param jobs pairs of arrival and duration in any order */
export function traceOf(jobs: readonly (readonly [arrival: number, duration: number])[]): Trace {
  const sorted = [...jobs].sort(([left], [right]) => left - right);
  return {
    arrivals: Float64Array.from(sorted, ([arrival]) => arrival),
    durations: Float64Array.from(sorted, ([, duration]) => duration),
  };
}
