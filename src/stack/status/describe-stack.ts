import { type FirstCause } from '../diagnosis/first-cause.ts';
import { firstCauseOf } from '../diagnosis/operation.ts';
import { isFailure } from '../events/event.ts';
import { type BootLog, bootLogOf } from '../facts/service/boot-log.ts';
import type { GroupState } from '../facts/group/state.ts';
import type { Surplus } from '../facts/group/surplus.ts';
import { readSurplus } from '../facts/service/read-surplus.ts';
import { type RaisedAlarm, raisedAlarms } from '../facts/service/alarms.ts';
import { type ScalerEvent, scalerEvents } from '../facts/service/decisions.ts';
import type { QueueState } from '../facts/service/queue.ts';
import { untakenJobs } from '../facts/service/untaken-jobs.ts';
import type { StackFacts } from '../facts/stack-facts.ts';
import type { StackSummary } from '../facts/stack/summary.ts';
import { agentsPerInstanceOf, outputsOf } from '../facts/stack/values.ts';
import type { Journal } from '../update/execution/journal/journal.ts';
import { runningUpdate } from '../update/execution/journal/active-update.ts';
import { imageCalls } from '../image/calls.ts';
import { readStackImage } from '../image/read.ts';
import type { StackImage } from '../image/image.ts';
import { type Problem, problemsOf } from './problems.ts';

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
  readonly image?: StackImage;
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

/** Reads all that `status` shows. */
export async function describeStack(facts: StackFacts): Promise<StackStatus> {
  const { aws, stack, summary } = facts;
  const [group, firstCause, update, queueNow, scaler, alarms, image] = await Promise.all([
    facts.groupState(),
    isFailure(summary.status) ? firstCauseOf(facts) : undefined,
    runningUpdate(aws, facts.stackName),
    facts.queue(),
    scalerEvents(aws, stack),
    raisedAlarms(aws, facts.stackName),
    // Who may read the stack need not be allowed to read images.
    readStackImage(imageCalls(aws), facts).catch(() => undefined),
  ]);
  const [bootLog, surplus] = await Promise.all([
    group && failedBoot(facts, group),
    // An update may have both the former instances and the new ones in service.
    group && update === undefined ? readSurplus(aws, stack, group) : undefined,
  ]);
  const untaken = group && untakenJobs(group, queueNow, agentsPerInstanceOf(stack));
  const shown = {
    ...(group && { group }),
    ...(surplus && { surplus }),
    ...(bootLog && { bootLog }),
    ...(image && { image }),
    ...(firstCause && { firstCause }),
    ...(update && { update: { phase: update.phase, by: update.by, startedAt: update.startedAt } }),
    alarms,
  };
  const scalerLogs = (facts.logGroups?.names.scaler.length ?? 0) > 0;
  return {
    ...summary,
    problems: problemsOf({ stack: summary, ...shown, scalerLogs, ...(untaken && { untakenJobs: untaken }) }),
    ...shown,
    queueNow,
    scaler,
    outputs: outputsOf(stack),
  };
}

/** Reads the boot log of the instance that did not come up last. Whoever may read the stack need not be allowed to read its logs. */
async function failedBoot(
  { aws, logGroups }: StackFacts,
  { failing, failures: [latest] }: GroupState,
): Promise<BootLog | undefined> {
  const logGroup = logGroups?.names.boot[0];
  if (!failing || latest?.instanceId === undefined || logGroup === undefined) return undefined;
  const { instanceId } = latest;
  return { instanceId, lines: await bootLogOf(aws, logGroup, instanceId).catch(() => []) };
}
