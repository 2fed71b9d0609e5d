/**
 * The zones of a group in the order in which the next instance is to go: the one with the fewest first, and of equals
 * the first.
 */
export function zonesByNeed(
  zones: readonly string[],
  members: readonly { readonly zone: string }[],
): string[] {
  const counts = countByZone(zones, members);
  return [...zones].sort((one, other) => (counts.get(one) ?? 0) - (counts.get(other) ?? 0));
}

export function countByZone(
  zones: readonly string[],
  members: readonly { readonly zone: string }[],
): Map<string, number> {
  const counts = new Map(zones.map((zone) => [zone, 0]));
  for (const { zone } of members) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return counts;
}

/** A move that would make the zones of a group more even, if they differ by two or more. */
export interface Imbalance {
  readonly from: string;
  readonly to: string;
  readonly counts: ReadonlyMap<string, number>;
}

/** @param zones the zones of the group; members elsewhere are to leave */
export function imbalance(
  zones: readonly string[],
  members: readonly { readonly zone: string }[],
): Imbalance | undefined {
  const counts = countByZone(zones, members);
  const [to] = zonesByNeed(zones, members);
  if (to === undefined) return undefined;
  const stray = [...counts.keys()].find((zone) => !zones.includes(zone));
  const fullest = [...zones].sort((one, other) => (counts.get(other) ?? 0) - (counts.get(one) ?? 0))[0];
  const from = stray ?? fullest;
  if (from === undefined) return undefined;
  if (stray === undefined && (counts.get(from) ?? 0) - (counts.get(to) ?? 0) < 2) return undefined;
  return { from, to, counts };
}
