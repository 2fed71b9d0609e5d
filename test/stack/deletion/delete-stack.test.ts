import { expect } from 'chai';
import { InterruptedError, OperationError } from '../../../src/errors.ts';
import type { DeletedGroupCalls } from '../../../src/stack/capacity/deleted-groups.ts';
import type { BucketCalls, VersionId } from '../../../src/stack/deletion/buckets.ts';
import {
  deleteStack,
  type DeletionCalls,
  executeDeletion,
  retainable,
} from '../../../src/stack/deletion/delete-stack.ts';
import type { DrainCalls } from '../../../src/stack/deletion/drain.ts';
import type { DeletionPlan } from '../../../src/stack/deletion/plan.ts';
import type { StackEvent } from '../../../src/stack/events/event.ts';
import { unobserved } from '../../../src/stack/events/observer.ts';
import { awsError, instantPacing } from '../../support/cloudformation.ts';
import { FakeGroup } from '../../support/fake-group.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { deletionPlan, plannedGroup } from '../../support/deletion-plan.ts';
import { History } from '../../support/events.ts';

const SIZE = { min: 1, max: 3, desired: 2 };

/** S3 with whole buckets in memory. */
class FakeBuckets implements BucketCalls {
  readonly held = new Map<string, VersionId[]>();
  /** Deletions of a bucket that fail because a late log has arrived. */
  lateLogs = 0;
  refuses: string | undefined;

  fill(bucket: string, count: number): this {
    this.held.set(
      bucket,
      Array.from({ length: count }, (_, i) => ({ key: `key-${i}`, versionId: `v${i}` })),
    );
    return this;
  }

  versions(bucket: string) {
    const ids = this.held.get(bucket);
    return Promise.resolve(ids && { ids: ids.slice(0, 1000), more: ids.length > 1000 });
  }

  deleteVersions(bucket: string, ids: readonly VersionId[]) {
    const left = (this.held.get(bucket) ?? []).filter(
      ({ key }) => !ids.some((id) => id.key === key) || key === this.refuses,
    );
    this.held.set(bucket, left);
    return Promise.resolve(
      left.filter(({ key }) => key === this.refuses).map(({ key }) => `${key}: Access Denied`),
    );
  }

  deleteBucket(bucket: string) {
    if (this.lateLogs > 0) {
      this.lateLogs -= 1;
      this.fill(bucket, 1);
    }
    if ((this.held.get(bucket)?.length ?? 0) > 0)
      return Promise.reject(awsError('BucketNotEmpty', 'not empty', 409));
    this.held.delete(bucket);
    return Promise.resolve();
  }
}

class FakeAws implements DeletionCalls {
  readonly buckets = new FakeBuckets();
  protected = false;
  parameters = ['/bk-stack/ci/agent-token'];
  retained: readonly string[] = [];
  /** What is said while nothing is drained: this stack has no group. */
  readonly drain: DrainCalls = {
    capacity: undefined as never,
    cancelRefresh: () => Promise.reject(new Error('there is no group')),
    dropUpdate: () => Promise.resolve(),
    busyAgents: () => Promise.resolve(undefined),
  };
  readonly deletedGroups: DeletedGroupCalls = {
    instances: () => Promise.resolve(undefined),
    finishingWarm: () => Promise.reject(new Error('there is no pool')),
    unprotect: () => Promise.reject(new Error('there is no group')),
    release: () => Promise.reject(new Error('there is no group')),
  };
  readonly now = () => 0;
  readonly #history: StackEvent[];
  #deleted = false;

  /** `then`: what the deletion adds to the history `before`. */
  constructor(
    private readonly before: number,
    history: History,
  ) {
    this.#history = history.events;
  }

  readonly events = () => {
    const told = this.#deleted ? this.#history : this.#history.slice(0, this.before);
    return Promise.resolve({ events: [...told].reverse() });
  };

  setTerminationProtection(_stackId: string, on: boolean) {
    this.protected = on;
    return Promise.resolve();
  }

  deleteStack(_stackId: string, retain: readonly string[]) {
    if (this.protected)
      return Promise.reject(awsError('ValidationError', 'TerminationProtection is enabled'));
    this.#deleted = true;
    this.retained = retain;
    return Promise.resolve();
  }

  deleteParameters(names: readonly string[]) {
    this.parameters = this.parameters.filter((name) => !names.includes(name));
    return Promise.resolve();
  }
}

const made = () => new History().stack('CREATE_IN_PROGRESS', 'User Initiated').stack('CREATE_COMPLETE');

const deleted = () =>
  made()
    .stack('DELETE_IN_PROGRESS', 'User Initiated')
    .resource('Secrets', 'DELETE_SKIPPED', { type: 'AWS::S3::Bucket', physicalId: 'ci-secrets' })
    .resource('Vpc', 'DELETE_COMPLETE')
    .stack('DELETE_COMPLETE');

const stuck = () =>
  made()
    .stack('DELETE_IN_PROGRESS', 'User Initiated')
    .resource('Vpc', 'DELETE_FAILED', { reason: "The vpc 'vpc-1' has dependencies and cannot be deleted." })
    .resource('Queue', 'DELETE_COMPLETE')
    .stack('DELETE_FAILED', 'The following resource(s) failed to delete: [Vpc].');

function run(aws: DeletionCalls, plan: DeletionPlan) {
  const options = {
    signal: new AbortController().signal,
    observer: () => Promise.resolve(unobserved),
    draining: () => undefined,
    drainSeconds: 0,
  };
  return executeDeletion(aws, plan, options, instantPacing());
}

async function failureOf(work: Promise<unknown>): Promise<OperationError> {
  return (await work.then(
    () => expect.fail('it should fail'),
    (reason: unknown) => reason,
  )) as OperationError;
}

describe('deleting a stack', () => {
  it('tells what was kept, and deletes the agent token', async () => {
    const aws = new FakeAws(2, deleted());
    const result = await run(aws, deletionPlan());
    expect(result).to.include({ status: 'DELETE_COMPLETE', elapsedSeconds: 3 });
    expect(result.kept).to.deep.equal([
      { logicalId: 'Secrets', type: 'AWS::S3::Bucket', physicalId: 'ci-secrets' },
    ]);
    expect(aws.parameters).to.deep.equal([]);
  });

  it('is not misled by the end of an earlier operation', async () => {
    const aws = new FakeAws(
      5,
      stuck().stack('DELETE_IN_PROGRESS', 'User Initiated').stack('DELETE_COMPLETE'),
    );
    expect(await run(aws, deletionPlan())).to.include({ status: 'DELETE_COMPLETE' });
  });

  it('switches protection off first, when that was agreed', async () => {
    const aws = new FakeAws(2, deleted());
    aws.protected = true;
    expect(await run(aws, deletionPlan({ unprotect: true }))).to.include({ status: 'DELETE_COMPLETE' });
  });

  it('joins a deletion that runs already', async () => {
    const aws = new FakeAws(6, deleted());
    expect(await run(aws, deletionPlan({ underWay: true }))).to.include({ status: 'DELETE_COMPLETE' });
  });

  it('empties and deletes the buckets that shall go, thousands of versions and late logs too', async () => {
    const aws = new FakeAws(2, deleted());
    aws.buckets.fill('ci-secrets', 2345).lateLogs = 2;
    const unwanted = { bucket: 'ci-secrets', versions: 1000, more: true };
    const result = await run(aws, deletionPlan({ bucketsToDelete: [unwanted] }));
    expect(result.deletedBuckets).to.deep.equal([{ bucket: 'ci-secrets', versions: 2347 }]);
    expect(result.kept).to.deep.equal([]);
    expect(aws.buckets.held.size).to.equal(0);
  });

  it('says which object keeps a bucket from being deleted', async () => {
    const aws = new FakeAws(2, deleted());
    aws.buckets.fill('ci-secrets', 3).refuses = 'key-1';
    const unwanted = { bucket: 'ci-secrets', versions: 3, more: false };
    const failure = await failureOf(run(aws, deletionPlan({ bucketsToDelete: [unwanted] })));
    expect(failure.message).to.contain('key-1: Access Denied');
  });

  it('says which resource is in the way and why, and names the retries that work', async () => {
    const failure = await failureOf(run(new FakeAws(2, stuck()), deletionPlan()));
    expect(failure.message.split('\n')).to.deep.equal([
      'ci could not be deleted (DELETE_FAILED).',
      "Vpc (AWS::EC2::VPC): The vpc 'vpc-1' has dependencies and cannot be deleted.",
    ]);
    expect(failure.hint).to.contain('bk-stack delete ci --region us-east-1 --retain Vpc');
    expect(retainable(failure)).to.deep.equal(['Vpc']);
  });

  it('never proposes to keep a group, which would keep its instances', async () => {
    const group = { type: 'AWS::AutoScaling::AutoScalingGroup', physicalId: 'ci-group' };
    const reason = 'because all remaining instances are protected from scale-in.';
    const history = made()
      .stack('DELETE_IN_PROGRESS', 'User Initiated')
      .resource('Group', 'DELETE_FAILED', { ...group, reason })
      .resource('Vpc', 'DELETE_FAILED', { reason: 'has dependencies' })
      .stack('DELETE_FAILED');
    const failure = await failureOf(run(new FakeAws(2, history), deletionPlan()));
    expect(retainable(failure)).to.deep.equal(['Vpc']);
    expect(failure.hint).to.contain('bk-stack delete ci --region us-east-1 --force');
    expect(failure.hint).to.contain('--retain Vpc').and.not.contain('--retain Group');
  });

  it('deletes the parameters of a stack that is gone, and nothing else', async () => {
    const aws = new FakeAws(2, deleted());
    expect(await run(aws, deletionPlan({}, 'DELETE_COMPLETE'))).to.deep.include({
      status: 'DELETE_COMPLETE',
      deletedParameters: ['/bk-stack/ci/agent-token'],
    });
    expect(aws.parameters).to.deep.equal([]);
  });

  it('leaves what it is told to retain', async () => {
    const aws = new FakeAws(2, deleted());
    await run(aws, deletionPlan({ retain: ['Vpc'] }));
    expect(aws.retained).to.deep.equal(['Vpc']);
  });

  it('does each thing once the one before is done', async () => {
    const aws = new FakeAws(2, deleted());
    aws.protected = true;
    aws.buckets.fill('ci-secrets', 1);
    const order: string[] = [];
    const recorded = new Proxy(aws, {
      get: (target, name: keyof FakeAws) => {
        const value: unknown = target[name];
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name !== 'events' && name !== 'now') order.push(name);
          return (value as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    await run(recorded, deletionPlan({ unprotect: true }));
    expect(order).to.eql(['setTerminationProtection', 'deleteStack', 'deleteParameters']);
    expect(aws.protected).to.equal(false);
  });

  it('leaves termination protection on that nobody has to lift', async () => {
    const aws = new FakeAws(2, deleted());
    aws.protected = true;
    const failure = await failureOf(run(aws, deletionPlan()));
    expect(failure.message).to.contain('TerminationProtection is enabled');
    expect([aws.protected, aws.parameters.length]).to.eql([true, 1]);
  });

  it('keeps the buckets where CloudFormation could not delete the stack', async () => {
    const aws = new FakeAws(2, stuck());
    aws.buckets.fill('ci-secrets', 3);
    const unwanted = { bucket: 'ci-secrets', versions: 3, more: false };
    await failureOf(run(aws, deletionPlan({ bucketsToDelete: [unwanted] })));
    expect(aws.buckets.held.get('ci-secrets')).to.have.length(3);
  });

  it('tells what there was, how it ended, and how long that took', async () => {
    const aws = new FakeAws(2, deleted());
    let clock = 0;
    Object.assign(aws, { now: () => (clock += 30_400) });
    const jobs = { known: true, queue: 'q', running: 2 } as const;
    // Retained: nothing has to be paused, and its instances count.
    const groups = [plannedGroup('a', 'end')];
    const drained = { ...aws.drain, cancelRefresh: () => Promise.resolve(), capacity: new FakeGroup(SIZE) };
    Object.assign(aws, { drain: drained });
    expect(await run(aws, deletionPlan({ groups, jobs }))).to.deep.include({
      ...{ stackName: 'ci', region: 'us-east-1', instances: 1, runningJobs: 2, drained: false },
      ...{ elapsedSeconds: 33, deletedParameters: ['/bk-stack/ci/agent-token'] },
    });
    const unknown = await run(
      new FakeAws(2, deleted()),
      deletionPlan({ jobs: { known: false, why: 'no token' } }),
    );
    expect(unknown).to.not.have.property('runningJobs');
    expect(unknown).to.include({ instances: 0, drained: true });
  });

  it('drops the update and empties the groups before it deletes the stack', async () => {
    const aws = new FakeAws(2, deleted());
    const done: string[] = [];
    const did = (what: string) => Promise.resolve(void done.push(what));
    const group = new FakeGroup(SIZE, {}, []);
    Object.assign(aws, {
      drain: {
        capacity: group,
        cancelRefresh: (name: string) => did(`cancel the refresh of ${name}`),
        dropUpdate: (name: string) => did(`drop the update of ${name}`),
        busyAgents: () => Promise.resolve(undefined),
      },
      deleteStack: (id: string, retain: readonly string[]) => {
        done.push(`delete at ${group.size.desired}`);
        return FakeAws.prototype.deleteStack.call(aws, id, retain);
      },
    });
    const update = { by: 'ann', startedAt: '2026-11-24', phase: 'replacing' } as const;
    const result = await run(aws, deletionPlan({ update, groups: [plannedGroup('g', 'drain')] }));
    expect(result).to.include({ instances: 1, drained: true });
    expect(done).to.eql(['drop the update of ci', 'cancel the refresh of g', 'delete at 0']);
  });

  it('waits for the jobs of a group before it deletes the stack', async () => {
    const aws = new FakeAws(2, deleted());
    Object.assign(aws, {
      drain: { ...aws.drain, cancelRefresh: () => Promise.resolve(), capacity: new FakeGroup(SIZE) },
    });
    const failure = await failureOf(run(aws, deletionPlan({ groups: [plannedGroup('g', 'drain')] })));
    expect(failure.message).to.equal('2 instances still there after 0 seconds');
    expect(aws.parameters).to.have.length(1);
  });

  it('waits for a rollback, and deletes what is left then', async () => {
    const history = new History()
      .stack('CREATE_IN_PROGRESS', 'User Initiated')
      .stack('ROLLBACK_IN_PROGRESS')
      .stack('ROLLBACK_COMPLETE')
      .stack('DELETE_IN_PROGRESS', 'User Initiated')
      .stack('DELETE_COMPLETE');
    const aws = new FakeAws(3, history);
    expect(await run(aws, deletionPlan({ retain: ['x'] }, 'ROLLBACK_IN_PROGRESS'))).to.include({
      status: 'DELETE_COMPLETE',
    });
    expect(aws.retained, 'it was told to delete').to.eql(['x']);
  });

  it('deletes a stack without events', async () => {
    expect(await run(new FakeAws(0, deleted()), deletionPlan())).to.include({ status: 'DELETE_COMPLETE' });
  });

  it('lets the instances of deleted groups go by force, or where nothing drains them', async () => {
    const released = async (parts: Partial<DeletionPlan>) => {
      const group = { type: 'AWS::AutoScaling::AutoScalingGroup', physicalId: 'g' };
      const history = made()
        .stack('DELETE_IN_PROGRESS', 'User Initiated')
        .resource('Group', 'DELETE_IN_PROGRESS', group)
        .stack('DELETE_COMPLETE');
      const ids: string[] = [];
      const finishing = {
        instanceId: 'i-1',
        lifecycleState: 'Terminating:Wait',
        protectedFromScaleIn: false,
      };
      const aws = new FakeAws(4, history);
      let asked = 0;
      Object.assign(aws, {
        // The end is told later, so that there is a look before it.
        events: () => {
          asked += 1;
          const told = history.events.slice(0, asked < 2 ? 4 : undefined);
          return Promise.resolve({ events: [...told].reverse() });
        },
        deletedGroups: {
          instances: () => Promise.resolve([finishing]),
          finishingWarm: () => Promise.resolve([]),
          unprotect: () => Promise.resolve(),
          release: (_name: string, all: string[]) => {
            ids.push(...all);
            return Promise.resolve();
          },
        },
      });
      await run(aws, deletionPlan({ underWay: true, ...parts }, 'DELETE_IN_PROGRESS'));
      return ids.length > 0;
    };
    expect(await released({ groups: [plannedGroup('g', 'drain')] })).to.equal(false);
    expect(await released({ groups: [plannedGroup('g', 'end')] })).to.equal(true);
    expect(await released({ groups: [plannedGroup('other', 'drain'), plannedGroup('g', 'end')] })).to.equal(
      true,
    );
    expect(await released({ groups: [plannedGroup('other', 'end')] })).to.equal(false);
    expect(await released({ groups: [plannedGroup('g', 'drain')], force: true })).to.equal(true);
  });

  it('notes each bucket, and names those left to whoever interrupts it', async () => {
    const aws = new FakeAws(2, deleted());
    aws.buckets.fill('a', 1).fill('b', 2).fill('c', 2);
    const stop = new AbortController();
    const notes: string[] = [];
    const bucketsToDelete = ['a', 'b', 'c'].map((bucket) => ({ bucket, versions: 1, more: false }));
    const options = {
      ...{ signal: stop.signal, draining: () => undefined, drainSeconds: 0 },
      observer: () =>
        Promise.resolve({
          ...unobserved,
          note: (line: string) => {
            notes.push(line);
            stop.abort();
          },
        }),
    };
    const failure = await failureOf(
      executeDeletion(aws, deletionPlan({ bucketsToDelete }), options, instantPacing()),
    );
    expect(failure).to.be.instanceOf(InterruptedError);
    expect(failure.hint).to.equal('The stack is gone; its buckets are not yet: b, c');
    expect(notes).to.eql(['Bucket a deleted, with 1 object version']);
    expect([...aws.buckets.held.keys()]).to.eql(['b', 'c']);
  });

  it('names kept resources of nested stacks with their stack', async () => {
    const nested = { stackId: 'arn:nested', stackName: 'ci-nested' };
    const history = made()
      .stack('DELETE_IN_PROGRESS', 'User Initiated')
      .resource('Secrets', 'DELETE_SKIPPED', { type: 'AWS::S3::Bucket', physicalId: 'ci-secrets' })
      .resource('Logs', 'DELETE_SKIPPED', { ...nested, type: 'AWS::Logs::LogGroup' })
      .stack('DELETE_SKIPPED', undefined, nested)
      .stack('DELETE_COMPLETE');
    expect((await run(new FakeAws(2, history), deletionPlan())).kept).to.eql([
      { logicalId: 'Secrets', type: 'AWS::S3::Bucket', physicalId: 'ci-secrets' },
      { logicalId: 'ci-nested/Logs', type: 'AWS::Logs::LogGroup', physicalId: '' },
    ]);
  });
});

describe('what could be retained after a failure', () => {
  it('is in its details alone', () => {
    expect(retainable(new OperationError('x', { details: { retain: ['Vpc'] } }))).to.eql(['Vpc']);
    expect(retainable(new OperationError('x', { details: { retain: 'Vpc' } }))).to.eql([]);
    expect(retainable(new OperationError('x'))).to.eql([]);
    expect(retainable(Object.assign(new Error('x'), { details: { retain: ['Vpc'] } }))).to.eql([]);
  });
});

describe('deleting a stack on AWS', () => {
  it('sends protection, the deletion with what is retained, and the parameters', async () => {
    const events = deleted().events.map((event) => ({
      ...{ StackId: event.stackId, StackName: event.stackName, EventId: event.eventId },
      ...{ LogicalResourceId: event.logicalId, PhysicalResourceId: event.physicalId },
      ...{ ResourceType: event.type, ResourceStatus: event.status, Timestamp: event.at },
    }));
    let begun = false;
    const { aws, sent } = recordedAws({
      DeleteStack: () => {
        begun = true;
        return {};
      },
      DescribeStackEvents: () => ({ StackEvents: begun ? [...events].reverse() : [events[1], events[0]] }),
    });
    Object.assign(aws, { clock: () => Promise.resolve(() => 0), wait: () => Promise.resolve() });
    // As the SDK gives them, times are dates.
    const options = {
      ...{ signal: new AbortController().signal, draining: () => undefined, drainSeconds: 0 },
      observer: () => Promise.resolve(unobserved),
    };
    const plan = deletionPlan({ unprotect: true, retain: ['Vpc'] }, 'DELETE_FAILED');
    expect((await deleteStack(aws, plan, options)).status).to.equal('DELETE_COMPLETE');
    const StackName = plan.stack.stackId;
    expect(sent.filter(([operation]) => operation !== 'DescribeStackEvents')).to.eql([
      ['UpdateTerminationProtection', { StackName, EnableTerminationProtection: false }],
      ['DeleteStack', { StackName, RetainResources: ['Vpc'] }],
      ['DeleteParameters', { Names: plan.parameters }],
    ]);
    const plain = recordedAws({ DescribeStackEvents: { StackEvents: [...events].reverse() } });
    Object.assign(plain.aws, {
      clock: () => Promise.resolve(() => 0),
      wait: () => Promise.reject(new Error('end')),
    });
    await deleteStack(plain.aws, deletionPlan({ parameters: [] }), options).catch(() => undefined);
    expect(plain.sent.find(([operation]) => operation === 'DeleteStack')?.[1]).to.eql({ StackName });
  });
});
