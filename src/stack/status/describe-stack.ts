import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { parseTemplate, type TemplateDocument, TemplateSyntaxError } from '../../cfn/document.ts';
import { type FirstCause, foldFailure } from '../diagnosis/first-cause.ts';
import { launchFailuresOf, explainMissingSignals } from '../diagnosis/launches.ts';
import { isFailure } from '../events/event.ts';
import { PollRange } from '../events/poll-range.ts';
import { EventPoller } from '../events/poller.ts';
import { cloudFormationEvents } from '../events/source.ts';
import type { Journal } from '../update/journal.ts';
import { runningUpdate } from '../update/under-way.ts';
import { type RaisedAlarm, raisedAlarms } from '../facts/service/alarms.ts';
import { type ScalerEvent, scalerEvents } from '../facts/service/decisions.ts';
import { type BootLog, bootLogOf, OFFICIAL_BOOT_LOG } from '../facts/group/boot-log.ts';
import { requireStack } from '../facts/stack/find-stack.ts';
import { type GroupState, readGroup } from '../facts/group/group.ts';
import { type Problem, problemsOf } from './problems.ts';
import { type QueueState, queueState } from '../facts/service/queue.ts';
import { type StackSummary, summaryOf } from '../facts/stack/summary.ts';
import { readSurplus, type Surplus } from '../facts/group/surplus.ts';
import { untakenJobs } from '../facts/service/untaken-jobs.ts';

/** A stack and its instances as they are now. */
export interface StackStatus extends StackSummary {
  /** What is wrong, the worst first. */
  readonly problems: readonly Problem[];
  /** Absent until the stack has made it. */
  readonly group?: GroupState;
  /** Idle instances that should have ended by now. */
  readonly surplus?: Surplus;
  /** Of the instance that was launched last and did not come up, where nothing has come up since. */
  readonly bootLog?: BootLog;
  readonly firstCause?: FirstCause;
  /** The update that is under way. */
  readonly update?: Pick<Journal, 'phase' | 'by' | 'startedAt'>;
  /** What Buildkite says of the queue. */
  readonly queueNow: QueueState;
  /** The last things that the scaler did, newest first. */
  readonly scaler: readonly ScalerEvent[];
  /** Those that have gone off. */
  readonly alarms: readonly RaisedAlarm[];
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Reads all that `status` shows.
 * @throws OperationError when there is no stack with this name.
 */
export async function describeStack(aws: AwsContext, stackName: string): Promise<StackStatus> {
  const found = await requireStack(aws, stackName);
  const stack = summaryOf(found, aws.region);
  const outputs = Object.fromEntries(
    (found.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
  const [group, firstCause, update, queueNow, scaler, alarms] = await Promise.all([
    groupOf(aws, found, outputs),
    isFailure(stack.status) ? firstCauseOf(aws, stack.stackId) : undefined,
    runningUpdate(aws, stack.stackName),
    queueState(aws, found),
    scalerEvents(aws, found),
    raisedAlarms(aws, stack.stackName),
  ]);
  const [bootLog, surplus] = await Promise.all([
    group && failedBoot(aws, stack, group, outputs),
    // An update may have both the former instances and the new ones in service.
    group && update === undefined ? readSurplus(aws, found, group) : undefined,
  ]);
  const untaken = group && untakenJobs(group, queueNow, agentsPerInstanceOf(found));
  const findings = {
    stack,
    ...(group && { group }),
    ...(surplus && { surplus }),
    ...(bootLog && { bootLog }),
    ...(firstCause && { firstCause }),
    ...(update && { update }),
    alarms,
    ...(untaken && { untakenJobs: untaken }),
  };
  return {
    ...stack,
    problems: problemsOf(findings),
    ...(group && { group }),
    ...(surplus && { surplus }),
    ...(bootLog && { bootLog }),
    ...(firstCause && { firstCause }),
    ...(update && { update: { phase: update.phase, by: update.by, startedAt: update.startedAt } }),
    queueNow,
    scaler,
    alarms,
    outputs,
  };
}

/** One where the template knows no such parameter. */
export function agentsPerInstanceOf({ Parameters = [] }: Stack): number {
  return Number(
    Parameters.find(({ ParameterKey }) => ParameterKey === 'AgentsPerInstance')?.ParameterValue ?? 1,
  );
}

/** Whoever may read the stack need not be allowed to read its logs. */
async function failedBoot(
  aws: AwsContext,
  { stackName, origin }: StackSummary,
  { failing, failures: [latest] }: GroupState,
  outputs: Readonly<Record<string, string>>,
): Promise<BootLog | undefined> {
  if (!failing || latest?.instanceId === undefined) return undefined;
  const { instanceId } = latest;
  const logGroup =
    origin === 'elastic-ci-stack'
      ? OFFICIAL_BOOT_LOG
      : `${outputs['LogGroupPrefix'] ?? `/buildkite/${stackName}`}/boot`;
  return { instanceId, lines: await bootLogOf(aws, logGroup, instanceId).catch(() => []) };
}

/** The stack's outputs name its group; while it is being made, only its resources do. */
async function groupOf(
  aws: AwsContext,
  stack: Stack,
  outputs: Readonly<Record<string, string>>,
): Promise<GroupState | undefined> {
  if (stack.StackStatus === 'REVIEW_IN_PROGRESS') return undefined;
  const name = outputs['AutoScalingGroupName'] ?? (await groupAmongResources(aws, stack.StackId ?? ''));
  return name === undefined ? undefined : readGroup(aws, name);
}

async function groupAmongResources(aws: AwsContext, stackId: string): Promise<string | undefined> {
  const { DescribeStackResourcesCommand } = await import('../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: stackId }));
  return StackResources?.find(
    ({ ResourceType, PhysicalResourceId, ResourceStatus }) =>
      ResourceType === 'AWS::AutoScaling::AutoScalingGroup' &&
      PhysicalResourceId !== undefined &&
      ResourceStatus !== 'DELETE_COMPLETE',
  )?.PhysicalResourceId;
}

/** Why the stack's latest operation failed, from its events and its template. */
export async function firstCauseOf(aws: AwsContext, stackId: string): Promise<FirstCause | undefined> {
  const poller = new EventPoller(cloudFormationEvents(aws), stackId, PollRange.currentOperation);
  const [events, template] = await Promise.all([poller.poll(), templateOf(aws, stackId)]);
  const cause = foldFailure(events, { stackId, region: aws.region, ...(template && { template }) });
  return explainMissingSignals(cause, aws.region, launchFailuresOf(aws));
}

/** The template as it was given; undefined where we cannot read it. */
export async function templateOf(aws: AwsContext, stackId: string): Promise<TemplateDocument | undefined> {
  const { GetTemplateCommand } = await import('../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const { TemplateBody } = await client.send(
    new GetTemplateCommand({ StackName: stackId, TemplateStage: 'Original' }),
  );
  try {
    return TemplateBody === undefined ? undefined : parseTemplate(TemplateBody);
  } catch (error) {
    // Another parser took it. The cause is told without its line.
    if (error instanceof TemplateSyntaxError) return undefined;
    throw error;
  }
}
