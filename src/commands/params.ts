import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import type { StackParameters } from '../stack/status/params.ts';
import { outTheme } from '../terminal/theme.ts';

export default class Params extends BaseCommand {
  static override summary = "A stack's parameters, without anything secret";
  static override description =
    'In the order of the template; values that are not the default stand out. With --markdown as a table for a ticket.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --changed --markdown',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    changed: Flags.boolean({ description: 'only those that are not the default' }),
    markdown: Flags.boolean({ description: 'as a table for a ticket' }),
  };

  protected override readonly verbatim = true;

  async run(): Promise<StackParameters> {
    const { args, flags } = await this.parse(Params);
    const stackName = this.requireName(args.name);
    const aws = await this.connect(flags);
    const { requireStackFacts } = await import('../stack/facts/stack-facts.ts');
    const { shownParameters } = await import('../stack/status/params.ts');
    const { paramsMarkdown, paramsText } = await import('../stack/status/params-text.ts');
    const all = await shownParameters(await requireStackFacts(aws, stackName));
    const shown = flags.changed
      ? { ...all, parameters: all.parameters.filter(({ changed }) => changed) }
      : all;
    this.log(flags.markdown ? paramsMarkdown(shown) : paramsText(shown, outTheme, process.stdout.columns));
    return shown;
  }
}
