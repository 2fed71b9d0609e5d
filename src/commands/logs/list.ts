import { BaseCommand, stackNameArg } from '../../cli/base-command.ts';
import { logFlags } from '../../cli/log-flags.ts';
import type { LogList } from '../../logs/list/list.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class LogsList extends BaseCommand {
  static override summary = 'The log groups of a stack, and what is in them';
  static override description =
    "Each group with its size and how long it is kept, and its streams, the latest first: the instance that writes it, whether the stack's group still has that, and its first and last event.";

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --group boot --json | jq -r ".groups[].streams[].stream"',
  ];

  static override args = { name: stackNameArg };

  static override flags = { group: logFlags.group };

  async run(): Promise<LogList> {
    const { args, flags } = await this.parse(LogsList);
    const stackName = this.requireName(args.name);
    const { chosenGroups } = await import('../../logs/choice.ts');
    const groups = chosenGroups(flags.group);
    const aws = await this.connect(flags);
    const { listLogs } = await import('../../logs/list/list.ts');
    const { logListText } = await import('../../logs/list/text.ts');
    const list = await listLogs(aws, stackName, groups, this.signal);
    this.log(logListText(list, outTheme, process.stdout.columns));
    return list;
  }
}
