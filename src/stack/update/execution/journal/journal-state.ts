import type { AwsContext } from '../../../../aws/context.ts';
import { UsageError } from '../../../../errors.ts';
import { TERMINATING_HOOK } from '../../../../host/contract/hooks.ts';
import { groupNameOf } from '../../../facts/stack/values.ts';
import { type Draining, readDraining } from '../../../facts/group/draining.ts';
import { isSettled } from '../../../events/event.ts';
import { findStack } from '../../../facts/stack/find-stack.ts';
import { describedGroup } from '../../../facts/group/group.ts';
import type { Journal } from './journal.ts';

/** The state of what an update works on. */
export interface JournalFacts {
  /** The stack of that name; absent where there is none. */
  readonly stack?: { readonly stackId: string; readonly status: string };
  /** The stack's group; absent for a template without one. */
  readonly group?: { readonly name: string; readonly draining: Draining | 'gone' };
}

/**
 * Whether an update that nobody executes any more can come to its end:
 * - `resumable`: it can go on, or be taken back
 * - `stale`: it can do neither, and only its journal is in the way
 * - `blocked`: it can do neither until something else is done
 */
export type JournalState =
  | { readonly kind: 'resumable' }
  | { readonly kind: 'stale'; readonly reason: string }
  | { readonly kind: 'blocked'; readonly reason: string; readonly remedy: string };

/** Judges a journal by what there is of the stack now. */
export function journalState(
  { stackName, stackId }: Pick<Journal, 'stackName' | 'stackId'>,
  { stack, group }: JournalFacts,
): JournalState {
  if (stack === undefined) return { kind: 'stale', reason: `there is no stack ${stackName} any more` };
  if (stack.stackId !== stackId) {
    return { kind: 'stale', reason: `it belongs to an earlier stack named ${stackName}, which is gone` };
  }
  const settled = isSettled(stack.status);
  if (group === undefined) return { kind: 'resumable' };
  if (group.draining === 'gone') {
    // While CloudFormation works, the outputs may name a group that it has just replaced.
    return settled
      ? { kind: 'stale', reason: `the Auto Scaling group ${group.name} is gone` }
      : { kind: 'resumable' };
  }
  if (group.draining.drains) return { kind: 'resumable' };
  if (group.draining.lacks === 'hook') {
    return {
      kind: 'blocked',
      reason: `the group lacks the lifecycle hook ${TERMINATING_HOOK}, so instances would lose their jobs`,
      remedy: `Put the hook back, then repeat the command: bk-stack doctor ${stackName} --fix`,
    };
  }
  if (group.draining.lacks === 'launch template') {
    return {
      kind: 'blocked',
      reason: "the group's launch template is gone, so nothing tells whether its instances finish their jobs",
      remedy: 'Give the group a launch template that exists, then repeat the command.',
    };
  }
  const reason = "the stack's instances don't run bk-stack's host program, and would lose their jobs";
  return settled
    ? { kind: 'stale', reason }
    : {
        kind: 'blocked',
        reason,
        remedy: `CloudFormation is at work (${stack.status}). When it has ended, drop the update: bk-stack update ${stackName} --forget`,
      };
}

/** Reads and judges the state of an update. */
export async function readJournalState(aws: AwsContext, journal: Journal): Promise<JournalState> {
  const stack = await findStack(aws, journal.stackName);
  if (stack === undefined) return journalState(journal, {});
  const name = groupNameOf(stack) ?? journal.group;
  const group = name === undefined ? undefined : await describedGroup(aws, name);
  return journalState(journal, {
    stack: { stackId: stack.StackId ?? '', status: stack.StackStatus ?? '' },
    ...(name !== undefined && {
      group: { name, draining: group === undefined ? 'gone' : await readDraining(aws, group) },
    }),
  });
}

/** @throws UsageError for an update that can neither go on nor be taken back, with the way out */
export async function assertResumable(aws: AwsContext, journal: Journal): Promise<void> {
  const state = await readJournalState(aws, journal);
  if (state.kind === 'resumable') return;
  const { stackName, startedAt, phase } = journal;
  const remedy = state.kind === 'stale' ? `Drop it: bk-stack update ${stackName} --forget` : state.remedy;
  throw new UsageError(
    `The update of ${stackName} that began at ${startedAt} can neither go on nor be taken back: ${state.reason}`,
    {
      hint: `Nothing was changed. ${remedy}`,
      details: { stackName, startedAt, phase, reason: state.reason },
    },
  );
}
