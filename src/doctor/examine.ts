import pLimit from 'p-limit';
import { deniedAction, isDenied, isUnreachable, translateAwsError } from '../aws/errors.ts';
import { type ListedTask, runTasks, type TaskListStyle } from '../terminal/progress/task-list.ts';
import type { Check, Examined, Finding } from './findings/finding.ts';

export interface Examination {
  readonly title: string;
  readonly fact: string;
  readonly findings: readonly Finding[];
}

export interface ExaminationOptions {
  readonly style: TaskListStyle;
  /** Real seconds after which a check is given up. */
  readonly withinSeconds: number;
}

/** Enough to be quick, few enough not to be throttled. */
const AT_ONCE = 6;

/** Looks at everything, several things at a time. A check that fails is a finding, and never keeps the others from looking. */
export function examine(checks: readonly Check[], options: ExaminationOptions): Promise<Examination[]> {
  const limit = pLimit(AT_ONCE);
  return runTasks<Examination[]>(
    checks.map((check): ListedTask<Examination> => ({
      title: check.title,
      run: () => limit(() => one(check, options.withinSeconds)),
      outcome: ({ title, fact, findings }) => ({
        state: findings.some(({ severity }) => severity === 'error')
          ? 'bad'
          : findings.length > 0
            ? 'doubtful'
            : 'good',
        text: `${title}: ${findings.length === 0 ? fact : findings.map(({ message }) => message).join('; ')}`,
      }),
    })),
    options.style,
  );
}

async function one({ title, run }: Check, withinSeconds: number): Promise<Examination> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Examined>((resolve) => {
    timer = setTimeout(() => {
      resolve({ fact: '', findings: [unseen(title, `it took longer than ${withinSeconds} seconds`)] });
    }, withinSeconds * 1000);
  });
  try {
    return { title, ...(await Promise.race([run(), late])) };
  } catch (error) {
    return {
      title,
      fact: '',
      findings: [unseen(title, whyNot(error), isDenied(error) ? deniedAction(error) : undefined)],
    };
  } finally {
    clearTimeout(timer);
  }
}

function unseen(title: string, why: string, action?: string): Finding {
  const subject = title.charAt(0).toLowerCase() + title.slice(1);
  return {
    code: 'could-not-look',
    severity: 'warning',
    message: `Could not look at the ${subject}: ${why}`,
    meaning: 'Whether anything is wrong there is not known.',
    fix:
      action === undefined
        ? 'Look again; with --debug each request shows.'
        : `Ask for the permission ${action}. What doctor needs: bk-stack doctor --print-policy --for doctor`,
  };
}

function whyNot(error: unknown): string {
  if (isDenied(error)) return `missing ${deniedAction(error) ?? 'a permission'}`;
  if (isUnreachable(error)) return `no answer (${(error as Error).message})`;
  return (translateAwsError(error) as Error).message;
}
