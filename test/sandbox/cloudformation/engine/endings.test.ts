import { expect } from 'chai';
import { StackWorld, bucket, queue, refusalOf, topic } from '../support/sandbox.ts';

const ONE = { Resources: { Bucket: bucket() } };
const MORE = { Resources: { Bucket: bucket(), Topic: topic() } };
const named = (StackName: string) => ({ StackName, ChangeSetName: 'changes' });

describe('the end of an operation', () => {
  let world: StackWorld;
  beforeEach(() => {
    world = new StackWorld();
  });

  const statusOf = async (ChangeSetName: string) =>
    (await world.ask<{ ExecutionStatus: string }>('DescribeChangeSet', { ChangeSetName })).ExecutionStatus;

  it('takes the change sets of a deleted stack with it, and leaves those of others', async () => {
    await world.created('demo', ONE);
    await world.created('other', ONE);
    const { ChangeSetId: gone } = await world.changeSet('demo', MORE, { ChangeSetType: 'UPDATE' });
    const { ChangeSetId: stays } = await world.changeSet('other', MORE, { ChangeSetType: 'UPDATE' });
    await world.ask('DeleteStack', { StackName: 'demo' });
    await world.pass(300);
    expect(await statusOf(stays!)).to.equal('AVAILABLE');
    expect(await refusalOf(world.ask('DescribeChangeSet', { ChangeSetName: gone! }))).to.match(
      /^ChangeSetNotFound/,
    );
  });

  it('frees the name of a deleted stack', async () => {
    const first = await world.created('demo', ONE);
    await world.ask('DeleteStack', { StackName: 'demo' });
    await world.pass(300);
    const second = await world.created('demo', ONE);
    expect(second.StackId).not.to.equal(first.StackId);
    await world.ask('DeleteStack', { StackName: first.StackId! });
    await world.pass(300);
    expect((await world.stack('demo')).StackId).to.equal(second.StackId);
  });

  it('ends the change set that was executed, and no other one', async () => {
    await world.created('demo', ONE);
    const { ChangeSetId: id = '' } = await world.changeSet('demo', MORE, { ChangeSetType: 'UPDATE' });
    await world.ask('ExecuteChangeSet', named('demo'));
    await world.create('other', ONE, {});
    // The other one ends while this one is at work.
    for (let at = 0; at < 300 && (await world.stack('other')).StackStatus !== 'CREATE_COMPLETE'; at += 1) {
      if ((await world.stack('demo')).StackStatus === 'UPDATE_IN_PROGRESS') {
        expect(await statusOf(id)).to.equal('EXECUTE_IN_PROGRESS');
      }
      await world.pass(1);
    }
    await world.pass(300);
    expect(await statusOf(id)).to.equal('EXECUTE_COMPLETE');
    world.refused.add('create Queue');
    await world.update('demo', { Resources: { ...MORE.Resources, Queue: queue() } });
    await world.pass(600);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect(await statusOf(id)).to.equal('EXECUTE_COMPLETE');
  });

  it('fails the change set whose update is rolled back', async () => {
    await world.created('demo', ONE);
    world.refused.add('create Topic');
    const { ChangeSetId: id = '' } = await world.changeSet('demo', MORE, { ChangeSetType: 'UPDATE' });
    await world.ask('ExecuteChangeSet', named('demo'));
    await world.pass(600);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect(await statusOf(id)).to.equal('EXECUTE_FAILED');
  });

  it('restores on the next attempt only what could not be restored on the first', async () => {
    const named = (label: string) => ({
      Resources: {
        Topic: topic({ DisplayName: label }),
        Queue: queue({ VisibilityTimeout: label === 'a' ? 1 : 2 }),
      },
    });
    await world.created('demo', named('a'));
    world.diary.length = 0;
    world.refused.add('create Bucket');
    await world.update('demo', {
      Resources: { ...named('b').Resources, Bucket: bucket({}, { DependsOn: ['Topic', 'Queue'] }) },
    });
    for (let at = 0; at < 300 && (await world.stack('demo')).StackStatus === 'UPDATE_IN_PROGRESS'; at += 1) {
      await world.pass(1);
    }
    world.refused.add('update Queue');
    await world.pass(600);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_FAILED');
    world.refused.clear();
    world.diary.length = 0;
    await world.ask('ContinueUpdateRollback', { StackName: 'demo' });
    await world.pass(600);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect(world.diary.filter((line) => line.startsWith('update'))).to.eql(['update Queue']);
  });

  it('deletes what was called off while it was being made', async () => {
    world.refused.add('create Topic');
    await world.create('demo', { Resources: { Bucket: bucket(), Topic: topic() } });
    await world.pass(600);
    expect((await world.stack('demo')).StackStatus).to.equal('ROLLBACK_COMPLETE');
    expect([...world.things.keys()]).to.eql([]);
    expect(await world.events('demo')).to.include('Bucket CREATE_FAILED: Resource creation cancelled');
  });

  it('gives a resource back that was being replaced: the next update takes it for what it was', async () => {
    const name = (TopicName: string, label = 'a') => ({ Topic: topic({ TopicName, DisplayName: label }) });
    await world.created('demo', { Resources: name('one') });
    const [own] = [...world.things.keys()];
    world.refused.add('create Queue');
    await world.update('demo', { Resources: { ...name('two', 'b'), Queue: queue() } });
    await world.pass(900);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect([...world.things.keys()]).to.eql([own]);
    world.diary.length = 0;
    await world.update('demo', { Resources: name('one', 'c') });
    await world.pass(900);
    expect(world.diary).to.eql(['update Topic']);
    expect(
      (await world.events('demo')).filter((line) => line.includes('Initiated') && line.startsWith('Topic')),
    ).to.eql([
      'Topic CREATE_IN_PROGRESS: Resource creation Initiated',
      'Topic UPDATE_IN_PROGRESS: Resource creation Initiated',
    ]);
  });

  it('can replace a resource once it is made, whatever else fails then', async () => {
    const name = (TopicName: string) => ({ Topic: topic({ TopicName }) });
    await world.created('demo', { Resources: name('one') });
    const [own] = [...world.things.keys()];
    world.refused.add('create Queue');
    await world.update('demo', { Resources: { ...name('two'), Queue: queue({}, { DependsOn: 'Topic' }) } });
    await world.pass(900);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect([...world.things.keys()]).to.eql([own]);
    expect(await world.resources('demo')).to.eql(['Topic UPDATE_COMPLETE']);
  });
});
