import type { Observation } from '../sizing/observation.ts';
import type { GroupMembers } from './group.ts';

/** When an instance was seen launching, first and last. Milliseconds since 1970. */
export interface Boot {
  readonly since: number;
  readonly until: number;
}

/** No boot takes as long as this; the launching hook gives one up a little later. */
const STILLBORN_AFTER_MS = 600_000;
/** Too short for an instance to enter service, take a job and be ended. */
const SEEN_LATELY_MS = 15_000;
/** Instances in service without a single agent for this long are dead, whatever their health says. */
const DEAD_AFTER_MS = 600_000;

/** Follows the instances that are launching, and those that ended without being seen in service, at every look. */
export function followBoots(
  before: ReadonlyMap<string, Boot>,
  { pending, terminating }: Pick<GroupMembers, 'pending' | 'terminating'>,
  now: number,
): Map<string, Boot> {
  const launching = pending.map((id) => [id, { since: before.get(id)?.since ?? now, until: now }] as const);
  const ending = terminating.flatMap((id) => {
    const boot = before.get(id);
    return boot === undefined ? [] : [[id, boot] as const];
  });
  // What is neither launching nor ending is in service, or gone.
  return new Map([...launching, ...ending]);
}

/**
 * Finds an instance that the launching hook gave up. The terminating hook holds every instance until its jobs are done; such
 * a one has none, and nobody on it to say so. It must be certain that it never was in service between two looks, with a job
 * by now.
 */
export function stillbornInstance(
  boots: ReadonlyMap<string, Boot>,
  { terminating }: Pick<GroupMembers, 'terminating'>,
  { busy }: Pick<Observation['agents'], 'busy'>,
  now: number,
): string | undefined {
  return terminating.find((id) => {
    const boot = boots.get(id);
    if (boot === undefined || boot.until - boot.since < STILLBORN_AFTER_MS) return false;
    return busy === 0 || now - boot.until <= SEEN_LATELY_MS;
  });
}

/** Finds an instance to replace where not a single agent is there and jobs wait: no instance in service works, whichever it is. */
export function deadInstance(
  { agents, jobs, now, group }: Observation,
  { inService }: Pick<GroupMembers, 'inService'>,
  missingSince: number | undefined,
): string | undefined {
  if (group.paused || agents.total > 0 || jobs.scheduled === 0) return undefined;
  return missingSince !== undefined && now - missingSince >= DEAD_AFTER_MS ? inService[0] : undefined;
}
