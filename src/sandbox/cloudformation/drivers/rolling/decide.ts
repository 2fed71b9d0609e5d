import type { SignalWait } from '../../stacks/operation.ts';
import type { Group, GroupCall } from './group.ts';
import type { RollingPolicy } from '../../resources/update-policy.ts';

/** A rolling update under way. Plain data. */
export interface Rolling {
  /** Instances of the old kind that are not being terminated yet. */
  obsolete: string[];
  readonly total: number;
  /** Sizes before, where they were raised to keep enough in service. */
  readonly raisedFrom?: { readonly minSize: number; readonly desiredCapacity: number };
  /** The processes that this update has suspended, to be resumed. */
  readonly suspended: readonly string[];
  wave?: Wave;
  terminated: number;
  successes: number;
  failures: number;
}

/** Instances that go, and new ones that come for them. */
export interface Wave {
  readonly going: readonly string[];
  gone: boolean;
  /** How many new instances there are to be, beside those in `known`. */
  readonly coming: number;
  readonly known: readonly string[];
  announced: boolean;
  /** Without signals: when the new instances have had their pause. */
  pausedUntil?: number;
}

export interface Decision {
  readonly calls: readonly GroupCall[];
  readonly events: readonly string[];
  /** Signals to wait for from now on. */
  readonly listen?: SignalWait;
  readonly failure?: string;
  readonly over: boolean;
}

const WAIT: Decision = { calls: [], events: [], over: false };

/** The beginning: who is obsolete, which processes stand still, and whether the group must grow for a while. */
export function open(
  policy: RollingPolicy,
  group: Group,
  now: number,
): Decision & { readonly rolling: Rolling } {
  const { maxBatchSize, minInstancesInService } = policy;
  const obsolete = group.instances.map(({ id }) => id);
  const suspended = policy.suspendProcesses.filter((name) => !group.suspendedProcesses.includes(name));
  const needed = Math.min(minInstancesInService + Math.min(maxBatchSize, obsolete.length), group.maxSize);
  const raised = obsolete.length > 0 && needed > group.desiredCapacity ? needed : undefined;
  const rolling: Rolling = {
    obsolete,
    total: obsolete.length,
    suspended,
    terminated: 0,
    successes: 0,
    failures: 0,
    ...(raised === undefined
      ? {}
      : { raisedFrom: { minSize: group.minSize, desiredCapacity: group.desiredCapacity } }),
  };
  if (minInstancesInService >= group.maxSize && obsolete.length > 0) {
    const failure = "MinInstancesInService must be less than the autoscaling group's MaxSize";
    return {
      rolling: { ...rolling, suspended: [], raisedFrom: undefined },
      calls: [],
      events: [],
      failure,
      over: false,
    };
  }
  const calls: GroupCall[] = suspended.length === 0 ? [] : [{ do: 'suspend', processes: suspended }];
  const events: string[] = [];
  if (raised !== undefined) {
    calls.push({ do: 'resize', minSize: raised, desiredCapacity: raised });
    events.push(`Temporarily setting autoscaling group MinSize and DesiredCapacity to ${raised}.`);
    rolling.wave = waveOf([], raised - group.desiredCapacity, obsolete);
  }
  if (obsolete.length > 0) events.push(initiated(policy, obsolete.length));
  return { rolling, calls, events, over: false, ...listening(policy, rolling.wave, now) };
}

function initiated(
  { maxBatchSize, minInstancesInService, waitOnResourceSignals, pauseTime }: RollingPolicy,
  count: number,
): string {
  const keeping =
    minInstancesInService > 0
      ? `, while keeping at least ${minInstancesInService} instance(s) in service`
      : '';
  const waiting = waitOnResourceSignals
    ? ` Waiting on resource signals with a timeout of ${pauseTime} when new instances are added to the autoscaling group.`
    : '';
  return `Rolling update initiated. Terminating ${count} obsolete instance(s) in batches of ${maxBatchSize}${keeping}.${waiting}`;
}

/**
 * What to do next, given the group and the signals as they are. Moves `rolling` on.
 * @param signals those of the wave under way
 */
export function decide(
  rolling: Rolling,
  policy: RollingPolicy,
  group: Group,
  signals: SignalWait | undefined,
  now: number,
): Decision {
  if (rolling.wave !== undefined) {
    const events = follow(rolling, rolling.wave, policy, group, now);
    const failure = judge(rolling, rolling.wave, policy, signals, now);
    if (failure !== undefined) return { ...WAIT, ...failure, events: [...events, ...failure.events] };
    if (!isWaveOver(rolling.wave, signals, now)) return { ...WAIT, events };
    count(rolling, rolling.wave, signals);
    rolling.wave = undefined;
    const next = decide(rolling, policy, group, undefined, now);
    return { ...next, events: [...events, ...next.events] };
  }
  return rolling.obsolete.length > 0 ? terminateNext(rolling, policy, group, now) : close(rolling, group);
}

/** Tells what has become of a wave since it was looked at last. */
function follow(rolling: Rolling, wave: Wave, policy: RollingPolicy, group: Group, now: number): string[] {
  const events: string[] = [];
  const ids = new Set(group.instances.map(({ id }) => id));
  if (!wave.gone && wave.going.every((id) => !ids.has(id))) {
    wave.gone = true;
    rolling.terminated += wave.going.length;
    const progress = Math.round((rolling.terminated / rolling.total) * 100);
    if (wave.going.length > 0)
      events.push(`Successfully terminated instance(s) [${wave.going.join(',')}] (Progress ${progress}%).`);
  }
  const fresh = group.instances.filter(({ id }) => !wave.known.includes(id));
  if (!wave.announced && wave.coming > 0 && fresh.length >= wave.coming && policy.waitOnResourceSignals) {
    wave.announced = true;
    events.push(
      `New instance(s) added to autoscaling group - Waiting on ${wave.coming} resource signal(s) with a timeout of ${policy.pauseTime}.`,
    );
  }
  const arrived = fresh.filter(({ inService }) => inService).length >= wave.coming;
  if (!policy.waitOnResourceSignals && arrived) wave.pausedUntil ??= now + policy.pauseMilliseconds;
  return events;
}

function isWaveOver(wave: Wave, signals: SignalWait | undefined, now: number): boolean {
  if (!wave.gone) return false;
  if (wave.coming === 0) return true;
  if (signals === undefined) return wave.pausedUntil !== undefined && now >= wave.pausedUntil;
  return Object.keys(signals.received).length >= signals.count || now >= signals.deadline;
}

/** Whether too many instances have failed, or never said a word. */
function judge(
  rolling: Rolling,
  wave: Wave,
  policy: RollingPolicy,
  signals: SignalWait | undefined,
  now: number,
): { failure?: string; events: string[] } | undefined {
  if (signals === undefined || wave.coming === 0) return undefined;
  const received = Object.values(signals.received);
  const missing = now >= signals.deadline ? signals.count - received.length : 0;
  const failures =
    rolling.failures + received.filter((status) => status === 'FAILURE').length + Math.max(missing, 0);
  const events =
    missing > 0
      ? [
          `Failed to receive ${missing} resource signal(s) for the current batch.  Each resource signal timeout is counted as a FAILURE.`,
        ]
      : [];
  const allowed = Math.floor((rolling.total * (100 - policy.minSuccessfulInstancesPercent)) / 100);
  if (failures <= allowed) return events.length === 0 ? undefined : { events };
  const successes = rolling.successes + received.filter((status) => status === 'SUCCESS').length;
  const told = missing > 0 ? `${successes} SUCCESS` : `${failures} FAILURE`;
  return {
    events,
    failure: `Received ${told} signal(s) out of ${rolling.total}.  Unable to satisfy ${policy.minSuccessfulInstancesPercent}% MinSuccessfulInstancesPercent requirement`,
  };
}

function count(rolling: Rolling, wave: Wave, signals: SignalWait | undefined): void {
  if (signals === undefined) {
    rolling.successes += wave.coming;
    return;
  }
  const successes = Object.values(signals.received).filter((status) => status === 'SUCCESS').length;
  rolling.successes += successes;
  rolling.failures += signals.count - successes;
}

function terminateNext(rolling: Rolling, policy: RollingPolicy, group: Group, now: number): Decision {
  const target = rolling.raisedFrom?.desiredCapacity ?? group.desiredCapacity;
  const spare = Math.max(group.instances.length - policy.minInstancesInService, 1);
  const going = rolling.obsolete.slice(0, Math.min(policy.maxBatchSize, spare));
  rolling.obsolete = rolling.obsolete.slice(going.length);
  // A raised group shrinks back by not replacing the last of the old ones.
  const isLast = rolling.obsolete.length === 0;
  const surplus = isLast ? Math.max(group.desiredCapacity - target, 0) : 0;
  const dropped = Math.min(surplus, going.length);
  const coming = Math.min(going.length - dropped, Math.max(group.maxSize, 0));
  const known = group.instances.map(({ id }) => id);
  rolling.wave = waveOf(going, coming, known);
  return {
    calls: [
      ...(dropped > 0
        ? [{ do: 'resize', minSize: rolling.raisedFrom?.minSize ?? group.minSize } as const]
        : []),
      ...going.map(
        (instanceId, index) => ({ do: 'terminate', instanceId, decrement: index < dropped }) as const,
      ),
    ],
    events: [`Terminating instance(s) [${going.join(',')}]; replacing with ${coming} new instance(s).`],
    over: false,
    ...listening(policy, rolling.wave, now),
  };
}

function waveOf(going: readonly string[], coming: number, known: readonly string[]): Wave {
  return { going, gone: going.length === 0, coming, known, announced: false };
}

function listening(policy: RollingPolicy, wave: Wave | undefined, now: number): { listen?: SignalWait } {
  if (wave === undefined || wave.coming === 0 || !policy.waitOnResourceSignals) return {};
  const { pauseTime, pauseMilliseconds } = policy;
  return {
    listen: { count: wave.coming, timeout: pauseTime, deadline: now + pauseMilliseconds, received: {} },
  };
}

function close(rolling: Rolling, group: Group): Decision {
  return { calls: closing(rolling, group), events: [], over: true };
}

/** Gives the group back what the update took: its sizes and its processes. */
export function closing(
  { raisedFrom, suspended }: Rolling,
  group: Pick<Group, 'minSize' | 'desiredCapacity'>,
): GroupCall[] {
  const resized =
    raisedFrom !== undefined &&
    (group.minSize !== raisedFrom.minSize || group.desiredCapacity !== raisedFrom.desiredCapacity);
  return [
    ...(resized ? [{ do: 'resize', ...raisedFrom } as const] : []),
    ...(suspended.length === 0 ? [] : [{ do: 'resume', processes: suspended } as const]),
  ];
}
