import { minuteOf } from '../../terminal/minute.ts';
import { safe } from '../../terminal/safe.ts';
import { counted } from '../../terminal/text.ts';
import { adviceFor } from '../diagnosis/advice.ts';
import type { FirstCause } from '../diagnosis/first-cause.ts';
import { causeLine } from '../diagnosis/report.ts';
import { isFailure, isSettled } from '../events/event.ts';
import type { Journal } from '../update/execution/journal/journal.ts';
import type { RaisedAlarm } from '../facts/service/alarms.ts';
import type { BootLog } from '../facts/service/boot-log.ts';
import type { GroupState } from '../facts/group/state.ts';
import type { StackSummary } from '../facts/stack/summary.ts';
import {
  onStandby,
  standbyRemedy,
  type Surplus,
  surplusRemedy,
  surplusText,
} from '../facts/group/surplus.ts';
import { type UntakenJobs, untakenText } from '../facts/service/untaken-jobs.ts';

/** Something that is wrong, and what helps. */
export interface Problem {
  readonly message: string;
  /** What to do, where possible the command to type. */
  readonly remedy?: string;
}

/** The facts about a stack that its problems are found in. */
export interface Findings {
  readonly stack: StackSummary;
  readonly group?: GroupState;
  readonly surplus?: Surplus;
  readonly bootLog?: BootLog;
  readonly firstCause?: FirstCause;
  readonly update?: Pick<Journal, 'phase' | 'by' | 'startedAt'>;
  readonly alarms?: readonly RaisedAlarm[];
  /** Whether `logs` shows what the scaler wrote. */
  readonly scalerLogs?: boolean;
  readonly untakenJobs?: UntakenJobs;
}

/** What is wrong with a stack, the worst first; empty for one that is as it should be. */
export function problemsOf(findings: Findings): Problem[] {
  const { stack, group, firstCause, update, alarms = [], scalerLogs = false, untakenJobs } = findings;
  return [
    ...(update === undefined ? [] : [unfinished(stack, update)]),
    ...stackProblems(stack, firstCause),
    ...(group === undefined || stack.status.startsWith('DELETE') ? [] : groupProblems(group, findings)),
    ...(untakenJobs === undefined ? [] : [untakenProblem(stack, untakenJobs)]),
    ...alarms.map((alarm) => alarmProblem(stack, alarm, scalerLogs)),
    ...driftProblems(stack),
  ];
}

/** Whether somebody still watches it cannot be told from here. */
function unfinished(
  { stackName, region }: StackSummary,
  { phase, by, startedAt }: NonNullable<Findings['update']>,
): Problem {
  return {
    message: `An update is under way since ${minuteOf(startedAt)}, by ${by}: it is ${phase}.`,
    remedy: [
      `bk-stack status ${stackName} --wait --region ${region}`,
      `Where nobody watches it any more: bk-stack update ${stackName} --resume --region ${region}`,
    ].join('\n'),
  };
}

/** What CloudFormation itself says is wrong with a stack. */
export function stackProblems(stack: StackSummary, cause: FirstCause | undefined): Problem[] {
  const { stackName, region, status, reason } = stack;
  if (status === 'REVIEW_IN_PROGRESS') {
    return [
      {
        message: 'A change set was made for this stack and never executed: nothing of it exists.',
        remedy: `bk-stack delete ${stackName} --region ${region}`,
      },
    ];
  }
  if (!isFailure(status)) return [];
  const why = cause === undefined ? reason : causeLine(cause);
  const remedy = [cause?.advice, commandFor(stack)].filter(Boolean).join('\n');
  return [
    { message: why === undefined ? `The stack is in ${status}.` : why, ...(remedy !== '' && { remedy }) },
  ];
}

function commandFor({ stackName, region, status }: StackSummary): string | undefined {
  if (!isSettled(status)) return `bk-stack status ${stackName} --wait --region ${region}`;
  if (/^(CREATE_FAILED|ROLLBACK_|DELETE_FAILED)/.test(status)) {
    return `bk-stack delete ${stackName} --region ${region}`;
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    return `bk-stack update ${stackName} --cancel --region ${region}`;
  }
  return undefined;
}

function groupProblems(group: GroupState, { stack, surplus, bootLog, update }: Findings): Problem[] {
  const { stackName, region } = stack;
  const name = group.autoScalingGroupName;
  const inService = group.instances.filter(({ lifecycleState }) => lifecycleState === 'InService').length;
  const unhealthy = group.instances.filter(({ health }) => health.toLowerCase() === 'unhealthy');
  // Pausing suspends launches too, and is told for itself.
  const matters =
    group.paused === undefined ? /^(Launch|Terminate|HealthCheck)$/ : /^(Terminate|HealthCheck)$/;
  const halted = group.suspended.filter((process) => matters.test(process));
  const [latest] = group.failures;
  const standby = onStandby(group);
  return [
    ...(group.paused === undefined
      ? []
      : [
          {
            message: 'The stack is paused: its scaler brings up nothing, and jobs wait.',
            // An update that is under way says how it goes on, and resume is refused until then.
            ...(update === undefined && { remedy: `bk-stack resume ${stackName} --region ${region}` }),
          },
        ]),
    ...(latest !== undefined && group.failing && inService < group.desiredCapacity
      ? [
          bootLog === undefined
            ? launchProblem(latest.reason, stack)
            : bootProblem(latest.reason, bootLog, stack),
        ]
      : []),
    ...(halted.length > 0
      ? [
          {
            message: `Auto Scaling does not ${halted.join(', ')}: suspended by somebody.`,
            remedy: `aws autoscaling resume-processes --scaling-processes ${halted.join(' ')} --auto-scaling-group-name ${name} --region ${region}`,
          },
        ]
      : []),
    ...(surplus === undefined
      ? []
      : [{ message: `${surplusText(surplus)}.`, remedy: surplusRemedy(surplus, name, region) }]),
    ...(standby.length === 0
      ? []
      : [
          {
            message: `${counted(standby.length, 'instance')} on standby, which ${standby.length === 1 ? "costs money and doesn't" : "cost money and don't"} count as capacity: ${standby.join(', ')}.`,
            remedy: standbyRemedy(standby, name, region),
          },
        ]),
    ...(unhealthy.length > 0
      ? [
          {
            message: `${counted(unhealthy.length, 'instance')} unhealthy: ${unhealthy.map(({ instanceId }) => instanceId).join(', ')}. The group replaces them.`,
          },
        ]
      : []),
  ];
}

function untakenProblem({ stackName, region }: StackSummary, untaken: UntakenJobs): Problem {
  return {
    message: `${untakenText(untaken)}.`,
    remedy: `Compare the agent tags that the jobs ask for with BuildkiteAgentTags: bk-stack params ${stackName} --region ${region}`,
  };
}

/** The instance was there, and its agents were not. */
function bootProblem(
  reason: string,
  { instanceId, lines }: BootLog,
  { stackName, region }: StackSummary,
): Problem {
  const log =
    lines.length === 0
      ? 'It has written no boot log.'
      : `The last lines of its boot log:\n${lines.map((line) => `  ${safe(line)}`).join('\n')}`;
  return {
    message: `${instanceId} was launched and did not come up: ${reason}\n${log}`,
    remedy: `bk-stack logs tail ${stackName} --group boot --instance ${instanceId} --since 1d --no-follow --region ${region}`,
  };
}

function driftProblems({ stackName, region, drift }: StackSummary): Problem[] {
  if (drift?.status !== 'DRIFTED') return [];
  const when = drift.checkedAt === undefined ? '' : `, as of ${drift.checkedAt}`;
  return [
    {
      message: `Somebody has changed resources past the stack${when}.`,
      remedy: `aws cloudformation describe-stack-resource-drifts --stack-name ${stackName} --region ${region} --stack-resource-drift-status-filters MODIFIED DELETED`,
    },
  ];
}

function launchProblem(reason: string, place: StackSummary): Problem {
  const remedy = adviceFor({ reason }, place);
  return {
    message: `Instances cannot be launched: ${reason}`,
    ...(remedy !== undefined && { remedy }),
  };
}

/** What our scaler's alarm is about stands in its log; of others only their history is known. */
function alarmProblem({ stackName, region }: StackSummary, alarm: RaisedAlarm, scalerLogs: boolean): Problem {
  const { alarmName, since, about, ofFunction } = alarm;
  return {
    message: `Alarm ${alarmName} has been firing since ${minuteOf(since)}: ${about}`,
    remedy:
      ofFunction && scalerLogs
        ? `bk-stack logs tail ${stackName} --group scaler --since 30m --region ${region}`
        : `aws cloudwatch describe-alarm-history --alarm-name '${alarmName}' --region ${region}`,
  };
}
