import { expect } from 'chai';
import nock from 'nock';
import { type GroupCalls, groupCalls, isBeforeHook } from '../../../src/host/lifecycle/group.ts';
import { failureOf } from '../../support/hook-calls.ts';

const HOST = 'https://autoscaling.eu-west-1.amazonaws.com';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'key' };

/** The instance as its group knows it; undefined in no group. */
const described = (state: string | undefined, { protects = false, group = 'agents' } = {}) =>
  `<DescribeAutoScalingInstancesResponse><DescribeAutoScalingInstancesResult><AutoScalingInstances>${
    state === undefined
      ? ''
      : `<member><InstanceId>i-1</InstanceId><AutoScalingGroupName>${group}</AutoScalingGroupName><LifecycleState>${state}</LifecycleState><ProtectedFromScaleIn>${protects}</ProtectedFromScaleIn></member>`
  }</AutoScalingInstances></DescribeAutoScalingInstancesResult></DescribeAutoScalingInstancesResponse>`;
const refused = (message: string, code = 'ValidationError') =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

const NO_ACTION = 'No active Lifecycle Action found with instance ID i-1';
const AT_MINIMUM = "Terminating instance without replacement will violate group's min size constraint.";

describe('an instance’s calls to its group', () => {
  const before = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, KEYS);
    delete process.env['AWS_ENDPOINT_URL'];
  });
  afterEach(() => {
    process.env = { ...before };
    nock.cleanAll();
  });

  /**
   * Makes a call.
   * @param instance what the group says of the instance
   * @param refusal what Auto Scaling says to anything that changes something
   */
  async function called<Result>(
    call: (group: GroupCalls) => Promise<Result>,
    instance = described('InService'),
    refusal?: string,
  ) {
    const asked: string[] = [];
    nock(HOST)
      .persist()
      .post('/')
      .reply((_path, body) => {
        const {
          Action,
          Version: _,
          ...fields
        } = Object.fromEntries(
          new URLSearchParams(typeof body === 'string' ? body : (Object.entries(body) as [string, string][])),
        );
        if (Action === 'DescribeAutoScalingInstances') {
          expect(fields).to.eql({ 'InstanceIds.member.1': 'i-1' });
          return [200, instance];
        }
        asked.push([Action, ...Object.entries(fields).map((each) => each.join('='))].sort().join(' '));
        return refusal === undefined ? [200, `<${Action}Response/>`] : [400, refusal];
      });
    const outcome = await call(groupCalls('eu-west-1', 'i-1')).catch(
      (error: unknown) => (error as Error).message,
    );
    return { asked, outcome };
  }

  const GROUP = 'AutoScalingGroupName=agents';
  const hook = (name: string) => `InstanceId=i-1 LifecycleHookName=bk-stack-${name}`;
  const ROWS: readonly (readonly [
    what: string,
    call: (group: GroupCalls) => Promise<unknown>,
    asked: string,
  ])[] = [
    [
      'extends its end',
      (group) => group.heartbeat(),
      `${GROUP} ${hook('terminating')} RecordLifecycleActionHeartbeat`,
    ],
    [
      'extends its launch',
      (group) => group.heartbeatLaunch(),
      `${GROUP} ${hook('launching')} RecordLifecycleActionHeartbeat`,
    ],
    [
      'completes its end',
      (group) => group.complete(),
      `${GROUP} CompleteLifecycleAction InstanceId=i-1 LifecycleActionResult=CONTINUE LifecycleHookName=bk-stack-terminating`,
    ],
    [
      'completes its launch',
      (group) => group.completeLaunch('CONTINUE'),
      `${GROUP} CompleteLifecycleAction InstanceId=i-1 LifecycleActionResult=CONTINUE LifecycleHookName=bk-stack-launching`,
    ],
    [
      'gives its launch up',
      (group) => group.completeLaunch('ABANDON'),
      `${GROUP} CompleteLifecycleAction InstanceId=i-1 LifecycleActionResult=ABANDON LifecycleHookName=bk-stack-launching`,
    ],
    [
      'ends itself and shrinks the group',
      (group) => group.terminate({ decrement: true }),
      'InstanceId=i-1 ShouldDecrementDesiredCapacity=true TerminateInstanceInAutoScalingGroup',
    ],
    [
      'has itself replaced',
      (group) => group.terminate({ decrement: false }),
      'InstanceId=i-1 ShouldDecrementDesiredCapacity=false TerminateInstanceInAutoScalingGroup',
    ],
    [
      'marks itself unhealthy, whatever its age',
      (group) => group.markUnhealthy(),
      'HealthStatus=Unhealthy InstanceId=i-1 SetInstanceHealth ShouldRespectGracePeriod=false',
    ],
  ];
  for (const [what, call, asked] of ROWS) {
    it(what, async () => {
      expect((await called(call)).asked).to.eql([asked]);
    });
  }

  it('gives up its protection, if it has any', async () => {
    const unprotect = (group: GroupCalls) => group.unprotect();
    expect((await called(unprotect, described('InService', { protects: true }))).asked).to.eql([
      `${GROUP} InstanceIds.member.1=i-1 ProtectedFromScaleIn=false SetInstanceProtection`,
    ]);
    nock.cleanAll();
    expect((await called(unprotect)).asked).to.eql([]);
    nock.cleanAll();
    expect((await called(unprotect, described(undefined))).asked).to.eql([]);
  });

  it('knows its state, and none outside a group', async () => {
    const state = (group: GroupCalls) => group.lifecycleState();
    expect((await called(state, described('Pending:Wait'))).outcome).to.equal('Pending:Wait');
    nock.cleanAll();
    expect((await called(state, described(undefined))).outcome).to.equal(undefined);
  });

  it('fails in no group', async () => {
    expect((await called((group) => group.heartbeat(), described(undefined))).outcome).to.equal(
      'i-1 is in no group',
    );
  });

  describe('where nothing waits for its launch', () => {
    for (const [state, fails] of [
      // The hook is still to come, and would wait in vain.
      ['Pending', true],
      ['Warmed:Pending', true],
      ['Pending:Wait', false],
      ['InService', false],
      [undefined, true],
    ] as const) {
      it(`${fails ? 'fails' : 'goes on'} in the state ${state ?? 'of no group'}`, async () => {
        const { outcome } = await called(
          (group) => group.completeLaunch('CONTINUE'),
          described(state),
          refused(NO_ACTION),
        );
        expect(outcome).to.equal(
          fails ? (state === undefined ? 'i-1 is in no group' : NO_ACTION) : undefined,
        );
      });
    }

    it('fails for any other reason', async () => {
      const { outcome } = await called(
        (group) => group.completeLaunch('CONTINUE'),
        described('InService'),
        refused('Group not found'),
      );
      expect(outcome).to.equal('Group not found');
    });

    it('fails at its end all the same', async () => {
      const { outcome } = await called(
        (group) => group.complete(),
        described('InService'),
        refused(NO_ACTION),
      );
      expect(outcome).to.equal(NO_ACTION);
    });
  });

  describe('is refused to end itself', () => {
    for (const [decrement, message, outcome] of [
      [true, AT_MINIMUM, false],
      [false, AT_MINIMUM, AT_MINIMUM],
      [true, 'Instance Id not found', 'Instance Id not found'],
    ] as const) {
      it(`with decrement ${decrement} by "${message}"`, async () => {
        const result = await called(
          (group) => group.terminate({ decrement }),
          described('InService'),
          refused(message),
        );
        expect(result.outcome).to.equal(outcome);
      });
    }

    it('and not otherwise', async () => {
      expect((await called((group) => group.terminate({ decrement: true }))).outcome).to.equal(true);
    });
  });

  it('asks for its group once', async () => {
    let times = 0;
    nock(HOST)
      .persist()
      .post('/', (body: Record<string, string>) => body['Action'] === 'DescribeAutoScalingInstances')
      .reply(() => [200, described('InService', { group: `agents-${(times += 1)}` })])
      .post('/')
      .reply(200, '<RecordLifecycleActionHeartbeatResponse/>');
    const group = groupCalls('eu-west-1', 'i-1');
    expect(await failureOf(group.heartbeat().then(() => group.heartbeat()))).to.equal('it went well');
    expect(times).to.equal(1);
  });
});

describe('the launching hook of an instance', () => {
  it('is still to come before the group has seen it run', () => {
    expect(['Pending', 'Warmed:Pending'].map(isBeforeHook)).to.eql([true, true]);
    expect(['Pending:Wait', 'Warmed:Pending:Wait', 'InService', undefined].some(isBeforeHook)).to.equal(
      false,
    );
  });
});
