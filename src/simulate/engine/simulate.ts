import { EventHeap } from '../../heap.ts';
import type { Policy } from '../policy.ts';
import { exponential, logNormal, seeded } from '../random.ts';
import type { Trace } from '../trace.ts';
import { Books } from './books.ts';
import { type Bought, Market } from './market.ts';
import type { Model } from './model.ts';
import type { Result } from './result.ts';
import { WarmPool } from './warm-pool.ts';

const SPOT_NOTICE = 120;
const HOUR = 3600;

const enum Phase {
  Booting,
  Up,
  /** Takes no more jobs. */
  Ending,
  Gone,
}

/** Of an event's id, what it is about; the rest is the instance's or the job's number. */
const enum Kind {
  Finish,
  Up,
  Idle,
  Notice,
  Taken,
  Retry,
}
const KINDS = 6;

/**
 * Runs a trace through a queue, a group and what sizes it. Buildkite gives a job to the agent that has worked last, so
 * that the others become idle and end.
 */
export function simulate(trace: Trace, model: Model, policy: Policy): Result {
  const { arrivals, durations } = trace;
  const { agentsPerInstance: perInstance, min, max } = model;
  const random = seeded(model.seed);
  const count = arrivals.length;
  const books = new Books(arrivals, model);
  const events = new EventHeap();

  // Instances, by their number.
  const launchedAt: number[] = [];
  const phase: Phase[] = [];
  const busyAgents: number[] = [];
  const idleSince: number[] = [];
  // The instance that runs each job.
  const runsOn = new Int32Array(count).fill(-1);
  // Agents without a job, by their instance, the one that worked last on top; some have ended meanwhile.
  const free: number[] = [];

  let [now, arrived, started, running, desired] = [0, 0, 0, 0, min];
  // The size that the group does not go below by itself.
  let least = min;
  let [booting, up, ending, busyTotal, peak, launches] = [0, 0, 0, 0, 0, 0];
  const market = model.spot && new Market(model.spot);
  const pool = model.warm && model.warm.size > 0 ? new WarmPool(model.warm) : undefined;
  const boughtAs: Bought[] = [];
  // Of which none that is younger has ended before it.
  let oldest = 0;
  let freeAgents = 0;
  const note = () => {
    books.note(arrived - started, booting + up + ending, now);
  };

  const schedule = (time: number, kind: Kind, number: number) => {
    events.push(time, number * KINDS + kind);
  };
  const interruptionsOf = (bought: Bought) => {
    if (model.spot === undefined) return model.interruptionsPerHour;
    return bought === 'spot' ? model.spot.interruptionsPerHour : 0;
  };
  const bootSeconds = () => logNormal(random, model.bootSeconds, model.bootSpread);
  const launchSeconds = () => {
    const boot = bootSeconds();
    if (pool?.take(now, model.apiSeconds + boot) !== true) return boot;
    books.warmPoolRefilled(boot, now);
    return logNormal(random, pool.startSeconds, model.bootSpread);
  };
  const launch = (bought: Bought) => {
    const number = launchedAt.length;
    boughtAs.push(bought);
    launchedAt.push(now);
    phase.push(Phase.Booting);
    busyAgents.push(0);
    idleSince.push(0);
    booting += 1;
    launches += 1;
    peak = Math.max(peak, booting + up + ending);
    schedule(now + model.apiSeconds + launchSeconds(), Kind.Up, number);
    const interruptions = interruptionsOf(bought);
    if (interruptions > 0) schedule(now + exponential(random, HOUR / interruptions), Kind.Notice, number);
  };
  const reconcile = () => {
    while (booting + up < desired && now >= (market?.retryAt ?? now)) {
      const bought = market === undefined ? 'on-demand' : market.buy(now);
      if (bought === undefined) schedule(market?.retryAt ?? now, Kind.Retry, 0);
      else launch(bought);
    }
    if (model.endsOldest) while (booting + up > desired) endOldest();
  };
  const end = (instance: number) => {
    phase[instance] = Phase.Gone;
    books.instanceEnded(launchedAt[instance] ?? 0, boughtAs[instance] ?? 'on-demand', now);
  };
  const start = () => {
    while (started < arrived && freeAgents > 0) {
      const instance = free.pop() ?? -1;
      if (phase[instance] !== Phase.Up) continue;
      freeAgents -= 1;
      const job = started++;
      books.jobStarted(now);
      runsOn[job] = instance;
      busyAgents[instance] = (busyAgents[instance] ?? 0) + 1;
      busyTotal += 1;
      running += 1;
      schedule(now + (durations[job] ?? 0), Kind.Finish, job);
    }
  };
  const becomeIdle = (instance: number) => {
    idleSince[instance] = now;
    schedule(now + model.idleSeconds, Kind.Idle, instance);
  };
  const stopTaking = (instance: number) => {
    freeAgents -= perInstance - (busyAgents[instance] ?? 0);
    phase[instance] = Phase.Ending;
    market?.ended(boughtAs[instance] ?? 'on-demand');
    up -= 1;
    ending += 1;
  };
  const gone = (instance: number) => {
    ending -= 1;
    end(instance);
  };
  const endOldest = () => {
    while (phase[oldest] === Phase.Ending || phase[oldest] === Phase.Gone) oldest += 1;
    if (phase[oldest] === Phase.Booting) {
      booting -= 1;
      market?.ended(boughtAs[oldest] ?? 'on-demand');
      end(oldest);
      return;
    }
    stopTaking(oldest);
    if (busyAgents[oldest] === 0) gone(oldest);
  };

  const handle = (id: number) => {
    const number = Math.floor(id / KINDS);
    switch ((id % KINDS) as Kind) {
      case Kind.Finish: {
        const instance = runsOn[number] ?? -1;
        // The instance went, and the job with it.
        if (instance < 0 || phase[instance] === Phase.Gone) return;
        const busy = (busyAgents[instance] ?? 1) - 1;
        busyAgents[instance] = busy;
        busyTotal -= 1;
        running -= 1;
        books.jobFinished(durations[number] ?? 0, now);
        if (phase[instance] === Phase.Up) {
          free.push(instance);
          freeAgents += 1;
          start();
          if (busyAgents[instance] === 0) becomeIdle(instance);
        } else if (busy === 0) gone(instance);
        return;
      }
      case Kind.Up: {
        if (phase[number] !== Phase.Booting) return;
        phase[number] = Phase.Up;
        booting -= 1;
        up += 1;
        for (let agent = 0; agent < perInstance; agent++) free.push(number);
        freeAgents += perInstance;
        start();
        if (busyAgents[number] === 0) becomeIdle(number);
        return;
      }
      case Kind.Idle: {
        const stays = phase[number] !== Phase.Up || (busyAgents[number] ?? 0) > 0;
        if (stays || now - (idleSince[number] ?? 0) < model.idleSeconds - 0.001) return;
        // More than are wanted stay where they are protected: such a one ends without taking off what is wanted.
        if (desired <= least && booting + up <= least) {
          becomeIdle(number);
          return;
        }
        desired = Math.max(min, desired - 1);
        stopTaking(number);
        gone(number);
        return;
      }
      case Kind.Notice: {
        if (phase[number] === Phase.Gone) return;
        if (phase[number] === Phase.Booting) {
          booting -= 1;
          market?.ended(boughtAs[number] ?? 'on-demand');
          end(number);
        } else {
          if (phase[number] === Phase.Up) stopTaking(number);
          if (busyAgents[number] === 0) gone(number);
          else schedule(now + SPOT_NOTICE, Kind.Taken, number);
        }
        reconcile();
        return;
      }
      case Kind.Taken: {
        if (phase[number] !== Phase.Ending) return;
        const cut = busyAgents[number] ?? 0;
        books.jobsLost(cut);
        running -= cut;
        busyTotal -= cut;
        gone(number);
        return;
      }
      case Kind.Retry:
        reconcile();
        return;
    }
  };

  const look = () => {
    const observation = {
      jobs: { scheduled: arrived - started, running, waiting: 0 },
      agents: { idle: freeAgents, busy: busyTotal, total: freeAgents + busyTotal },
      group: {
        min,
        max,
        desired,
        pending: booting,
        inService: up,
        terminating: ending,
        paused: false,
        held: least,
      },
      now: now * 1000,
    };
    const before = desired;
    desired = Math.max(min, Math.min(max, policy.desired(observation)));
    least = policy.least ?? min;
    if (desired !== before) market?.tryAgain();
    market?.look(now, booting + up < desired);
    reconcile();
  };

  reconcile();
  let nextLook = 0;
  for (;;) {
    const nextArrival = arrived < count ? (arrivals[arrived] ?? Infinity) : Infinity;
    const done = arrived === count && started === count && running === 0;
    if (done && booting === 0 && up <= min && ending === 0) break;
    // What is left ends by itself; a buffer would go on for ever.
    if (done) [nextLook, least] = [Infinity, min];
    // Nothing is to be decided while nothing waits and nothing has come: the next event is what counts.
    const time = Math.min(nextArrival, events.next, nextLook);
    if (time === Infinity) break;
    now = time;
    if (nextArrival <= time) {
      arrived += 1;
      start();
      note();
    } else if (events.next <= time) handle(events.pop());
    else {
      look();
      note();
      nextLook =
        arrived > started || up + booting > 0
          ? now + policy.pollSeconds
          : nextLookAfter(Math.min(nextArrival, policy.sleepsUntil?.(now) ?? Infinity));
    }
  }
  for (let instance = 0; instance < phase.length; instance++)
    if (phase[instance] !== Phase.Gone) end(instance);

  /** The first look at or after the next job: those between see an empty queue. */
  function nextLookAfter(arrival: number): number {
    if (arrival === Infinity) return Infinity;
    return Math.ceil(arrival / policy.pollSeconds) * policy.pollSeconds;
  }

  return books.close(
    {
      policy: policy.name,
      peakInstances: peak,
      launches,
      failedLaunches: market?.failed ?? 0,
    },
    pool,
    now,
  );
}
