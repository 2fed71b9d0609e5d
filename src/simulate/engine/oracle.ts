import { EventHeap } from '../../base/event-heap.ts';
import type { Model } from './model.ts';
import type { Trace } from './trace.ts';

/** What nobody can beat who has no job wait. */
export interface Bound {
  /** Dollars. */
  readonly cost: number;
  readonly launches: number;
  /** The most instances at once that jobs fill. */
  readonly instances: number;
}

/**
 * What a scaler would pay that knows every job beforehand and has an agent ready for it when it comes. Each agent stays where its
 * next job comes within a boot, and else ends with its job and boots anew in time; an instance of several agents costs each its
 * share, as if they were always full. Jobs go to the agent that has been idle for the shortest time. Looks, failures and spot
 * interruptions cost it nothing. Jobs count from the end of the model's warm-up on.
 */
export function oracleBound({ arrivals, durations }: Trace, model: Model): Bound {
  const boot = model.apiSeconds + model.bootSeconds;
  const running = new EventHeap();
  /** When the agents became free, the latest on top. */
  const free: number[] = [];
  let [seconds, boots, most] = [0, 0, 0];
  for (const [job, arrival] of arrivals.entries()) {
    while (running.next <= arrival) {
      free.push(running.next);
      running.pop();
    }
    const duration = durations[job] ?? 0;
    const gap = arrival - (free.pop() ?? -Infinity);
    running.push(arrival + duration, 0);
    if (arrival < (model.warmUpSeconds ?? 0)) continue;
    seconds += duration + Math.min(gap, boot);
    if (gap > boot) boots += 1;
    most = Math.max(most, running.size);
  }
  const { agentsPerInstance, price } = model;
  return {
    cost: (seconds / 3600 / agentsPerInstance) * price,
    launches: Math.ceil(boots / agentsPerInstance),
    instances: Math.ceil(most / agentsPerInstance),
  };
}
