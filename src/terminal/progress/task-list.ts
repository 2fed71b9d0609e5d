import type { ListrDefaultRendererLogLevels } from 'listr2';
import { screen } from '../safe.ts';
import { logLine } from '../log-line.ts';

/** How a task ended, in words that replace its title. */
export interface TaskOutcome {
  readonly state: 'good' | 'doubtful' | 'bad';
  readonly text: string;
}

/** Something to be done that people see: a title while it runs, an outcome when it has. */
export interface ListedTask<Result> {
  readonly title: string;
  readonly run: () => Promise<Result>;
  readonly outcome: (result: Result) => TaskOutcome;
}

/** How a list of tasks is shown. */
export type TaskListStyle =
  | { readonly live: true }
  | { readonly live: false; readonly write: (line: string) => void; readonly now: () => Date };

/**
 * Does tasks all at the same time and shows them: a list that is repainted on stderr, or a line with its time for each one
 * that has ended.
 * @returns the results in the tasks' order.
 * @throws the first error that a task threw, once all have ended.
 */
export async function runTasks<Results extends readonly unknown[]>(
  tasks: { readonly [Index in keyof Results]: ListedTask<Results[Index]> },
  style: TaskListStyle,
): Promise<Results> {
  const outcomes = style.live ? await liveList(tasks) : await plainList(tasks, style);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as Results;
}

type Settled = PromiseSettledResult<unknown>[];

const MARKS = { good: '✔', doubtful: '!', bad: '✖' } as const;

/** An outcome as a line of a log. */
export function taskLine({ state, text }: TaskOutcome, at: Date): string {
  return logLine(at, `${MARKS[state]} ${text.replace(/\s+/g, ' ')}`);
}

function plainList(
  tasks: readonly ListedTask<unknown>[],
  { write, now }: TaskListStyle & { readonly live: false },
): Promise<Settled> {
  return Promise.allSettled(
    tasks.map(async (task) => {
      const result = await task.run();
      write(taskLine(task.outcome(result), now()));
      return result;
    }),
  );
}

async function liveList(tasks: readonly ListedTask<unknown>[]): Promise<Settled> {
  const { DefaultRenderer, Listr, ListrLogger, ProcessOutput } = await import('listr2');
  /** Paints on stderr, which may be a terminal when stdout is none. */
  class StderrRenderer extends DefaultRenderer {
    static override nonTTY = true;
  }
  const settled: Settled = [];
  const list = new Listr(
    tasks.map((task, index) => ({
      title: screen(task.title),
      task: async (_: unknown, shown: { title: string; skip(text: string): void }) => {
        const [ended] = await Promise.allSettled([task.run()]);
        settled[index] = ended;
        if (ended.status === 'rejected') throw ended.reason;
        const outcome = task.outcome(ended.value);
        const { state } = outcome;
        const text = screen(outcome.text);
        if (state === 'bad') throw new Error(text);
        if (state === 'doubtful') shown.skip(text);
        else shown.title = text;
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      // Ctrl-C is the command's to answer; listr2 would end the process.
      registerSignalListeners: false,
      renderer: StderrRenderer,
      rendererOptions: {
        icon: { SKIPPED_WITH_COLLAPSE: MARKS.doubtful },
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({
          useIcons: true,
          processOutput: new ProcessOutput(process.stderr, process.stderr, { leaveEmptyLine: false }),
        }),
      },
    },
  );
  await list.run();
  return settled;
}
