import { expect } from 'chai';
import { InterruptedError, type OperationError } from '../../../src/errors.ts';
import { AS_GIVEN } from '../../../src/shell/printed.ts';
import { drainCalls, type DrainCalls, runEmptying } from '../../../src/stack/deletion/drain.ts';
import type { EmptyingAction } from '../../../src/stack/deletion/next.ts';
import { awsError, instantPacing } from '../../support/cloudformation.ts';
import { deletionPlan, plannedGroup } from '../../support/deletion-plan.ts';
import { FakeGroup } from '../../support/fake-group.ts';
import { recordedAws } from '../../support/recorded-aws.ts';

const SIZE = { min: 1, max: 3, desired: 2 };
const PAUSED = { 'bk-stack:paused': 'scale-to-zero', 'bk-stack:size': '1/3/2' };
const AGAIN = `bk-stack delete ci ${AS_GIVEN}`;

/** A group whose instances end one by one, each in a pause. */
class Draining {
  readonly done: string[] = [];
  readonly told: object[] = [];
  readonly group: FakeGroup;
  readonly stop = new AbortController();
  /** What happens in each pause. */
  meanwhile: () => void = () => {
    this.group.instances = this.group.instances.slice(1);
  };
  readonly calls: DrainCalls;

  constructor(tags: Record<string, string> = PAUSED) {
    const group = new FakeGroup({ min: 0, max: 0, desired: 0 }, tags);
    this.group = group;
    this.calls = {
      capacity: group,
      cancelRefresh: (name) => this.#do(`cancel the refresh of ${name}`),
      dropUpdate: (stackName) => this.#do(`drop the update of ${stackName}`),
      busyAgents: () => Promise.resolve(1),
    };
  }

  run(
    action: EmptyingAction,
    plan = deletionPlan({ groups: [plannedGroup('g', 'drain')] }),
    drainSeconds = 60,
  ) {
    const retry = {
      ...instantPacing(),
      pause: () => {
        this.meanwhile();
        return this.stop.signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve();
      },
    };
    const options = {
      signal: this.stop.signal,
      draining: (left: object) => this.told.push(left),
      drainSeconds,
    };
    return runEmptying(this.calls, plan, action, options, retry);
  }

  #do(what: string): Promise<void> {
    this.done.push(what);
    return Promise.resolve();
  }
}

async function failureOf(work: Promise<unknown>): Promise<OperationError> {
  return work.then(
    () => expect.fail('it should fail'),
    (error: unknown) => error as OperationError,
  );
}

describe('emptying the groups of a stack that is to be deleted', () => {
  it('drops an update', async () => {
    const stack = new Draining();
    await stack.run({ kind: 'drop update' });
    expect(stack.done).to.eql(['drop the update of ci']);
  });

  it('pauses a group once nothing replaces its instances any more', async () => {
    const stack = new Draining({});
    stack.group.size = SIZE;
    await stack.run({ kind: 'pause group', group: 'g' });
    expect(stack.done).to.eql(['cancel the refresh of g']);
    expect(stack.group.asked).to.eql(['tag', 'suspend', 'unprotect', 'resize']);
    expect(stack.group.tags).to.eql(PAUSED);
  });

  it('waits until the last instance of a group has ended', async () => {
    const stack = new Draining();
    await stack.run({ kind: 'drain group', group: 'g' });
    expect(stack.told).to.eql([
      { instances: 2, finishing: 0, busyAgents: 1 },
      { instances: 1, finishing: 1, busyAgents: 1 },
    ]);
    expect(stack.group.released, 'none by force').to.eql([]);
  });

  it('gives up when the time for jobs is up, with the way to end them', async () => {
    const stack = new Draining();
    stack.meanwhile = () => undefined;
    const { message, hint } = await failureOf(stack.run({ kind: 'drain group', group: 'g' }, undefined, 20));
    expect(message).to.equal('2 instances still there after 20 seconds');
    expect(hint).to.equal(
      `They end when their jobs are done. To keep waiting, repeat the command.\nTo end them now, and the jobs on them: ${AGAIN} --force`,
    );
  });

  for (const tags of [{}, { 'bk-stack:paused': 'false' }] as Record<string, string>[]) {
    it(`stops where somebody wants the stack back: ${JSON.stringify(tags)}`, async () => {
      const { message, hint } = await failureOf(new Draining(tags).run({ kind: 'drain group', group: 'g' }));
      expect(message).to.equal('ci was resumed while its instances were ending; it is not deleted');
      expect(hint).to.equal(`To delete it all the same: ${AGAIN}`);
    });
  }

  for (const [status, back] of [
    ['CREATE_COMPLETE', true],
    ['DELETE_FAILED', false],
  ] as const) {
    it(`tells whoever interrupts it in ${status} how to go on${back ? ', and to have the stack back' : ''}`, async () => {
      const stack = new Draining();
      stack.meanwhile = () => {
        stack.stop.abort();
      };
      const plan = deletionPlan({ groups: [plannedGroup('g', 'drain')] }, status);
      const failure = await failureOf(stack.run({ kind: 'drain group', group: 'g' }, plan));
      expect(failure).to.be.instanceOf(InterruptedError);
      expect(failure.hint?.split('\n')).to.eql([
        `The stack is still there, and its instances go on ending. To go on: ${AGAIN}`,
        ...(back ? ['To have it back: bk-stack resume ci'] : []),
      ]);
    });
  }

  it('fails as AWS does where nobody interrupts it', async () => {
    const stack = new Draining();
    const calls = {
      ...stack.calls,
      dropUpdate: () => Promise.reject(awsError('AccessDenied', 'denied', 403)),
    };
    Object.assign(stack, { calls });
    expect(await failureOf(stack.run({ kind: 'drop update' }))).to.have.property('message', 'denied');
  });

  it('cancels the refresh of a group, drops the journal, and asks for busy agents on AWS', async () => {
    const { aws, sent } = recordedAws({
      DescribeStacks: { Stacks: [{ StackName: 'ci', Parameters: [] }] },
    });
    const calls = drainCalls(aws, 'arn:ci');
    await calls.cancelRefresh('g');
    await calls.dropUpdate('ci');
    expect(await calls.busyAgents()).to.equal(undefined);
    expect(await calls.busyAgents()).to.equal(undefined);
    expect(sent.map(([operation]) => operation)).to.eql([
      'CancelInstanceRefresh',
      'DeleteParameter',
      'DescribeStacks',
    ]);
    expect(sent[0]?.[1]).to.eql({ AutoScalingGroupName: 'g' });
    expect(sent[2]?.[1]).to.eql({ StackName: 'arn:ci' });
  });
});
