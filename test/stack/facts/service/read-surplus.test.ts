import type { Stack } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { groupState } from '../../../../src/stack/facts/group/state.ts';
import { readSurplus } from '../../../../src/stack/facts/service/read-surplus.ts';
import { BARE } from '../../../support/plain-facts.ts';
import { recordedAws } from '../../../support/recorded-aws.ts';
import { sdkError } from '../../../support/world-aws.ts';

const NOW = Date.parse('2026-11-25T11:00:00.000Z');
const STACK: Stack = {
  ...BARE,
  Parameters: [
    { ParameterKey: 'BuildkiteQueue', ParameterValue: 'deploy' },
    { ParameterKey: 'ScaleInIdlePeriod', ParameterValue: '60' },
  ],
};
const groupOf = (inService: number, DesiredCapacity: number) =>
  groupState(
    {
      ...{ AutoScalingGroupName: 'g', MinSize: 0, MaxSize: 9, DesiredCapacity, DefaultCooldown: 0 },
      ...{ AvailabilityZones: [], HealthCheckType: 'EC2', CreatedTime: new Date(0) },
      Instances: Array.from({ length: inService }, (_, number) => ({
        ...{ InstanceId: `i-${number}`, LifecycleState: 'InService' as const, HealthStatus: 'Healthy' },
        ...{ AvailabilityZone: 'us-east-1a', ProtectedFromScaleIn: false },
      })),
    },
    [],
  );
const metric = (Id: string, value: number) => ({
  Id,
  Timestamps: Array.from({ length: 6 }, (_, minute) => new Date(NOW - minute * 60_000)),
  Values: Array.from({ length: 6 }, () => value),
});
const METRICS = {
  MetricDataResults: [metric('inService', 3), metric('desired', 1), metric('busyAgents', 0)],
};

async function surplus(answer: object, group = groupOf(3, 1), stack = STACK) {
  const { aws, sent } = recordedAws({ GetMetricData: answer });
  const clock = () => Promise.resolve(() => NOW);
  return { found: await readSurplus(Object.assign(aws, { clock }), stack, group), sent };
}

describe('instances that a group should have got rid of', () => {
  it('are found by the metrics of the scaler over the idle period', async () => {
    const { found, sent } = await surplus(METRICS);
    expect(found).to.include({ instances: 2, minutes: 6, cause: 'unknown' });
    expect(sent).to.have.length(1);
    const [, { MetricDataQueries, StartTime, EndTime }] = sent[0] ?? expect.fail();
    expect([StartTime, EndTime]).to.eql(['2026-11-25T10:54:00.000Z', '2026-11-25T11:00:00.000Z']);
    const Dimensions = [
      { Name: 'StackName', Value: 'ci' },
      { Name: 'Queue', Value: 'deploy' },
    ];
    const query = (Id: string, MetricName: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Buildkite', MetricName, Dimensions }, Period: 60, Stat },
    });
    expect(MetricDataQueries).to.eql([
      query('inService', 'InServiceInstances', 'Minimum'),
      query('desired', 'DesiredInstances', 'Maximum'),
      query('busyAgents', 'BusyAgentCount', 'Maximum'),
    ]);
  });

  it('are not asked for where there are no more than desired', async () => {
    expect(await surplus(METRICS, groupOf(1, 1))).to.eql({ found: undefined, sent: [] });
    expect(await surplus(METRICS, groupOf(1, 2))).to.eql({ found: undefined, sent: [] });
  });

  it('are not known without metrics, and where they may not be read', async () => {
    expect((await surplus({})).found).to.equal(undefined);
    expect((await surplus(sdkError('AccessDenied', 'no', 403))).found).to.equal(undefined);
  });

  it('fail where metrics cannot be read for another reason', async () => {
    const failure = await surplus(new Error('no answer')).catch((error: unknown) => (error as Error).message);
    expect(failure).to.equal('no answer');
  });
});
