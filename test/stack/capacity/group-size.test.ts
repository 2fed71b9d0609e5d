import { expect } from 'chai';
import {
  isFinishing,
  isPausedGroup,
  isSameSize,
  ownSize,
  protectedInService,
  rememberedSize,
  sizedGroup,
  terminatesInstances,
} from '../../../src/stack/capacity/group-size.ts';

describe('a group’s size', () => {
  it('is read from what AWS says, with zeros and blanks for what it leaves out', () => {
    expect(
      sizedGroup({
        ...{ AutoScalingGroupName: 'g', MinSize: 1, MaxSize: 3, DesiredCapacity: 2 },
        ...{ DefaultCooldown: 0, AvailabilityZones: [], HealthCheckType: 'EC2', CreatedTime: new Date(0) },
        Instances: [
          {
            ...{ InstanceId: 'i-1', LifecycleState: 'InService', ProtectedFromScaleIn: true },
            ...{ AvailabilityZone: 'a', HealthStatus: 'Healthy' },
          },
          {} as never,
        ],
        Tags: [{ Key: 'Name', Value: 'ci' }, { Key: 'blank' }, { Value: 'x' }],
      }),
    ).to.eql({
      size: { min: 1, max: 3, desired: 2 },
      instances: [
        { instanceId: 'i-1', lifecycleState: 'InService', protectedFromScaleIn: true },
        { instanceId: '', lifecycleState: '', protectedFromScaleIn: false },
      ],
      tags: { Name: 'ci', blank: '', '': 'x' },
    });
    expect(sizedGroup({} as never)).to.eql({
      size: { min: 0, max: 0, desired: 0 },
      instances: [],
      tags: {},
    });
  });

  for (const [tags, paused] of [
    [{}, false],
    [{ 'bk-stack:paused': 'false' }, false],
    [{ 'bk-stack:paused': 'scale-to-zero' }, true],
    [{ 'bk-stack:paused': 'true' }, true],
    [{ 'bk-stack:paused': '' }, true],
    [{ 'bk-stack:size': '1/2/2' }, false],
  ] as const) {
    it(`${paused ? 'is paused' : 'is not paused'} with the tags ${JSON.stringify(tags)}`, () => {
      expect(isPausedGroup({ tags })).to.equal(paused);
    });
  }

  for (const [tag, size] of [
    ['2/10/4', { min: 2, max: 10, desired: 4 }],
    ['0/0/0', { min: 0, max: 0, desired: 0 }],
    ['12/345/67', { min: 12, max: 345, desired: 67 }],
    ['2/10', undefined],
    ['x2/10/4', undefined],
    ['2/10/4x', undefined],
    ['', undefined],
    [undefined, undefined],
  ] as const) {
    it(`is remembered by the tag ${tag}: ${JSON.stringify(size)}`, () => {
      const tags: Record<string, string> = tag === undefined ? {} : { 'bk-stack:size': tag };
      expect(rememberedSize({ tags })).to.eql(size);
    });
  }

  it('is its own without what the scaler has raised the minimum to', () => {
    const size = { min: 4, max: 9, desired: 5 };
    expect(ownSize({ size, tags: { 'bk-stack:held': '1/4' } })).to.eql({ ...size, min: 1 });
    expect(ownSize({ size, tags: { 'bk-stack:held': '1/3' } }), 'somebody set another').to.eql(size);
    expect(ownSize({ size, tags: {} })).to.eql(size);
  });

  it('is the same as another if all of its numbers are', () => {
    const size = { min: 1, max: 3, desired: 2 };
    expect(isSameSize(size, { ...size })).to.equal(true);
    for (const other of [{ min: 0 }, { max: 4 }, { desired: 3 }])
      expect(isSameSize(size, { ...size, ...other }), JSON.stringify(other)).to.equal(false);
  });
});

const one = (lifecycleState: string, protectedFromScaleIn = true, instanceId = 'i') => ({
  ...{ instanceId, lifecycleState, protectedFromScaleIn },
});

describe('the instances of a group', () => {
  it('lose their protection in service only', () => {
    expect(
      protectedInService([
        one('InService', true, 'a'),
        one('InService', false, 'b'),
        one('Pending:Wait', true, 'c'),
        one('Terminating:Wait', true, 'd'),
        one('InService', true, 'e'),
      ]),
    ).to.eql(['a', 'e']);
  });

  for (const [state, finishing] of [
    ['Terminating:Wait', true],
    ['Terminating', false],
    ['Terminating:Proceed', false],
    ['InService', false],
  ] as const) {
    it(`in ${state} ${finishing ? 'finish jobs' : 'are not held by the terminating hook'}`, () => {
      expect(isFinishing(one(state))).to.equal(finishing);
    });
  }

  for (const [what, instances, desired, terminates] of [
    ['more than desired, one unprotected', [one('InService'), one('InService', false)], 1, true],
    ['more than desired, all protected', [one('InService'), one('InService')], 0, false],
    ['as many as desired', [one('InService', false), one('InService', false)], 2, false],
    ['fewer than desired', [one('InService', false)], 2, false],
    [
      'as many as desired without those that end',
      [one('InService', false), one('Terminating', false)],
      1,
      false,
    ],
    [
      'more than desired, the unprotected one ending already',
      [one('InService'), one('Terminating:Wait', false)],
      0,
      false,
    ],
    ['booting ones, which count', [one('Pending:Wait', false), one('InService')], 1, true],
  ] as const) {
    it(`${what}: Auto Scaling terminates ${terminates ? 'some' : 'none'}`, () => {
      expect(terminatesInstances({ instances }, { desired })).to.equal(terminates);
    });
  }
});
