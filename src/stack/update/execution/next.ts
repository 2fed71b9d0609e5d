import type { GroupSize } from '../../capacity/group-size.ts';
import { isSettled } from '../../events/event.ts';
import type { RefreshPreferences } from '../../rollout/refresh.ts';
import { outdated, newerThan } from '../../rollout/survey.ts';
import type { S3Location } from '../request/rollback-point.ts';
import type { UpdateFacts } from './facts.ts';
import type { Journal, UpdateFailure, UpdatePhase } from './journal/journal.ts';

/** Something that stops an update where it is, until a person goes on with it. */
export interface Stop extends UpdateFailure {
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A step of an update. Each may be repeated, also where it was cut short. */
export type Action =
  /** Takes the group to zero and waits until it is empty. */
  | { readonly do: 'drain'; readonly group: string; readonly size?: GroupSize; readonly seconds: number }
  | { readonly do: 'make room'; readonly group: string; readonly sizes: NonNullable<Journal['sizes']> }
  | { readonly do: 'execute'; readonly changeSetId: string; readonly learns: Operation }
  | { readonly do: 'watch'; readonly learns: Operation }
  | { readonly do: 'settle'; readonly group: string }
  | { readonly do: 'start refresh'; readonly group: string; readonly preferences: RefreshPreferences }
  | { readonly do: 'watch refresh'; readonly group: string; readonly refreshId: string }
  | { readonly do: 'cancel refresh'; readonly group: string }
  | { readonly do: 'await refresh end'; readonly group: string }
  | { readonly do: 'delete change set'; readonly changeSetId: string }
  | { readonly do: 'cancel stack update' }
  | { readonly do: 'continue rollback' }
  | { readonly do: 'compute undo' }
  | { readonly do: 'end instances'; readonly instanceIds: readonly string[] }
  | { readonly do: 'pause' | 'resume'; readonly group: string; readonly size: GroupSize }
  | { readonly do: 'remember'; readonly location: S3Location }
  /** Writes the journal: what has been done is not done again, whoever goes on. */
  | { readonly do: 'write'; readonly journal: Journal }
  | { readonly do: 'stop'; readonly because: Stop }
  | { readonly do: 'finish' };

/** Which of the two operations of CloudFormation is watched: the update, or the one that takes it back. */
type Operation = 'outcome' | 'undoOutcome';

/** Decides what an update does next. */
export function next(journal: Journal, facts: UpdateFacts): Action {
  return PHASES[journal.phase](journal, facts);
}

type Phase = (journal: Journal, facts: UpdateFacts) => Action;

const PHASES: Readonly<Record<UpdatePhase, Phase>> = { draining, updating, replacing, undoing, ending };

function draining(journal: Journal, { drained }: UpdateFacts): Action {
  const { group, sizes, stackName, drainSeconds = Infinity } = journal;
  if (group === undefined || drained === 'empty') return enter(journal, 'updating');
  if (drained !== undefined) {
    return undo(journal, {
      message: `It was not drained in time: ${drained.late}`,
      hint: `Give it longer (--drain-timeout), or see what still runs: bk-stack instances ${stackName}`,
    });
  }
  return { do: 'drain', group, seconds: drainSeconds, ...(sizes !== undefined && { size: sizes.before }) };
}

function updating(journal: Journal, facts: UpdateFacts): Action {
  const { changeSetId, strategy, stackName } = journal;
  const { changeSet, outcome } = facts;
  switch (outcome?.kind) {
    case undefined:
      return (
        widenLimits(journal, facts) ??
        (changeSet === 'AVAILABLE'
          ? { do: 'execute', changeSetId, learns: 'outcome' }
          : { do: 'watch', learns: 'outcome' })
      );
    case 'updated':
      return settle(journal, facts) ?? enter(journal, strategy === 'rolling' ? 'replacing' : 'ending');
    case 'rolled back':
      return undo(journal, {
        message: `CloudFormation could not carry it out, and has rolled it back. First cause: ${outcome.why}`,
        ...(outcome.advice !== undefined && { hint: outcome.advice }),
      });
    case 'stuck':
      return stuck(stackName, outcome.why);
  }
}

/** Keeps room for the limits before the update and for those after it, until `settle`. */
function widenLimits({ group, sizes }: Journal, { roomy }: UpdateFacts): Action | undefined {
  if (group === undefined || sizes === undefined || roomy === true) return undefined;
  return { do: 'make room', group, sizes };
}

/** CloudFormation has set the limits, or set them back. */
function settle({ group }: Journal, { settled }: UpdateFacts): Action | undefined {
  return group === undefined || settled === true ? undefined : { do: 'settle', group };
}

function replacing(journal: Journal, { group: now, refresh, replacement }: UpdateFacts): Action {
  const { group, paused, formerVersion, refreshId, stackName } = journal;
  const preferences = journal.refresh ?? { minHealthy: 100, batch: 10, skipMatching: true };
  switch (replacement?.kind) {
    case undefined:
      if (group === undefined || paused === true || now === undefined) return enter(journal, 'ending');
      // Instances of an earlier version may be left from an update in place; without a new version they are not touched.
      if (now.version === formerVersion || outdated(now).length === 0) return enter(journal, 'ending');
      if (refresh === undefined) return { do: 'start refresh', group, preferences };
      if (refresh !== refreshId) return { do: 'write', journal: { ...journal, refreshId: refresh } };
      return { do: 'watch refresh', group, refreshId };
    case 'replaced':
      return enter(journal, 'ending');
    case 'faulty': {
      const { message, hint } = replacement;
      return undo(journal, { message, ...(hint !== undefined && { hint }) });
    }
    case 'stopped': {
      const { status, reason, left } = replacement;
      const why = reason === undefined ? status : `${status}: ${reason}`;
      return stop({
        message: `The replacing of instances was stopped by others (${why}); ${left} of them still run the former version`,
        hint: `Go on with it: bk-stack update ${stackName} --resume\nOr take the update back: bk-stack update ${stackName} --cancel`,
        details: { stackName, left, status },
      });
    }
  }
}

/** Takes back whatever has been done; where nothing has, that is found out here. */
function undoing(journal: Journal, facts: UpdateFacts): Action {
  const { group } = journal;
  if (group !== undefined && facts.refresh !== undefined && facts.refreshCancelled !== true) {
    return { do: 'cancel refresh', group };
  }
  return restoreStack(journal, facts) ?? restoreInstances(journal, facts);
}

/** @returns undefined for a stack that is as it was before */
function restoreStack(journal: Journal, facts: UpdateFacts): Action | undefined {
  const { changeSet, stackStatus = '', outcome, undoOutcome } = facts;
  const { changeSetId, stackName } = journal;
  if (facts.restored === true) return undefined;
  if (changeSet === 'AVAILABLE') return { do: 'delete change set', changeSetId };
  if (undoOutcome !== undefined) {
    if (undoOutcome.kind === 'updated') return undefined;
    if (undoOutcome.kind === 'stuck') return stuck(stackName, undoOutcome.why);
    return stop({
      message: `${stackName} could not be made what it was before: ${undoOutcome.why}`,
      hint: `It is as the update has made it. When the cause is mended: bk-stack update ${stackName} --cancel`,
    });
  }
  if (outcome === undefined) {
    if (!isSettled(stackStatus) || stackStatus === 'UPDATE_ROLLBACK_FAILED') {
      return stopOperation(journal, facts);
    }
    if (changeSet === 'EXECUTE_FAILED') return undefined;
  }
  if (outcome?.kind === 'rolled back') return undefined;
  if (outcome?.kind === 'stuck') return stuck(stackName, outcome.why);
  // It may have come to its end before it could be stopped.
  return undoByUpdate(journal, facts);
}

/** Ends what CloudFormation is doing with the stack. One that takes the update back already is let be. */
function stopOperation(
  { undoing }: Journal,
  { stackStatus, undoSet, rollbackRequested }: UpdateFacts,
): Action {
  if (rollbackRequested !== true) {
    if (stackStatus === 'UPDATE_ROLLBACK_FAILED') return { do: 'continue rollback' };
    if (stackStatus === 'UPDATE_IN_PROGRESS' && undoing === undefined) return { do: 'cancel stack update' };
  }
  return { do: 'watch', learns: /^EXECUTE_/.test(undoSet ?? '') ? 'undoOutcome' : 'outcome' };
}

/**
 * The update is in effect: another one makes the stack what it was. A change set that is gone, or was rolled back in an earlier
 * attempt, is computed anew.
 */
function undoByUpdate(journal: Journal, facts: UpdateFacts): Action | undefined {
  const { computedUndo, undoSet } = facts;
  const { undoing } = journal;
  if (computedUndo !== undefined && computedUndo !== undoing) {
    return { do: 'write', journal: { ...journal, undoing: computedUndo } };
  }
  if (undoing === undefined) return { do: 'compute undo' };
  switch (undoSet) {
    case 'AVAILABLE':
      return widenLimits(journal, facts) ?? { do: 'execute', changeSetId: undoing, learns: 'undoOutcome' };
    case 'EXECUTE_IN_PROGRESS':
      return { do: 'watch', learns: 'undoOutcome' };
    case 'EXECUTE_COMPLETE':
      return undefined;
    default:
      return { do: 'compute undo' };
  }
}

/** The stack is as it was before: so is its group in the end. */
function restoreInstances(journal: Journal, facts: UpdateFacts): Action {
  const { group, formerVersion, paused } = journal;
  if (group === undefined) return enter(journal, 'ending');
  const settling = settle(journal, facts);
  if (settling !== undefined) return settling;
  if (paused !== true && facts.group !== undefined && facts.straysEnded !== true) {
    const left = newerThan(facts.group, formerVersion).map(({ instanceId }) => instanceId);
    if (left.length > 0) return { do: 'end instances', instanceIds: left };
  }
  if (facts.refresh !== undefined && facts.refreshEnded !== true) return { do: 'await refresh end', group };
  return enter(journal, 'ending');
}

function ending(journal: Journal, { sized, remembered }: UpdateFacts): Action {
  const { group, sizes, paused, strategy, former: location } = journal;
  const undone = isUndone(journal);
  if (group !== undefined && sizes !== undefined && sized !== true) {
    const size = undone ? sizes.before : sizes.after;
    // An update of the group may have set its size and tags to what the template says.
    if (paused === true) return { do: 'pause', group, size };
    if (strategy === 'drain') return { do: 'resume', group, size };
  }
  return undone || remembered === true ? { do: 'finish' } : { do: 'remember', location };
}

/** Whether an update was taken back. */
export function isUndone({ failure, cancelled }: Pick<Journal, 'failure' | 'cancelled'>): boolean {
  return failure !== undefined || cancelled === true;
}

function enter(journal: Journal, phase: UpdatePhase): Action {
  return { do: 'write', journal: { ...journal, phase } };
}

function undo(journal: Journal, failure: UpdateFailure): Action {
  return { do: 'write', journal: { ...journal, phase: 'undoing', failure } };
}

function stop(because: Stop): Action {
  return { do: 'stop', because };
}

function stuck(stackName: string, why: string): Action {
  return stop({
    message: `${stackName} could not be rolled back: ${why}`,
    hint: `When the cause is mended, go on with it: bk-stack update ${stackName} --cancel`,
  });
}
