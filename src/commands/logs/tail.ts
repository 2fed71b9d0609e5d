import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../../cli/base-command.ts';
import { UsageError } from '../../errors.ts';

export default class LogsTail extends BaseCommand {
  static override summary = 'Show the logs of a stack, and follow them';
  static override description =
    'The logs of all instances and of the scaler, in one stream by time. On a terminal it goes on until Ctrl-C; elsewhere it ' +
    'ends with what is there, unless --follow is said. New instances are picked up as they come. What CloudWatch delivers ' +
    'late is shown, and marked.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --group boot,lifecycle --since 1h',
    '<%= config.bin %> <%= command.id %> my-stack --instance i-0123456789abcdef0 --grep "error|fail"',
    '<%= config.bin %> <%= command.id %> my-stack --since 2026-11-24T01:00:00Z --until 2026-11-24T02:00:00Z --format json',
  ];

  static override args = { name: stackNameArg };
  static override enableJsonFlag = false;

  static override flags = {
    group: Flags.string({
      description: 'agent, boot, system, docker, lifecycle, scaler; all by itself',
      helpValue: '<group,...>',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    instance: Flags.string({
      description: 'only this instance (repeatable)',
      helpValue: '<id>',
      multiple: true,
      multipleNonGreedy: true,
      exclusive: ['agent'],
    }),
    agent: Flags.string({
      description: "only the instance of this agent, by the agent's name",
      helpValue: '<name>',
    }),
    since: Flags.string({
      description: 'from when on: 10m, 2h, or a time',
      helpValue: '<time>',
      default: '10m',
    }),
    until: Flags.string({ description: 'until when', helpValue: '<time>', exclusive: ['follow'] }),
    filter: Flags.string({
      description: "a pattern in CloudWatch's syntax, applied there",
      helpValue: '<pattern>',
    }),
    grep: Flags.string({ description: 'a regular expression, applied here', helpValue: '<regex>' }),
    follow: Flags.boolean({ description: 'go on with what comes; on a terminal by itself', allowNo: true }),
    format: Flags.string({
      description: 'of the lines',
      options: ['short', 'long', 'json'],
      default: 'short',
    }),
    utc: Flags.boolean({ description: "times in UTC, not in this machine's zone" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsTail);
    const stackName = this.requireName(args.name);
    const { chosenGroups, chosenInstances, chosenPattern } = await import('../../logs/choice.ts');
    const groups = chosenGroups(flags.group);
    const instances = chosenInstances(flags);
    const matches = chosenPattern(flags.grep);
    const { pointInTime } = await import('../../logs/period.ts');
    pointInTime('--since', flags.since, 0);
    const aws = await this.connect(flags);
    const now = await aws.clock();
    const since = pointInTime('--since', flags.since, now());
    const until = flags.until === undefined ? undefined : pointInTime('--until', flags.until, now());
    if (until !== undefined && until < since) {
      throw new UsageError('--until is before --since', { hint: 'Give the earlier time as --since.' });
    }
    const { openTail } = await import('../../logs/open-tail.ts');
    const { formatter } = await import('../../logs/format.ts');
    const { outColours } = await import('../../terminal/theme.ts');
    const format = flags.format as 'short' | 'long' | 'json';
    const line = formatter({ format, utc: flags.utc, colours: outColours });
    const follow = flags.follow ?? (process.stdout.isTTY && until === undefined);
    const order = { stackName, groups, instances, since, until, pattern: flags.filter, follow };
    const events = await openTail(aws, order, { now, signal: this.signal });
    const { writeAll } = await import('../../terminal/write-all.ts');
    try {
      for await (const batch of events) {
        const shown = matches === undefined ? batch : batch.filter(({ message }) => matches.test(message));
        if (shown.length > 0) await writeAll(process.stdout, `${shown.map(line).join('\n')}\n`);
      }
    } catch (error) {
      // Ctrl-C is how following ends.
      if (!(follow && this.signal.aborted)) throw error;
    }
  }
}
