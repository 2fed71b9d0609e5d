import { expect } from 'chai';
import { leaveChangeSets } from '../../../../src/stack/update/execution/drop-update.ts';
import { FakeUpdate, FORMER, journalOf } from '../../../support/fake-update.ts';

describe('the change sets of an update that is dropped', () => {
  const REMEMBERED = `remember ci ${FORMER.key}`;
  for (const [what, made, undone, done] of [
    [
      'are deleted where nobody has executed them',
      'AVAILABLE',
      'AVAILABLE',
      ['deleteChangeSet set', 'deleteChangeSet undo'],
    ],
    ['leave the way back where CloudFormation was done', 'EXECUTE_COMPLETE', undefined, [REMEMBERED]],
    [
      'leave it also where taking it back was only planned',
      'EXECUTE_COMPLETE',
      'AVAILABLE',
      [REMEMBERED, 'deleteChangeSet undo'],
    ],
    ['leave it where taking it back failed', 'EXECUTE_COMPLETE', 'EXECUTE_FAILED', [REMEMBERED]],
    ['leave no way back where it was taken back', 'EXECUTE_COMPLETE', 'EXECUTE_COMPLETE', []],
    ['leave none where CloudFormation has rolled it back', 'EXECUTE_FAILED', undefined, []],
    ['leave none where CloudFormation is at it', 'EXECUTE_IN_PROGRESS', undefined, []],
    ['leave none where they are gone', undefined, undefined, []],
    ['are deleted one by one', 'AVAILABLE', undefined, ['deleteChangeSet set']],
  ] as const) {
    it(what, async () => {
      const fake = new FakeUpdate();
      fake.sets.clear();
      if (made !== undefined) fake.sets.set('set', made);
      if (undone !== undefined) fake.sets.set('undo', undone);
      await leaveChangeSets(fake.services, journalOf({ undoing: 'undo' }));
      expect(fake.done).to.eql(done);
    });
  }

  it('are one where it was never to be taken back', async () => {
    const fake = new FakeUpdate();
    await leaveChangeSets(fake.services, journalOf());
    expect(fake.done).to.eql(['deleteChangeSet set']);
  });
});
