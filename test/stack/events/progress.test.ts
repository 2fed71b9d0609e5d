import { expect } from 'chai';
import { Progress } from '../../../src/stack/events/progress.ts';
import { History, ROOT } from '../../support/events.ts';

function progressOf(history: History, expected = 0): Progress {
  const progress = new Progress({ stackId: ROOT, stackName: 'ci' }, expected);
  progress.add(history.events);
  return progress;
}

describe('progress', () => {
  it('counts what is done of what is expected', () => {
    const history = new History()
      .stack('CREATE_IN_PROGRESS')
      .resource('A', 'CREATE_COMPLETE')
      .resource('B', 'CREATE_IN_PROGRESS');
    expect(progressOf(history, 5)).to.include({ done: 1, total: 5, finished: false });
    expect(progressOf(history)).to.include({ done: 1, total: 2 });
  });

  it('counts nested stacks once, and shows what moves inside them by its path', () => {
    const nested = { stackId: 'nested', stackName: 'ci-Network-1ABCDEFGHIJKL' };
    const progress = progressOf(
      new History()
        .stack('CREATE_IN_PROGRESS')
        .resource('Network', 'CREATE_IN_PROGRESS', {
          type: 'AWS::CloudFormation::Stack',
          physicalId: 'nested',
        })
        .resource('Vpc', 'CREATE_IN_PROGRESS', nested)
        .resource('Gate', 'CREATE_COMPLETE', nested),
    );
    expect(progress).to.include({ done: 0, total: 1 });
    expect(progress.inProgress.map(({ path }) => path)).to.deep.equal(['Network', 'Network/Vpc']);
  });

  it('counts what is removed while it rolls back', () => {
    const history = new History()
      .stack('CREATE_IN_PROGRESS')
      .resource('A', 'CREATE_COMPLETE')
      .resource('B', 'CREATE_FAILED')
      .stack('ROLLBACK_IN_PROGRESS')
      .resource('A', 'DELETE_COMPLETE');
    expect(progressOf(history, 9)).to.include({ direction: 'removing', done: 1, total: 2, finished: false });
  });

  it('is finished when the stack has settled, and not by its clean-up or by a nested stack', () => {
    const update = new History().stack('UPDATE_IN_PROGRESS').stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    expect(progressOf(update).finished).to.equal(false);
    update.stack('CREATE_COMPLETE', undefined, { stackId: 'nested', stackName: 'ci-N' });
    expect(progressOf(update).finished).to.equal(false);
    expect(progressOf(update.stack('UPDATE_COMPLETE'))).to.include({
      finished: true,
      status: 'UPDATE_COMPLETE',
    });
  });

  it('knows since when a resource is in its status, whatever rows repeat it', () => {
    const progress = progressOf(
      new History()
        .resource('A', 'CREATE_IN_PROGRESS')
        .resource('A', 'CREATE_IN_PROGRESS', { reason: 'Resource creation Initiated' }),
    );
    expect(progress.inProgress[0]?.since.toISOString()).to.equal('2026-11-23T10:00:00.000Z');
  });
});
