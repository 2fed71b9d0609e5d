import { expect } from 'chai';
import { firstCauseIn, firstCauseOf } from '../../../src/stack/diagnosis/operation.ts';
import { launchFailuresOf } from '../../../src/stack/diagnosis/launches.ts';
import { History, ROOT } from '../../support/events.ts';
import { recordedAws } from '../../support/recorded-aws.ts';

const TEMPLATE = 'Resources:\n  A:\n    Type: X\n  Group:\n    Type: AWS::AutoScaling::AutoScalingGroup\n';
const GROUP = { type: 'AWS::AutoScaling::AutoScalingGroup', physicalId: 'ci-Group' };
const launch = (StatusMessage: string | undefined, StatusCode = 'Failed') => ({
  ...{ Description: 'Launching a new EC2 instance', StatusMessage, StatusCode },
  ...{ ActivityId: 'a', AutoScalingGroupName: 'ci-Group', Cause: 'c', StartTime: new Date(0) },
});
const ABANDONED =
  "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token x was abandoned";

describe('why an operation failed', () => {
  const { events } = new History()
    .stack('CREATE_IN_PROGRESS', 'User Initiated')
    .resource('Group', 'CREATE_FAILED', { ...GROUP, reason: 'Received 0 SUCCESS signal(s) out of 2.' });
  const { aws } = recordedAws({ DescribeScalingActivities: { Activities: [launch('no such image')] } });

  it('is told with the place in the template, and the launch behind missing signals', async () => {
    const stack = { aws, stackId: ROOT, template: () => Promise.resolve(TEMPLATE) };
    expect(await firstCauseIn(events, stack)).to.include({ line: 4, launchFailure: 'no such image' });
  });

  it('is told without the place where there is no template', async () => {
    const stack = { aws, stackId: ROOT, template: () => Promise.resolve('') };
    const cause = await firstCauseIn(events, stack);
    expect(cause).to.include({ logicalId: 'Group' }).and.not.to.have.property('line');
  });

  it('is found among the events of the latest operation', async () => {
    const row = (EventId: string, LogicalResourceId: string, ResourceStatus: string, reason?: string) => ({
      ...{ StackId: ROOT, StackName: 'ci', EventId, LogicalResourceId, ResourceStatus },
      ...{ ResourceStatusReason: reason, Timestamp: new Date(Number(EventId) * 1000) },
      ...(LogicalResourceId === 'ci'
        ? { ResourceType: 'AWS::CloudFormation::Stack', PhysicalResourceId: ROOT }
        : { ResourceType: 'AWS::EC2::VPC', PhysicalResourceId: 'vpc-1' }),
    });
    const { aws: withEvents } = recordedAws({
      DescribeStackEvents: {
        StackEvents: [
          row('5', 'Vpc', 'UPDATE_FAILED', 'no'),
          row('4', 'ci', 'UPDATE_IN_PROGRESS', 'User Initiated'),
          row('3', 'ci', 'CREATE_COMPLETE'),
          row('2', 'Role', 'CREATE_FAILED', 'of an earlier operation'),
        ],
      },
    });
    const stack = { aws: withEvents, stackId: ROOT, template: () => Promise.resolve('') };
    expect(await firstCauseOf(stack)).to.include({ logicalId: 'Vpc', reason: 'no' });
  });
});

describe('why Auto Scaling could not launch instances', () => {
  it('is in its words, also of a deleted group, without launches that a hook gave up', async () => {
    const { aws, sent } = recordedAws({
      DescribeScalingActivities: {
        Activities: [
          launch('second'),
          launch(ABANDONED),
          launch(undefined),
          launch('first'),
          launch('x', 'Successful'),
        ],
      },
    });
    expect(await launchFailuresOf(aws)('ci-Group')).to.eql(['second', 'first']);
    expect(sent.map(([, input]) => input as object)).to.eql([
      { AutoScalingGroupName: 'ci-Group', IncludeDeletedGroups: true, MaxRecords: 100 },
    ]);
  });
});
