import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import type { StackStatus } from '../stack/reading/describe-stack.ts';
import { outTheme } from '../terminal/theme.ts';

export default class Status extends BaseCommand {
  static override summary = 'A stack and its instances as they are now';
  static override description =
    'Shows what is wrong first, then state, version, queue, sizes and instances. ' +
    'With --wait it watches the operation that runs to its end, and fails as that does.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --wait',
    '<%= config.bin %> <%= command.id %> my-stack --json | jq .group.instances',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    wait: Flags.boolean({ description: 'watch a running operation to its end' }),
  };

  async run(): Promise<StackStatus> {
    const { args, flags } = await this.parse(Status);
    const stackName = this.requireName(args.name);
    const aws = await this.connect(flags);
    const { describeStack } = await import('../stack/reading/describe-stack.ts');
    const { statusText } = await import('../stack/reading/status-text.ts');
    let stack = stackName;
    if (flags.wait) {
      const { watchStack } = await import('../stack/reading/watch-stack.ts');
      const observer = await this.display(aws, flags);
      const watched = await watchStack(aws, stackName, { signal: this.signal, observer });
      // One that has been deleted meanwhile is found by its id only.
      stack = watched?.stackId ?? stackName;
    }
    const status = await describeStack(aws, stack);
    this.log(statusText(status, outTheme));
    return status;
  }
}
