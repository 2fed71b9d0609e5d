import type { SpotShortage } from './spot-shortage.ts';

/** On a group whose scaler falls back from spot to on-demand: what it has decided, for whoever decides next. */
export const PURCHASE_TAG = 'bk-stack:purchase';

/**
 * How instances are bought. Kept on the group and not in the function's memory, so that neither a cold start nor an update
 * of the stack forgets it. Times are in milliseconds since 1970.
 */
export type Purchase =
  | { readonly kind: 'as-set' }
  /** Everything on-demand, as spot has no capacity. */
  | { readonly kind: 'on-demand'; readonly until: number }
  /** As the stack has it again. The first launch that fails before `until` ends it. */
  | { readonly kind: 'trial'; readonly until: number };

/** What the stack's parameters say about buying. */
export interface PurchaseSettings {
  /** Of what is above the base, the percentage that is on-demand. */
  readonly onDemandPercentage: number;
  /** Minutes without spot capacity after which everything is on-demand; 0 for never. */
  readonly spotFallbackMinutes: number;
}

export interface PurchaseFacts {
  readonly purchase: Purchase;
  /** Of the group now, above its base; undefined for a group that knows one way to buy only. */
  readonly onDemandPercentage: number | undefined;
  readonly paused: boolean;
}

/** One request's worth of change to the group. */
export type PurchaseStep =
  | { readonly kind: 'remember'; readonly purchase: Purchase }
  | { readonly kind: 'distribute'; readonly onDemandPercentage: number };

export interface PurchaseDecision {
  readonly step: PurchaseStep | undefined;
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
export function decidePurchase(
  { purchase, onDemandPercentage, paused }: PurchaseFacts,
  shortage: SpotShortage | undefined,
  settings: PurchaseSettings,
  now: number,
): PurchaseDecision {
  const nothing: PurchaseDecision = { step: undefined, reason: '' };
  if (paused || onDemandPercentage === undefined || !fallsBack(settings)) return nothing;
  const next = nextPurchase(purchase, shortage, settings, now);
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
export function fallsBack({ spotFallbackMinutes, onDemandPercentage }: PurchaseSettings): boolean {
  return spotFallbackMinutes > 0 && onDemandPercentage < 100;
}

function nextPurchase(
  purchase: Purchase,
  shortage: SpotShortage | undefined,
  { spotFallbackMinutes }: PurchaseSettings,
  now: number,
): Purchase | undefined {
  const fallback: Purchase = { kind: 'on-demand', until: now + ON_DEMAND_MS };
  switch (purchase.kind) {
    case 'as-set':
      return shortage !== undefined && now - shortage.since >= spotFallbackMinutes * 60_000
        ? fallback
        : undefined;
    case 'on-demand':
      return now >= purchase.until ? { kind: 'trial', until: now + TRIAL_MS } : undefined;
    case 'trial':
      // Jobs have waited once already. What failed before it began says nothing about it.
      if (shortage !== undefined && shortage.until > purchase.until - TRIAL_MS) return fallback;
      return now >= purchase.until ? { kind: 'as-set' } : undefined;
  }
}

function reasonFor(next: Purchase, shortage: SpotShortage | undefined, now: number): string {
  switch (next.kind) {
    case 'on-demand':
      return `${shortageText(shortage, now)}: instances are on-demand until ${timeText(next.until)}`;
    case 'trial':
      return `spot is tried again: should it fail before ${timeText(next.until)}, instances are on-demand at once`;
    case 'as-set':
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

/** The value of the tag: `on-demand until 2026-11-25T11:00:00Z`, `trial until ...`, or `as-set`. */
export function purchaseTagValue(purchase: Purchase): string {
  if (purchase.kind === 'as-set') return purchase.kind;
  return `${purchase.kind} until ${new Date(purchase.until).toISOString()}`;
}

/** Anything that is not understood counts as nothing decided. */
export function purchaseOf(tag: string | undefined): Purchase {
  const [, kind, at = ''] = /^(on-demand|trial) until (\S+)$/.exec(tag ?? '') ?? [];
  const until = Date.parse(at);
  if (Number.isNaN(until) || (kind !== 'on-demand' && kind !== 'trial')) return { kind: 'as-set' };
  return { kind, until };
}
