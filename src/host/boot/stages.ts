/** How far an instance has been brought up by earlier boots: nothing, begun, ready but for its agents, or all of it. */
export type BootState = undefined | 'started' | 'prepared' | 'completed';

export type BootStep =
  /** Everything but the agents, from the beginning. */
  | 'bring up'
  /** What does not outlive a stop, and what may have changed in the meantime. */
  | 'wake'
  /** The pool has it still: it is looked at again. */
  | 'wait'
  /** An earlier boot has done all of it. */
  | 'nothing'
  /** An earlier boot broke off, and nobody knows where it stands. */
  | 'give up';

/** What a boot has to do first. */
export function firstStep(state: BootState, targetState: string | undefined): BootStep {
  switch (state) {
    case undefined:
      return 'bring up';
    case 'prepared':
      return entersWarmPool(targetState) ? 'wait' : 'wake';
    case 'completed':
      return 'nothing';
    case 'started':
      return 'give up';
  }
}

/**
 * Whether an instance's group takes it into its warm pool, where it may have no agents: it is stopped there, whatever runs.
 * @param targetState from the metadata: `InService`, `Warmed:Stopped`, ...; undefined outside a group.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html
 */
export function entersWarmPool(targetState: string | undefined): boolean {
  return targetState?.startsWith('Warmed:') ?? false;
}

/** @throws Error for what no boot writes */
export function bootState(text: string | undefined): BootState {
  const state = text?.trim();
  if (state === undefined || state === 'started' || state === 'prepared' || state === 'completed')
    return state;
  throw new Error(`An earlier boot of this instance left "${state}"`);
}
