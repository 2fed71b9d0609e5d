import type { StackSummary } from '../../facts/stack/summary.ts';
import { type Finding, type Verdict, verdict } from './check.ts';

/** A stack that nobody can use and that only keeps its name from being used again, with what it is. */
export interface RemovableStack {
  readonly stack: StackSummary;
  readonly explanation: string;
}

export interface NameVerdict extends Verdict {
  readonly removable?: RemovableStack;
}

/** What AWS lets be done with a stack in these states is to delete it, and no more. */
const REMOVABLE: Readonly<Record<string, string>> = {
  REVIEW_IN_PROGRESS: 'an empty stack: a change set was made for it and never executed',
  ROLLBACK_COMPLETE: 'left by a creation that failed and was rolled back',
  ROLLBACK_FAILED: 'left by a creation that failed, and whose rollback failed too',
  CREATE_FAILED: 'left by a creation that failed',
  DELETE_FAILED: 'left by a deletion that failed',
};

/**
 * Judges whether a new stack may have this name. A stack that never was, or that is no more, is a removable one: it can be
 * removed first. Other tools' stacks are never offered for removal, except empty ones, which nobody has got to own yet.
 */
export function judgeName(stackName: string, region: string, stack: StackSummary | undefined): NameVerdict {
  const free = `${stackName} is free in ${region}`;
  if (stack === undefined) return verdict(free);
  const explanation = REMOVABLE[stack.status];
  if (explanation !== undefined && (stack.origin !== 'other' || stack.status === 'REVIEW_IN_PROGRESS')) {
    const fact = `${stackName} is taken by a leftover in ${stack.status}`;
    return { ...verdict(fact), removable: { stack, explanation } };
  }
  return verdict('', { problems: [taken(stack)] });
}

function taken({ stackName, region, status, origin }: StackSummary): Finding {
  if (origin === 'other') {
    return {
      message: `There is a stack named ${stackName} in ${region} already, which bk-stack did not make (${status})`,
      hint: 'Choose another name.',
    };
  }
  if (/_IN_PROGRESS$/.test(status)) {
    return {
      message: `There is a stack named ${stackName} in ${region} already, and it is being changed (${status})`,
      hint: `Watch it: bk-stack status ${stackName} --wait --region ${region}`,
    };
  }
  return {
    message: `There is a stack named ${stackName} in ${region} already (${status})`,
    hint: `See it: bk-stack status ${stackName} --region ${region}. Or choose another name.`,
  };
}

/** What to do about a stack that holds the name where nobody can be asked. */
export function nameTakenProblem({ stack, explanation }: RemovableStack): Finding {
  const { stackName, region, status } = stack;
  return {
    message: `The name ${stackName} is taken in ${region} by a stack in ${status}: ${explanation}`,
    hint: `Remove it on the way: add --yes. Or by itself: bk-stack delete ${stackName} --yes --region ${region}`,
  };
}
