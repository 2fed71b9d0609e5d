import { expect } from 'chai';
import { readFacts } from '../../../../src/stack/update/execution/facts.ts';
import { FakeUpdate, journalOf } from '../../../support/fake-update.ts';

describe('the facts that a phase of an update begins with', () => {
  const fakes = () => {
    const fake = new FakeUpdate();
    fake.sets.set('set', 'EXECUTE_COMPLETE').set('undo', 'EXECUTE_IN_PROGRESS');
    fake.refresh = 'r-1';
    return fake;
  };
  const { group: _, ...GROUPLESS } = journalOf();

  for (const phase of ['draining', 'ending'] as const) {
    it(`are the group’s name where it is ${phase}`, async () => {
      expect(await readFacts(fakes().services, journalOf({ phase }))).to.eql({ groupName: 'g' });
      expect(await readFacts(fakes().services, { ...GROUPLESS, phase })).to.eql({});
    });
  }

  it('are the change set where it is updating', async () => {
    const fake = fakes();
    expect(await readFacts(fake.services, journalOf())).to.eql({
      groupName: 'g',
      changeSet: 'EXECUTE_COMPLETE',
    });
    fake.sets.clear();
    expect(await readFacts(fake.services, journalOf())).to.eql({ groupName: 'g' });
  });

  it('are the group and its refresh where it is replacing', async () => {
    const fake = fakes();
    const journal = journalOf({ phase: 'replacing' });
    const { group } = fake;
    expect(await readFacts(fake.services, journal)).to.eql({ groupName: 'g', group, refresh: 'r-1' });
    fake.refresh = undefined;
    expect(await readFacts(fake.services, journal)).to.eql({ groupName: 'g', group });
    expect(await readFacts(fake.services, { ...journal, paused: true })).to.eql({ groupName: 'g' });
    expect(await readFacts(fake.services, { ...GROUPLESS, phase: 'replacing' })).to.eql({});
  });

  it('are those of the group that CloudFormation has put in the place of another', async () => {
    const fake = fakes();
    fake.groupName = 'g2';
    expect(await readFacts(fake.services, journalOf({ phase: 'replacing' }))).to.include({ groupName: 'g2' });
  });

  it('are all that may have to be taken back where it is undoing', async () => {
    const fake = fakes();
    const journal = journalOf({ phase: 'undoing' });
    const known = {
      groupName: 'g',
      refresh: 'r-1',
      changeSet: 'EXECUTE_COMPLETE',
      stackStatus: 'UPDATE_COMPLETE',
    };
    expect(await readFacts(fake.services, journal)).to.eql(known);
    expect(await readFacts(fake.services, { ...journal, undoing: 'undo' })).to.eql({
      ...known,
      undoSet: 'EXECUTE_IN_PROGRESS',
    });
    expect(await readFacts(fake.services, { ...journal, undoing: 'gone' })).to.eql(known);
    expect(await readFacts(fake.services, { ...GROUPLESS, phase: 'undoing' })).to.eql({
      changeSet: 'EXECUTE_COMPLETE',
      stackStatus: 'UPDATE_COMPLETE',
    });
  });
});
