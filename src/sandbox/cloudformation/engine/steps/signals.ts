import { EngineFault } from '../../resources/failure.ts';
import { isMap, type TemplateBody } from '../../template/index.ts';
import { durationMilliseconds } from '../../syntax/duration.ts';
import { evaluationOf } from '../../evaluation/evaluation.ts';
import type { SignalWait, Step } from '../../stacks/operation.ts';
import type { Run } from '../../stacks/run.ts';
import { definitionOf, resolvedMap } from '../../evaluation/target.ts';
import { workOf } from './work.ts';

export const GROUP_TYPE = 'AWS::AutoScaling::AutoScalingGroup';

/** CloudFormation's own, for a ResourceSignal without a Timeout. */
const DEFAULT_TIMEOUT = 'PT5M';

/**
 * Has a resource that was just made wait for the signals of its CreationPolicy.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-creationpolicy.html
 */
export function listen(run: Run, step: Step): void {
  const { scope, stack, operation } = run;
  if (operation.phase?.kind !== 'deploy' || stack.deployment === undefined) return;
  if (step.action !== 'create' && step.action !== 'replace') return;
  const evaluation = evaluationOf(scope, stack, stack.deployment);
  const definition = definitionOf(evaluation, step.logicalId);
  if (definition.creationPolicy === undefined) return;
  const policy = resolvedMap(definition.creationPolicy, evaluation);
  step.signals = signalWait(policy, definition.type, scope.world.now());
}

/** The signals that a creation policy asks for; undefined where it asks for none. */
export function signalWait(policy: TemplateBody, type: string, now: number): SignalWait | undefined {
  const signal = isMap(policy.ResourceSignal) ? policy.ResourceSignal : undefined;
  if (signal === undefined) return undefined;
  const count = Number(signal.Count ?? 1);
  if (!(count > 0)) return undefined;
  const timeout = typeof signal.Timeout === 'string' ? signal.Timeout : DEFAULT_TIMEOUT;
  const group = isMap(policy.AutoScalingCreationPolicy) ? policy.AutoScalingCreationPolicy : {};
  return {
    count,
    timeout,
    deadline: now + (durationMilliseconds(timeout) ?? 0),
    ...(type === GROUP_TYPE
      ? { minSuccessfulPercent: Number(group.MinSuccessfulInstancesPercent ?? 100) }
      : {}),
    received: {},
  };
}

/**
 * Whether a resource has all the signals it waits for.
 * @throws EngineFault when it will not get them any more
 */
export function signalsHeard(run: Run, step: Step): boolean {
  const { signals } = step;
  if (signals === undefined) return true;
  const verdict = judgeSignals(signals, run.scope.world.now());
  if (verdict.note !== undefined) workOf(run, step).tell(verdict.note);
  if (verdict.failure !== undefined) throw new EngineFault(verdict.failure);
  return verdict.heard;
}

export interface SignalVerdict {
  readonly heard: boolean;
  readonly failure?: string;
  /** Told as an event before the end. */
  readonly note?: string;
}

/** Judges the signals so far, in AWS's words: a group may do with a share of them, any other resource needs all. */
export function judgeSignals(wait: SignalWait, now: number): SignalVerdict {
  return wait.minSuccessfulPercent === undefined
    ? judgeAll(wait, now)
    : judgeShare(wait, wait.minSuccessfulPercent, now);
}

function judgeAll({ received, count, deadline }: SignalWait, now: number): SignalVerdict {
  const failed = Object.keys(received).find((id) => received[id] === 'FAILURE');
  if (failed !== undefined)
    return { heard: false, failure: `Received FAILURE signal with UniqueId ${failed}` };
  const missing = count - Object.keys(received).length;
  if (missing <= 0) return { heard: true };
  return now < deadline
    ? { heard: false }
    : {
        heard: false,
        failure: `Failed to receive ${missing} resource signal(s) within the specified duration`,
      };
}

function judgeShare({ received, count, deadline }: SignalWait, percent: number, now: number): SignalVerdict {
  const statuses = Object.values(received);
  const successes = statuses.filter((status) => status === 'SUCCESS').length;
  const failures = statuses.length - successes;
  const needed = Math.ceil((count * percent) / 100);
  const enough = successes >= needed;
  if (statuses.length >= count || count - failures < needed) {
    return enough
      ? { heard: true }
      : { heard: false, failure: tooFew(`${failures} FAILURE signal(s) out of ${count}`, percent) };
  }
  if (now < deadline) return { heard: false };
  const note =
    `Failed to receive ${count - statuses.length} resource signal(s) for the current batch.  ` +
    'Each resource signal timeout is counted as a FAILURE.';
  return enough
    ? { heard: true, note }
    : { heard: false, note, failure: tooFew(`${successes} SUCCESS signal(s) out of ${count}`, percent) };
}

function tooFew(received: string, percent: number): string {
  return `Received ${received}.  Unable to satisfy ${percent}% MinSuccessfulInstancesPercent requirement`;
}
