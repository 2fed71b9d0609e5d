import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import { logFlags, sinceFlag, untilFlag } from '../../cli/log-flags.ts';
import { UsageError } from '../../errors.ts';
import type { InsightsAnswer } from '../../logs/insights/run.ts';
import { print } from '../../terminal/output/print.ts';
import { safeCsv } from '../../terminal/safe.ts';
import { errTheme, outTheme } from '../../terminal/theme.ts';

export default class LogsInsights extends BaseCommand {
  static override summary = 'Ask the logs of a stack a question';
  static override description =
    "Runs a query of CloudWatch Logs Insights over the stack's log groups. AWS charges by what is scanned, which is told at " +
    'the end. Ctrl-C stops the query.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack "filter @message like /error/ | stats count(*) by bin(5m)"',
    '<%= config.bin %> <%= command.id %> my-stack "fields @timestamp, @logStream, @message | limit 20" --since 1d --csv',
  ];

  static override args = {
    name: Args.string({
      description: "the stack's name (or set BK_STACK_NAME)",
      ignoreStdin: true,
    }),
    query: Args.string({ description: 'in the Logs Insights query language', ignoreStdin: true }),
  };

  static override flags = {
    ...logFlags,
    since: sinceFlag('1h'),
    until: untilFlag(),
    csv: Flags.boolean({ description: 'the rows as CSV', exclusive: ['json'] }),
  };

  protected override readonly verbatim = true;

  async run(): Promise<InsightsAnswer> {
    const { args, flags } = await this.parse(LogsInsights);
    const { stackName, query } = askedOf(args, process.env['BK_STACK_NAME']);
    const { chosenGroups, chosenInstances } = await import('../../logs/choice.ts');
    const groups = chosenGroups(flags.group);
    const instances = chosenInstances(flags);
    const { checkWindow, windowOf } = await import('../../logs/period.ts');
    checkWindow(flags);
    const aws = await this.connect(flags);
    const now = await aws.clock();
    const { runInsights } = await import('../../logs/insights/run.ts');
    const { insightsCsv, insightsText, statisticsText } = await import('../../logs/insights/text.ts');
    const { ProgressLine } = await import('../../terminal/progress/progress-line.ts');
    const progress = new ProgressLine(process.stderr, this.repaints(flags));
    const order = { stackName, groups, instances, query, window: windowOf(flags, now()) };
    const answer = await runInsights(aws, order, {
      now,
      signal: this.signal,
      progress: (statistics) => {
        progress.show(`Running: ${statisticsText(statistics)}`);
      },
    }).finally(() => {
      progress.end();
    });
    this.progress(errTheme.dim(statisticsText(answer.statistics)));
    if (flags.csv) print(process.stdout, safeCsv(`${insightsCsv(answer)}\n`));
    else this.log(insightsText(answer, outTheme.heading));
    return answer;
  }
}

/** With the stack's name in the environment, the only argument is the query. */
function askedOf(
  { name, query }: { readonly name?: string | undefined; readonly query?: string | undefined },
  named = '',
): { readonly stackName: string; readonly query: string } {
  const asked = query ?? (named === '' ? undefined : name);
  const stackName = query === undefined && named !== '' ? named : (name ?? '');
  if (asked !== undefined && asked.trim() !== '' && stackName !== '') return { stackName, query: asked };
  // What is no name of a stack is meant to be the query.
  if (name !== undefined && !/^[a-z][a-z0-9-]*$/i.test(stackName)) {
    throw new UsageError('No stack is named', {
      hint: 'Name it before the query: bk-stack logs insights my-stack "..." (or set BK_STACK_NAME). See bk-stack list.',
    });
  }
  throw new UsageError('There is no query', {
    hint: `Ask for something: bk-stack logs insights ${stackName || 'my-stack'} "fields @timestamp, @message | limit 20"`,
  });
}
