import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';
import { isDenied } from '../../../aws/errors.ts';

/** An alarm of a stack that has gone off. */
export interface RaisedAlarm {
  readonly alarmName: string;
  readonly since: string;
  /** What its maker says it is about; else what CloudWatch found. */
  readonly about: string;
  /** Whether it watches a function, which in our stacks is the scaler. */
  readonly ofFunction: boolean;
}

/** Each costs a request, and more than these nobody reads. */
const MOST = 5;

/**
 * The alarms of a stack that are in ALARM. CloudFormation begins the name of an alarm with its stack's, so that one request
 * tells when there is none; which stack one belongs to is asked for each. None where the caller may not look.
 */
export async function raisedAlarms(aws: AwsContext, stackName: string): Promise<RaisedAlarm[]> {
  const { DescribeAlarmsCommand } = await import('../../../aws/sdk/cloudwatch.ts');
  const client = await aws.clients.cloudWatch();
  try {
    const { MetricAlarms } = await client.send(
      new DescribeAlarmsCommand({
        AlarmNamePrefix: `${stackName}-`,
        StateValue: 'ALARM',
        AlarmTypes: ['MetricAlarm'],
      }),
    );
    const raised = (MetricAlarms ?? []).slice(0, MOST);
    const own = await Promise.all(raised.map(({ AlarmName = '' }) => belongsTo(aws, AlarmName, stackName)));
    return raised.filter((_, index) => own[index] === true).map(raisedAlarm);
  } catch (error) {
    if (isDenied(error)) return [];
    throw error;
  }
}

function raisedAlarm(alarm: MetricAlarm): RaisedAlarm {
  const { AlarmName = '', AlarmDescription, StateReason = '', Metrics = [], Namespace } = alarm;
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp ?? new Date(0);
  const namespaces = [Namespace, ...Metrics.map(({ MetricStat: asked }) => asked?.Metric?.Namespace)];
  return {
    alarmName: AlarmName,
    since: since.toISOString(),
    about: AlarmDescription || StateReason,
    ofFunction: namespaces.includes('AWS/Lambda'),
  };
}

/** What belongs to no stack is a ValidationError. */
async function belongsTo(aws: AwsContext, alarmName: string, stackName: string): Promise<boolean> {
  const { DescribeStackResourcesCommand } = await import('../../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  try {
    const { StackResources = [] } = await client.send(
      new DescribeStackResourcesCommand({ PhysicalResourceId: alarmName }),
    );
    return StackResources.some(
      (resource) => resource.StackName === stackName && resource.PhysicalResourceId === alarmName,
    );
  } catch (error) {
    if (awsErrorCode(error) === 'ValidationError') return false;
    throw error;
  }
}
