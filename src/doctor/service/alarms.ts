import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** What an alarm says. */
export type AlarmFacts = Pick<MetricAlarm, 'AlarmName' | 'StateValue' | 'StateReason' | 'AlarmDescription'>;

/** DescribeAlarms takes a hundred names. */
const MOST = 100;

/** Whether an alarm of the stack is on. */
export function alarmsCheck(facts: StackFacts): Check {
  return {
    title: 'Alarms',
    run: async () => {
      const names = await facts.physicalIds('AWS::CloudWatch::Alarm');
      if (names.length === 0) return examined('the stack has none');
      const { DescribeAlarmsCommand } = await import('../../aws/sdk/cloudwatch.ts');
      const client = await facts.aws.clients.cloudWatch();
      const { MetricAlarms } = await client.send(
        new DescribeAlarmsCommand({ AlarmNames: names.slice(0, MOST), AlarmTypes: ['MetricAlarm'] }),
      );
      return examined(`${names.length}, none on`, ...judgeAlarms(MetricAlarms ?? [], facts));
    },
  };
}

export function judgeAlarms(
  alarms: readonly AlarmFacts[],
  { target, region }: Pick<StackFacts, 'target' | 'region'>,
): Finding[] {
  return alarms
    .filter(({ StateValue }) => StateValue === 'ALARM')
    .map(({ AlarmName = '', StateReason = '', AlarmDescription = '' }) => ({
      code: 'alarm-on',
      severity: 'error',
      message: `The alarm ${AlarmName} is on: ${StateReason.replace(/\.$/, '')}`,
      meaning: `${AlarmDescription || 'Something that the stack watches is not as it should be'}.`.replace(
        /\.\.$/,
        '.',
      ),
      fix: `bk-stack logs tail ${target} --group scaler --since 1h --no-follow\nHow it came: aws cloudwatch describe-alarm-history --alarm-name ${AlarmName} --region ${region}`,
    }));
}
