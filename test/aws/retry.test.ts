import { expect } from 'chai';
import { nextPause, type Outcome, withRetry } from '../../src/aws/retry.ts';
import { awsError, instantPacing } from '../support/cloudformation.ts';

function pausesOf(outcome: Outcome, random = 0.5): number[] {
  const pauses: number[] = [];
  for (let i = 0; i < 8; i += 1) pauses.push(nextPause(pauses.at(-1) ?? 2, outcome, random));
  return pauses;
}

describe('the pace of requests', () => {
  it('is quick while there is news, and a little slower in quiet', () => {
    expect(pausesOf('news')).to.deep.equal(Array(8).fill(2));
    expect(Math.max(...pausesOf('quiet'))).to.equal(5);
  });

  it('backs off when throttled, to half a minute at most', () => {
    const pauses = pausesOf('throttled', 0.99);
    expect(pauses[1]).to.be.above(pauses[0]!);
    expect(Math.max(...pauses)).to.be.within(25, 30);
  });

  it('is spread by chance, so that watchers come apart', () => {
    expect(nextPause(8, 'throttled', 0)).to.equal(8);
    expect(nextPause(8, 'throttled', 0.999)).to.be.closeTo(16, 0.1);
  });

  it('repeats a request that was throttled or lost, and no other', async () => {
    const retry = instantPacing();
    const answers = [
      awsError('Throttling'),
      Object.assign(new Error(), { code: 'ECONNRESET' }),
      awsError('X', '', 503),
    ];
    expect(
      await withRetry(retry, () =>
        answers.length > 0 ? Promise.reject(answers.shift()!) : Promise.resolve(1),
      ),
    ).to.equal(1);
    expect(retry.pauses).to.have.length(3);
    let asked = 0;
    await withRetry(retry, () => {
      asked += 1;
      return Promise.reject(awsError('ValidationError'));
    }).catch(() => undefined);
    expect(asked).to.equal(1);
  });
});
