import { OperationError } from '../../errors.ts';
import { type RetryClock, withRetry } from '../../aws/retry.ts';
import { counted } from '../../terminal/text.ts';
import { isFinishing, isPausedGroup, type SizedGroup, ZERO } from './group-size.ts';
import { removeProtection } from './scale-to-zero.ts';
import { applySteps, type CapacityCalls, type CapacityStep } from './steps.ts';

/** The pause between two looks, in the stack's own seconds. */
const POLL_SECONDS = 10;

export interface ZeroWait {
  /** In the stack's own time; an OperationError after that. */
  readonly timeoutSeconds: number;
  /** Ends instances as soon as they finish jobs, and those jobs with them. */
  readonly force: boolean;
  /** Called with each look; ends the wait by an error. */
  readonly looked?: (found: SizedGroup) => void;
  /** Told of each change. */
  readonly changed: (left: Remaining) => void;
  /** Asks how many agents of the queue have a job; undefined where that is not known. */
  readonly busyAgents?: () => Promise<number | undefined>;
  /** How to end them sooner, for whoever runs out of time; absent where the command has no way. */
  readonly sooner?: string;
}

/** Instances that are left in a group that goes to zero. */
export interface Remaining {
  readonly instances: number;
  /** Instances that take no more jobs, and finish those that they have. */
  readonly finishing: number;
  /** Agents of the queue that have a job; absent where that is not known. */
  readonly busyAgents?: number;
}

/** The instances that are left of a group that goes to zero, in one line. */
export function remainingText({ instances, finishing, busyAgents }: Remaining): string {
  const busy = busyAgents === undefined ? '' : `; ${counted(busyAgents, 'agent')} busy`;
  return `${counted(instances, 'instance')} left, ${finishing} finishing jobs${busy}`;
}

/** The next step of a wait for zero: it is over, or the group needs these steps before the next look, if there is one. */
export type NextWait =
  { readonly kind: 'done' } | { readonly kind: 'wait' | 'give up'; readonly steps: readonly CapacityStep[] };

/** Decides how to go on with a group that goes to zero, by what is left of it and how long that has been waited for. */
export function nextWait(
  found: SizedGroup,
  waitedSeconds: number,
  { timeoutSeconds, force }: Pick<ZeroWait, 'timeoutSeconds' | 'force'>,
): NextWait {
  const { instances } = found;
  if (instances.length === 0) return { kind: 'done' };
  const unprotecting = removeProtection(found);
  return {
    kind: waitedSeconds >= timeoutSeconds ? 'give up' : 'wait',
    steps: [
      ...unprotecting,
      // Another scale-in, for those that the first left alone; not where somebody has resumed the group meanwhile.
      ...(unprotecting.length > 0 && isPausedGroup(found) ? [{ kind: 'resize', size: ZERO } as const] : []),
      ...instances
        .filter((instance) => force && isFinishing(instance))
        .map(({ instanceId }) => ({ kind: 'release', instanceId }) as const),
    ],
  };
}

/**
 * Looks until no instance is left.
 * @throws OperationError when the time is up
 */
export async function awaitZero(
  calls: CapacityCalls,
  group: string,
  retry: RetryClock,
  wait: ZeroWait,
): Promise<void> {
  let before = '';
  for (let waited = 0; ; waited += POLL_SECONDS) {
    const found = await withRetry(retry, () => calls.read(group));
    wait.looked?.(found);
    const next = nextWait(found, waited, wait);
    if (next.kind === 'done') return;
    const busyAgents = await wait.busyAgents?.();
    const left: Remaining = {
      instances: found.instances.length,
      finishing: found.instances.filter(isFinishing).length,
      ...(busyAgents !== undefined && { busyAgents }),
    };
    const now = JSON.stringify(left);
    if (now !== before) wait.changed(left);
    before = now;
    await withRetry(retry, () => applySteps(calls, group, next.steps));
    if (next.kind === 'give up') throw timeUp(found, waited, wait);
    await retry.pause(POLL_SECONDS);
  }
}

function timeUp({ instances }: SizedGroup, waited: number, { sooner }: ZeroWait): OperationError {
  return new OperationError(`${counted(instances.length, 'instance')} still there after ${waited} seconds`, {
    hint: [
      'They end when their jobs are done. To keep waiting, repeat the command.',
      ...(sooner === undefined ? [] : [sooner]),
    ].join('\n'),
    details: { instances },
  });
}
