import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { whereElse } from '../../../src/stack/facts/stack/find-stack.ts';
import { groupState } from '../../../src/stack/facts/group/state.ts';
import { problemsOf } from '../../../src/stack/status/problems.ts';
import { countsText, statusText } from '../../../src/stack/status/status-text.ts';
import type { StackSummary } from '../../../src/stack/facts/stack/summary.ts';
import type { Theme } from '../../../src/terminal/theme.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };

const stack: StackSummary = {
  stackName: 'ci',
  stackId: 'arn:ci',
  region: 'us-east-1',
  status: 'CREATE_COMPLETE',
  origin: 'bk-stack',
  version: '0.1.0',
  queue: 'deploy',
  createdAt: '2026-11-23T10:00:00.000Z',
  terminationProtection: false,
};

function instance(id: string, parts: object = {}) {
  return {
    InstanceId: id,
    LifecycleState: 'InService' as const,
    HealthStatus: 'Healthy',
    InstanceType: 'm7i.large',
    AvailabilityZone: 'us-east-1a',
    ProtectedFromScaleIn: false,
    ...parts,
  };
}

function groupOf(
  parts: Partial<AutoScalingGroup> = {},
  activities: Partial<Activity>[] = [],
  warm?: string[],
) {
  const group = {
    AutoScalingGroupName: 'ci-Group',
    MinSize: 0,
    MaxSize: 10,
    DesiredCapacity: 2,
    Instances: [instance('i-1'), instance('i-2')],
    ...parts,
  };
  const pool = warm?.map((lifecycleState, at) => ({
    ...{ instanceId: `i-w${at}`, lifecycleState, health: 'Healthy' },
    ...{ instanceType: 'm7i.large', zone: 'us-east-1a' },
  }));
  return groupState(group as AutoScalingGroup, activities as Activity[], pool);
}

const refused = {
  StatusCode: 'Failed' as const,
  StartTime: new Date('2026-11-23T11:00:00Z'),
  Description: 'Launching a new EC2 instance. Status Reason: ...',
  StatusMessage:
    'We currently do not have sufficient m7i.large capacity in the Availability Zone you requested',
};
const UNKNOWN = { known: false, why: 'no token' } as const;
const launched = {
  StatusCode: 'Successful' as const,
  StartTime: new Date('2026-11-23T11:05:00Z'),
  Description: 'Launching a new EC2 instance: i-0123456789abcdef1',
};

describe('what is wrong with a stack', () => {
  it('is nothing, when all is well', () => {
    expect(problemsOf({ stack, group: groupOf() })).to.deep.equal([]);
  });

  it('is that its instances cannot be launched, with what to do', () => {
    const group = groupOf({ Instances: [] }, [refused]);
    const [problem] = problemsOf({ stack, group });
    expect(problem?.message).to.contain('sufficient m7i.large capacity');
    expect(problem?.remedy).to.contain('InstanceTypes=');
  });

  it('is not a failed launch that was made good, or that nobody wants any more', () => {
    expect(problemsOf({ stack, group: groupOf({ Instances: [] }, [launched, refused]) })).to.deep.equal([]);
    expect(
      problemsOf({ stack, group: groupOf({ Instances: [], DesiredCapacity: 0 }, [refused]) }),
    ).to.deep.equal([]);
  });

  it('is the first cause of a failed creation, with the command that removes it', () => {
    const [problem] = problemsOf({
      stack: { ...stack, status: 'ROLLBACK_COMPLETE' },
      firstCause: {
        logicalId: 'Vpc',
        path: 'Vpc',
        type: 'AWS::EC2::VPC',
        reason: 'no room',
        stackName: 'ci',
        at: new Date(0),
        line: 7,
        alsoFailed: [],
      },
    });
    expect(problem?.message).to.equal('Vpc (AWS::EC2::VPC, line 7 of the template): no room');
    expect(problem?.remedy).to.equal('bk-stack delete ci --region us-east-1');
  });

  it('is jobs that no agent takes', () => {
    const untakenJobs = {
      ...{ jobs: 1, idleAgents: 1, foreignIdle: 1, nextAttemptAt: '2026-11-25T11:00:10.000Z' },
    };
    expect(problemsOf({ stack, group: groupOf(), untakenJobs })).to.eql([
      {
        message:
          "1 job waiting though 1 agent is idle: it isn't this stack's; next attempt at 2026-11-25 11:00 UTC.",
        remedy:
          'Compare the agent tags that the jobs ask for with BuildkiteAgentTags: bk-stack params ci --region us-east-1',
      },
    ]);
  });

  it('is a change set that was never executed', () => {
    const [problem] = problemsOf({ stack: { ...stack, status: 'REVIEW_IN_PROGRESS' } });
    expect(problem?.remedy).to.contain('bk-stack delete ci');
  });

  it('is a process that somebody has suspended, unless it is one that does no harm', () => {
    const suspended = (ProcessName: string) => groupOf({ SuspendedProcesses: [{ ProcessName }] });
    expect(problemsOf({ stack, group: suspended('Launch') })[0]?.remedy).to.contain(
      'resume-processes --scaling-processes Launch --auto',
    );
    expect(problemsOf({ stack, group: suspended('AZRebalance') })).to.deep.equal([]);
  });

  it('is an idle instance that outlasts a smaller size, and one on standby', () => {
    const surplus = {
      ...{ instances: 1, minutes: 12, cause: 'protected' as const },
      protectedInstances: ['i-1', 'i-2'],
    };
    const group = groupOf({ Instances: [instance('i-1'), instance('i-3', { LifecycleState: 'Standby' })] });
    expect(problemsOf({ stack, group, surplus })).to.deep.equal([
      {
        message:
          '1 instance more than desired, without jobs, in service for over 12 min: instances are protected from scale-in.',
        remedy:
          'aws autoscaling set-instance-protection --instance-ids i-1 i-2 --auto-scaling-group-name ci-Group --no-protected-from-scale-in --region us-east-1',
      },
      {
        message: "1 instance on standby, which costs money and doesn't count as capacity: i-3.",
        remedy:
          "aws autoscaling exit-standby --instance-ids i-3 --auto-scaling-group-name ci-Group --region us-east-1\nThis raises the desired capacity by 1; it is refused if that exceeds the group's maximum.",
      },
    ]);
  });

  it('is an instance whose launching hook gave it up, with the last lines of its boot log', () => {
    const abandoned = {
      StatusCode: 'Cancelled' as const,
      StartTime: new Date('2026-11-23T11:00:00Z'),
      Description: 'Launching a new EC2 instance: i-0123456789abcdef0',
      StatusMessage:
        'Lifecycle Action with token x was abandoned: Lifecycle Action Completed with ABANDON Result',
    };
    const group = groupOf({ Instances: [] }, [abandoned, launched]);
    const bootLog = {
      instanceId: 'i-0123456789abcdef0',
      lines: ['Installing Docker', '\x1b[31mno space left'],
    };
    const [problem] = problemsOf({ stack, group, bootLog });
    expect(group.failures[0]?.instanceId).to.equal('i-0123456789abcdef0');
    expect(problem?.message).to.contain('did not come up').and.to.contain('was abandoned');
    expect(problem?.message).to.contain('  Installing Docker\n  no space left');
    expect(problem?.remedy).to.contain('bk-stack logs tail ci --group boot --instance i-0123456789abcdef0');
    expect(problemsOf({ stack, group: groupOf({}, [launched, abandoned]) })).to.deep.equal([]);
    // Ending the one that did not come up makes nothing good.
    const ended = {
      StatusCode: 'Successful' as const,
      Description: 'Terminating EC2 instance: i-0123456789abcdef0',
    };
    expect(groupOf({}, [ended, abandoned, launched]).failing).to.equal(true);
    expect(groupOf({}, [launched, ended, abandoned]).failing).to.equal(false);
  });

  it('is a scale-in that was called off, only in the eyes of others', () => {
    const kept = { StatusCode: 'Cancelled' as const, StatusMessage: 'all remaining instances are protected' };
    expect(groupOf({}, [kept])).to.deep.include({ failures: [], failing: false });
  });

  it('is drift, once CloudFormation has found it', () => {
    const found = (status: string) => problemsOf({ stack: { ...stack, drift: { status } } });
    expect(found('DRIFTED')[0]?.remedy).to.contain('describe-stack-resource-drifts --stack-name ci');
    expect(found('IN_SYNC')).to.deep.equal([]);
  });

  it('is instances that are unhealthy', () => {
    const group = groupOf({ Instances: [instance('i-1', { HealthStatus: 'Unhealthy' })] });
    expect(problemsOf({ stack, group })[0]?.message).to.contain('i-1');
  });

  it('is an alarm that has gone off, with where its reason is found', () => {
    const alarm = {
      ...{ alarmName: 'ci-ScalerAlarm-1', since: '2026-11-23T11:00:00.000Z', ofFunction: true },
      about: 'The scaler fails',
    };
    const [ours] = problemsOf({ stack, alarms: [alarm], scalerLogs: true });
    expect(ours?.message).to.equal(
      'Alarm ci-ScalerAlarm-1 has been firing since 2026-11-23 11:00 UTC: The scaler fails',
    );
    expect(ours?.remedy).to.contain('bk-stack logs tail ci --group scaler');
    for (const findings of [
      { alarms: [{ ...alarm, ofFunction: false }], scalerLogs: true },
      { alarms: [alarm], scalerLogs: false },
      { alarms: [alarm] },
    ]) {
      const [other] = problemsOf({ stack, ...findings });
      expect(other?.remedy).to.contain("describe-alarm-history --alarm-name 'ci-ScalerAlarm-1'");
    }
  });
});

describe('instances that are on-demand for want of spot', () => {
  const bought = (percentage: number, note: string) =>
    groupOf({
      MixedInstancesPolicy: {
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: percentage },
      },
      Tags: [{ Key: 'bk-stack:purchase', Value: note }],
    }).onDemandUntil;

  it('are told while the group buys like that', () => {
    const note = 'on-demand until 2026-11-25T11:00:00.000Z';
    expect(bought(100, note)).to.equal('2026-11-25T11:00:00.000Z');
    expect(bought(0, note)).to.equal(undefined);
    expect(bought(100, 'trial until 2026-11-25T11:00:00.000Z')).to.equal(undefined);
  });

  it('are a way out of launches that fail', () => {
    const StatusMessage =
      'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Launching EC2 instance failed.';
    const group = groupOf({ Instances: [] }, [{ ...refused, StatusMessage }]);
    expect(problemsOf({ stack, group })[0]?.remedy).to.contain('SpotFallbackMinutes=');
  });
});

describe('the status for people', () => {
  it('says what is wrong first, then facts, then instances', () => {
    const group = groupOf({ Instances: [instance('i-1', { LifecycleState: 'Pending' })] }, [refused]);
    const jobs = { scheduled: 3, running: 2, waiting: 1 };
    const agents = { idle: 0, busy: 2, total: 2 };
    const queueNow = { known: true, queue: 'q', report: { organization: 'acme', jobs, agents } } as const;
    const problems = problemsOf({ stack, group });
    const scaler = [
      { at: '2026-11-24T10:02:11.000Z', event: 'scaled', from: 2, to: 5, reason: '12 jobs' },
      { at: '2026-11-24T10:01:11.000Z', event: 'failed', reason: 'no answer' },
    ] as const;
    const text = statusText({ ...stack, group, problems, queueNow, scaler, alarms: [], outputs: {} }, theme);
    const order = ['✖ Instances cannot be launched', 'state', 'CREATE_COMPLETE', 'SCALER', 'INSTANCE', 'i-1'];
    const places = order.map((part) => text.indexOf(part));
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    expect(places).not.to.include(-1);
    expect(text).to.contain('2 desired (0 to 10)').and.to.contain('1 Pending');
    expect(text).to.contain('10:02:11  2 → 5: 12 jobs').and.to.contain('10:01:11  failed: no answer');
    expect(text).to.contain('3 scheduled, 2 running, 1 waiting').and.to.contain('2 (2 busy, 0 idle)');
  });

  it('shows the minimum that is the stack’s own beside what the scaler has raised it to', () => {
    const sizeOf = (held: string) => {
      const group = groupOf({ MinSize: 2, Tags: [{ Key: 'bk-stack:held', Value: held }] });
      const facts = { ...stack, group, problems: [], alarms: [], queueNow: UNKNOWN, scaler: [], outputs: {} };
      return /^size +(.*)$/m.exec(statusText(facts, theme))?.[1];
    };
    expect(sizeOf('0/2')).to.equal('2 desired (0 to 10); the scaler keeps at least 2');
    expect(sizeOf('0/3')).to.equal('2 desired (2 to 10)');
  });

  it('tells instances of a former version apart, while there are some', () => {
    const textOf = (...versions: string[]) => {
      const group = groupOf({
        LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '7' },
        Instances: versions.map((Version, at) => instance(`i-${at}`, { LaunchTemplate: { Version } })),
      });
      return statusText(
        { ...stack, group, problems: [], alarms: [], queueNow: UNKNOWN, scaler: [], outputs: {} },
        theme,
      );
    };
    expect(textOf('7', '6', '6')).to.contain(
      "1 of the launch template's present version (7), 2 of former ones",
    );
    expect(textOf('7', '6')).to.contain('6 (former)');
    expect(textOf('7', '7')).to.not.contain('VERSION').and.to.not.contain('versions');
  });

  it('counts of a warm pool what is there to stay, and tells apart what is not ready and what ends', () => {
    const poolText = (warm?: string[]) => {
      const group = groupOf({ WarmPoolConfiguration: { MinSize: 2 }, WarmPoolSize: 4 }, [], warm);
      const text = statusText(
        { ...stack, group, problems: [], alarms: [], queueNow: UNKNOWN, scaler: [], outputs: {} },
        theme,
      );
      return /^warm pool +(.*)$/m.exec(text)?.[1];
    };
    const ready = ['Warmed:Stopped', 'Warmed:Stopped'];
    expect(poolText(ready)).to.equal('2 of 2 instances');
    expect(poolText([...ready, 'Warmed:Terminating:Wait', 'Warmed:Terminating'])).to.equal(
      '2 of 2 instances; 2 more end',
    );
    expect(poolText(['Warmed:Pending:Wait', 'Warmed:Stopped', 'Warmed:Terminating:Wait'])).to.equal(
      '2 of 2 instances, of which 1 is not ready yet; 1 more ends',
    );
    expect(poolText([])).to.equal('0 of 2 instances');
    expect(poolText(undefined), 'where nobody may look into it').to.equal(
      '4 of 2 instances, with those that end',
    );
  });

  it('stays a screen, however many instances there are, and shows those first that are not in service', () => {
    const Instances = Array.from({ length: 1000 }, (_, at) => instance(`i-${String(at).padStart(4, '0')}`));
    Instances.push(instance('i-9999', { LifecycleState: 'Terminating:Wait' }));
    const group = groupOf({ Instances });
    const text = statusText(
      { ...stack, group, problems: [], alarms: [], queueNow: UNKNOWN, scaler: [], outputs: {} },
      theme,
    );
    expect(text.split('\n').length).to.be.below(40);
    expect(text).to.contain('i-9999').and.to.contain('... and 981 more: bk-stack instances ci');
  });

  it('counts instances by state, the most first', () => {
    const { instances } = groupOf({
      Instances: [instance('a', { LifecycleState: 'Pending' }), instance('b'), instance('c')],
    });
    expect(countsText(instances)).to.equal('2 InService, 1 Pending');
    expect(countsText([])).to.equal('none');
  });
});

describe('a stack that does not exist', () => {
  it('is answered with the names that are near, or all, or where to look', () => {
    expect(whereElse('cii', ['ci', 'web'])).to.equal('Did you mean ci?');
    expect(whereElse('builds', ['builds-eu'])).to.equal('Did you mean builds-eu?');
    expect(whereElse('builds', ['builds-eu', 'build'], 1)).to.equal('Did you mean build?');
    expect(whereElse('builds', ['builds-eu'], 1)).to.match(/^Stacks there: builds-eu\./);
    expect(whereElse('production', ['ci', 'web'])).to.contain('Stacks there: ci, web.');
    expect(whereElse('ci', [])).to.contain('--all-regions');
  });
});
