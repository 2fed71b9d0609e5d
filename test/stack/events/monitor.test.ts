import { expect } from 'chai';
import type { OperationError } from '../../../src/errors.ts';
import { DeploymentMonitor } from '../../../src/stack/events/monitor.ts';
import { unobserved } from '../../../src/stack/events/observer.ts';
import { PollRange } from '../../../src/stack/events/poll-range.ts';
import { EventPoller } from '../../../src/stack/events/poller.ts';
import { Progress } from '../../../src/stack/events/progress.ts';
import { awsError, instantPacing } from '../../support/cloudformation.ts';
import { ROOT } from '../../support/events.ts';

function watch(answer: () => Error) {
  const retry = instantPacing();
  const monitor = new DeploymentMonitor({
    poller: new EventPoller(() => Promise.reject(answer()), ROOT, PollRange.all),
    progress: new Progress({ stackId: ROOT, stackName: 'ci' }),
    observer: unobserved,
    retry,
    signal: new AbortController().signal,
  });
  const failure = monitor.untilSettled().then(
    () => expect.fail('it should give up'),
    (error: unknown) => error as OperationError,
  );
  return { failure, retry };
}

describe('watching an operation', () => {
  it('is given up after five minutes without an answer, and can be taken up again', async () => {
    const { failure, retry } = watch(() =>
      Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    );
    expect((await failure).message).to.match(/can no longer be watched: No connection/);
    expect((await failure).hint).to.contain('bk-stack status ci --wait');
    expect(retry.pauses.reduce((sum, seconds) => sum + seconds, 0)).to.be.within(260, 300);
  });

  it('is given up at once when the credentials have expired, and says that the operation goes on', async () => {
    const { failure, retry } = watch(() => awsError('ExpiredToken', 'The security token has expired', 403));
    expect((await failure).hint).to.match(/sign in again[^]*CloudFormation goes on/);
    expect(retry.pauses).to.deep.equal([]);
  });
});
