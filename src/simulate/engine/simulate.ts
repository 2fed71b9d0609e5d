import type { Observation } from '../../scaler/sizing/observation.ts';
import type { Trace } from './trace.ts';
import { Ledger } from './ledger.ts';
import { EventKind, Events, kindOf, subjectOf } from './events.ts';
import { Fleet } from './fleet.ts';
import { Group } from './group.ts';
import type { Model } from './model.ts';
import { Queue } from './queue.ts';
import { isWithin } from './troubles.ts';
import type { Result } from './result.ts';

/** What sizes the group: the function of the stack, or what it is compared with. */
export interface Policy {
  readonly name: string;
  /** Seconds between two looks. */
  readonly pollSeconds: number;
  /** How many instances the group is to have. */
  desired(observation: Observation): number;
  /** Below which idle instances stay, as the last decision has it; the group's `min` where it is left out. */
  readonly forecastMinSize?: number;
  /** Until when nothing but a job changes its mind about an empty group, in seconds. */
  sleepsUntil?(now: number): number;
}

/** Seconds between EC2's notice and the end. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const SPOT_NOTICE = 120;

/** Runs a trace through a queue, a group and what sizes it. */
export function simulate(trace: Trace, model: Model, policy: Policy): Result {
  return new EventLoop(trace, model, policy).run();
}

/** Goes from one moment to the next at which something happens: a job comes, an event is due, or the scaler looks. */
class EventLoop {
  readonly #events = new Events();
  readonly #queue: Queue;
  readonly #fleet: Fleet;
  readonly #ledger: Ledger;
  readonly #group: Group;
  #now = 0;

  constructor(
    private readonly trace: Trace,
    private readonly model: Model,
    private readonly policy: Policy,
  ) {
    this.#queue = new Queue(trace.arrivals);
    this.#fleet = new Fleet(trace.arrivals.length, model.agentsPerInstance);
    this.#ledger = new Ledger(trace.arrivals, model);
    this.#group = new Group(model, this.#fleet, this.#events, this.#ledger);
  }

  run(): Result {
    for (const [, until] of this.model.troubles?.pauses ?? [])
      this.#events.schedule(until, EventKind.QueueResumed, 0);
    this.#group.reconcile(this.#now);
    let nextLook = 0;
    while (!this.#isOver) {
      // What is left ends by itself; a buffer would go on for ever.
      if (this.#jobsAreDone) {
        this.#group.release();
        nextLook = Infinity;
      }
      const { nextArrival } = this.#queue;
      const time = Math.min(nextArrival, this.#events.next, nextLook);
      if (time === Infinity) break;
      this.#now = time;
      if (nextArrival <= time) this.#jobArrives();
      else if (this.#events.next <= time) this.#happen(this.#events.take());
      else {
        this.#look();
        nextLook = this.#nextLook();
      }
    }
    return this.#close();
  }

  get #jobsAreDone(): boolean {
    return this.#queue.isOver && this.#fleet.busyAgents === 0;
  }

  get #isOver(): boolean {
    const { pending, inService, terminating } = this.#fleet;
    return this.#jobsAreDone && pending === 0 && inService <= this.model.min && terminating === 0;
  }

  #happen(event: number): void {
    const subject = subjectOf(event);
    switch (kindOf(event)) {
      case EventKind.JobFinished:
        this.#jobFinishes(subject);
        return;
      case EventKind.InstanceInService:
        if (this.#fleet.enterService(subject)) this.#takeJobs(subject);
        return;
      case EventKind.IdlePeriodOver:
        this.#idlePeriodEnds(subject);
        return;
      case EventKind.InterruptionNotice:
        this.#noticeComes(subject);
        return;
      case EventKind.Interrupted:
        // Where its jobs were done within the notice, it has ended already.
        if (!this.#fleet.isTerminated(subject)) this.#group.terminate(subject, this.#now);
        return;
      case EventKind.BootGivenUp:
        this.#group.giveUp(subject, this.#now);
        return;
      case EventKind.QueueResumed:
        this.#startJobs();
        return;
      case EventKind.LaunchRetry:
        this.#group.reconcile(this.#now);
        return;
    }
  }

  #jobArrives(): void {
    this.#queue.arrive();
    this.#startJobs();
    this.#note();
  }

  #startJobs(): void {
    if (isWithin(this.model.troubles?.pauses, this.#now)) return;
    while (this.#queue.scheduled > 0 && this.#fleet.idleAgents > 0) {
      const job = this.#queue.start();
      this.#fleet.startJob(job);
      this.#ledger.jobStarted(this.#now);
      this.#events.schedule(this.#now + this.#durationOf(job), EventKind.JobFinished, job);
    }
  }

  #jobFinishes(job: number): void {
    const instance = this.#fleet.finishJob(job);
    // The instance went, and the job with it.
    if (instance === undefined) return;
    this.#ledger.jobFinished(this.#durationOf(job), this.#now);
    if (this.#fleet.isInService(instance)) this.#takeJobs(instance);
    else if (!this.#fleet.isBusy(instance)) this.#group.terminate(instance, this.#now);
  }

  /** An instance has got idle agents, and stays idle where no job waits for them. */
  #takeJobs(instance: number): void {
    this.#startJobs();
    if (!this.#fleet.isBusy(instance)) this.#becomeIdle(instance);
  }

  #becomeIdle(instance: number): void {
    this.#fleet.becomeIdle(instance, this.#now);
    this.#events.schedule(this.#now + this.model.idleSeconds, EventKind.IdlePeriodOver, instance);
  }

  #idlePeriodEnds(instance: number): void {
    if (!this.#fleet.hasIdled(instance, this.model.idleSeconds, this.#now)) return;
    if (!this.#group.endIdle(instance, this.#now)) this.#becomeIdle(instance);
  }

  #noticeComes(instance: number): void {
    if (this.#fleet.isTerminated(instance)) return;
    this.#group.retire(instance, this.#now);
    if (!this.#fleet.isTerminated(instance)) {
      this.#events.schedule(this.#now + SPOT_NOTICE, EventKind.Interrupted, instance);
    }
    this.#group.reconcile(this.#now);
  }

  /** The scaler looks, and decides. */
  #look(): void {
    const { foreignAgents = 0, outages } = this.model.troubles ?? {};
    if (isWithin(outages, this.#now)) return;
    const { idleAgents, busyAgents: busy } = this.#fleet;
    const idle = idleAgents + foreignAgents;
    const desired = this.policy.desired({
      jobs: { scheduled: this.#queue.scheduled, running: busy, waiting: 0 },
      agents: { idle, busy, total: idle + busy },
      group: this.#group.facts(this.#now),
      now: this.#now * 1000,
    });
    this.#group.resize(desired, this.policy.forecastMinSize, this.#now);
    this.#note();
  }

  /** Nothing is to be decided while nothing waits and nothing has come: the next event is what counts. */
  #nextLook(): number {
    const { pollSeconds } = this.policy;
    if (this.#queue.scheduled > 0 || this.#fleet.capacity > 0) return this.#now + pollSeconds;
    const wakesAt = Math.min(this.#queue.nextArrival, this.policy.sleepsUntil?.(this.#now) ?? Infinity);
    // The first look at or after it: those between see an empty queue. Infinity stays what it is.
    return Math.ceil(wakesAt / pollSeconds) * pollSeconds;
  }

  #note(): void {
    this.#ledger.note(this.#queue.scheduled, this.#fleet.size, this.#now);
  }

  #durationOf(job: number): number {
    return this.trace.durations[job] ?? 0;
  }

  #close(): Result {
    const { launches, peak: peakInstances } = this.#fleet;
    for (let instance = 0; instance < launches; instance++) {
      if (!this.#fleet.isTerminated(instance)) this.#group.retire(instance, this.#now);
    }
    const { failedLaunches, warmPool } = this.#group;
    const facts = { policy: this.policy.name, peakInstances, failedLaunches };
    return this.#ledger.close(facts, warmPool, this.#now);
  }
}
