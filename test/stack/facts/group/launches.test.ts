import type { Activity } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import {
  failedLaunches,
  failedSinceSuccess,
  isAbandoned,
  isFromWarmPool,
  isScarcity,
} from '../../../../src/stack/facts/group/launches.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 10, minute));
const activity = (
  StatusCode: Activity['StatusCode'],
  Description: string,
  parts: Partial<Activity> = {},
): Activity => ({
  ActivityId: 'a',
  AutoScalingGroupName: 'g',
  Cause: 'c',
  StartTime: at(0),
  StatusCode,
  Description,
  ...parts,
});
const failed = (minute: number, StatusMessage = 'no room') =>
  activity('Failed', 'Launching a new EC2 instance', { StartTime: at(minute), StatusMessage });
const launched = activity('Successful', 'Launching a new EC2 instance: i-0a');
const booting = activity('MidLifecycleAction', 'Launching a new EC2 instance: i-0b');
const ended = activity('Successful', 'Terminating EC2 instance: i-0a');
const kept = activity('Cancelled', 'Terminating EC2 instance', { StatusMessage: 'all are protected' });

describe('the launches of a group that failed', () => {
  it('are told with when, why and which instance', () => {
    const abandoned = activity('Cancelled', 'Launching a new EC2 instance: i-0c', {
      StatusMessage: 'abandoned',
    });
    expect(failedLaunches([launched, abandoned, kept, ended, failed(3)])).to.eql([
      {
        at: '2026-11-24T10:00:00.000Z',
        activity: 'Launching a new EC2 instance: i-0c',
        reason: 'abandoned',
        instanceId: 'i-0c',
      },
      { at: '2026-11-24T10:03:00.000Z', activity: 'Launching a new EC2 instance', reason: 'no room' },
    ]);
  });

  it('may say nothing', () => {
    const silent = activity('Failed', 'Launching a new EC2 instance', { StartTime: undefined });
    expect(failedLaunches([silent])).to.eql([
      { at: '1970-01-01T00:00:00.000Z', activity: 'Launching a new EC2 instance', reason: '' },
    ]);
  });

  for (const [what, activities, reasons] of [
    ['none where nothing was launched', [], []],
    ['none where the last launch succeeded', [launched, failed(1), failed(0)], []],
    ['those since the last success', [failed(3, 'c'), failed(2, 'b'), launched, failed(1, 'a')], ['c', 'b']],
    ['all where none ever succeeded', [failed(2, 'b'), failed(1, 'a')], ['b', 'a']],
    ['still those before one that boots', [booting, failed(1, 'a')], ['a']],
    ['still those before the end of an instance', [ended, failed(1, 'a')], ['a']],
    ['not a scale-in that was called off', [kept], []],
  ] as const) {
    it(`count since one succeeded: ${what}`, () => {
      expect(failedSinceSuccess(activities).map(({ reason }) => reason)).to.eql(reasons);
    });
  }
});

describe('a launch from the warm pool', () => {
  it('is told apart from one of a new instance', () => {
    const from = (Description?: string) => isFromWarmPool({ Description });
    expect(from('Launching a new EC2 instance from warm pool: i-0a')).to.equal(true);
    expect(from('Launching a new EC2 instance: i-0a')).to.equal(false);
    expect(from('Launching a new EC2 instance into warm pool: i-0a')).to.equal(false);
    expect(from()).to.equal(false);
  });
});

describe('an abandoned launch', () => {
  it('is one that its hook gave up, not one that EC2 refused', () => {
    const reason =
      "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token x was abandoned: Heartbeat Timeout";
    expect(isAbandoned({ reason })).to.equal(true);
    expect(isAbandoned({ reason: 'Client.InternalError: Client error on launch' })).to.equal(false);
    expect(isAbandoned({ reason: 'abandoned: Lifecycle Action' })).to.equal(false);
  });
});

describe('a reason for which a launch failed', () => {
  const UNHEALTHY =
    'Instance became unhealthy while waiting for instance to be in InService state. Termination Reason:';
  for (const reason of [
    'We currently do not have sufficient m7i.large capacity in the Availability Zone you requested',
    'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill the request',
    'Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded',
    'You have requested more vCPU than allowed (VcpuLimitExceeded)',
    'Your current vCPU limit of 5',
    'InstanceLimitExceeded: your quota allows for 0 more',
    'This would exceed your quota',
    'Your Spot request price is lower than the minimum required',
    'The Spot instance was interrupted',
    'RequestLimitExceeded',
    'ThrottlingException: Rate exceeded',
    `${UNHEALTHY} Server.InternalError: Internal error on launch`,
    `${UNHEALTHY} Server.SpotInstanceTermination: Instance was terminated by the service`,
    'An internal error has occurred (InternalError)',
    'ServiceUnavailable: try again',
  ]) {
    it(`is scarcity: ${reason.slice(0, 70)}`, () => {
      expect(isScarcity(reason)).to.equal(true);
    });
  }
  for (const reason of [
    `${UNHEALTHY} Client.InternalError: Client error on launch`,
    `${UNHEALTHY} Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state`,
    'The image id ami-1 does not exist',
    'Lifecycle Action with token x was abandoned: Lifecycle Action Completed with ABANDON Result',
    'The security group sg-1 does not exist',
    '',
  ]) {
    it(`is not scarcity: ${reason.slice(-70)}`, () => {
      expect(isScarcity(reason)).to.equal(false);
    });
  }
});
