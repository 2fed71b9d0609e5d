import { expect } from 'chai';
import { takeOver, withUpdateLock } from '../../../../../src/stack/update/execution/journal/update-lock.ts';
import { FakeUpdate, journalOf } from '../../../../support/fake-update.ts';
import { sdkError } from '../../../../support/world-aws.ts';

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error & { hint?: string; details?: object },
  );
const OTHER = { id: 'other', host: 'there', since: '2026-11-28T00:00:00.000Z' };

describe('the lock of an update', () => {
  const begun = () => {
    const fake = new FakeUpdate();
    fake.journal = journalOf();
    let reads = 0;
    const { journals } = fake.services;
    const counted = {
      ...fake.services,
      journals: { ...journals, read: (name: string) => ((reads += 1), journals.read(name)) },
    };
    return { fake, locked: withUpdateLock(counted, 'ci'), reads: () => reads };
  };

  it('lets its holder write and close', async () => {
    const { fake, locked } = begun();
    expect(await locked.journals.write(journalOf({ phase: 'ending' }))).to.equal(2);
    await locked.journals.close('ci');
    expect(fake.done).to.eql(['write ending', 'close']);
  });

  it('lets nobody else, and names who has it', async () => {
    const { fake, locked } = begun();
    fake.journal = journalOf({ holder: OTHER });
    for (const work of [
      () => locked.journals.write(journalOf()),
      () => locked.journals.close('ci'),
      () => locked.retry.pause(10),
    ]) {
      const error = await failure(work());
      expect(error?.message).to.equal(
        'An update of ci is under way, and this bk-stack carries it out no more. A bk-stack on there, since 2026-11-28T00:00:00.000Z, does',
      );
      expect(error?.hint).to.equal(
        'Wait for its end: bk-stack status ci --wait\nWhere that one runs no more, go on with the update: bk-stack update ci --resume',
      );
      expect(error?.details).to.eql({ stackName: 'ci', host: 'there', since: '2026-11-28T00:00:00.000Z' });
    }
    expect(fake.done).to.eql([]);
  });

  it('is lost to an earlier version, which names nobody', async () => {
    const { fake, locked } = begun();
    const { holder: _, ...journal } = journalOf();
    fake.journal = journal;
    const error = await failure(locked.journals.write(journalOf()));
    expect(error?.message).to.match(/no more\. Another bk-stack does$/);
    expect(error?.details).to.eql({ stackName: 'ci' });
  });

  it('is gone where the update has ended', async () => {
    const { fake, locked } = begun();
    fake.journal = undefined;
    for (const work of [() => locked.journals.write(journalOf()), () => locked.retry.pause(10)]) {
      const error = await failure(work());
      expect(error?.message).to.equal(
        'No update of ci is under way any more: another bk-stack has brought it to its end',
      );
      expect(error?.hint).to.equal('See how it ended: bk-stack status ci');
      expect(error?.details).to.eql({ stackName: 'ci' });
    }
    await locked.journals.close('ci');
    expect(fake.done, 'ends once').to.eql([]);
  });

  it('is looked at every ten seconds while it waits', async () => {
    const { locked, reads, fake } = begun();
    for (const seconds of [4, 5]) await locked.retry.pause(seconds);
    expect(reads()).to.equal(0);
    await locked.retry.pause(1);
    expect(reads()).to.equal(1);
    await locked.retry.pause(9);
    expect(reads()).to.equal(1);
    await locked.retry.pause(1);
    expect(reads()).to.equal(2);
    expect(fake.seconds).to.equal(20);
  });

  it('is kept where AWS can’t be reached for a while, and not where it refuses', async () => {
    const { fake } = begun();
    const ending = (error: Error) =>
      withUpdateLock(
        { ...fake.services, journals: { ...fake.services.journals, read: () => Promise.reject(error) } },
        'ci',
      ).retry.pause(10);
    expect(await failure(ending(Object.assign(new Error('hang up'), { code: 'ECONNRESET' })))).to.equal(
      undefined,
    );
    expect((await failure(ending(sdkError('AccessDenied', 'no'))))?.message).to.equal('no');
  });

  it('is taken over by writing the own name', async () => {
    const { fake } = begun();
    fake.journal = journalOf({ holder: OTHER });
    expect(await takeOver(fake.services, fake.journal)).to.eql(journalOf());
    expect(fake.journal.holder).to.eql(fake.services.holder);
  });

  it('is not taken over where the update ended in between: nothing is left of the attempt', async () => {
    const { fake, locked } = begun();
    fake.journal = undefined;
    const error = await failure(takeOver(fake.services, journalOf({ holder: OTHER })));
    expect(error?.message).to.match(/^No update of ci is under way any more/);
    expect(fake.journal).to.equal(undefined);
    expect(fake.done).to.eql(['write updating', 'close']);
    expect(locked.holder).to.eql(fake.services.holder);
  });
});
