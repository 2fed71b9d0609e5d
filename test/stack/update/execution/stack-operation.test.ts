import { expect } from 'chai';
import {
  executeAndWatch,
  executionStatus,
  watchRunning,
} from '../../../../src/stack/update/execution/stack-operation.ts';
import { FakeUpdate, journalOf } from '../../../support/fake-update.ts';
import { sdkError } from '../../../support/world-aws.ts';

const quiet = { note: () => undefined, update: () => undefined, end: () => undefined };
const execute = (fake: FakeUpdate, id = 'set') => executeAndWatch(fake.services, journalOf(), id, quiet);
const BROKE = 'X (AWS::SSM::Parameter): it broke';

describe('an operation of CloudFormation', () => {
  it('is watched from the moment that its change set is executed', async () => {
    const fake = new FakeUpdate();
    fake.ends = 'UPDATE_ROLLBACK_COMPLETE';
    expect(await execute(fake)).to.eql({ kind: 'rolled back', why: BROKE });
    fake.sets.set('next', 'AVAILABLE');
    fake.ends = 'UPDATE_COMPLETE';
    expect(await execute(fake, 'next'), 'and not from before').to.eql({ kind: 'updated' });
  });

  it('is asked for by a token that is the same each time, and that CloudFormation takes', async () => {
    const fake = new FakeUpdate();
    const id = `${'x'.repeat(200)}:changeSet/bk_stack/1`;
    await execute(fake, id);
    const [, , token = ''] = fake.done[0]!.split(' ');
    expect(token).to.match(/^[A-Za-z0-9-]{128}$/);
    expect(token.endsWith('x-changeSet-bk-stack-1')).to.equal(true);
  });

  it('is watched where the change set is executed already, as an answer was lost', async () => {
    const fake = new FakeUpdate();
    fake.running('UPDATE_COMPLETE');
    const { events } = fake.services.stacks;
    let first = true;
    // The events come after the look that precedes the execution.
    const late = async (id: string) => {
      const page = first ? { events: [] } : await events(id);
      first = false;
      return page;
    };
    Object.assign(fake.services.stacks, { events: late });
    fake.failing.set('executeChangeSet', sdkError('InvalidChangeSetStatusException', 'already'));
    expect(await execute(fake)).to.eql({ kind: 'updated' });
    fake.failing.set('executeChangeSet', sdkError('AccessDenied', 'no'));
    const error = await execute(fake).catch((each: unknown) => each);
    expect((error as Error).message).to.equal('no');
  });

  it('is asked for again where AWS asks for fewer requests', async () => {
    const fake = new FakeUpdate();
    fake.failing.set('executeChangeSet', sdkError('Throttling', 'later'));
    fake.passing = () => fake.failing.clear();
    expect(await execute(fake)).to.eql({ kind: 'updated' });
  });

  for (const [status, ends, outcome] of [
    ['UPDATE_COMPLETE', 'UPDATE_COMPLETE', { kind: 'updated' }],
    ['CREATE_COMPLETE', 'UPDATE_COMPLETE', { kind: 'updated' }],
    ['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', { kind: 'updated' }],
    ['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE', { kind: 'rolled back', why: BROKE }],
    ['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', { kind: 'rolled back', why: BROKE }],
    ['UPDATE_ROLLBACK_FAILED', 'UPDATE_ROLLBACK_FAILED', { kind: 'stuck', why: BROKE }],
  ] as const) {
    it(`that runs, in ${status}, is watched until ${ends}`, async () => {
      const fake = new FakeUpdate();
      fake.ends = ends;
      fake.running(status);
      expect(await watchRunning(fake.services, journalOf(), quiet)).to.eql(outcome);
    });
  }

  it('that is over and went well is not watched', async () => {
    const fake = new FakeUpdate();
    const events = () => Promise.reject(new Error('it is watched'));
    Object.assign(fake.services.stacks, { events });
    expect(await watchRunning(fake.services, journalOf(), quiet)).to.eql({ kind: 'updated' });
  });

  it('that fails without a resource says why the stack does, or how it is', async () => {
    for (const [reason, why] of [
      ['as cancelled', 'as cancelled'],
      [undefined, 'UPDATE_ROLLBACK_COMPLETE'],
    ] as const) {
      const fake = new FakeUpdate();
      fake.ends = 'UPDATE_ROLLBACK_COMPLETE';
      fake.running('UPDATE_ROLLBACK_COMPLETE');
      const [begun, , ended] = fake.events;
      fake.events = [begun!, { ...ended!, ...(reason !== undefined && { reason }) }];
      const outcome = await watchRunning(fake.services, journalOf(), quiet);
      expect(outcome).to.include({ kind: 'rolled back' });
      expect('why' in outcome && outcome.why).to.contain(why);
    }
  });

  it('that fails has advice where there is some, and the launch behind a missing signal', async () => {
    const fake = new FakeUpdate();
    fake.ends = 'UPDATE_ROLLBACK_COMPLETE';
    fake.running('UPDATE_ROLLBACK_COMPLETE');
    fake.events[1] = {
      ...fake.events[1]!,
      ...{ type: 'AWS::AutoScaling::AutoScalingGroup', reason: 'Received 0 SUCCESS signal(s) out of 1' },
    };
    const launchFailures = () =>
      Promise.resolve(['You have requested more vCPU capacity than your current vCPU limit of 0 allows']);
    Object.assign(fake.services.stacks, { launchFailures });
    const outcome = await watchRunning(fake.services, journalOf(), quiet);
    expect('why' in outcome && outcome.why).to.match(
      /No instance could be launched: You have requested more vCPU/,
    );
    expect('advice' in outcome && outcome.advice).to.be.a('string');
  });

  it('that is interrupted says how to go on', async () => {
    const fake = new FakeUpdate();
    fake.running('UPDATE_IN_PROGRESS');
    fake.events = fake.events.slice(0, 1);
    fake.passing = () => {
      fake.abort.abort();
      throw new Error('aborted');
    };
    const error = await watchRunning(fake.services, journalOf(), quiet).catch((each: unknown) => each);
    expect((error as { hint?: string }).hint).to.match(/bk-stack update ci --resume$/);
  });
});

describe('how far a change set is executed', () => {
  it('is what CloudFormation says, and nothing for one that is gone', async () => {
    const fake = new FakeUpdate();
    expect(await executionStatus(fake.services, 'set')).to.equal('AVAILABLE');
    expect(await executionStatus(fake.services, 'other')).to.equal(undefined);
    fake.failing.set('changeSet', sdkError('ChangeSetNotFoundException', 'gone'));
    expect(await executionStatus(fake.services, 'set')).to.equal(undefined);
    for (const [name, message] of [
      ['AccessDenied', 'no'],
      ['NoChangeSetNotFound', 'other'],
    ] as const) {
      fake.failing.set('changeSet', sdkError(name, message));
      const error = await executionStatus(fake.services, 'set').catch((each: unknown) => each);
      expect((error as Error).message).to.equal(message);
    }
    fake.failing.set('changeSet', new Error('no error of AWS'));
    const error = await executionStatus(fake.services, 'set').catch((each: unknown) => each);
    expect((error as Error).message).to.equal('no error of AWS');
  });
});
