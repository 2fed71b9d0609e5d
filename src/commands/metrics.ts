import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import { UsageError } from '../errors.ts';
import type { StackMetrics } from '../metrics/series.ts';
import { terminalColumns } from '../terminal/columns.ts';
import type { NamedFile } from '../terminal/output/named-file.ts';
import { outTheme } from '../terminal/theme.ts';

/** Where nobody says how wide the output is. */
const WIDTH = 100;

export default class Metrics extends BaseCommand {
  static override summary = 'Jobs, agents, instances and waits of a stack over time';
  static override description =
    "Charts from the metrics that the stack's scaler leaves in CloudWatch, for the terminal, as CSV, or as a page of its own.";

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --since 7d --html week.html',
    '<%= config.bin %> <%= command.id %> my-stack --since 2026-11-24T08:00:00Z --until 2026-11-24T12:00:00Z --csv',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    since: Flags.string({
      description: 'from when on: 6h, 7d, or a time',
      helpValue: '<time>',
      default: '6h',
    }),
    until: Flags.string({ description: 'until when', helpValue: '<time>' }),
    csv: Flags.boolean({ description: 'as CSV, one row a period', exclusive: ['html'] }),
    html: Flags.string({
      description: 'write a page with charts and tables, which needs no network',
      helpValue: '<file>',
    }),
    force: Flags.boolean({ description: 'replace the file if it is there', dependsOn: ['html'] }),
    utc: Flags.boolean({ description: "times in UTC, not in this machine's zone" }),
  };

  async run(): Promise<StackMetrics> {
    const { args, flags } = await this.parse(Metrics);
    const stackName = this.requireName(args.name);
    if (flags.csv && this.jsonEnabled()) {
      throw new UsageError('--csv and --json are two formats', { hint: 'Leave out one of them.' });
    }
    const { pointInTime } = await import('../logs/period.ts');
    const { checkTimes, readMetrics } = await import('../metrics/read.ts');
    pointInTime('--since', flags.since, 0);
    const { requireFree } = await import('../terminal/output/named-file.ts');
    const page =
      flags.html === undefined
        ? undefined
        : { path: flags.html, option: '--html', force: flags.force, secret: false };
    if (page !== undefined) requireFree(page);
    const aws = await this.connect(flags);
    const now = (await aws.clock())();
    const since = pointInTime('--since', flags.since, now);
    const until = flags.until === undefined ? now : pointInTime('--until', flags.until, now);
    checkTimes({ since, until, now });
    const metrics = await readMetrics(aws, stackName, { since, until, now });
    if (page !== undefined) await this.writePage(page, metrics);
    else if (flags.csv) {
      const { metricsCsv } = await import('../metrics/csv.ts');
      this.log(metricsCsv(metrics));
    } else {
      const { metricsText } = await import('../metrics/text.ts');
      this.log(metricsText(metrics, outTheme, { columns: terminalColumns() ?? WIDTH, utc: flags.utc }));
    }
    return metrics;
  }

  private async writePage(file: NamedFile, metrics: StackMetrics): Promise<void> {
    const { metricsPage } = await import('../metrics/page/page.ts');
    const { writeNamedFile } = await import('../terminal/output/named-file.ts');
    writeNamedFile(file, Buffer.from(metricsPage(metrics)));
    this.progress(`Written to ${file.path}`);
  }
}
