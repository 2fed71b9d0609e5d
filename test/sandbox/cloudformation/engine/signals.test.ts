import { expect } from 'chai';
import { receiveResponse } from '../../../../src/sandbox/cloudformation/index.ts';
import { StackWorld, queue, refusalOf, topic } from '../support/sandbox.ts';

const waiting = (policy: object = { ResourceSignal: { Count: 2, Timeout: 'PT10M' } }) => ({
  Resources: { Waiting: queue({}, { CreationPolicy: policy }), After: topic({}, { DependsOn: 'Waiting' }) },
});

describe('signals', () => {
  let world: StackWorld;
  beforeEach(() => {
    world = new StackWorld();
  });

  const signal = (UniqueId: string, Status = 'SUCCESS', LogicalResourceId = 'Waiting') =>
    world.ask('SignalResource', { StackName: 'demo', LogicalResourceId, UniqueId, Status });

  it('are waited for, each unique id counting once', async () => {
    await world.create('demo', waiting());
    await world.pass(100);
    await signal('i-1');
    await signal('i-1');
    expect(await world.resources('demo')).to.deep.equal(['Waiting CREATE_IN_PROGRESS']);
    await signal('i-2');
    await world.pass(10);
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_COMPLETE');
    expect((await world.events('demo')).filter((line) => line.includes('signal'))).to.deep.equal([
      'Waiting CREATE_IN_PROGRESS: Received SUCCESS signal with UniqueId i-1',
      'Waiting CREATE_IN_PROGRESS: Received SUCCESS signal with UniqueId i-2',
    ]);
  });

  it('may come before the resource is stable', async () => {
    await world.create('demo', waiting({ ResourceSignal: {} }));
    await world.pass(10);
    await signal('i-1');
    await world.pass(40);
    expect(await world.resources('demo')).to.deep.equal(['Waiting CREATE_IN_PROGRESS']);
    await world.pass(30);
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_COMPLETE');
  });

  it('that are missing fail the resource at its timeout', async () => {
    await world.create('demo', waiting());
    await world.pass(9 * 60);
    await signal('i-1');
    expect(await world.resources('demo')).to.deep.equal(['Waiting CREATE_IN_PROGRESS']);
    await world.pass(10 * 60);
    expect(await world.events('demo')).to.include(
      'Waiting CREATE_FAILED: Failed to receive 1 resource signal(s) within the specified duration',
    );
  });

  it('of failure fail the resource at once', async () => {
    await world.create('demo', waiting());
    await world.pass(100);
    await signal('i-1', 'FAILURE');
    await world.pass(5);
    expect(await world.events('demo')).to.include(
      'Waiting CREATE_FAILED: Received FAILURE signal with UniqueId i-1',
    );
  });

  it('are not waited for when their count is 0', async () => {
    await world.created('demo', waiting({ ResourceSignal: { Count: 0 } }));
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_COMPLETE');
  });

  it('are refused by what is not waiting', async () => {
    const { StackId } = await world.create('demo', waiting());
    await world.pass(10);
    expect(await refusalOf(signal('i-1', 'SUCCESS', 'Nothing'))).to.equal(
      'ValidationError: Resource Nothing does not exist for stack demo',
    );
    await world.pass(2000);
    expect(await refusalOf(signal('i-1'))).to.equal(
      `ValidationError: Stack ${StackId} is in ROLLBACK_COMPLETE state and cannot be signaled`,
    );
  });
});

describe('a wait condition', () => {
  const TEMPLATE = {
    Resources: {
      Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      Wait: {
        Type: 'AWS::CloudFormation::WaitCondition',
        Properties: { Handle: { Ref: 'Handle' }, Timeout: '300', Count: 2 },
      },
    },
    Outputs: { Data: { Value: { 'Fn::GetAtt': ['Wait', 'Data'] } } },
  };
  let world: StackWorld;
  let token: string;
  beforeEach(async () => {
    world = new StackWorld();
    await world.create('demo', TEMPLATE);
    await world.pass(10);
    const { StackResources } = await world.ask<{ StackResources: { PhysicalResourceId: string }[] }>(
      'DescribeStackResources',
      { StackName: 'demo', LogicalResourceId: 'Handle' },
    );
    const url = new URL(StackResources[0]!.PhysicalResourceId);
    expect(url.origin).to.equal(world.endpoint);
    token = url.pathname.replace('/_cloudformation/response/', '');
  });

  const put = (UniqueId: string, Status: string, more: object = {}) => {
    receiveResponse(world, token, JSON.stringify({ UniqueId, Status, ...more }));
  };

  it('is done when enough have signalled at its handle, and keeps their data', async () => {
    put('one', 'SUCCESS', { Data: 'first' });
    put('one', 'SUCCESS', { Data: 'again' });
    await world.pass(5);
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_IN_PROGRESS');
    put('two', 'SUCCESS', { Data: 'second' });
    await world.pass(5);
    const { StackStatus, Outputs } = await world.stack('demo');
    expect(StackStatus).to.equal('CREATE_COMPLETE');
    expect(Outputs?.[0]?.OutputValue).to.equal('{"one":"first","two":"second"}');
  });

  it('fails with a failure, and in time', async () => {
    put('one', 'FAILURE', { Reason: 'it broke' });
    await world.pass(5);
    expect(await world.events('demo')).to.include(
      "Wait CREATE_FAILED: WaitCondition received failed message: 'it broke' for uniqueId: one",
    );
  });

  it('fails when its time is up', async () => {
    put('one', 'SUCCESS');
    await world.pass(400);
    expect(await world.events('demo')).to.include(
      'Wait CREATE_FAILED: WaitCondition timed out. Received 1 conditions when expecting 2',
    );
  });

  it('takes nothing any more once the handle is deleted', async () => {
    await world.pass(400);
    expect(() => {
      put('one', 'SUCCESS');
    }).to.throw('The specified key does not exist.');
  });
});
