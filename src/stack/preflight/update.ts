import { runTasks } from '../../terminal/progress/task-list.ts';
import type { StagingPlan } from '../assets/index.ts';
import type { Caller } from './calls.ts';
import type { Finding } from './checks/check.ts';
import type { PreflightSite } from './preflight.ts';
import { accountTask, instanceTasks, secretsTask, type Staged, stagingTask } from './tasks.ts';

/** What a stack is to become, as far as it can be checked before. */
export interface UpdateSubject extends Staged {
  /** The values in effect then. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface UpdateFindings {
  readonly caller: Caller;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly staging: StagingPlan;
}

/** Looks at everything that could make an update fail, and changes nothing. */
export async function preflightUpdate(
  { calls, assets, style }: PreflightSite,
  subject: UpdateSubject,
): Promise<UpdateFindings> {
  const [caller] = await runTasks<[Caller]>([accountTask(calls, subject.region)], style);
  const { tasks } = instanceTasks(calls, subject.parameters, subject.region);
  const secrets = secretsTask(calls, subject.parameters, subject.region);
  const [types, launch, reachable, staged] = await runTasks(
    [...tasks, secrets, stagingTask(assets(caller), subject, caller)] as const,
    style,
  );
  const verdicts = [types, launch, reachable, staged];
  return {
    caller,
    problems: verdicts.flatMap(({ problems }) => problems),
    warnings: verdicts.flatMap(({ warnings }) => warnings),
    staging: staged.plan,
  };
}
