import { decide, type Decision, type Memory, NOTHING_REMEMBERED, type Observation } from './decide.ts';
import type { Group, GroupMembers, LaunchFailure } from './group.ts';
import { type QueueReport, Throttled, TokenRefused } from './queue.ts';
import type { Settings } from './settings.ts';

/** What a look asks of the world. */
export interface PollCalls {
  readonly group: Group;
  /** @param fresh whether to ask SSM again, as the token at hand was refused */
  token(fresh: boolean): Promise<string>;
  queue(token: string): Promise<QueueReport>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What one look found and did. */
export interface Poll {
  readonly observation: Observation;
  readonly decision: Decision;
  readonly organization: string;
  /** Launches that have failed since the last look. */
  readonly failures: readonly LaunchFailure[];
  /** Marked unhealthy, as no agent came of them. */
  readonly replaced: readonly string[];
  /** Let go, as their boot never ended. */
  readonly released: readonly string[];
  /** Until the next look, in milliseconds. */
  readonly pauseMs: number;
  /** What deciding took beside the requests, in milliseconds. */
  readonly decisionMs: number;
}

/** Instances in service without a single agent for this long are dead, whatever their health says. */
const DEAD_AFTER_MS = 600_000;

/** Looks at a queue and its group again and again, and keeps in mind what one look leaves for the next. */
export class Scaler {
  #memory: Memory = NOTHING_REMEMBERED;
  /** Of the newest failure that was told, in milliseconds since 1970. */
  #toldUntil: number | undefined;
  /** Instances that were launching and have never been seen in service. */
  #booting = new Set<string>();

  constructor(
    private readonly settings: Settings,
    private readonly calls: PollCalls,
  ) {}

  /**
   * One look and, if it comes to that, one change. At most three requests to Auto Scaling, one of them only while
   * instances are missing.
   * @throws Error when anything that a decision needs is not to be had; the size of the group is then left alone
   */
  async poll(): Promise<Poll> {
    const { group, now } = this.calls;
    const [queue, { facts, members }] = await Promise.all([this.#queue(), group.read()]);
    const observation: Observation = { jobs: queue.jobs, agents: queue.agents, group: facts, now: now() };
    const began = performance.now();
    const decision = decide(observation, this.settings, this.#memory);
    const decisionMs = performance.now() - began;
    if (decision.desired !== facts.desired) await group.setDesired(decision.desired);
    // Only now: a change that was refused is decided on again.
    this.#memory = decision.memory;
    // One of three at a look, as a look may make three requests.
    const released = await this.#releaseStillborn(members);
    const replaced = released.length > 0 ? [] : await this.#replaceDead(observation, members);
    const short = facts.pending + facts.inService < facts.desired;
    return {
      observation,
      decision,
      organization: queue.organization,
      failures: short && released.length + replaced.length === 0 ? await this.#newFailures() : [],
      replaced,
      released,
      pauseMs: Math.max(queue.pollMs, this.settings.minPollMs),
      decisionMs,
    };
  }

  async #queue(): Promise<QueueReport> {
    try {
      return await this.calls.queue(await this.calls.token(false));
    } catch (error) {
      // It may have been rotated.
      if (error instanceof TokenRefused) return this.calls.queue(await this.calls.token(true));
      throw error;
    }
  }

  async #newFailures(): Promise<LaunchFailure[]> {
    const failures = await this.calls.group.failures();
    const told = this.#toldUntil ?? this.calls.now() - DEAD_AFTER_MS;
    this.#toldUntil = Math.max(told, ...failures.map(({ at }) => at));
    return failures.filter(({ at }) => at > told);
  }

  /**
   * The terminating hook holds every instance until its jobs are done. One that the launching hook gave up has none, and
   * nobody on it to say so.
   */
  async #releaseStillborn({ pending, terminating }: GroupMembers): Promise<string[]> {
    const stillborn = terminating.filter((id) => this.#booting.has(id));
    // What is neither launching nor ending is in service, or gone.
    this.#booting = new Set([...pending, ...stillborn]);
    const [first] = stillborn;
    if (first === undefined) return [];
    await this.calls.group.release(first);
    this.#booting.delete(first);
    return [first];
  }

  /** Not a single agent is there and jobs wait: whoever is in service is not, whichever it is. */
  async #replaceDead(
    { agents, jobs, now, group }: Observation,
    { inService }: GroupMembers,
  ): Promise<string[]> {
    const { missingSince } = this.#memory;
    const dead =
      !group.paused &&
      agents.total === 0 &&
      jobs.scheduled > 0 &&
      missingSince !== undefined &&
      now - missingSince >= DEAD_AFTER_MS;
    const [first] = dead ? inService : [];
    if (first === undefined) return [];
    await this.calls.group.markUnhealthy(first);
    return [first];
  }
}

/** How long to wait after a look that failed, in milliseconds. */
export function pauseAfter(error: unknown, { minPollMs }: Pick<Settings, 'minPollMs'>): number {
  return error instanceof Throttled ? Math.max(error.retryAfterMs, minPollMs) : minPollMs;
}
