import { firstCauseOf } from '../../stack/diagnosis/operation.ts';
import { stackProblems } from '../../stack/status/problems.ts';
import { isFailure, isSettled } from '../../stack/events/event.ts';
import type { Journal } from '../../stack/update/execution/journal/journal.ts';
import { type JournalState, readJournalState } from '../../stack/update/execution/journal/journal-state.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** Whether CloudFormation is through with the stack, and nobody left an update half done. */
export function stackCheck(facts: StackFacts, update: () => Promise<Journal | undefined>): Check {
  return {
    title: 'Stack',
    run: async () => {
      const stack = facts.summary;
      const journal = await update();
      if (journal !== undefined) {
        return examined(
          stack.status,
          judgeJournal(journal, await readJournalState(facts.aws, journal), facts),
        );
      }
      if (!isFailure(stack.status) && stack.status !== 'REVIEW_IN_PROGRESS') {
        return examined(stack.status, isSettled(stack.status) ? undefined : busy(stack.status, facts));
      }
      const cause = isFailure(stack.status) ? await firstCauseOf(facts) : undefined;
      const findings = stackProblems(stack, cause).map(({ message, remedy }): Finding => ({
        code: 'stack-failed',
        severity: 'error',
        message: `${message.replace(/\.$/, '')} (${stack.status})`,
        meaning: 'The stack is not as its template says, and cannot be updated as it stands.',
        fix: remedy ?? `bk-stack status ${facts.target}`,
      }));
      return examined(stack.status, ...findings);
    },
  };
}

function busy(status: string, { target }: StackFacts): Finding {
  return {
    code: 'stack-busy',
    severity: 'warning',
    message: `CloudFormation is at work on the stack (${status})`,
    meaning: 'Until it is done, other findings may be of the moment only.',
    fix: `bk-stack status ${target} --wait`,
  };
}

/** The meaning of an update that was begun and has not ended. */
export function judgeJournal(
  { phase, by, startedAt }: Pick<Journal, 'phase' | 'by' | 'startedAt'>,
  state: JournalState,
  { target }: Pick<StackFacts, 'target'>,
): Finding {
  if (state.kind === 'stale') {
    return {
      code: 'update-void',
      severity: 'error',
      message: `An update since ${startedAt}, by ${by}, can neither go on nor be taken back: ${state.reason}`,
      meaning: 'Until it is dropped, the stack cannot be updated, scaled or resumed.',
      fix: `bk-stack update ${target} --forget`,
    };
  }
  return {
    code: 'update-under-way',
    severity: 'warning',
    message: `An update is under way since ${startedAt}, by ${by}: it is ${phase}`,
    meaning: 'Where nobody watches it any more, it stays half done.',
    fix: state.kind === 'blocked' ? state.remedy : `bk-stack update ${target} --resume`,
  };
}
