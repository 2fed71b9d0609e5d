import { expect } from 'chai';
import { logs } from '../../../src/sandbox/services/logs/index.ts';
import { REGION, refusalOf, StackWorld, topic } from './support/sandbox.ts';

const TEMPLATE = {
  Resources: {
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/ci', RetentionInDays: 30 } },
    Topic: topic(),
  },
};

describe('drift detection of a stack', () => {
  let world: StackWorld;
  const detect = async () => {
    const { StackDriftDetectionId } = await world.ask<{ StackDriftDetectionId: string }>('DetectStackDrift', {
      StackName: 'demo',
    });
    const status = () =>
      world.ask<{ DetectionStatus: string; StackDriftStatus?: string; DriftedStackResourceCount?: number }>(
        'DescribeStackDriftDetectionStatus',
        { StackDriftDetectionId },
      );
    const before = await status();
    await world.pass(30);
    return { before, after: await status() };
  };

  beforeEach(async () => {
    world = new StackWorld([logs]);
    await world.created('demo', TEMPLATE);
  });

  it('takes a while, and finds a stack in sync', async () => {
    const { before, after } = await detect();
    expect(before.DetectionStatus).to.equal('DETECTION_IN_PROGRESS');
    expect(before).to.not.have.property('StackDriftStatus');
    expect(after).to.include({
      DetectionStatus: 'DETECTION_COMPLETE',
      StackDriftStatus: 'IN_SYNC',
      DriftedStackResourceCount: 0,
    });
  });

  it('names what was changed outside the stack, and leaves out what it cannot check', async () => {
    await world.call(world.scope(REGION), 'logs', 'PutRetentionPolicy', {
      logGroupName: '/ci',
      retentionInDays: 7,
    });
    expect((await detect()).after).to.include({ StackDriftStatus: 'DRIFTED', DriftedStackResourceCount: 1 });
    const { StackResourceDrifts } = await world.ask<{
      StackResourceDrifts: { LogicalResourceId: string; PropertyDifferences: object[] }[];
    }>('DescribeStackResourceDrifts', { StackName: 'demo' });
    expect(StackResourceDrifts.map(({ LogicalResourceId }) => LogicalResourceId)).to.eql(['Log']);
    expect(StackResourceDrifts[0]?.PropertyDifferences).to.eql([
      {
        PropertyPath: '/RetentionInDays',
        ExpectedValue: '30',
        ActualValue: '7',
        DifferenceType: 'NOT_EQUAL',
      },
    ]);
  });

  it('is refused while the stack changes, and knows no other detections', async () => {
    await world.create('other', TEMPLATE);
    expect(await refusalOf(world.ask('DetectStackDrift', { StackName: 'other' }))).to.match(
      /^ValidationError: Drift detection cannot be performed/,
    );
    expect(
      await refusalOf(world.ask('DescribeStackDriftDetectionStatus', { StackDriftDetectionId: 'none' })),
    ).to.match(/^ValidationError: /);
  });
});

describe('the template of a stack under review', () => {
  it('is not there yet, which is no error', async () => {
    const world = new StackWorld();
    await world.changeSet('demo', { Resources: { Topic: topic() } }, { ChangeSetType: 'CREATE' });
    expect((await world.stack('demo')).StackStatus).to.equal('REVIEW_IN_PROGRESS');
    expect(await world.ask('GetTemplate', { StackName: 'demo' })).to.not.have.property('TemplateBody');
  });
});
