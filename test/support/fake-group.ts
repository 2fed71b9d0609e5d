import { type GroupSize, type SizedGroup, type SizedInstance } from '../../src/stack/capacity/group-size.ts';
import type { CapacityCalls } from '../../src/stack/capacity/steps.ts';

/** An instance in service that Auto Scaling leaves alone when it scales in. */
export const protectedInstance = (instanceId: string): SizedInstance => ({
  instanceId,
  lifecycleState: 'InService',
  protectedFromScaleIn: true,
});

/** A group as far as its capacity goes, and a person who may be interrupted after any request. */
export class FakeGroup implements CapacityCalls {
  size: GroupSize;
  tags: Record<string, string>;
  instances: SizedInstance[];
  readonly suspended = new Set<string>();
  readonly released: string[] = [];
  /** The changes that were asked for, in that order. */
  readonly asked: string[] = [];
  requestsLeft = Infinity;

  constructor(
    size: GroupSize,
    tags: Record<string, string> = {},
    instances: readonly SizedInstance[] = ['i-1', 'i-2'].map(protectedInstance),
  ) {
    this.size = size;
    this.tags = { ...tags };
    this.instances = [...instances];
  }

  read(): Promise<SizedGroup> {
    return this.#request({ size: this.size, instances: this.instances, tags: { ...this.tags } });
  }

  async tag(_group: string, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#change('tag');
    Object.assign(this.tags, tags);
  }

  async untag(_group: string, keys: readonly string[]): Promise<void> {
    await this.#change('untag');
    for (const key of keys) Reflect.deleteProperty(this.tags, key);
  }

  async resize(_group: string, size: GroupSize): Promise<void> {
    await this.#change('resize');
    this.size = size;
    // Those that are protected are left alone, and nothing comes back for them.
    if (size.desired > 0) return;
    this.instances = this.instances.map((each) =>
      each.protectedFromScaleIn ? each : { ...each, lifecycleState: 'Terminating:Wait' },
    );
  }

  async suspend(_group: string, processes: readonly string[]): Promise<void> {
    await this.#change('suspend');
    for (const process of processes) this.suspended.add(process);
  }

  async resume(_group: string, processes: readonly string[]): Promise<void> {
    await this.#change('resume');
    for (const process of processes) this.suspended.delete(process);
  }

  async unprotect(_group: string, ids: readonly string[]): Promise<void> {
    await this.#change('unprotect');
    this.instances = this.instances.map((each) => ({
      ...each,
      protectedFromScaleIn: each.protectedFromScaleIn && !ids.includes(each.instanceId),
    }));
  }

  async release(_group: string, instanceId: string): Promise<void> {
    await this.#change('release');
    this.released.push(instanceId);
    this.instances = this.instances.filter((each) => each.instanceId !== instanceId);
  }

  async #change(what: string): Promise<void> {
    await this.#request(undefined);
    this.asked.push(what);
  }

  #request<Answer>(answer: Answer): Promise<Answer> {
    this.requestsLeft -= 1;
    return this.requestsLeft < 0 ? Promise.reject(new Error('killed')) : Promise.resolve(answer);
  }
}
