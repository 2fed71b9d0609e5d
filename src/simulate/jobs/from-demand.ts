import { type Trace, traceOf } from '../engine/trace.ts';

/** What the scaler has seen of a queue in each minute, on average; from the first minute on, without gaps. */
export interface DemandByMinute {
  readonly scheduled: readonly number[];
  readonly running: readonly number[];
}

/**
 * Jobs that would have made these metrics. What is scheduled and running together rises by the jobs that come and falls by
 * those that end; what is running tells when each begins. Jobs are taken to end in the order in which they came. Of jobs
 * that come while others end within the same minute only the difference shows, so there are fewer and longer ones than there
 * were: what they need of agents in each minute is the same.
 */
export function traceOfDemand({ scheduled, running }: DemandByMinute): Trace {
  const minutes = scheduled.length;
  // Of each job by its number, in seconds from the first minute.
  const [came, began, ended]: [number[], number[], number[]] = [[], [], []];
  let [jobs, before] = [0, 0];
  for (let minute = 0; minute < minutes; minute++) {
    const waiting = scheduled[minute] ?? 0;
    const unfinished = waiting + (running[minute] ?? 0);
    jobs += Math.max(0, unfinished - before);
    before = unfinished;
    reach(came, jobs, minute);
    reach(began, Math.min(jobs - waiting, came.length), minute);
    reach(ended, Math.min(jobs - unfinished, began.length), minute);
  }
  // What goes on at the end of what is known ends there.
  return traceOf(
    came.map((at, job) => {
      const from = began[job] ?? minutes * 60;
      return [at, Math.max(0, (ended[job] ?? minutes * 60) - from)] as const;
    }),
  );
}

/** Notes the minute for every job that is reached in it. Averages add up to a job once half of it is there. */
function reach(times: number[], count: number, minute: number): void {
  while (times.length < Math.round(count)) times.push(minute * 60);
}
