import { expect } from 'chai';
import {
  decide,
  open,
  type Decision,
  type Rolling,
} from '../../../src/sandbox/cloudformation/drivers/rolling/decide.ts';
import type { Group, GroupCall } from '../../../src/sandbox/cloudformation/drivers/rolling/group.ts';
import {
  changesInstances,
  rollingPolicy,
  willReplace,
  withoutUnmodifiedSizes,
  type RollingPolicy,
} from '../../../src/sandbox/cloudformation/resources/update-policy.ts';
import type { SignalWait } from '../../../src/sandbox/cloudformation/stacks/operation.ts';

const policy = (written: object): RollingPolicy =>
  rollingPolicy({ AutoScalingRollingUpdate: { ...written } as never })!;

/** A group that does at once what it is told, and whose new instances signal at once. */
class Play {
  readonly events: string[] = [];
  readonly calls: GroupCall[] = [];
  smallest = Infinity;
  over = false;
  failure: string | undefined;
  #group: Group;
  #made = 0;
  #signals: SignalWait | undefined;

  constructor(
    private readonly rule: RollingPolicy,
    group: Partial<Group> & { readonly desiredCapacity: number },
    private readonly speak: (id: string) => 'SUCCESS' | 'FAILURE' | undefined = () => 'SUCCESS',
  ) {
    const ids = Array.from({ length: group.desiredCapacity }, (_, index) => `old-${index + 1}`);
    this.#group = {
      minSize: 0,
      maxSize: 10,
      suspendedProcesses: [],
      instances: ids.map((id) => ({ id, inService: true })),
      ...group,
    };
  }

  run(): this {
    let now = 0;
    const opened = open(this.rule, this.#group, now);
    const rolling: Rolling = opened.rolling;
    this.#take(opened);
    for (let turn = 0; turn < 100 && !this.over && this.failure === undefined; turn += 1) {
      now += 60_000;
      const decision = decide(rolling, this.rule, this.#group, this.#signals, now);
      if (rolling.wave === undefined) this.#signals = undefined;
      this.#take(decision);
    }
    return this;
  }

  #take(decision: Decision): void {
    this.events.push(...decision.events);
    this.calls.push(...decision.calls);
    this.over = decision.over;
    this.failure = decision.failure;
    if (decision.listen !== undefined) this.#signals = decision.listen;
    for (const call of decision.calls) this.#do(call);
    const going = this.#group.instances.length;
    this.smallest = Math.min(this.smallest, going);
    while (this.#group.instances.length < this.#group.desiredCapacity) {
      this.#made += 1;
      const id = `new-${this.#made}`;
      this.#group = { ...this.#group, instances: [...this.#group.instances, { id, inService: true }] };
      const word = this.speak(id);
      if (this.#signals !== undefined && word !== undefined) this.#signals.received[id] = word;
    }
  }

  #do(call: GroupCall): void {
    if (call.do === 'terminate') {
      const { desiredCapacity, instances } = this.#group;
      this.#group = {
        ...this.#group,
        desiredCapacity: call.decrement ? desiredCapacity - 1 : desiredCapacity,
        instances: instances.filter(({ id }) => id !== call.instanceId),
      };
    } else if (call.do === 'resize') {
      this.#group = {
        ...this.#group,
        minSize: call.minSize ?? this.#group.minSize,
        desiredCapacity: call.desiredCapacity ?? this.#group.desiredCapacity,
      };
    }
  }
}

describe('a rolling update', () => {
  it('replaces the instances batch by batch', () => {
    const play = new Play(policy({ MaxBatchSize: 2 }), { desiredCapacity: 3 }).run();
    expect(play.events).to.deep.equal([
      'Rolling update initiated. Terminating 3 obsolete instance(s) in batches of 2.',
      'Terminating instance(s) [old-1,old-2]; replacing with 2 new instance(s).',
      'Successfully terminated instance(s) [old-1,old-2] (Progress 67%).',
      'Terminating instance(s) [old-3]; replacing with 1 new instance(s).',
      'Successfully terminated instance(s) [old-3] (Progress 100%).',
    ]);
    expect(play.over).to.equal(true);
  });

  it('grows the group for a while to keep enough instances in service', () => {
    const waiting = { MinInstancesInService: 3, WaitOnResourceSignals: true, PauseTime: 'PT15M' };
    const play = new Play(policy(waiting), { desiredCapacity: 3 }).run();
    expect(play.events).to.deep.equal([
      'Temporarily setting autoscaling group MinSize and DesiredCapacity to 4.',
      'Rolling update initiated. Terminating 3 obsolete instance(s) in batches of 1, while keeping at least 3 instance(s) in service. ' +
        'Waiting on resource signals with a timeout of PT15M when new instances are added to the autoscaling group.',
      'New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) with a timeout of PT15M.',
      'Terminating instance(s) [old-1]; replacing with 1 new instance(s).',
      'Successfully terminated instance(s) [old-1] (Progress 33%).',
      'New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) with a timeout of PT15M.',
      'Terminating instance(s) [old-2]; replacing with 1 new instance(s).',
      'Successfully terminated instance(s) [old-2] (Progress 67%).',
      'New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) with a timeout of PT15M.',
      'Terminating instance(s) [old-3]; replacing with 0 new instance(s).',
      'Successfully terminated instance(s) [old-3] (Progress 100%).',
    ]);
    expect(play.smallest).to.be.at.least(3);
    expect(play.calls.at(-1)).to.deep.equal({ do: 'terminate', instanceId: 'old-3', decrement: true });
  });

  it('suspends processes, and resumes those that it has suspended', () => {
    const play = new Play(policy({ SuspendProcesses: ['AZRebalance', 'HealthCheck'] }), {
      desiredCapacity: 1,
      suspendedProcesses: ['HealthCheck'],
    }).run();
    expect(play.calls[0]).to.deep.equal({ do: 'suspend', processes: ['AZRebalance'] });
    expect(play.calls.at(-1)).to.deep.equal({ do: 'resume', processes: ['AZRebalance'] });
  });

  it('fails when an instance says that it has failed', () => {
    const waiting = { WaitOnResourceSignals: true };
    const play = new Play(policy(waiting), { desiredCapacity: 2 }, () => 'FAILURE').run();
    expect(play.failure).to.equal(
      'Received 1 FAILURE signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    );
  });

  it('fails when an instance says nothing in time', () => {
    const waiting = { WaitOnResourceSignals: true, PauseTime: 'PT5M' };
    const play = new Play(policy(waiting), { desiredCapacity: 2 }, () => undefined).run();
    expect(play.events.at(-1)).to.equal(
      'Failed to receive 1 resource signal(s) for the current batch.  Each resource signal timeout is counted as a FAILURE.',
    );
    expect(play.failure).to.match(/^Received 0 SUCCESS signal\(s\) out of 2\./);
  });

  it('puts up with as many failures as its percentage allows', () => {
    const tolerant = { WaitOnResourceSignals: true, MinSuccessfulInstancesPercent: 50 };
    const play = new Play(policy(tolerant), { desiredCapacity: 2 }, (id) =>
      id === 'new-1' ? 'FAILURE' : 'SUCCESS',
    ).run();
    expect(play.over).to.equal(true);
  });

  it('refuses to keep as many in service as there may be', () => {
    const play = new Play(policy({ MinInstancesInService: 10 }), { desiredCapacity: 10 }).run();
    expect(play.failure).to.equal("MinInstancesInService must be less than the autoscaling group's MaxSize");
  });

  it('is over at once in an empty group', () => {
    const play = new Play(policy({}), { desiredCapacity: 0 }).run();
    expect([play.over, play.events]).to.deep.equal([true, []]);
  });
});

describe('an update policy', () => {
  it('rolls or replaces only when the instances themselves change', () => {
    const before = { LaunchTemplate: { Version: '1' }, MinSize: 1 };
    expect(changesInstances(before, { ...before, MinSize: 2 })).to.equal(false);
    expect(changesInstances(before, { ...before, LaunchTemplate: { Version: '2' } })).to.equal(true);
    expect(willReplace({ AutoScalingReplacingUpdate: { WillReplace: 'true' } })).to.equal(true);
    expect(willReplace({ AutoScalingReplacingUpdate: { WillReplace: false } })).to.equal(false);
  });

  it('leaves sizes alone that the template has not changed', () => {
    const ignoring = { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } };
    expect(
      withoutUnmodifiedSizes(
        ignoring,
        { MinSize: '1', MaxSize: '5' },
        { MinSize: 1, MaxSize: 6, Cooldown: '10' },
      ),
    ).to.deep.equal({ MaxSize: 6, Cooldown: '10' });
  });
});
