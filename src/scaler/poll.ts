import type { BootTimes } from './forecast/boot-times.ts';
import type { Foresight } from './forecast/foresight.ts';
import type { Past } from './forecast/past.ts';
import { nextMinSizeStep } from './group/forecast-min-size.ts';
import {
  agentsByVersionOf,
  agentsTagValue,
  type AgentsByVersion,
  knownAgents,
  launchedAgents,
} from './group/launched-agents.ts';
import type { Group, GroupMembers, GroupPurchase, LaunchFailure } from './group/group.ts';
import { type Boot, deadInstance, followBoots, stillbornInstance } from './group/lost-instances.ts';
import type { BalancingFacts, ForecastFacts, Poll } from './poll-result.ts';
import { type QueueReport, Throttled, TokenRefused } from './queue.ts';
import type { Settings } from './settings.ts';
import { sizeWithoutForecast } from './sizing/buffer.ts';
import { decide, type Decision, type Memory, NOTHING_REMEMBERED } from './sizing/decide.ts';
import type { GroupFacts, Observation } from './sizing/observation.ts';
import { stuckOf, stuckTagValue } from './sizing/stuck-jobs.ts';
import { decideSpotFallback, shortageText, type SpotFallbackDecision } from './spot/fallback.ts';
import { shortageNow, type SpotShortage } from './spot/shortage.ts';

/** What a look asks of the world. */
export interface PollCalls {
  readonly group: Group;
  /** @param fresh whether to ask SSM again, as the token at hand was refused */
  token(fresh: boolean): Promise<string>;
  queue(token: string): Promise<QueueReport>;
  /** What is expected, and what that is learnt from; undefined where nothing is forecast. */
  readonly forecast?: { readonly foresight: Foresight; readonly past: Past } | undefined;
  readonly boots: BootTimes;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** After which a shortage of spot instances is told, where nothing is to be done about it. */
const TELL_AFTER_MS = 300_000;

/** Launches that failed longer ago than this before the first look are not told. */
const TOLD_AGO_MS = 600_000;

/** After which suspending the balancing of the zones is tried again, so that a refusal doesn't use up what a look may ask. */
const SUSPEND_RETRY_MS = 300_000;

/** After a minimum or a tag that was refused, as other requests of a look wait for it. */
const NOTE_AGAIN_MS = 300_000;

/** Looks at a queue and its group again and again, and keeps in mind what one look leaves for the next. */
export class Scaler {
  /** Undefined before the first look. */
  #memory: Memory | undefined;
  /** Of the newest failure that was told, in milliseconds since 1970. */
  #toldUntil: number | undefined;
  #shortage: SpotShortage | undefined;
  #shortageTold = false;
  /** When balancing the zones may be suspended next, in milliseconds since 1970. */
  #suspendAt = 0;
  /** Before which the minimum isn't raised or given back, in milliseconds since 1970. */
  #holdFrom = -Infinity;
  /** Before which neither the stuck jobs nor the agents of instances are written down, in milliseconds since 1970. */
  #rememberFrom = -Infinity;
  #boots = new Map<string, Boot>();

  constructor(
    private readonly settings: Settings,
    private readonly calls: PollCalls,
  ) {}

  /**
   * One look and, if it comes to that, one change. At most three requests to Auto Scaling: the second sets the size, and
   * the third does what matters most of the rest.
   * @throws Error when anything that a decision needs is not to be had; the size of the group is then left alone
   */
  async poll(): Promise<Poll> {
    const { group, now } = this.calls;
    const [queue, { facts: read, members, buying, noted, versions, balancesZones }] = await Promise.all([
      this.#queue(),
      group.read(),
    ]);
    const at = now();
    const agents = knownAgents(agentsByVersionOf(noted.agents), versions.all, this.settings);
    const launched = launchedAgents(versions.inService, agents, this.settings.agentsPerInstance);
    const facts = { ...read, agentsInService: launched };
    const { ahead, expected } = this.#foresee(queue, facts, at);
    this.calls.boots.see(members.pending, members.inService, at);
    const seen = { ...facts, overdue: this.calls.boots.overdue(at) };
    const observation = { jobs: queue.jobs, agents: queue.agents, group: seen, now: at, expected };
    const began = performance.now();
    // A function that starts cold knows of the stuck jobs what the one before it has written down.
    // Jobs that run by then don't show that one of those has started.
    const before = this.#memory ?? {
      ...NOTHING_REMEMBERED,
      stuck: stuckOf(noted.stuck),
      running: queue.jobs.running,
      scheduled: queue.jobs.scheduled,
    };
    const decision = decide(observation, this.settings, before);
    const decisionMs = performance.now() - began;
    const holding = await this.#size(facts, noted.held, decision, at);
    // Only now: a size that was refused is decided on again.
    this.#memory = decision.memory;
    // One of all these at a look, as a look may make three requests.
    const released = await this.#releaseStillborn(members, observation);
    const replaced =
      released.length > 0 ? [] : await this.#replaceDead(observation, members, decision.memory);
    const ended = released.length + replaced.length > 0;
    const remembering = ended ? undefined : await this.#rememberStuck(facts, noted.stuck, decision, at);
    const counting =
      ended || remembering !== undefined
        ? undefined
        : await this.#rememberAgents(facts, noted.agents, agents, at);
    const tended = ended || remembering !== undefined || counting !== undefined;
    const balancing = tended || !balancesZones ? undefined : await this.#suspendBalancing(facts, at);
    const busy = tended || balancing !== undefined;
    const changed = busy ? undefined : await this.#changePurchase(buying, at);
    const forecast = await this.#learn(ahead, !busy && changed === undefined, at);
    const short = facts.pending + facts.inService < facts.desired;
    const wanting = short || buying.purchase.kind === 'trial';
    const looks = wanting && !busy && changed === undefined && forecast?.read !== true;
    const launches = looks ? await group.launches(at) : undefined;
    // Where everything is on-demand, failures of spot are those of before.
    this.#shortage = shortageNow(this.#shortage, launches?.shortage, {
      wanting: wanting && buying.purchase.kind !== 'on-demand',
      now: at,
    });
    return {
      observation,
      decision,
      organization: queue.organization,
      failures: launches === undefined ? [] : this.#newFailures(launches.failures),
      replaced,
      released,
      buying: {
        purchase: buying.purchase,
        shortage: this.#shortage,
        told: this.#tellShortage(at),
        change: changed?.change,
        error: changed?.error,
      },
      balancing,
      forecast,
      noteError: holding?.error ?? remembering?.error ?? counting?.error,
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

  /**
   * One request at most: jobs come first, then what idle instances are held at.
   * @returns why those could not be held, where that was tried
   * @throws Error when the size was refused
   */
  async #size(
    facts: GroupFacts,
    noted: string | undefined,
    { desired, forecastMinSize }: Decision,
    now: number,
  ): Promise<{ readonly error: unknown } | undefined> {
    const { group } = this.calls;
    if (desired !== facts.desired) {
      await group.setDesired(desired);
      return undefined;
    }
    const leaves = facts.paused || now < this.#holdFrom;
    const step = leaves ? undefined : nextMinSizeStep(noted, facts, forecastMinSize, now);
    if (step === undefined) return undefined;
    try {
      if (step.kind === 'remember') await group.rememberHeld(step.note);
      else await group.hold(step.minSize);
      return undefined;
    } catch (error) {
      this.#holdFrom = now + NOTE_AGAIN_MS;
      return { error };
    }
  }

  /** @returns whether that failed, or undefined where nothing has changed and no request was made */
  async #rememberStuck(
    { paused }: GroupFacts,
    noted: string | undefined,
    { memory: { stuck } }: Decision,
    now: number,
  ): Promise<{ readonly error?: unknown } | undefined> {
    if (paused || now < this.#rememberFrom) return undefined;
    if (stuckTagValue(stuck) === stuckTagValue(stuckOf(noted))) return undefined;
    return this.#noting(this.calls.group.rememberStuck(stuck), now);
  }

  /** @returns whether that failed, or undefined where the note is right and no request was made */
  async #rememberAgents(
    { paused }: GroupFacts,
    noted: string | undefined,
    agents: AgentsByVersion,
    now: number,
  ): Promise<{ readonly error?: unknown } | undefined> {
    if (paused || now < this.#rememberFrom || agentsTagValue(agents) === noted) return undefined;
    return this.#noting(this.calls.group.rememberAgents(agents), now);
  }

  async #noting(request: Promise<void>, now: number): Promise<{ readonly error?: unknown }> {
    return request.then(
      () => ({}),
      (error: unknown) => {
        this.#rememberFrom = now + NOTE_AGAIN_MS;
        return { error };
      },
    );
  }

  #foresee(
    { jobs }: QueueReport,
    group: GroupFacts,
    now: number,
  ): { readonly ahead: number; readonly expected: number } {
    const { forecast } = this.calls;
    const { held = 0 } = group;
    if (forecast === undefined || group.paused) return { ahead: 0, expected: 0 };
    const { foresight } = forecast;
    const unforeseen = sizeWithoutForecast({ jobs, group }, this.#memory?.busy ?? [], this.settings);
    const ahead = foresight.book(now, Math.min(held, group.inService), unforeseen);
    return { ahead, expected: foresight.expected(now, held) };
  }

  /** Reads a piece of the past, where a look has a request left for it. It never fails the look. */
  async #learn(ahead: number, free: boolean, now: number): Promise<ForecastFacts | undefined> {
    const { past } = this.calls.forecast ?? {};
    if (past === undefined) return undefined;
    if (!free || !past.due(now)) return { ahead, read: false, error: undefined };
    return past.readOn(now).then(
      () => ({ ahead, read: true, error: undefined }),
      (error: unknown) => ({ ahead, read: true, error }),
    );
  }

  /** @returns what was changed, or undefined where nothing was to be and no request was made */
  async #changePurchase(
    buying: GroupPurchase,
    now: number,
  ): Promise<{ readonly change?: SpotFallbackDecision; readonly error?: unknown } | undefined> {
    const change = decideSpotFallback(buying, this.#shortage, this.settings, now);
    const { step } = change;
    if (step === undefined) return undefined;
    const { group } = this.calls;
    try {
      if (step.kind === 'remember') await group.remember(step.purchase);
      else await group.distribute(buying, step.onDemandPercentage);
      // Seen to the end: what comes is another one.
      if (step.kind === 'remember') this.#shortage = undefined;
      return { change };
    } catch (error) {
      return { error };
    }
  }

  /**
   * Instances end where they are idle, which leaves the zones uneven. Auto Scaling would launch one in the emptiest zone and
   * end another for it, again and again, with jobs to wait for.
   */
  async #suspendBalancing({ paused }: GroupFacts, now: number): Promise<BalancingFacts | undefined> {
    if (paused || now < this.#suspendAt) return undefined;
    this.#suspendAt = now + SUSPEND_RETRY_MS;
    return this.calls.group.suspendBalancing().then(
      () => ({ error: undefined }),
      (error: unknown) => ({ error }),
    );
  }

  /** Once for each shortage. */
  #tellShortage(now: number): string | undefined {
    const shortage = this.#shortage;
    if (shortage === undefined) this.#shortageTold = false;
    if (shortage === undefined || this.#shortageTold) return undefined;
    const { spotFallbackMinutes } = this.settings;
    const after = spotFallbackMinutes > 0 ? spotFallbackMinutes * 60_000 : TELL_AFTER_MS;
    if (now - shortage.since < after) return undefined;
    this.#shortageTold = true;
    return shortageText(shortage, now);
  }

  #newFailures(failures: readonly LaunchFailure[]): LaunchFailure[] {
    const told = this.#toldUntil ?? this.calls.now() - TOLD_AGO_MS;
    this.#toldUntil = Math.max(told, ...failures.map(({ at }) => at));
    return failures.filter(({ at }) => at > told);
  }

  async #releaseStillborn(members: GroupMembers, { agents, now }: Observation): Promise<string[]> {
    this.#boots = followBoots(this.#boots, members, now);
    const id = stillbornInstance(this.#boots, members, agents, now);
    if (id === undefined) return [];
    await this.calls.group.release(id);
    this.#boots.delete(id);
    return [id];
  }

  async #replaceDead(
    observation: Observation,
    members: GroupMembers,
    { missingSince }: Memory,
  ): Promise<string[]> {
    const id = deadInstance(observation, members, missingSince);
    if (id === undefined) return [];
    await this.calls.group.markUnhealthy(id);
    return [id];
  }
}

/** How long to wait after a look that failed, in milliseconds. */
export function pauseAfter(error: unknown, { minPollMs }: Pick<Settings, 'minPollMs'>): number {
  return error instanceof Throttled ? Math.max(error.retryAfterMs, minPollMs) : minPollMs;
}
