import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { OperationError } from '../../../src/errors.ts';
import { sdkError } from '../../support/world-aws.ts';
import { BARE, GROUPED, plainFacts } from '../../support/plain-facts.ts';

const GROUP = {
  ...{ AutoScalingGroupName: 'ci-Group', MinSize: 0, MaxSize: 4, DesiredCapacity: 1 },
  LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '3' },
} as AutoScalingGroup;
const HOST = '#!/bin/bash\nexec node /opt/bk-stack/host.mjs bootstrap\n';
const resource = (ResourceType: string, PhysicalResourceId: string): StackResourceSummary => ({
  ...{ ResourceType, PhysicalResourceId, LogicalResourceId: 'It', ResourceStatus: 'CREATE_COMPLETE' },
  LastUpdatedTimestamp: new Date(0),
});
const template = (UserData: string | undefined, VersionNumber = 3) => ({
  VersionNumber,
  LaunchTemplateData: {
    InstanceType: 'm7i.large' as const,
    ...(UserData !== undefined && { UserData: Buffer.from(UserData).toString('base64') }),
  },
});
const withParameter = (ParameterKey: string, ParameterValue: string): Stack => ({
  ...GROUPED,
  Parameters: [{ ParameterKey, ParameterValue }],
});

describe('the facts about a stack', () => {
  it('are asked for when they are first needed, and once', async () => {
    const { facts, asked } = plainFacts(GROUPED, { group: () => Promise.resolve(GROUP) });
    expect(asked).to.eql([]);
    await Promise.all([facts.group(), facts.requireGroup(), facts.groupState()]);
    await Promise.all([facts.draining(GROUP), facts.launch(GROUP), facts.hooks(), facts.isForeign()]);
    await Promise.all([facts.template(), facts.template(), facts.resources(), facts.physicalIds('x')]);
    await Promise.all([facts.isRefreshing(), facts.refreshes(), facts.warmPool(), facts.activities()]);
    await Promise.all([
      facts.token('/t'),
      facts.token('/t'),
      facts.activityHistory(),
      facts.activityHistory(),
    ]);
    expect(asked.sort()).to.eql([
      ...['activities ci-Group', 'activities ci-Group', 'group ci-Group', 'hooks ci-Group'],
      ...['launch template lt-1 3', 'refreshes ci-Group', `resources ${BARE.StackId ?? ''}`],
      ...[`template ${BARE.StackId ?? ''}`, 'token /t', 'warm pool ci-Group'],
    ]);
    await facts.fresh().group();
    expect(asked.filter((request) => request.startsWith('group'))).to.have.length(2);
  });

  it('have the group that the outputs name, else the one among the resources', async () => {
    const resources = () => Promise.resolve([resource('AWS::AutoScaling::AutoScalingGroup', 'ci-Made')]);
    const { facts, asked } = plainFacts(GROUPED, { resources });
    expect(await facts.groupName()).to.equal('ci-Group');
    expect(asked).to.eql([]);
    expect(await plainFacts(BARE, { resources }).facts.groupName()).to.equal('ci-Made');
    expect(await plainFacts(BARE).facts.groupName()).to.equal(undefined);
  });

  it('have no group that is being deleted, but tell its state', async () => {
    const ending = { ...GROUP, Status: 'Delete in progress' };
    const { facts } = plainFacts(GROUPED, { group: () => Promise.resolve(ending) });
    expect(await facts.group()).to.equal(undefined);
    expect(await facts.requireGroup()).to.equal(ending);
    expect(await facts.groupState()).to.include({ desiredCapacity: 1 });
  });

  it('say which group is missing where one is required', async () => {
    const refusal = (stack: Stack) =>
      plainFacts(stack)
        .facts.requireGroup()
        .catch((error: unknown) => error);
    expect(await refusal(BARE))
      .to.be.instanceOf(OperationError)
      .with.property('message', 'The stack ci has no Auto Scaling group (it is CREATE_COMPLETE)');
    expect(await refusal(GROUPED)).to.have.property(
      'message',
      'There is no Auto Scaling group ci-Group any more',
    );
    const { facts, asked } = plainFacts(BARE);
    expect([await facts.group(), await facts.groupState(), await facts.hooks()]).to.eql([
      undefined,
      undefined,
      [],
    ]);
    expect(asked).to.eql([`resources ${BARE.StackId ?? ''}`]);
  });

  for (const [what, WarmPoolConfiguration, refused, warmPool] of [
    ['nothing of a warm pool that it does not have', undefined, undefined, undefined],
    ['what is in its warm pool', { MinSize: 1 }, undefined, { size: 1, wanted: 1, ready: 1, leaving: 0 }],
    [
      'the size alone of a pool that may not be read',
      { MinSize: 1 },
      sdkError('AccessDenied', 'no', 403),
      { size: 2, wanted: 1 },
    ],
  ] as const) {
    it(`have in the state of the group ${what}`, async () => {
      const warm = { instanceId: 'i-1', lifecycleState: 'Warmed:Stopped', health: 'Healthy' };
      const { facts } = plainFacts(GROUPED, {
        group: () => Promise.resolve({ ...GROUP, WarmPoolConfiguration, WarmPoolSize: 2 }),
        warmPool: () =>
          refused === undefined
            ? Promise.resolve([{ ...warm, instanceType: 'm7i.large', zone: 'us-east-1a' }])
            : Promise.reject(refused),
      });
      expect((await facts.groupState())?.warmPool).to.eql(warmPool);
    });
  }

  it('fail where the warm pool cannot be read for another reason', async () => {
    const { facts } = plainFacts(GROUPED, {
      group: () => Promise.resolve({ ...GROUP, WarmPoolConfiguration: { MinSize: 1 } }),
      warmPool: () => Promise.reject(new Error('no answer')),
    });
    expect(await facts.groupState().catch((error: unknown) => (error as Error).message)).to.equal(
      'no answer',
    );
  });

  for (const [what, statuses, refreshing] of [
    ['nothing was ever refreshed', [], false],
    [
      'the last refresh ended',
      ['Successful', 'Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'],
      false,
    ],
    ['a refresh waits', ['Pending'], true],
    ['a refresh replaces instances', ['InProgress', 'Successful'], true],
    ['a refresh is being cancelled', ['Cancelling'], true],
    ['a refresh is rolled back', ['RollbackInProgress'], true],
    ['a refresh bakes', ['Baking'], true],
  ] as const) {
    it(`tell ${refreshing ? 'that instances are being replaced' : 'of no replacement'} where ${what}`, async () => {
      const refreshes = () => Promise.resolve(statuses.map((Status) => ({ Status })));
      expect(await plainFacts(GROUPED, { refreshes }).facts.isRefreshing()).to.equal(refreshing);
    });
  }

  for (const [what, userData, group, foreign] of [
    ['our host program', HOST, GROUP, false],
    ['another program', '#!/bin/bash\necho hello', GROUP, true],
    ['no user data', undefined, GROUP, true],
    ['no group', HOST, undefined, false],
  ] as const) {
    it(`tell how to change a parameter of a stack with ${what}`, async () => {
      const { facts } = plainFacts(GROUPED, {
        group: () => Promise.resolve(group),
        launchTemplates: () => Promise.resolve([template(userData)]),
      });
      expect(await facts.isForeign()).to.equal(foreign);
      expect((await facts.changeAdvice())('A=1')).to.equal(
        foreign
          ? 'empty the stack by hand (docs/updates.md), then have CloudFormation update it with A=1'
          : 'bk-stack update ci --region us-east-1 --param A=1',
      );
    });
  }

  it('have what the group launches, and its template in two versions', async () => {
    const given = { launchTemplates: () => Promise.resolve([template(HOST, 2), template(HOST, 3)]) };
    const { facts, asked } = plainFacts(
      { ...BARE, Outputs: [{ OutputKey: 'LaunchTemplateId', OutputValue: 'lt-1' }] },
      given,
    );
    expect((await facts.launchTemplates()).map(({ VersionNumber }) => VersionNumber)).to.eql([3, 2]);
    expect(await facts.launch(GROUP)).to.deep.include({ version: '2', types: ['m7i.large'] });
    expect(asked).to.eql(['launch template lt-1 $Latest,$Default', 'launch template lt-1 3']);
    expect(await facts.launch({ ...GROUP, LaunchTemplate: undefined })).to.equal(undefined);
    const resources = () => Promise.resolve([resource('AWS::EC2::LaunchTemplate', 'lt-2')]);
    const other = plainFacts(BARE, { resources });
    expect(await other.facts.launchTemplates()).to.eql([]);
    expect(other.asked).to.include('launch template lt-2 $Latest,$Default');
    expect(await other.facts.launch({ ...GROUP, LaunchTemplate: { LaunchTemplateId: 'lt-1' } })).to.equal(
      undefined,
    );
    expect(other.asked).to.include('launch template lt-1 $Default');
    const none = plainFacts(BARE);
    expect(await none.facts.launchTemplates()).to.eql([]);
    expect(none.asked).to.eql([`resources ${BARE.StackId ?? ''}`]);
  });

  it('have the token where the stack was told, else in a parameter of its own', async () => {
    const resources = () => Promise.resolve([resource('AWS::SSM::Parameter', 'ci-Token')]);
    const told = withParameter('BuildkiteAgentTokenParameterStorePath', '/t');
    expect(await plainFacts(told, { resources }).facts.tokenPath()).to.equal('/t');
    expect(await plainFacts(GROUPED, { resources }).facts.tokenPath()).to.equal('ci-Token');
    expect(await plainFacts(GROUPED).facts.tokenPath()).to.equal(undefined);
  });

  it('say why the queue is not known', async () => {
    const queue = async (stack: Stack) => {
      const state = await plainFacts(stack).facts.queue();
      return state.known ? undefined : state.why;
    };
    expect(await queue(GROUPED)).to.equal('the stack names no queue');
    const named = withParameter('BuildkiteQueue', 'q');
    expect(await queue(named)).to.equal('the stack names no SSM parameter of its agent token');
    const path = { ParameterKey: 'BuildkiteAgentTokenParameterStorePath', ParameterValue: '/t' };
    expect(await queue({ ...named, Parameters: [...(named.Parameters ?? []), path] })).to.equal(
      'there is no SSM parameter /t',
    );
  });

  it('name the stack as a person types it', () => {
    const { facts } = plainFacts(withParameter('A', 'b'));
    expect(facts.target).to.equal('ci --region us-east-1');
    expect([facts.parameter('A'), facts.output('AutoScalingGroupName')]).to.eql(['b', 'ci-Group']);
    expect(plainFacts({ ...BARE, StackId: undefined }).facts.stackId).to.equal('ci');
  });
});
