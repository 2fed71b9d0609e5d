import { expect } from 'chai';
import { OperationError } from '../../../../src/errors.ts';
import { executeUpdate } from '../../../../src/stack/update/execution/execute-update.ts';
import type { Journal } from '../../../../src/stack/update/execution/journal/journal.ts';
import {
  FakeUpdate,
  FORMER,
  groupOf,
  instanceOf,
  journalOf,
  STACK_ID,
} from '../../../support/fake-update.ts';
import { sdkError } from '../../../support/world-aws.ts';

interface Failure extends Error {
  readonly hint?: string;
  readonly details?: object;
}

async function executed(fake: FakeUpdate, changes: Partial<Journal> = {}) {
  fake.journal = journalOf(changes);
  return executeUpdate(fake.services, fake.journal, fake.observer);
}
const failed = (fake: FakeUpdate, changes: Partial<Journal> = {}) =>
  executed(fake, changes).then(
    () => undefined,
    (error: unknown) => error as Failure,
  );
const token = 'executeChangeSet set set';

describe('an update that is executed', () => {
  it('rolls: CloudFormation first, then the instances, then the way back, then the end', async () => {
    const fake = new FakeUpdate();
    fake.refreshStates = [{ status: 'InProgress' }, { status: 'Successful' }];
    const end = await executed(fake);
    expect(end).to.eql({
      ...{ stackName: 'ci', stackId: STACK_ID, strategy: 'rolling', instances: 0, outdated: 1 },
      ...{ paused: false, cancelled: false },
    });
    expect(fake.done).to.eql([
      token,
      'write replacing',
      'startRefresh g {"minHealthy":100,"batch":10,"skipMatching":true}',
      'write replacing',
      'write ending',
      `remember ci ${FORMER.key}`,
      'close',
    ]);
    expect(fake.written.map(({ refreshId }) => refreshId)).to.eql([undefined, 'r-1', 'r-1']);
    expect(fake.journal).to.equal(undefined);
    expect(fake.said.at(-1)).to.equal('end');
  });

  it('drains: to zero, CloudFormation, and back to the size after', async () => {
    const fake = new FakeUpdate();
    await executed(fake, { phase: 'draining', strategy: 'drain', drainSeconds: 60 });
    expect(fake.done).to.eql([
      'tag {"bk-stack:paused":"scale-to-zero","bk-stack:size":"1/4/2"}',
      'suspend g',
      'resize g 0/0/0',
      'write updating',
      'resize g 0/2/0',
      token,
      'write ending',
      'resize g 2/8/2',
      'resume g',
      'untag bk-stack:paused,bk-stack:size,bk-stack:held',
      `remember ci ${FORMER.key}`,
      'close',
    ]);
    expect(fake.said[0]).to.match(/^Draining/);
  });

  it('that fails is taken back, remembers nothing, and says why', async () => {
    const fake = new FakeUpdate();
    fake.ends = 'UPDATE_ROLLBACK_COMPLETE';
    const error = await failed(fake);
    expect(error).to.be.instanceOf(OperationError);
    expect(error?.message).to.equal(
      'ci was not updated, and is as it was before.\nCloudFormation could not carry it out, and has rolled it back. First cause: X (AWS::SSM::Parameter): it broke',
    );
    expect(error?.details).to.eql({ stackName: 'ci', stackId: STACK_ID, strategy: 'rolling' });
    expect(fake.done).to.eql([token, 'write undoing', 'write ending', 'close']);
    expect(fake.said).to.include(
      'Taking the update back: CloudFormation could not carry it out, and has rolled it back. First cause: X (AWS::SSM::Parameter): it broke',
    );
    expect(fake.written[0]?.failure?.message).to.match(/it broke/);
  });

  it('that was cancelled is taken back by an update to what was before', async () => {
    const fake = new FakeUpdate();
    fake.sets.set('set', 'EXECUTE_COMPLETE');
    fake.group = groupOf('3', instanceOf('i-1', '1'), instanceOf('i-2', '2'), instanceOf('i-3', '3'));
    fake.refresh = 'r-1';
    fake.passing = () => (fake.refresh = undefined);
    const end = await executed(fake, { phase: 'undoing', cancelled: true });
    expect(end).to.include({ cancelled: true, instances: 1, outdated: 2 });
    const [undo = ''] = [...fake.sets.keys()].filter((id) => id !== 'set');
    expect(fake.done).to.eql([
      'cancelRefresh g',
      'createChangeSet bk-stack update: taken back',
      'write undoing',
      `executeChangeSet ${undo} ${undo}`,
      'terminate i-2',
      'write ending',
      'close',
    ]);
    expect(fake.written[0]?.undoing).to.equal(undo);
    expect(fake.said[0]).to.equal('Taking the update back: as asked for');
    expect(fake.said).to.include('1 instance of the version that is taken back end when their jobs are done');
  });

  it('of a group that CloudFormation has replaced ends on the new one', async () => {
    const fake = new FakeUpdate();
    const { executeChangeSet } = fake.services.sets;
    const sets = {
      ...fake.services.sets,
      executeChangeSet: async (id: string, request: string) => {
        await executeChangeSet(id, request);
        fake.groupName = 'g2';
      },
    };
    fake.journal = journalOf();
    await executeUpdate({ ...fake.services, sets }, fake.journal, fake.observer);
    expect(fake.done).to.include('startRefresh g2 {"minHealthy":100,"batch":10,"skipMatching":true}');
    expect(fake.written.map(({ group }) => group)).to.eql(['g2', 'g2', 'g2']);
  });

  it('of a template without a group is CloudFormation’s alone', async () => {
    const fake = new FakeUpdate();
    const { group: _, sizes: __, ...journal } = journalOf();
    fake.journal = journal;
    fake.groupName = 'another';
    const end = await executeUpdate(fake.services, journal, fake.observer);
    expect(end).to.include({ instances: 0, outdated: 0 });
    expect(fake.done).to.eql([
      token,
      'write replacing',
      'write ending',
      `remember ci ${FORMER.key}`,
      'close',
    ]);
  });

  it('keeps the name of the group where the outputs name none', async () => {
    const fake = new FakeUpdate();
    fake.services.stacks.group = () => Promise.resolve(undefined);
    await executed(fake, { phase: 'ending' });
    expect(fake.done.at(-1)).to.equal('close');
  });

  it('of a group at zero leaves it there', async () => {
    const fake = new FakeUpdate();
    const end = await executed(fake, { paused: true });
    expect(end).to.include({ paused: true });
    expect(fake.done).to.include('tag {"bk-stack:paused":"scale-to-zero","bk-stack:size":"2/8/2"}');
    expect(fake.done.join()).to.not.match(/startRefresh|resume/);
  });

  it('stops where it is when a roll-back has failed', async () => {
    const fake = new FakeUpdate();
    fake.ends = 'UPDATE_ROLLBACK_FAILED';
    const error = await failed(fake);
    expect(error?.message).to.match(/^ci could not be rolled back: X/);
    expect(error?.hint).to.equal('When the cause is mended, go on with it: bk-stack update ci --cancel');
    expect(fake.journal).to.include({ phase: 'updating' });
  });

  it('stops with details where others have ended the refresh', async () => {
    const fake = new FakeUpdate();
    fake.refreshStates = [{ status: 'Cancelled' }];
    const error = await failed(fake, { phase: 'replacing' });
    expect(error?.details).to.eql({ stackName: 'ci', left: 1, status: 'Cancelled' });
    expect(fake.journal).to.include({ phase: 'replacing', refreshId: 'r-1' });
  });

  it('says in which phase AWS has refused something, and how to go on', async () => {
    const fake = new FakeUpdate();
    fake.failing.set('startRefresh', sdkError('AccessDenied', 'no'));
    const error = await failed(fake, { phase: 'replacing' });
    expect(error?.message).to.equal(
      'The update of ci stands still, replacing: no (AccessDenied, request r-1)',
    );
    expect(error?.hint).to.match(
      /^The identity .*\nWhen that is mended, go on with it: bk-stack update ci --resume\nOr take it back: bk-stack update ci --cancel$/,
    );
    expect(error?.details).to.eql({
      awsCode: 'AccessDenied',
      requestId: 'r-1',
      stackName: 'ci',
      phase: 'replacing',
    });
    expect((error?.cause as Error).message).to.equal('no');
  });

  it('says how to go on also where there is no hint', async () => {
    const fake = new FakeUpdate();
    fake.failing.set('startRefresh', sdkError('LimitExceeded', 'too many'));
    const error = await failed(fake, { phase: 'replacing' });
    expect(error?.hint).to.match(/^When that is mended/);
  });

  it('leaves other errors as they are, and those after Ctrl-C', async () => {
    const fake = new FakeUpdate();
    const fault = new TypeError('ours');
    fake.failing.set('startRefresh', fault);
    expect(await failed(fake, { phase: 'replacing' })).to.equal(fault);
    const refused = sdkError('AccessDenied', 'no');
    fake.failing.set('startRefresh', refused);
    fake.abort.abort();
    expect(await failed(fake, { phase: 'replacing' })).to.equal(refused);
    expect(fake.said.at(-1)).to.equal('end');
  });

  it('that was taken back has the hint of its failure', async () => {
    const fake = new FakeUpdate();
    const failure = { message: 'It broke', hint: 'Mend it' };
    const error = await failed(fake, { phase: 'ending', failure });
    expect([error?.message, error?.hint]).to.eql([
      'ci was not updated, and is as it was before.\nIt broke',
      'Mend it',
    ]);
    expect((await failed(fake, { phase: 'ending', failure: { message: 'It broke' } }))?.hint).to.equal(
      undefined,
    );
  });

  it('stops before it writes over the journal of whoever has taken it over', async () => {
    const fake = new FakeUpdate();
    fake.journal = journalOf({ holder: { id: 'other', host: 'h', since: 's' } });
    const error = await executeUpdate(fake.services, journalOf(), fake.observer).catch(
      (each: unknown) => each,
    );
    expect((error as Error).message).to.match(/carries it out no more/);
    expect(fake.journal).to.deep.include({ phase: 'updating' });
  });
});
