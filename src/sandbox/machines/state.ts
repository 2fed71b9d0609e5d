import type { LifecycleProgress } from '../../host/lifecycle/decide.ts';
import type { Scope } from '../kernel/world.ts';
import type { Instant } from '../kernel/time.ts';
import { defineSlice } from '../kernel/slice.ts';

/**
 * How far an instance's own system has got: `booting` until cloud-init runs the user data, `starting` while that talks
 * to others, then `up`; `warm` for one that has booted into its group's warm pool and has no agents yet; `failed` for one
 * whose boot broke; `taken` for one that programs outside of the model play.
 */
export type MachinePhase = 'booting' | 'starting' | 'up' | 'warm' | 'failed' | 'taken';

/** What goes on inside an instance that runs. */
export interface MachineRecord {
  readonly instanceId: string;
  phase: MachinePhase;
  readonly poweredAt: Instant;
  /** Whether an earlier boot has prepared it in the warm pool, so that this one is a short one. */
  readonly prepared: boolean;
  /** When the phase passes by itself or, for `starting`, is tried again. */
  dueAt?: Instant;
  /** After how long without a job its agents end, in seconds; absent for never. */
  idleSeconds?: number;
  /** What the host program has in mind about the instance's end. */
  lifecycle?: LifecycleProgress;
  /** Of the stack's log groups that it writes to. */
  logGroupPrefix?: string;
  /** It runs another program than ours, which does not serve our lifecycle hooks. */
  foreign?: true;
  /** Why the boot failed, as the console tells it. */
  failure?: string;
  /** What the user data said beside its normal course, for the console. */
  readonly remarks: string[];
}

interface MachinesState {
  /** The machines that have power, and those whose console may still be asked for; by instance id. */
  machines: Record<string, MachineRecord>;
}

const slice = defineSlice<MachinesState>('machines', () => ({ machines: {} }));

export function machinesOf(scope: Scope): Record<string, MachineRecord> {
  return slice(scope).machines;
}
