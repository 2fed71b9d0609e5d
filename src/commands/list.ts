import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.ts';
import type { StackList } from '../stack/facts/stack/list-stacks.ts';
import { errTheme, outTheme } from '../terminal/theme.ts';

export default class List extends BaseCommand {
  static override summary = 'Agent stacks of the region';
  static override description =
    "Lists the stacks that bk-stack has made, and those of Buildkite's Elastic CI Stack for AWS.";

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all-regions',
    '<%= config.bin %> <%= command.id %> --json | jq -r ".stacks[].stackName"',
  ];

  static override flags = {
    'all-regions': Flags.boolean({
      description: 'look in every region that the account has enabled',
      exclusive: ['region'],
    }),
  };

  async run(): Promise<StackList> {
    const { flags } = await this.parse(List);
    const aws = await this.connect(flags);
    const { listStacks } = await import('../stack/facts/stack/list-stacks.ts');
    const { listText } = await import('../stack/status/list-text.ts');
    const list = await listStacks(aws, { allRegions: flags['all-regions'] });
    for (const { region, reason } of list.refused) {
      this.progress(`${errTheme.bad('Not read:')} ${region}: ${reason}`);
    }
    if (list.refused.length > 0) process.exitCode = 1;
    this.log(listText(list, outTheme));
    return list;
  }
}
