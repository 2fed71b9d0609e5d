import { decide, type Decision, type Memory, NOTHING_REMEMBERED } from '../../src/scaler/sizing/decide.ts';
import type { ScalingSettings } from '../../src/scaler/sizing/observation.ts';
import { stuckOf, stuckTagValue } from '../../src/scaler/sizing/stuck-jobs.ts';
import { PLAIN_SCALING } from './scaling.ts';

/** Whose agents a job's tags let run it. */
export type Taker = 'own' | 'foreign' | 'any' | 'nobody';

export interface SharedJob {
  readonly taker: Taker;
  readonly arrivedAt: number;
  /** Seconds. */
  readonly runs: number;
  startedAt?: number;
  gone?: boolean;
}

interface Agent {
  readonly foreign: boolean;
  job?: SharedJob | undefined;
  idleSince: number;
}

const LOOK = 10;
const BOOT = 100;
const IDLE_PERIOD = 420;

/**
 * A queue with agents of a group and of others, one agent an instance, and the scaler's decision every ten seconds. Times
 * are in seconds. Idle instances end by themselves, as on AWS, down to what the group is held at.
 */
export class SharedQueue {
  now = 0;
  desired = 0;
  held: number;
  launches = 0;
  /** A paused queue gives no job to any agent. */
  paused = false;
  readonly jobs: SharedJob[] = [];
  readonly decisions: Decision[] = [];
  #memory: Memory = NOTHING_REMEMBERED;
  /** The group's tag. */
  #tag: string | undefined;
  #booting: number[] = [];
  #agents: Agent[] = [];

  constructor(
    foreign: number,
    private readonly settings: Partial<ScalingSettings> = {},
    private readonly max = 500,
  ) {
    this.held = 0;
    this.setForeign(foreign);
  }

  setForeign(count: number): void {
    const foreign = this.#agents.filter((agent) => agent.foreign);
    for (let more = foreign.length; more < count; more++) {
      this.#agents.push({ foreign: true, idleSince: this.now });
    }
    const gone = foreign.filter(({ job }) => job === undefined).slice(0, Math.max(0, foreign.length - count));
    this.#agents = this.#agents.filter((agent) => !gone.includes(agent));
  }

  push(taker: Taker, count = 1, runs = 60): SharedJob[] {
    const pushed = Array.from({ length: count }, () => ({ taker, arrivedAt: this.now, runs }));
    this.jobs.push(...pushed);
    return pushed;
  }

  /** Cancels waiting jobs, the oldest first. */
  cancel(count: number): void {
    for (const job of this.waiting.slice(0, count)) job.gone = true;
  }

  /** The function's process is a new one, which knows what the group's tag says. */
  startCold(): void {
    this.#memory = { ...NOTHING_REMEMBERED, stuck: stuckOf(this.#tag) };
  }

  get waiting(): SharedJob[] {
    return this.jobs.filter(({ startedAt, gone }) => startedAt === undefined && gone !== true);
  }

  get instances(): number {
    return this.#booting.length + this.#own.length;
  }

  get ownIdle(): number {
    return this.#own.filter(({ job }) => job === undefined).length;
  }

  get #own(): Agent[] {
    return this.#agents.filter(({ foreign }) => !foreign);
  }

  /** A look, and ten seconds. */
  step(): Decision {
    this.#dispatch();
    const decision = this.#look();
    this.idleHours += (this.ownIdle * LOOK) / 3600;
    this.now += LOOK;
    this.#dispatch();
    return decision;
  }

  /** Time in which the function can't see the queue. */
  outage(seconds: number): void {
    this.now += seconds;
    this.#dispatch();
  }

  /** Instance-hours that idle instances were there for. */
  idleHours = 0;

  run(seconds: number): void {
    for (const end = this.now + seconds; this.now < end;) this.step();
  }

  #look(): Decision {
    const busy = this.#agents.filter(({ job }) => job !== undefined).length;
    const total = this.#agents.length;
    const inService = this.#own.length;
    const decision = decide(
      {
        jobs: { scheduled: this.waiting.length, running: busy, waiting: 0 },
        agents: { idle: total - busy, busy, total },
        group: {
          ...{ min: 0, max: this.max, desired: this.desired, held: this.held, paused: false },
          ...{ pending: this.#booting.length, inService, terminating: 0 },
        },
        now: this.now * 1000,
      },
      { ...PLAIN_SCALING, ...this.settings },
      this.#memory,
    );
    this.#memory = decision.memory;
    this.#tag = stuckTagValue(decision.memory.stuck);
    this.desired = decision.desired;
    this.held = decision.forecastMinSize;
    while (this.instances < this.desired) {
      this.#booting.push(this.now + BOOT);
      this.launches += 1;
    }
    this.decisions.push(decision);
    return decision;
  }

  #dispatch(): void {
    for (const agent of this.#agents) {
      const { job } = agent;
      if (job?.startedAt === undefined || this.now < job.startedAt + job.runs) continue;
      agent.job = undefined;
      agent.idleSince = this.now;
    }
    const up = this.#booting.filter((at) => at <= this.now);
    this.#booting = this.#booting.filter((at) => at > this.now);
    this.#agents.push(...up.map(() => ({ foreign: false, idleSince: this.now })));
    for (const job of this.paused ? [] : this.waiting) {
      const agent = this.#agents.find(
        ({ foreign, job: has }) =>
          has === undefined && (job.taker === 'any' || job.taker === (foreign ? 'foreign' : 'own')),
      );
      if (agent === undefined) continue;
      agent.job = job;
      job.startedAt = this.now;
    }
    for (const agent of this.#own) {
      if (agent.job !== undefined || this.now - agent.idleSince < IDLE_PERIOD) continue;
      // AWS refuses to go below the minimum; the agent then starts again.
      if (this.desired <= this.held) agent.idleSince = this.now;
      else {
        this.desired -= 1;
        this.#agents = this.#agents.filter((other) => other !== agent);
      }
    }
  }
}
