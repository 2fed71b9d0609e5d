import type { Activity } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { failingLaunches, judgeWarmPool } from '../../../src/doctor/group/warm-pool.ts';

const minutes = (count: number) => new Date(count * 60_000);

function activity(minute: number, StatusCode: Activity['StatusCode'], text: string, StatusMessage?: string) {
  const Description = `${text} a new EC2 instance into warm pool: i-${minute}`;
  return { StatusCode, StartTime: minutes(minute), Description, StatusMessage } as Activity;
}

const failed = (minute: number) => activity(minute, 'Failed', 'Launching', `no capacity at ${minute}.`);
const launched = (minute: number) => activity(minute, 'Successful', 'Launching');

describe('launches that fail', () => {
  it('do so since the first that has failed after one that went well', () => {
    expect(failingLaunches([failed(30), failed(20), launched(10), failed(5)])).to.eql({
      since: minutes(20),
      reason: 'no capacity at 30.',
    });
    expect(failingLaunches([failed(30)])?.since).to.eql(minutes(30));
  });

  it('are history once one went well, and undecided ones change nothing', () => {
    expect(failingLaunches([launched(40), failed(30)])).to.equal(undefined);
    expect(failingLaunches([activity(50, 'InProgress', 'Launching'), failed(30)])?.since).to.eql(minutes(30));
    expect(failingLaunches([])).to.equal(undefined);
  });

  it('are not made good by an end, or by the start of an instance of the pool', () => {
    const ended = activity(50, 'Successful', 'Terminating');
    const started = {
      ...launched(60),
      Description: 'Launching a new EC2 instance from warm pool: i-1',
    };
    expect(failingLaunches([started, ended, failed(30)])?.since).to.eql(minutes(30));
  });

  it('are those too that their hook gave up', () => {
    const message =
      'Lifecycle Action with token x was abandoned: Lifecycle Action Completed with ABANDON Result';
    expect(failingLaunches([activity(30, 'Cancelled', 'Launching', message)])?.reason).to.equal(message);
  });
});

describe('a warm pool', () => {
  const failing = { since: minutes(0), reason: 'no capacity.' };
  const codes = (facts: object, minute = 14) =>
    judgeWarmPool({ wanted: 2, ready: 0, failing, ...facts }, minutes(minute).getTime(), () => 'do this');

  it('stays empty where launches have failed for longer than a boot takes', () => {
    const [finding] = codes({});
    expect(finding).to.include({ code: 'warm-pool-empty', severity: 'error', fix: 'do this' });
    expect(finding?.message).to.equal(
      'None of the 2 instances of the warm pool is ready; launches fail since 1970-01-01 00:00 UTC: no capacity',
    );
  });

  it('is well while one of it is ready, a boot may still end, launches succeed, or none is wanted', () => {
    expect(codes({ ready: 1 })).to.eql([]);
    expect(codes({}, 12)).to.eql([]);
    expect(codes({ failing: undefined })).to.eql([]);
    expect(codes({ wanted: 0 })).to.eql([]);
  });
});
