import { expect } from 'chai';
import type { OperationError } from '../../../src/errors.ts';
import {
  ownSize,
  awaitZero,
  type CapacityCalls,
  type GroupSize,
  resumeGroup,
  scaleToZero,
  type SizedInstance,
} from '../../../src/stack/capacity/scale-to-zero.ts';

const SIZE: GroupSize = { min: 2, max: 10, desired: 4 };
const ENDING = ['Terminating:Wait', 'Terminating:Wait'];
const NOTHING: GroupSize = { min: 0, max: 0, desired: 0 };

/** A group, and a person who may be interrupted after any request. */
class Group implements CapacityCalls {
  size = SIZE;
  tags: Record<string, string> = { Name: 'ci' };
  suspended = new Set<string>();
  instances: SizedInstance[] = ['i-1', 'i-2'].map((instanceId) => ({
    instanceId,
    lifecycleState: 'InService',
    protectedFromScaleIn: true,
  }));
  released: string[] = [];
  requestsLeft = Infinity;

  #request<Answer>(answer: Answer): Promise<Answer> {
    this.requestsLeft -= 1;
    return this.requestsLeft < 0 ? Promise.reject(new Error('killed')) : Promise.resolve(answer);
  }
  read() {
    return this.#request({ size: this.size, instances: this.instances, tags: { ...this.tags } });
  }
  async tag(_group: string, tags: Record<string, string>) {
    await this.#request(undefined);
    Object.assign(this.tags, tags);
  }
  async untag(_group: string, keys: readonly string[]) {
    await this.#request(undefined);
    for (const key of keys) Reflect.deleteProperty(this.tags, key);
  }
  async resize(_group: string, size: GroupSize) {
    await this.#request(undefined);
    this.size = size;
    // Those that are protected are left alone, and nothing comes back for them.
    if (size.desired > 0) return;
    this.instances = this.instances.map((each) =>
      each.protectedFromScaleIn ? each : { ...each, lifecycleState: 'Terminating:Wait' },
    );
  }
  async suspend(_group: string, processes: readonly string[]) {
    await this.#request(undefined);
    for (const process of processes) this.suspended.add(process);
  }
  async resume(_group: string, processes: readonly string[]) {
    await this.#request(undefined);
    for (const process of processes) this.suspended.delete(process);
  }
  async unprotect(_group: string, ids: readonly string[]) {
    await this.#request(undefined);
    this.instances = this.instances.map((each) => ({
      ...each,
      protectedFromScaleIn: !ids.includes(each.instanceId),
    }));
  }
  async release(_group: string, instanceId: string) {
    await this.#request(undefined);
    this.released.push(instanceId);
    this.instances = this.instances.filter((each) => each.instanceId !== instanceId);
  }
}

const NO_WAIT = { pause: () => Promise.resolve(), random: () => 0 };

describe('scaling to zero', () => {
  it('remembers the size, keeps scaler and schedules away, and lets instances go', async () => {
    const group = new Group();
    expect(await scaleToZero(group, 'g')).to.eql(SIZE);
    expect(group.size).to.eql(NOTHING);
    expect(group.tags).to.eql({ Name: 'ci', 'bk-stack:paused': 'scale-to-zero', 'bk-stack:size': '2/10/4' });
    expect([...group.suspended]).to.eql(['ScheduledActions', 'Launch']);
    expect(group.instances.every(({ protectedFromScaleIn }) => !protectedFromScaleIn)).to.equal(true);
  });

  it('remembers the minimum that is its own, and not what the scaler has raised it to', async () => {
    const group = new Group();
    group.tags['bk-stack:held'] = '0/2';
    expect(await scaleToZero(group, 'g')).to.eql({ ...SIZE, min: 0 });
    expect(group.tags['bk-stack:size']).to.equal('0/10/4');
  });

  it('ends with a minimum that the scaler takes for its own no more, whatever it had raised it to', async () => {
    const group = new Group();
    group.tags['bk-stack:held'] = '0/2';
    await scaleToZero(group, 'g');
    await resumeGroup(group, 'g', { min: 2, max: 10, desired: 4 });
    expect(ownSize(group).min).to.equal(2);
    expect(group.tags).to.eql({ Name: 'ci' });
  });

  it('may be repeated, and is undone exactly', async () => {
    const group = new Group();
    await scaleToZero(group, 'g');
    expect(await scaleToZero(group, 'g')).to.eql(SIZE);
    expect(await resumeGroup(group, 'g')).to.eql(SIZE);
    expect(group.size).to.eql(SIZE);
    expect(group.tags).to.eql({ Name: 'ci' });
    expect(group.suspended.size).to.equal(0);
    expect(await resumeGroup(group, 'g')).to.equal(undefined);
  });

  it('comes to the same end wherever it was cut short', async () => {
    for (let first = 0; first < 8; first += 1) {
      for (let second = 0; second < 8; second += 1) {
        const group = new Group();
        group.requestsLeft = first;
        await scaleToZero(group, 'g').catch(() => undefined);
        group.requestsLeft = Infinity;
        // Never at zero without being paused, and never paused without the size being known.
        if (group.size !== SIZE) expect(group.tags).to.have.property('bk-stack:paused');
        if ('bk-stack:paused' in group.tags) expect(group.tags['bk-stack:size']).to.equal('2/10/4');
        expect(await scaleToZero(group, 'g')).to.eql(SIZE);
        expect(group.size).to.eql(NOTHING);
        group.requestsLeft = second;
        await resumeGroup(group, 'g').catch(() => undefined);
        group.requestsLeft = Infinity;
        await resumeGroup(group, 'g');
        expect(group.size).to.eql(SIZE);
        expect(group.tags).to.eql({ Name: 'ci' });
        expect(group.suspended.size).to.equal(0);
      }
    }
  });

  it('waits until no instance is left, or for as long as it may', async () => {
    const group = new Group();
    const left: number[] = [];
    const wait = {
      timeoutSeconds: 60,
      force: false,
      changed: (all: { instances: number }) => left.push(all.instances),
    };
    const retry = {
      ...NO_WAIT,
      pause: () => {
        group.instances = group.instances.slice(1);
        return Promise.resolve();
      },
    };
    await awaitZero(group, 'g', retry, wait);
    expect(left).to.eql([2, 1]);
    const stuck = async (sooner?: string) =>
      (await awaitZero(new Group(), 'g', NO_WAIT, { ...wait, ...(sooner !== undefined && { sooner }) }).catch(
        (error: unknown) => error,
      )) as OperationError;
    expect((await stuck()).message).to.match(/2 instances still there after 60 seconds/);
    // Not every command that waits has --force.
    expect((await stuck()).hint)
      .to.match(/repeat the command/)
      .and.not.contain('--force');
    expect((await stuck('End them: --force')).hint).to.match(/repeat the command.*\nEnd them: --force$/);
  });

  it('removes protection before it asks for a scale-in', async () => {
    const group = new Group();
    await scaleToZero(group, 'g');
    expect(group.instances.map(({ lifecycleState }) => lifecycleState)).to.eql(ENDING);
  });

  const late = (group: Group) => {
    group.instances = group.instances.map((each) => ({
      ...each,
      protectedFromScaleIn: true,
      lifecycleState: 'InService',
    }));
  };
  const waitOnce = { timeoutSeconds: 0, force: false, changed: () => undefined };

  it('asks for another scale-in once instances are unprotected that came into service late', async () => {
    for (const again of [
      (group: Group) => scaleToZero(group, 'g'),
      (group: Group) => awaitZero(group, 'g', NO_WAIT, waitOnce).catch(() => undefined),
    ]) {
      const group = new Group();
      await scaleToZero(group, 'g');
      late(group);
      await again(group);
      expect(group.instances.map(({ lifecycleState }) => lifecycleState)).to.eql(ENDING);
    }
  });

  it('asks for none while it waits once somebody has resumed the group', async () => {
    const group = new Group();
    await scaleToZero(group, 'g');
    await resumeGroup(group, 'g');
    late(group);
    await awaitZero(group, 'g', NO_WAIT, waitOnce).catch(() => undefined);
    expect(group.size).to.eql(SIZE);
  });

  it('ends what still has jobs only by force', async () => {
    const group = new Group();
    group.instances = group.instances.map((each) => ({ ...each, lifecycleState: 'Terminating:Wait' }));
    await awaitZero(group, 'g', NO_WAIT, { timeoutSeconds: 60, force: true, changed: () => undefined });
    expect(group.released).to.eql(['i-1', 'i-2']);
  });
});
