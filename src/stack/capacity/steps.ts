import type { GroupSize, SizedGroup } from './group-size.ts';

/** Reads and changes the capacity of groups. Each change may be repeated. */
export interface CapacityCalls {
  read(group: string): Promise<SizedGroup>;
  /** All at once, or none. */
  tag(group: string, tags: Readonly<Record<string, string>>): Promise<void>;
  untag(group: string, keys: readonly string[]): Promise<void>;
  resize(group: string, size: GroupSize): Promise<void>;
  suspend(group: string, processes: readonly string[]): Promise<void>;
  resume(group: string, processes: readonly string[]): Promise<void>;
  unprotect(group: string, instanceIds: readonly string[]): Promise<void>;
  /** Ends the waiting for an instance's jobs. */
  release(group: string, instanceId: string): Promise<void>;
}

/** A change of a group, by one request to Auto Scaling (`unprotect`: one for each fifty instances). */
export type CapacityStep =
  | { readonly kind: 'tag'; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: 'untag'; readonly keys: readonly string[] }
  | { readonly kind: 'resize'; readonly size: GroupSize }
  | { readonly kind: 'suspend' | 'resume'; readonly processes: readonly string[] }
  | { readonly kind: 'unprotect'; readonly instanceIds: readonly string[] }
  | { readonly kind: 'release'; readonly instanceId: string };

/** Makes changes of a group in their order. Cut short, they are planned anew from what the group is like then. */
export async function applySteps(
  calls: Omit<CapacityCalls, 'read'>,
  group: string,
  steps: readonly CapacityStep[],
): Promise<void> {
  for (const step of steps) await applyStep(calls, group, step);
}

function applyStep(calls: Omit<CapacityCalls, 'read'>, group: string, step: CapacityStep): Promise<void> {
  switch (step.kind) {
    case 'tag':
      return calls.tag(group, step.tags);
    case 'untag':
      return calls.untag(group, step.keys);
    case 'resize':
      return calls.resize(group, step.size);
    case 'suspend':
      return calls.suspend(group, step.processes);
    case 'resume':
      return calls.resume(group, step.processes);
    case 'unprotect':
      return calls.unprotect(group, step.instanceIds);
    case 'release':
      return calls.release(group, step.instanceId);
  }
}
