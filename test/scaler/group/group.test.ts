import type { AutoScalingClient, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { autoScalingGroup } from '../../../src/scaler/group/group.ts';

const NOW = Date.parse('2026-11-25T10:00:00Z');

/** A group whose answers a test gives, and the requests that were made of it. */
function scene(answer: object = {}) {
  const requests: [operation: string, input: unknown][] = [];
  const client = {
    send: (command: { input: unknown; constructor: { name: string } }) => {
      requests.push([command.constructor.name.replace(/Command$/, ''), command.input]);
      return Promise.resolve(answer);
    },
  } as unknown as AutoScalingClient;
  return { group: autoScalingGroup('agents', client), requests };
}
const described = (facts: Partial<AutoScalingGroup> = {}) => scene({ AutoScalingGroups: [facts] });
const read = (facts: Partial<AutoScalingGroup> = {}) => described(facts).group.read();
const tags = (values: Record<string, string>) => ({
  Tags: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
});

describe('the group as AWS describes it', () => {
  it('is asked for by its name', async () => {
    const { group, requests } = described();
    await group.read();
    expect(requests).to.eql([['DescribeAutoScalingGroups', { AutoScalingGroupNames: ['agents'] }]]);
  });

  it('has sizes, and instances by how far they are', async () => {
    const states = [
      'Pending',
      'Pending:Wait',
      'InService',
      'Terminating:Wait',
      'Terminated',
      'Warmed:Pending:Wait',
    ];
    const { facts, members } = await read({
      ...{ MinSize: 1, MaxSize: 9, DesiredCapacity: 3 },
      Instances: states.map((LifecycleState, index) => ({
        LifecycleState,
        InstanceId: `i-${index}`,
      })) as never,
    });
    expect(facts).to.eql({
      ...{ min: 1, max: 9, desired: 3, paused: false },
      ...{ pending: 2, inService: 1, terminating: 1 },
    });
    expect(members).to.eql({ pending: ['i-0', 'i-1'], inService: ['i-2'], terminating: ['i-3'] });
  });

  it('is empty where nothing is said', async () => {
    const { facts, members, buying, noted, balancesZones } = await read();
    expect(facts).to.eql({
      min: 0,
      max: 0,
      desired: 0,
      pending: 0,
      inService: 0,
      terminating: 0,
      paused: false,
    });
    expect(members).to.eql({ pending: [], inService: [], terminating: [] });
    expect(buying).to.eql({
      ...{ purchase: { kind: 'normal' }, onDemandPercentage: undefined },
      ...{ paused: false, distribution: undefined },
    });
    expect(noted).to.eql({ held: undefined, stuck: undefined, agents: undefined });
    expect(balancesZones).to.equal(true);
  });

  it('leaves out instances without an id or a state', async () => {
    const { members } = await read({
      Instances: [{ LifecycleState: 'InService' }, { InstanceId: 'i-1' }] as never,
    });
    expect(members).to.eql({ pending: [], inService: [], terminating: [] });
  });

  it('tells of which version of the launch template its instances are', async () => {
    const { versions } = await read({
      Instances: [
        { InstanceId: 'i-1', LifecycleState: 'InService', LaunchTemplate: { Version: '7' } },
        { InstanceId: 'i-2', LifecycleState: 'Pending:Wait', LaunchTemplate: { Version: '8' } },
        { InstanceId: 'i-3', LifecycleState: 'InService' },
      ] as never,
    });
    expect(versions).to.eql({ inService: ['7', ''], all: ['7', '8', ''] });
  });

  it('is missing where AWS knows none', async () => {
    const error: unknown = await scene({ AutoScalingGroups: [] })
      .group.read()
      .catch((caught: unknown) => caught);
    expect((error as Error).message).to.equal('There is no Auto Scaling group agents');
    const none: unknown = await scene()
      .group.read()
      .catch((caught: unknown) => caught);
    expect((none as Error).message).to.equal('There is no Auto Scaling group agents');
  });

  for (const [value, paused] of [
    ['true', true],
    ['2026-11-25', true],
    ['false', false],
  ] as const)
    it(`is ${paused ? '' : 'not '}paused where the tag says ${value}`, async () => {
      const { facts, buying } = await read(tags({ 'bk-stack:paused': value }));
      expect([facts.paused, buying.paused]).to.eql([paused, paused]);
    });

  it('has its own minimum beside what it is raised to, and the notes', async () => {
    const stuck = '3 until 2026-11-25T11:00:00.000Z then 240 s';
    const { facts, noted, buying } = await read({
      MinSize: 4,
      ...tags({
        'bk-stack:held': '1/4',
        'bk-stack:stuck': stuck,
        'bk-stack:agents': '7=1 8=4',
        'bk-stack:purchase': 'trial until 2026-11-25T10:00:00Z',
      }),
    });
    expect(facts).to.include({ min: 1, held: 4 });
    expect(noted).to.eql({ held: '1/4', stuck, agents: '7=1 8=4' });
    expect(buying.purchase).to.eql({ kind: 'trial', until: NOW });
  });

  it('buys as its distribution says', async () => {
    const buying = async (distribution: object) =>
      (await read({ MixedInstancesPolicy: { InstancesDistribution: distribution } })).buying;
    expect(await buying({ OnDemandPercentageAboveBaseCapacity: 20 })).to.deep.include({
      onDemandPercentage: 20,
      distribution: { OnDemandPercentageAboveBaseCapacity: 20 },
    });
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
    expect((await buying({})).onDemandPercentage, "AWS's default").to.equal(100);
  });

  it('balances its zones unless that is suspended', async () => {
    const balances = async (...names: string[]) =>
      (await read({ SuspendedProcesses: names.map((ProcessName) => ({ ProcessName })) })).balancesZones;
    expect(await balances()).to.equal(true);
    expect(await balances('Launch')).to.equal(true);
    expect(await balances('Launch', 'AZRebalance')).to.equal(false);
  });
});

describe('what is asked of the group', () => {
  const tag = (Key: string, Value: string) => [
    'CreateOrUpdateTags',
    {
      Tags: [
        { ResourceId: 'agents', ResourceType: 'auto-scaling-group', PropagateAtLaunch: false, Key, Value },
      ],
    },
  ];
  const name = { AutoScalingGroupName: 'agents' };
  const stuck = { jobs: 3, retryAt: NOW, pauseMs: 240_000, starting: 0, nothingStarts: false };
  for (const [what, ask, request] of [
    [
      'its size',
      (group) => group.setDesired(7),
      ['SetDesiredCapacity', { ...name, DesiredCapacity: 7, HonorCooldown: false }],
    ],
    [
      'how many agents instances have',
      (group) =>
        group.rememberAgents(
          new Map([
            ['7', 1],
            ['8', 4],
          ]),
        ),
      tag('bk-stack:agents', '7=1 8=4'),
    ],
    ['its minimum', (group) => group.hold(4), ['UpdateAutoScalingGroup', { ...name, MinSize: 4 }]],
    [
      'the note on its minimum',
      (group) => group.rememberHeld({ min: 1, held: [4] }),
      tag('bk-stack:held', '1/4'),
    ],
    [
      'the note on stuck jobs',
      (group) => group.rememberStuck(stuck),
      tag('bk-stack:stuck', '3 until 2026-11-25T10:00:00.000Z then 240 s'),
    ],
    ['the note on no stuck job', (group) => group.rememberStuck(undefined), tag('bk-stack:stuck', 'none')],
    [
      'the note on how it buys',
      (group) => group.remember({ kind: 'on-demand', until: NOW }),
      tag('bk-stack:purchase', 'on-demand until 2026-11-25T10:00:00.000Z'),
    ],
    [
      'how it buys',
      (group) =>
        group.distribute(
          {
            purchase: { kind: 'normal' },
            onDemandPercentage: 0,
            paused: false,
            distribution: { SpotMaxPrice: '1', OnDemandPercentageAboveBaseCapacity: 0 },
          },
          100,
        ),
      [
        'UpdateAutoScalingGroup',
        {
          ...name,
          MixedInstancesPolicy: {
            InstancesDistribution: { SpotMaxPrice: '1', OnDemandPercentageAboveBaseCapacity: 100 },
          },
        },
      ],
    ],
    [
      'that it leaves zones uneven',
      (group) => group.suspendBalancing(),
      ['SuspendProcesses', { ...name, ScalingProcesses: ['AZRebalance'] }],
    ],
    [
      'that an instance may go',
      (group) => group.release('i-1'),
      [
        'CompleteLifecycleAction',
        {
          ...{ ...name, InstanceId: 'i-1' },
          ...{ LifecycleHookName: 'bk-stack-terminating', LifecycleActionResult: 'CONTINUE' },
        },
      ],
    ],
    [
      'that an instance is replaced',
      (group) => group.markUnhealthy('i-1'),
      [
        'SetInstanceHealth',
        { InstanceId: 'i-1', HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false },
      ],
    ],
  ] as [string, (group: ReturnType<typeof autoScalingGroup>) => Promise<void>, [string, unknown]][]) {
    it(`is ${what}`, async () => {
      const { group, requests } = scene();
      await ask(group);
      expect(requests).to.eql([request]);
    });
  }
});

describe("the group's latest activities", () => {
  const at = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000);
  const REFUSED = 'Could not launch Spot Instances. UnfulfillableCapacity';
  const launches = (Activities: object[]) => scene({ Activities }).group.launches(NOW);

  it('are a page', async () => {
    const { group, requests } = scene();
    expect(await group.launches(NOW)).to.eql({ failures: [], shortage: undefined });
    expect(requests).to.eql([
      ['DescribeScalingActivities', { AutoScalingGroupName: 'agents', MaxRecords: 100 }],
    ]);
  });

  it('tell of launches that failed or were given up', async () => {
    const { failures } = await launches([
      {
        ActivityId: 'a',
        StatusCode: 'Failed',
        StatusMessage: 'quota',
        Description: 'Launching a',
        StartTime: at(1),
      },
      { ActivityId: 'b', StatusCode: 'Successful', Description: 'Launching b', StartTime: at(2) },
      { ActivityId: 'c', StatusCode: 'Cancelled', Description: 'Launching c', StartTime: at(3) },
      { ActivityId: 'd', StatusCode: 'Cancelled', Description: 'Terminating d', StartTime: at(4) },
      { StatusCode: 'Failed', Description: 'Launching ' },
    ]);
    expect(failures).to.eql([
      { id: 'a', message: 'quota', at: at(1).getTime() },
      { id: 'c', message: 'Launching c', at: at(3).getTime() },
      { id: '', message: 'Launching ', at: 0 },
    ]);
  });

  it('tell of a shortage of spot', async () => {
    const failed = {
      StatusCode: 'Failed',
      StatusMessage: REFUSED,
      Description: 'Launching a new EC2 instance',
    };
    const launched = { StatusCode: 'Successful', Description: 'Launching a new EC2 instance: i-1' };
    const { shortage } = await launches([
      { ...failed, StartTime: at(1) },
      { ...failed, StartTime: at(4) },
      { ...launched, StartTime: at(5) },
      { ...failed, StartTime: at(6) },
    ]);
    expect(shortage).to.eql({ since: at(4).getTime(), until: at(1).getTime(), reason: REFUSED });
    expect((await launches([{ ...failed, StatusCode: 'Successful', StartTime: at(1) }])).shortage).to.equal(
      undefined,
    );
  });
});
