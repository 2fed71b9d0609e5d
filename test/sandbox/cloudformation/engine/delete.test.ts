import { expect } from 'chai';
import { StackWorld, bucket, queue, refusalOf, topic } from '../support/sandbox.ts';

const TEMPLATE = {
  Resources: {
    Bucket: bucket(),
    Topic: topic({ DisplayName: { Ref: 'Bucket' } }),
    Queue: queue({}, { DependsOn: 'Topic' }),
  },
};

describe('deleting a stack', () => {
  let world: StackWorld;
  let id: string;
  beforeEach(async () => {
    world = new StackWorld();
    const { StackId } = await world.created('demo', TEMPLATE);
    id = StackId!;
    world.diary.length = 0;
  });

  const deleted = async (input: object = {}) => {
    await world.ask('DeleteStack', { StackName: 'demo', ...input });
    await world.pass(300);
    return world.stack(id);
  };

  it('deletes in reverse order of the needs', async () => {
    expect((await deleted()).StackStatus).to.equal('DELETE_COMPLETE');
    expect(world.diary).to.deep.equal(['delete Queue', 'delete Topic', 'delete Bucket']);
    const events = await world.events(id);
    expect(events.slice(events.indexOf('demo DELETE_IN_PROGRESS: User Initiated'))).to.deep.equal([
      'demo DELETE_IN_PROGRESS: User Initiated',
      'Queue DELETE_IN_PROGRESS',
      'Queue DELETE_COMPLETE',
      'Topic DELETE_IN_PROGRESS',
      'Topic DELETE_COMPLETE',
      'Bucket DELETE_IN_PROGRESS',
      'Bucket DELETE_COMPLETE',
      'demo DELETE_COMPLETE',
    ]);
  });

  it('takes a stack that is not there for deleted, and lists those that were', async () => {
    await world.ask('DeleteStack', { StackName: 'nobody' });
    await deleted();
    const { StackSummaries } = await world.ask<{
      StackSummaries: { StackStatus: string; DeletionTime: Date }[];
    }>('ListStacks', { StackStatusFilter: ['DELETE_COMPLETE'] });
    expect(StackSummaries).to.have.length(1);
    expect(StackSummaries[0]?.DeletionTime).to.be.instanceOf(Date);
  });

  it('lets the name be used again', async () => {
    await deleted();
    expect((await world.created('demo', TEMPLATE)).StackStatus).to.equal('CREATE_COMPLETE');
  });

  it('fails with what can not be deleted, deletes the rest, and retains it when told so', async () => {
    world.refused.add('delete Bucket');
    expect(
      await refusalOf(world.ask('DeleteStack', { StackName: 'demo', RetainResources: ['Bucket'] })),
    ).to.match(/only when the stack is in the DELETE_FAILED state\.$/);
    const failed = await deleted();
    expect(failed.StackStatus).to.equal('DELETE_FAILED');
    expect(failed.StackStatusReason).to.equal('The following resource(s) failed to delete: [Bucket].');
    expect(await world.resources(id)).to.have.members([
      'Bucket DELETE_FAILED',
      'Topic DELETE_COMPLETE',
      'Queue DELETE_COMPLETE',
    ]);
    expect(
      await refusalOf(world.ask('DeleteStack', { StackName: 'demo', RetainResources: ['Topic'] })),
    ).to.match(/Do not specify resources that are in the DELETE_COMPLETE state\.$/);
    expect((await deleted({ RetainResources: ['Bucket'] })).StackStatus).to.equal('DELETE_COMPLETE');
    expect(await world.events(id)).to.include('Bucket DELETE_SKIPPED');
  });

  it('leaves behind what can not be deleted when forced', async () => {
    world.refused.add('delete Bucket');
    await deleted();
    expect((await deleted({ DeletionMode: 'FORCE_DELETE_STACK' })).StackStatus).to.equal('DELETE_COMPLETE');
  });

  it('skips what its policy keeps', async () => {
    await world.update('demo', {
      Resources: {
        ...TEMPLATE.Resources,
        Topic: topic({ DisplayName: 'x' }),
        Bucket: bucket({}, { DeletionPolicy: 'Retain' }),
      },
    });
    await world.pass(200);
    await deleted();
    expect(await world.events(id)).to.include('Bucket DELETE_SKIPPED');
    expect(world.things.size).to.equal(1);
  });

  it('refuses a protected stack', async () => {
    await world.ask('UpdateTerminationProtection', { StackName: 'demo', EnableTerminationProtection: true });
    expect(await refusalOf(world.ask('DeleteStack', { StackName: 'demo' }))).to.equal(
      'ValidationError: Stack [demo] cannot be deleted while TerminationProtection is enabled',
    );
  });

  it('interrupts a creation', async () => {
    const { StackId } = await world.create('other', TEMPLATE);
    await world.pass(5);
    await world.ask('DeleteStack', { StackName: 'other' });
    await world.pass(300);
    expect((await world.stack(StackId)).StackStatus).to.equal('DELETE_COMPLETE');
    expect([...world.things.keys()].filter((name) => name.startsWith('other'))).to.deep.equal([]);
  });

  it('refuses a stack that is being updated', async () => {
    await world.update('demo', { Resources: { ...TEMPLATE.Resources, More: topic() } });
    expect(await refusalOf(world.ask('DeleteStack', { StackName: 'demo' }))).to.equal(
      'ValidationError: Stack [demo] cannot be deleted while in status UPDATE_IN_PROGRESS',
    );
  });
});
