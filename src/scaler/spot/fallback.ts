import type { SpotShortage } from './shortage.ts';

/** On a group whose scaler falls back from spot to on-demand: what it has decided, for whoever decides next. */
export const SPOT_FALLBACK_TAG = 'bk-stack:purchase';

/**
 * How instances are bought. Kept on the group and not in the function's memory, so that neither a cold start nor an update
 * of the stack forgets it. Times are in milliseconds since 1970.
 */
export type SpotFallback =
  | { readonly kind: 'normal' }
  /** Everything on-demand, as spot has no capacity. */
  | { readonly kind: 'on-demand'; readonly until: number }
  /** As the stack has it again. The first launch that fails before `until` ends it. */
  | { readonly kind: 'trial'; readonly until: number };

/** What the stack's parameters say about buying. */
export interface SpotFallbackSettings {
  /** Of what is above the base, the percentage that is on-demand. */
  readonly onDemandPercentage: number;
  /** Minutes without spot capacity after which everything is on-demand; 0 for never. */
  readonly spotFallbackMinutes: number;
}

export interface SpotFallbackFacts {
  readonly purchase: SpotFallback;
  /** Of the group now, above its base; undefined for a group that knows one way to buy only. */
  readonly onDemandPercentage: number | undefined;
  readonly paused: boolean;
}

/** One request's worth of change to the group. */
export type SpotFallbackStep =
  | { readonly kind: 'remember'; readonly purchase: SpotFallback }
  | { readonly kind: 'distribute'; readonly onDemandPercentage: number };

export interface SpotFallbackDecision {
  readonly step: SpotFallbackStep | undefined;
  /** In words, for the log; where something is to change. */
  readonly reason: string;
}

/** How long everything stays on-demand, and how long spot is on trial after that. */
const ON_DEMAND_MS = 3_600_000;
const TRIAL_MS = 3_600_000;

/**
 * Whether to fall back to on-demand, to try spot again, or to leave it. What is decided is written down first and carried
 * out at the next look, so that whoever finds the two different knows which of them counts.
 */
export function decideSpotFallback(
  { purchase, onDemandPercentage, paused }: SpotFallbackFacts,
  shortage: SpotShortage | undefined,
  settings: SpotFallbackSettings,
  now: number,
): SpotFallbackDecision {
  const nothing: SpotFallbackDecision = { step: undefined, reason: '' };
  if (paused || onDemandPercentage === undefined || !mayFallBack(settings)) return nothing;
  const next = nextFallback(purchase, shortage, settings, now);
  if (next !== undefined) {
    return { step: { kind: 'remember', purchase: next }, reason: reasonFor(next, shortage, now) };
  }
  const wanted = purchase.kind === 'on-demand' ? 100 : settings.onDemandPercentage;
  if (wanted === onDemandPercentage) return nothing;
  return {
    step: { kind: 'distribute', onDemandPercentage: wanted },
    reason: `the group buys ${onDemandPercentage} % on-demand, and is to buy ${wanted} %`,
  };
}

/** Whether a stack may fall back at all: it has spot instances, and wants that. */
export function mayFallBack({ spotFallbackMinutes, onDemandPercentage }: SpotFallbackSettings): boolean {
  return spotFallbackMinutes > 0 && onDemandPercentage < 100;
}

function nextFallback(
  purchase: SpotFallback,
  shortage: SpotShortage | undefined,
  { spotFallbackMinutes }: SpotFallbackSettings,
  now: number,
): SpotFallback | undefined {
  const fallback: SpotFallback = { kind: 'on-demand', until: now + ON_DEMAND_MS };
  switch (purchase.kind) {
    case 'normal':
      return shortage !== undefined && now - shortage.since >= spotFallbackMinutes * 60_000
        ? fallback
        : undefined;
    case 'on-demand':
      return now >= purchase.until ? { kind: 'trial', until: now + TRIAL_MS } : undefined;
    case 'trial':
      // Jobs have waited once already. What failed before it began says nothing about it.
      if (shortage !== undefined && shortage.until > purchase.until - TRIAL_MS) return fallback;
      return now >= purchase.until ? { kind: 'normal' } : undefined;
  }
}

function reasonFor(next: SpotFallback, shortage: SpotShortage | undefined, now: number): string {
  switch (next.kind) {
    case 'on-demand':
      return `${shortageText(shortage, now)}: instances are on-demand until ${timeText(next.until)}`;
    case 'trial':
      return `spot is tried again: should it fail before ${timeText(next.until)}, instances are on-demand at once`;
    case 'normal':
      return 'spot has capacity again: instances are bought as the stack has it';
  }
}

/** What to say of a shortage: how long, and why. */
export function shortageText(shortage: SpotShortage | undefined, now: number): string {
  if (shortage === undefined) return 'spot has no capacity';
  const minutes = Math.floor((now - shortage.since) / 60_000);
  return `spot has had no capacity for ${minutes} min (${shortage.reason})`;
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

/** The value of the tag: `on-demand until 2026-11-25T11:00:00Z`, `trial until ...`, or `normal`. */
export function spotFallbackTagValue(purchase: SpotFallback): string {
  if (purchase.kind === 'normal') return purchase.kind;
  return `${purchase.kind} until ${new Date(purchase.until).toISOString()}`;
}

/** Anything that is not understood counts as nothing decided. */
export function spotFallbackOf(tag: string | undefined): SpotFallback {
  const [, kind, at = ''] = /^(on-demand|trial) until (\S+)$/.exec(tag ?? '') ?? [];
  const until = Date.parse(at);
  if (Number.isNaN(until) || (kind !== 'on-demand' && kind !== 'trial')) return { kind: 'normal' };
  return { kind, until };
}
