import { expect } from 'chai';
import {
  faultOf,
  outdated,
  type RolloutActivity,
  type RolloutGroup,
  rolloutProgress,
  newerThan,
} from '../../../src/stack/rollout/survey.ts';

const at = new Date('2026-11-24T10:00:00Z');
const launch = (
  outcome: RolloutActivity['outcome'],
  message?: string,
  instanceId?: string,
): RolloutActivity => ({
  kind: 'launch',
  startedAt: at,
  outcome,
  ...(message !== undefined && { message }),
  ...(instanceId !== undefined && { instanceId }),
});
const abandoned = (id: string) => launch('failed', 'Lifecycle Action was abandoned: Heartbeat Timeout', id);
const noImage = launch('failed', 'The image id [ami-1] does not exist');
const noCapacity = launch('failed', 'We currently do not have sufficient t3.large capacity');

const group: RolloutGroup = {
  version: '3',
  size: { min: 0, max: 9, desired: 4 },
  warm: false,
  instances: [
    { instanceId: 'i-1', lifecycleState: 'InService', version: '1' },
    { instanceId: 'i-2', lifecycleState: 'Terminating:Wait', version: '1' },
    { instanceId: 'i-3', lifecycleState: 'Pending:Wait', version: '3' },
    { instanceId: 'i-4', lifecycleState: 'InService', version: '3' },
    { instanceId: 'i-5', lifecycleState: 'InService', version: '2' },
  ],
};

describe('the survey of a group whose instances are replaced', () => {
  it('counts what is old, ending, booting and new', () => {
    const ending = { kind: 'end', instanceId: 'i-2', startedAt: at, outcome: 'under way' } as const;
    expect(rolloutProgress(group, [ending])).to.eql({
      old: 2,
      draining: 1,
      drainingSince: at,
      booting: 1,
      fresh: 1,
    });
  });

  it('tells what is to be replaced from what an update that was taken back has left', () => {
    expect(outdated(group).map(({ instanceId }) => instanceId)).to.eql(['i-1', 'i-5']);
    expect(newerThan(group, '1').map(({ instanceId }) => instanceId)).to.eql(['i-5']);
    expect(newerThan(group, undefined)).to.eql([]);
  });
});

describe('whether a new version is given up', () => {
  it('is not, while nothing has failed, or only once', () => {
    expect(faultOf([])).to.equal(undefined);
    expect(faultOf([abandoned('i-1')])).to.equal(undefined);
    expect(faultOf([launch('under way'), abandoned('i-1')])).to.equal(undefined);
  });

  it('is, when two instances in a row did not come up, and names the last', () => {
    expect(faultOf([launch('under way'), abandoned('i-2'), abandoned('i-1')])).to.eql({
      message: '2 launches in a row failed: Lifecycle Action was abandoned: Heartbeat Timeout',
      instanceId: 'i-2',
    });
  });

  it('is, when no launch even gets an instance and none is under way', () => {
    expect(faultOf([noImage, noImage])?.message).to.match(/does not exist/);
    expect(faultOf([launch('under way'), noImage, noImage])).to.equal(undefined);
  });

  it('takes more, once one has come into service', () => {
    const four = ['i-5', 'i-4', 'i-3', 'i-2'].map(abandoned);
    expect(faultOf([...four, launch('done'), abandoned('i-1')])).to.equal(undefined);
    expect(faultOf([abandoned('i-6'), ...four, launch('done')])?.instanceId).to.equal('i-6');
    // A zone without the type fails for ever, beside others that do not.
    expect(faultOf([...Array.from({ length: 20 }, () => noImage), launch('done')])).to.equal(undefined);
  });

  it('has nothing to do with AWS having no capacity', () => {
    expect(faultOf(Array.from({ length: 20 }, () => noCapacity))).to.equal(undefined);
  });
});

describe('the progress of a replacement', () => {
  const one = (lifecycleState: string, version?: string, instanceId = 'i') => ({
    ...{ instanceId, lifecycleState },
    ...(version !== undefined && { version }),
  });
  const end = (
    instanceId: string,
    startedAt: Date,
    rest: Partial<RolloutActivity> = {},
  ): RolloutActivity => ({ kind: 'end', instanceId, startedAt, outcome: 'under way', ...rest });
  const later = new Date('2026-11-24T11:00:00Z');
  const NONE = { old: 0, draining: 0, booting: 0, fresh: 0 };
  for (const [what, instances, activities, expected] of [
    ['counts none without instances', [], [], NONE],
    ['takes one in service of this version for new', [one('InService', '3')], [], { ...NONE, fresh: 1 }],
    [
      'takes one in service of any other for old',
      [one('InService', '4'), one('Standby', '2')],
      [],
      { ...NONE, old: 2 },
    ],
    ['takes one of no version for old', [one('InService')], [], { ...NONE, old: 1 }],
    [
      'takes none that boots for new or old',
      [one('Pending', '3'), one('Pending:Wait', '1')],
      [],
      { ...NONE, booting: 2 },
    ],
    [
      'takes none that ends for new or old',
      [one('Terminating', '3'), one('Terminating:Wait', '1')],
      [],
      { ...NONE, draining: 2 },
    ],
    [
      'drains since the earliest end that is under way',
      [one('Terminating:Wait', '1', 'a'), one('Terminating:Wait', '1', 'b')],
      [end('b', later), end('a', at), end('gone', new Date(0)), end('a', new Date(0), { outcome: 'done' })],
      { ...NONE, draining: 2, drainingSince: at },
    ],
    [
      'does not drain since a launch',
      [one('Terminating:Wait', '1', 'a')],
      [end('a', at, { kind: 'launch' })],
      { ...NONE, draining: 1 },
    ],
  ] as [string, RolloutGroup['instances'], RolloutActivity[], object][]) {
    it(what, () => {
      expect(rolloutProgress({ ...group, instances }, activities)).to.eql(expected);
    });
  }

  it('leaves instances of this version and those that end out of what is outdated', () => {
    const instances = [
      one('InService', '1', 'a'),
      one('InService', '4', 'b'),
      one('Pending:Wait', '2', 'c'),
      one('Terminating:Wait', '1', 'd'),
      one('InService', '3', 'e'),
      one('InService', undefined, 'f'),
    ];
    const ids = (found: readonly { instanceId: string }[]) =>
      found.map(({ instanceId }) => instanceId).join('');
    expect(ids(outdated({ ...group, instances }))).to.equal('abcf');
    expect(ids(newerThan({ ...group, instances }, '1'))).to.equal('bc');
    expect(ids(newerThan({ ...group, instances }, '2')), 'not the former one').to.equal('b');
    expect(ids(newerThan({ ...group, instances }, '9'))).to.equal('');
    const many = [one('InService', '10', 'x'), one('InService', '9', 'y')];
    expect(ids(newerThan({ ...group, instances: many }, '9')), 'as numbers').to.equal('x');
  });
});

describe('the number of failures that give a version up', () => {
  const failed = (count: number) => Array.from({ length: count }, (_, each) => abandoned(`i-${each}`));
  const at5 = [...failed(5), launch('done')];
  for (const [what, activities, message] of [
    ['one, none in service', failed(1), undefined],
    ['two, none in service', failed(2), /^2 launches in a row failed/],
    ['three, none in service', failed(3), /^3 launches in a row failed/],
    ['four since one came into service', [...failed(4), launch('done'), ...failed(3)], undefined],
    ['five since one came into service', at5, /^5 launches in a row failed/],
    [
      'one with an instance, another under way',
      [launch('under way', undefined, 'y'), ...failed(1)],
      undefined,
    ],
    ['five before one came into service', [launch('done'), ...failed(5)], undefined],
    ['ends beside them', [{ ...abandoned('x'), kind: 'end' }, ...failed(1)], undefined],
    ['without an instance, one under way', [launch('under way'), noImage, noImage, noImage], undefined],
    ['without an instance beside one with', [launch('under way'), noImage, abandoned('x')], undefined],
    [
      'without an instance, after one in service',
      [...Array<RolloutActivity>(5).fill(noImage), launch('done')],
      undefined,
    ],
    [
      'with and without an instance, none under way',
      [noImage, abandoned('x')],
      /^2 launches in a row failed: The image id/,
    ],
    [
      'capacity between two others',
      [abandoned('a'), noCapacity, abandoned('b')],
      /^2 launches in a row failed/,
    ],
  ] as [string, RolloutActivity[], RegExp | undefined][]) {
    it(`${what}: ${message === undefined ? 'not enough' : 'enough'}`, () => {
      const fault = faultOf(activities);
      if (message === undefined) expect(fault).to.equal(undefined);
      else expect(fault?.message).to.match(message);
    });
  }

  it('names the latest instance, and why', () => {
    expect(faultOf([noImage, abandoned('i-1')])).to.eql({
      message: '2 launches in a row failed: The image id [ami-1] does not exist',
      instanceId: 'i-1',
    });
    const silent = launch('failed');
    expect(faultOf([silent, silent])).to.eql({ message: '2 launches in a row failed: no reason given' });
  });

  for (const message of [
    'We currently do not have sufficient t3.large capacity in the Availability Zone',
    'Max spot instance count exceeded: MaxSpotInstanceCountExceeded',
    'VcpuLimitExceeded',
    'InstanceLimitExceeded',
    'your current vCPU limit of 5',
    'exceeds your quota',
    'Your Spot request price of 0.1 is lower than the minimum',
    'Spot Instance interruption',
    'RequestLimitExceeded',
    'Throttling: Rate exceeded',
    'Server.InternalError: Internal error on launch',
    'Server.SpotInstanceTermination: Instance was terminated by the service',
    'ServiceUnavailable',
    'SERVICEUNAVAILABLE',
  ]) {
    it(`has nothing to do with: ${message}`, () => {
      expect(faultOf([launch('failed', message, 'a'), launch('failed', message, 'b')])).to.equal(undefined);
    });
  }
});
