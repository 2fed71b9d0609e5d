import { expect } from 'chai';
import {
  activityOutcome,
  instanceOf,
  isFailedLaunch,
  isLaunch,
} from '../../../src/scaler/group/launch-activity.ts';

const LAUNCH = 'Launching a new EC2 instance: i-0123456789abcdef0';
const KEPT =
  'Could not scale to desired capacity because all remaining instances are protected from scale-in.';

describe('a failed launch', () => {
  for (const [what, StatusCode, Description, failed] of [
    ['EC2 refused', 'Failed', 'Launching a new EC2 instance.  Status Reason: no capacity', true],
    ['its hook abandoned', 'Cancelled', LAUNCH, true],
    ['came from the warm pool and was cancelled', 'Cancelled', `${LAUNCH} from warm pool`, true],
    ['succeeded', 'Successful', LAUNCH, false],
    ['waits for its hook', 'MidLifecycleAction', LAUNCH, false],
    ['is pending', 'PreInService', LAUNCH, false],
    ['waits for EC2', 'WaitingForInstanceId', LAUNCH, false],
    [
      'is a scale-in that was cancelled',
      'Cancelled',
      `Terminating EC2 instance.  Status Reason: ${KEPT}`,
      false,
    ],
    ['is a termination that failed', 'Failed', 'Terminating EC2 instance: i-1', false],
    ['only mentions a launch', 'Failed', 'Attaching an existing EC2 instance. Launching failed', false],
  ] as const) {
    it(`${failed ? 'is one' : 'is not one'} that ${what}`, () => {
      expect(isFailedLaunch({ StatusCode, Description })).to.equal(failed);
    });
  }

  it('is not an activity that says nothing', () => {
    expect(isFailedLaunch({ StatusCode: 'Failed', Description: undefined })).to.equal(false);
    expect(isLaunch({ Description: undefined })).to.equal(false);
    expect(activityOutcome({ StatusCode: undefined })).to.equal('under way');
  });
});

describe('the outcome of an activity', () => {
  it('is final by three of the status codes', () => {
    const codes = [
      'Successful',
      'Failed',
      'Cancelled',
      'InProgress',
      'MidLifecycleAction',
      'PreInService',
    ] as const;
    expect(codes.map((StatusCode) => activityOutcome({ StatusCode }))).to.eql([
      ...['done', 'failed', 'failed', 'under way', 'under way', 'under way'],
    ]);
  });
});

describe('the instance of an activity', () => {
  for (const [Description, instance] of [
    [LAUNCH, 'i-0123456789abcdef0'],
    ['Launching a new EC2 instance from warm pool: i-0a', 'i-0a'],
    ['Terminating EC2 instance: i-0b.  Status Reason: x', 'i-0b'],
    ['Launching a new EC2 instance.  Status Reason: i-0c was refused', undefined],
    ['Launching a new EC2 instance', undefined],
    [undefined, undefined],
  ] as const) {
    it(`is ${instance ?? 'unknown'} in: ${Description ?? '(nothing)'}`, () => {
      expect(instanceOf({ Description })).to.equal(instance);
    });
  }
});
