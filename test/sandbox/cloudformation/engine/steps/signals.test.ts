import { expect } from 'chai';
import { judgeSignals, signalWait } from '../../../../../src/sandbox/cloudformation/engine/steps/signals.ts';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const DEADLINE = 1_000;
/** `++-`: two signals of success and one of failure. */
const received = (signs: string) =>
  Object.fromEntries(
    Array.from(signs, (sign, at) => [`i-${at}`, sign === '+' ? ('SUCCESS' as const) : ('FAILURE' as const)]),
  );
const judge = (count: number, percent: number | undefined, signs: string, now: number) =>
  judgeSignals(
    {
      ...{ count, timeout: 'PT1S', deadline: DEADLINE, received: received(signs) },
      ...(percent !== undefined && { minSuccessfulPercent: percent }),
    },
    now,
  );

const unable = (of: string, percent: number) =>
  `Received ${of}.  Unable to satisfy ${percent}% MinSuccessfulInstancesPercent requirement`;
const missing = (count: number) =>
  `Failed to receive ${count} resource signal(s) for the current batch.  Each resource signal timeout is counted as a FAILURE.`;

describe('the signals of a group, of which a share is enough', () => {
  const [before, after] = [DEADLINE - 1, DEADLINE];
  for (const [count, percent, signs, now, verdict] of [
    [2, 100, '', before, { heard: false }],
    [2, 100, '+', before, { heard: false }],
    [2, 100, '++', before, { heard: true }],
    [2, 50, '+', before, { heard: false }],
    [2, 50, '+-', before, { heard: true }],
    [3, 50, '+--', before, { heard: false, failure: unable('2 FAILURE signal(s) out of 3', 50) }],
    [3, 50, '--', before, { heard: false, failure: unable('2 FAILURE signal(s) out of 3', 50) }],
    [3, 50, '-', before, { heard: false }],
    [4, 50, '--', before, { heard: false }],
    [2, 100, '-', before, { heard: false, failure: unable('1 FAILURE signal(s) out of 2', 100) }],
    [2, 100, '++', after, { heard: true }],
    [3, 50, '++', after, { heard: true, note: missing(1) }],
    [
      4,
      50,
      '+',
      after,
      { heard: false, note: missing(3), failure: unable('1 SUCCESS signal(s) out of 4', 50) },
    ],
    [
      2,
      100,
      '',
      after,
      { heard: false, note: missing(2), failure: unable('0 SUCCESS signal(s) out of 2', 100) },
    ],
  ] as const) {
    it(`${signs || 'none'} of ${count} at ${percent} %, ${now < DEADLINE ? 'in time' : 'at the end'}`, () => {
      expect(judge(count, percent, signs, now)).to.eql(verdict);
    });
  }
});

describe('the signals of any other resource, which needs all', () => {
  const late = (count: number) =>
    `Failed to receive ${count} resource signal(s) within the specified duration`;
  for (const [count, signs, now, verdict] of [
    [2, '+', DEADLINE - 1, { heard: false }],
    [2, '+', DEADLINE, { heard: false, failure: late(1) }],
    [2, '++', DEADLINE, { heard: true }],
    [2, '+++', 0, { heard: true }],
    [2, '+-', 0, { heard: false, failure: 'Received FAILURE signal with UniqueId i-1' }],
  ] as const) {
    it(`${signs} of ${count}, ${now < DEADLINE ? 'in time' : 'at the end'}`, () => {
      expect(judge(count, undefined, signs, now)).to.eql(verdict);
    });
  }
});

describe('a creation policy', () => {
  const wait = (policy: object, type = 'AWS::SQS::Queue') => signalWait(policy as never, type, 5);
  const one = { count: 1, timeout: 'PT5M', deadline: 300_005, received: {} };
  for (const [what, policy, type, waits] of [
    ['of one signal within five minutes, by default', { ResourceSignal: {} }, undefined, one],
    [
      'of so many within a time',
      { ResourceSignal: { Count: 3, Timeout: 'PT10M' } },
      undefined,
      { ...one, count: 3, timeout: 'PT10M', deadline: 600_005 },
    ],
    [
      'of a group, which needs all by default',
      { ResourceSignal: {} },
      GROUP,
      { ...one, minSuccessfulPercent: 100 },
    ],
    [
      'of a group, which needs a share',
      { ResourceSignal: {}, AutoScalingCreationPolicy: { MinSuccessfulInstancesPercent: '60' } },
      GROUP,
      { ...one, minSuccessfulPercent: 60 },
    ],
    ['of no signal', { ResourceSignal: { Count: 0 } }, undefined, undefined],
    ['without signals', { AutoScalingCreationPolicy: {} }, GROUP, undefined],
  ] as const) {
    it(what, () => {
      expect(wait(policy, type)).to.eql(waits);
    });
  }
});
