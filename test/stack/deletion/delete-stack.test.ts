import { expect } from 'chai';
import type { OperationError } from '../../../src/errors.ts';
import type { EmptyingCalls } from '../../../src/stack/capacity/emptying.ts';
import type { BucketCalls, VersionId } from '../../../src/stack/deletion/buckets.ts';
import { executeDeletion, type DeletionCalls, retainable } from '../../../src/stack/deletion/delete-stack.ts';
import type { DrainCalls } from '../../../src/stack/deletion/drain.ts';
import type { DeletionPlan } from '../../../src/stack/deletion/plan.ts';
import type { StackEvent } from '../../../src/stack/events/event.ts';
import { unobserved } from '../../../src/stack/events/observer.ts';
import { awsError, instantPacing } from '../../support/cloudformation.ts';
import { History, ROOT } from '../../support/events.ts';

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
  readonly emptying: EmptyingCalls = {
    instances: () => Promise.resolve(undefined),
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

function planOf(parts: Partial<DeletionPlan> = {}): DeletionPlan {
  return {
    stack: {
      stackName: 'ci',
      stackId: ROOT,
      region: 'us-east-1',
      status: 'CREATE_COMPLETE',
      origin: 'bk-stack',
      createdAt: '2026-11-23T10:00:00.000Z',
      terminationProtection: false,
    },
    resources: [],
    groups: [],
    force: false,
    parameters: ['/bk-stack/ci/agent-token'],
    buckets: [],
    retain: [],
    unprotect: false,
    underWay: false,
    doomedBuckets: [],
    keptBuckets: [],
    ...parts,
  };
}

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
    const result = await run(aws, planOf());
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
    expect(await run(aws, planOf())).to.include({ status: 'DELETE_COMPLETE' });
  });

  it('switches protection off first, when that was agreed', async () => {
    const aws = new FakeAws(2, deleted());
    aws.protected = true;
    expect(await run(aws, planOf({ unprotect: true }))).to.include({ status: 'DELETE_COMPLETE' });
  });

  it('joins a deletion that runs already', async () => {
    const aws = new FakeAws(6, deleted());
    expect(await run(aws, planOf({ underWay: true }))).to.include({ status: 'DELETE_COMPLETE' });
  });

  it('empties and deletes the buckets that shall go, thousands of versions and late logs too', async () => {
    const aws = new FakeAws(2, deleted());
    aws.buckets.fill('ci-secrets', 2345).lateLogs = 2;
    const doomed = { bucket: 'ci-secrets', versions: 1000, more: true };
    const result = await run(aws, planOf({ doomedBuckets: [doomed] }));
    expect(result.deletedBuckets).to.deep.equal([{ bucket: 'ci-secrets', versions: 2347 }]);
    expect(result.kept).to.deep.equal([]);
    expect(aws.buckets.held.size).to.equal(0);
  });

  it('says which object keeps a bucket from being deleted', async () => {
    const aws = new FakeAws(2, deleted());
    aws.buckets.fill('ci-secrets', 3).refuses = 'key-1';
    const doomed = { bucket: 'ci-secrets', versions: 3, more: false };
    const failure = await failureOf(run(aws, planOf({ doomedBuckets: [doomed] })));
    expect(failure.message).to.contain('key-1: Access Denied');
  });

  it('says which resource is in the way and why, and names the retries that work', async () => {
    const failure = await failureOf(run(new FakeAws(2, stuck()), planOf()));
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
    const failure = await failureOf(run(new FakeAws(2, history), planOf()));
    expect(retainable(failure)).to.deep.equal(['Vpc']);
    expect(failure.hint).to.contain('bk-stack delete ci --region us-east-1 --force');
    expect(failure.hint).to.contain('--retain Vpc').and.not.contain('--retain Group');
  });

  it('deletes the parameters of a stack that is gone, and nothing else', async () => {
    const aws = new FakeAws(2, deleted());
    const gone = { ...planOf().stack, status: 'DELETE_COMPLETE' };
    expect(await run(aws, planOf({ stack: gone }))).to.deep.include({
      status: 'DELETE_COMPLETE',
      deletedParameters: ['/bk-stack/ci/agent-token'],
    });
    expect(aws.parameters).to.deep.equal([]);
  });

  it('leaves what it is told to retain', async () => {
    const aws = new FakeAws(2, deleted());
    await run(aws, planOf({ retain: ['Vpc'] }));
    expect(aws.retained).to.deep.equal(['Vpc']);
  });
});
