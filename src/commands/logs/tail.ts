import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../../cli/base-command.ts';
import { logFlags, sinceFlag, untilFlag } from '../../cli/log-flags.ts';
import type { LogFormat } from '../../logs/format.ts';
import { errTheme, outColours } from '../../terminal/theme.ts';

export default class LogsTail extends BaseCommand {
  static override summary = 'Show the logs of a stack, and follow them';
  static override description =
    'The logs of all instances and of the scaler, in one stream by time. On a terminal it goes on until Ctrl-C; elsewhere it ' +
    'ends with what is there, unless --follow is said. New instances are picked up as they come. What CloudWatch delivers ' +
    'late is shown, and marked. With --group boot, the console stands in for an instance whose boot never reached CloudWatch.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --group boot,lifecycle --since 1h',
    '<%= config.bin %> <%= command.id %> my-stack --instance i-0123456789abcdef0 --grep "error|fail"',
    '<%= config.bin %> <%= command.id %> my-stack --since 2026-11-24T01:00:00Z --until 2026-11-24T02:00:00Z --format json',
  ];

  static override args = { name: stackNameArg };
  static override enableJsonFlag = false;

  static override flags = {
    ...logFlags,
    since: sinceFlag('10m'),
    until: untilFlag(['follow', 'live']),
    filter: Flags.string({
      description: "a pattern in CloudWatch's syntax, applied there",
      helpValue: '<pattern>',
    }),
    grep: Flags.string({ description: 'a regular expression, applied here', helpValue: '<regex>' }),
    follow: Flags.boolean({ description: 'go on with what comes; on a terminal by itself', allowNo: true }),
    live: Flags.boolean({
      description:
        'follow by what CloudWatch sends (its live tail), not by polling; AWS charges by the minute',
    }),
    interleave: Flags.boolean({
      description: 'one stream by time; otherwise one instance after the other, without following',
      default: true,
      allowNo: true,
    }),
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
    const choice = await import('../../logs/choice.ts');
    const groups = choice.chosenGroups(flags.group);
    const instances = choice.chosenInstances(flags);
    const matches = choice.chosenPattern(flags.grep);
    const follow = choice.chosenFollowing(flags, process.stdout.isTTY);
    const { checkWindow, windowOf } = await import('../../logs/period.ts');
    checkWindow(flags);
    const aws = await this.connect(flags);
    const now = await aws.clock();
    const order = {
      ...windowOf(flags, now()),
      ...{ stackName, groups, instances, follow, pattern: flags.filter, live: flags.live },
      apart: !flags.interleave,
      console: flags.group !== undefined && groups.includes('boot'),
    };
    const { openTail } = await import('../../logs/tailing/open-tail.ts');
    const { showTail } = await import('../../logs/tailing/show.ts');
    const { signal } = this;
    const say = (line: string) => {
      this.progress(errTheme.dim(line));
    };
    try {
      const format = { format: flags.format as LogFormat, utc: flags.utc, colours: outColours, matches };
      await showTail(openTail(aws, order, { now, signal, say }), format, process.stdout);
    } catch (error) {
      // Ctrl-C is how following ends.
      if (!(follow && signal.aborted)) throw error;
    }
  }
}
