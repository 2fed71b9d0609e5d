import { expect } from 'chai';
import {
  awaitRefreshEnd,
  judgeRefresh,
  watchReplacement,
} from '../../../../src/stack/update/execution/replacement.ts';
import type { RefreshState } from '../../../../src/stack/rollout/refresh.ts';
import type { RolloutActivity } from '../../../../src/stack/rollout/survey.ts';
import { FakeUpdate, groupOf, instanceOf, journalOf } from '../../../support/fake-update.ts';

const BEGAN = new Date('2026-11-27T00:00:00.000Z');
const at = (seconds: number) => new Date(BEGAN.getTime() + seconds * 1000);
const launch = (
  seconds: number,
  outcome: RolloutActivity['outcome'],
  instanceId?: string,
): RolloutActivity => ({
  ...{ kind: 'launch', startedAt: at(seconds), outcome, message: 'it gave no sign' },
  ...(instanceId !== undefined && { instanceId }),
});
const FAILED = [launch(20, 'failed', 'i-b'), launch(10, 'failed', 'i-a')];
const OLD = groupOf('2', instanceOf('i-1', '1'), instanceOf('i-2', '2'));
const NEW = groupOf('2', instanceOf('i-2', '2'));

describe('a refresh', () => {
  const judged = (refresh: Partial<RefreshState>, group = OLD, activities: readonly RolloutActivity[] = []) =>
    judgeRefresh({
      refresh: { status: 'InProgress', percentage: 0, left: 1, ...refresh },
      ...{ group, activities, updateStartedAt: BEGAN },
    });

  for (const [what, refresh, group, activities, kind] of [
    ['goes on while instances are replaced', {}, OLD, [], 'waiting'],
    ['goes on also when all are new', {}, NEW, [], 'waiting'],
    ['is done when Auto Scaling says so', { status: 'Successful' }, OLD, [], 'replaced'],
    ['is done then whatever failed before', { status: 'Successful' }, OLD, FAILED, 'replaced'],
    ['is given up where instances do not come up', {}, OLD, FAILED, 'fault'],
    ['is given up for that also where it has ended', { status: 'Failed' }, OLD, FAILED, 'fault'],
    ['goes on where that was before it began', { startedAt: at(30) }, OLD, FAILED, 'waiting'],
    ['goes on where one of them was before it began', { startedAt: at(15) }, OLD, FAILED, 'waiting'],
    ['is given up for a launch at its very beginning', { startedAt: at(10) }, OLD, FAILED, 'fault'],
    ['is done where it was ended with nothing left to replace', { status: 'Cancelled' }, NEW, [], 'replaced'],
    ['was stopped where some are left', { status: 'Cancelled' }, OLD, [], 'stopped'],
    ['is still being cancelled until it is', { status: 'Cancelling' }, OLD, [], 'waiting'],
  ] as const) {
    it(what, () => {
      expect(judged(refresh, group, activities).kind).to.equal(kind);
    });
  }

  it('that was stopped says by what, and how many are left', () => {
    expect(judged({ status: 'Failed', reason: 'by ann' })).to.eql({
      ...{ kind: 'stopped', status: 'Failed', reason: 'by ann', left: 1 },
    });
    expect(judged({ status: 'Cancelled' })).to.eql({ kind: 'stopped', status: 'Cancelled', left: 1 });
  });
});

describe('the replacing of instances', () => {
  const watched = (fake: FakeUpdate) =>
    watchReplacement(fake.services, journalOf(), { group: 'g', refreshId: 'r-1' }, fake.observer);

  it('is watched every ten seconds, and told where something has changed', async () => {
    const fake = new FakeUpdate();
    fake.group = OLD;
    fake.refreshStates = [{}, {}, { leftWarm: 2 }, { status: 'Successful' }];
    expect(await watched(fake)).to.eql({ kind: 'replaced' });
    expect(fake.seconds).to.equal(30);
    expect(fake.said.map((line) => JSON.parse(line) as object)).to.eql([
      { old: 1, draining: 0, booting: 0, fresh: 1 },
      { old: 1, draining: 0, booting: 0, fresh: 1, oldWarm: 2 },
      { old: 1, draining: 0, booting: 0, fresh: 1 },
    ]);
    expect(fake.done, 'no pool to let go').to.eql([]);
  });

  it('lets the instances of a warm pool go that are to end', async () => {
    const fake = new FakeUpdate();
    fake.group = { ...OLD, warm: true };
    fake.refreshStates = [{}, { status: 'Successful' }];
    await watched(fake);
    expect(fake.done).to.eql(['releaseWarm g']);
  });

  it('is given up with the last lines of an instance that did not come up', async () => {
    const fake = new FakeUpdate();
    fake.activities = FAILED;
    fake.refreshStates = [{}];
    expect(await watched(fake)).to.eql({
      kind: 'faulty',
      message:
        'New instances do not come up: 2 launches in a row failed: it gave no sign\nThe last lines of i-b:\n  /buildkite/ci/boot of i-b\n  red',
    });
  });

  it('is given up without them where there are none, or they may not be read', async () => {
    const fake = new FakeUpdate();
    fake.activities = FAILED;
    fake.refreshStates = [{}];
    fake.failing.set('bootLog', new Error('denied'));
    const message = 'New instances do not come up: 2 launches in a row failed: it gave no sign';
    expect(await watched(fake)).to.eql({ kind: 'faulty', message });
    fake.failing.clear();
    fake.services.survey.bootLog = () => Promise.resolve([]);
    expect(await watched(fake)).to.eql({ kind: 'faulty', message });
    fake.activities = [launch(20, 'failed'), launch(10, 'failed')];
    fake.services.survey.bootLog = () => Promise.resolve(['of none']);
    expect(await watched(fake)).to.eql({ kind: 'faulty', message });
  });

  it('is given up with advice where there is some', async () => {
    const fake = new FakeUpdate();
    fake.refreshStates = [{}];
    fake.activities = FAILED.map((each) => ({
      ...each,
      message: 'You are not authorized to perform this operation',
    }));
    const replacement = await watched(fake);
    expect(replacement.kind === 'faulty' && replacement.hint).to.be.a('string');
  });

  it('is held against launches since the update began where the refresh says no time', async () => {
    const fake = new FakeUpdate();
    fake.activities = [launch(-10, 'failed', 'i-b'), launch(-20, 'failed', 'i-a')];
    fake.refreshStates = [{}, { status: 'Successful' }];
    expect(await watched(fake)).to.eql({ kind: 'replaced' });
  });
});

describe('the end of a refresh that was cancelled', () => {
  it('is waited for', async () => {
    const fake = new FakeUpdate();
    fake.refresh = 'r-1';
    fake.passing = () => {
      if (fake.seconds >= 50) fake.refresh = undefined;
    };
    await awaitRefreshEnd(fake.services, 'g', fake.observer);
    expect([fake.seconds, fake.said]).to.eql([50, []]);
  });

  it('is waited for a quarter of an hour at most', async () => {
    const fake = new FakeUpdate();
    fake.refresh = 'r-1';
    await awaitRefreshEnd(fake.services, 'g', fake.observer);
    expect(fake.seconds).to.equal(900);
    expect(fake.said).to.eql([
      'The replacing is still being cancelled: AWS waits for instances that do not come up',
    ]);
  });

  it('is not waited for where none runs', async () => {
    const fake = new FakeUpdate();
    await awaitRefreshEnd(fake.services, 'g', fake.observer);
    expect(fake.seconds).to.equal(0);
  });
});
