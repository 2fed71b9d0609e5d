import { agentsInService, type Observation, type ScalingSettings } from './observation.ts';

/** The most instances that were busy at a look of a minute. */
export interface BusyMinute {
  /** Since 1970. */
  readonly minute: number;
  readonly instances: number;
}

const MINUTE_MS = 60_000;
/** Demand that goes up and down within this time takes no instance away that it would launch again. */
const REMEMBERED_MINUTES = 5;

/**
 * Notes how many instances the busy agents of a group fill, at least, beside what is known of the latest minutes. Where the
 * queue has agents of others, as many idle agents as possible count as the group's.
 */
export function noteBusy(
  before: readonly BusyMinute[],
  { agents, group, now }: Pick<Observation, 'agents' | 'group' | 'now'>,
  agentsPerInstance: number,
): BusyMinute[] {
  const own = agentsInService(group, agentsPerInstance);
  const busy = Math.min(agents.busy, Math.max(0, own - agents.idle));
  const instances = busy === 0 ? 0 : Math.ceil((busy * group.inService) / own);
  const minute = Math.floor(now / MINUTE_MS);
  const latest = before.filter((each) => each.minute > minute - REMEMBERED_MINUTES);
  const same = latest.find((each) => each.minute === minute);
  return [
    ...latest.filter((each) => each !== same),
    { minute, instances: Math.max(instances, same?.instances ?? 0) },
  ];
}

/** The most instances that were busy at once lately. */
export function busyLately(busy: readonly BusyMinute[]): number {
  return Math.max(0, ...busy.map(({ instances }) => instances));
}

/** Below which idle instances stay for InstanceBuffer: what was busy lately, and the buffer. 0 where there is none. */
export function bufferedSize(
  busy: readonly BusyMinute[],
  { instanceBuffer }: Pick<ScalingSettings, 'instanceBuffer'>,
): number {
  if (instanceBuffer === 0) return 0;
  return busyLately(busy) + instanceBuffer;
}

/** Instances that are there whatever is expected: for jobs, for InstanceBuffer, or as the group's own minimum. */
export function sizeWithoutForecast(
  { jobs, group }: { readonly jobs: Observation['jobs']; readonly group: Pick<Observation['group'], 'min'> },
  busy: readonly BusyMinute[],
  settings: Pick<ScalingSettings, 'agentsPerInstance' | 'instanceBuffer'>,
): number {
  const working = Math.ceil((jobs.scheduled + jobs.running) / settings.agentsPerInstance);
  return Math.max(working, bufferedSize(busy, settings), group.min);
}
