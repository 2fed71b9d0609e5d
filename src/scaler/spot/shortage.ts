/** Launches of spot instances that fail for want of capacity. Times are in milliseconds since 1970. */
export interface SpotShortage {
  readonly since: number;
  /** Of the newest failure. */
  readonly until: number;
  /** In the words of AWS. */
  readonly reason: string;
}

/** One thing that a group did or tried to do. */
export interface GroupActivity {
  readonly description: string;
  /** Why it failed, where it did. */
  readonly message: string;
  readonly failed: boolean;
  /** When it began. */
  readonly at: number;
}

/** Auto Scaling waits longer and longer between its tries; failures that lie further apart than this are not one shortage. */
const LONGEST_GAP_MS = 1_200_000;

/** No capacity, or none at the price that the stack is ready to pay. Anything else on-demand instances would not mend. */
const NO_SPOT =
  /Could not launch Spot Instances\..*(UnfulfillableCapacity|InsufficientInstanceCapacity|SpotMaxPriceTooLow)/s;

export function isSpotShortage(message: string): boolean {
  return NO_SPOT.test(message);
}

/**
 * The shortage that a group's activities tell of: failures without a launch between them, up to now.
 * @param activities the newest first
 */
export function shortageIn(activities: readonly GroupActivity[], now: number): SpotShortage | undefined {
  let found: SpotShortage | undefined;
  for (const { description, message, failed, at } of activities) {
    // An instance has been launched, so capacity was there, whatever became of it.
    if (/^Launching a new EC2 instance: i-/.test(description)) break;
    if (!failed || !isSpotShortage(message)) continue;
    if ((found?.since ?? now) - at > LONGEST_GAP_MS) break;
    found = { since: at, until: found?.until ?? at, reason: found?.reason ?? message };
  }
  return found;
}

/**
 * What is known of a shortage after another look. Instances that come one by one do not end it while others are missing.
 * @param before what was known
 * @param seen what the group's activities tell; undefined where they were not asked for
 * @param wanting whether instances are missing from the group, or spot instances are on trial
 */
export function shortageNow(
  before: SpotShortage | undefined,
  seen: SpotShortage | undefined,
  { wanting, now }: { readonly wanting: boolean; readonly now: number },
): SpotShortage | undefined {
  if (!wanting) return undefined;
  const kept = before !== undefined && now - before.until <= LONGEST_GAP_MS ? before : undefined;
  if (kept === undefined || seen === undefined) return seen ?? kept;
  return { since: Math.min(kept.since, seen.since), until: seen.until, reason: seen.reason };
}
