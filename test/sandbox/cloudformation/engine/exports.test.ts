import { expect } from 'chai';
import { StackWorld, refusalOf, topic } from '../support/sandbox.ts';

const exporting = (value = 'shared', name = 'the-name') => ({
  Resources: { Topic: topic({ DisplayName: value }) },
  Outputs: { Out: { Value: value, Export: { Name: name } } },
});
const importing = { Resources: { Topic: topic({ DisplayName: { 'Fn::ImportValue': 'the-name' } }) } };

describe('exports and imports', () => {
  let world: StackWorld;
  beforeEach(async () => {
    world = new StackWorld();
    await world.created('exporter', exporting());
  });

  it('hand a value on', async () => {
    await world.created('importer', importing);
    expect([...world.things.values()].at(-1)).to.deep.equal({ DisplayName: 'shared' });
    const { Exports } = await world.ask<{ Exports: object[] }>('ListExports');
    expect(Exports[0]).to.include({ Name: 'the-name', Value: 'shared' });
    expect(await world.ask('ListImports', { ExportName: 'the-name' })).to.deep.include({
      Imports: ['importer'],
    });
  });

  it('say who imports nothing', async () => {
    expect(await refusalOf(world.ask('ListImports', { ExportName: 'the-name' }))).to.equal(
      "ValidationError: Export 'the-name' is not imported by any stack.",
    );
  });

  it('fail a stack that imports what is not there', async () => {
    const other = { Resources: { Topic: topic({ DisplayName: { 'Fn::ImportValue': 'nothing' } }) } };
    const stack = await world.created('importer', other);
    expect(stack.StackStatus).to.equal('ROLLBACK_COMPLETE');
    expect(await world.events('importer')).to.deep.equal([
      'importer CREATE_IN_PROGRESS: User Initiated',
      'importer ROLLBACK_IN_PROGRESS: No export named nothing found. Rollback requested by user.',
      'importer ROLLBACK_COMPLETE',
    ]);
  });

  it('fail a stack that exports under a name that is taken', async () => {
    await world.created('second', exporting());
    expect(await world.events('second')).to.include(
      'second ROLLBACK_IN_PROGRESS: Export with name the-name is already exported by stack exporter. Rollback requested by user.',
    );
  });

  describe('in use', () => {
    beforeEach(() => world.created('importer', importing));

    it('keep the exporter from being deleted', async () => {
      await world.ask('DeleteStack', { StackName: 'exporter' });
      await world.pass(60);
      const stack = await world.stack('exporter');
      expect(stack.StackStatus).to.equal('CREATE_COMPLETE');
      expect(stack.StackStatusReason).to.equal(
        'Delete canceled. Cannot delete export the-name as it is in use by importer.',
      );
    });

    it('can be neither removed nor changed', async () => {
      await world.update('exporter', exporting('shared', 'other-name'));
      await world.pass(60);
      expect(await world.events('exporter')).to.include(
        'exporter UPDATE_ROLLBACK_IN_PROGRESS: Export the-name cannot be deleted as it is in use by importer',
      );
      await world.update('exporter', exporting('changed'));
      await world.pass(60);
      expect(await world.events('exporter')).to.include(
        'exporter UPDATE_ROLLBACK_IN_PROGRESS: Export the-name cannot be updated as it is in use by importer',
      );
    });
  });
});
