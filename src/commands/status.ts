import * as Flags from '@oclif/core/flags';
import type { AwsContext } from '../aws/context.ts';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import { asFailure } from '../cli/failure.ts';
import { UsageError } from '../errors.ts';
import type { StackStatus } from '../stack/status/describe-stack.ts';
import { logLine } from '../terminal/log-line.ts';
import { print } from '../terminal/output/print.ts';
import { screen } from '../terminal/safe.ts';
import { outTheme } from '../terminal/theme.ts';

export default class Status extends BaseCommand {
  static override summary = 'A stack and its instances as they are now';
  static override description =
    'Shows what is wrong first, then state, version, queue, jobs, agents, sizes, what the scaler did lately, and instances. ' +
    'With --wait it watches the operation that runs to its end, and fails as that does. With --watch it shows all again and ' +
    'again, until Ctrl-C.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --watch',
    '<%= config.bin %> <%= command.id %> my-stack --wait',
    '<%= config.bin %> <%= command.id %> my-stack --json | jq .group.instances',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    wait: Flags.boolean({
      description: 'watch a running operation to its end, an update of bk-stack with all its instances',
    }),
    watch: Flags.boolean({ description: 'show it again and again until Ctrl-C', exclusive: ['wait'] }),
    interval: Flags.integer({
      description: 'with --watch: seconds between two looks',
      helpValue: '<seconds>',
      default: 5,
      min: 1,
    }),
  };

  async run(): Promise<StackStatus | undefined> {
    const { args, flags } = await this.parse(Status);
    const stackName = this.requireName(args.name);
    if (flags.watch && this.jsonEnabled()) {
      throw new UsageError('--watch shows many documents, and --json prints one', {
        hint: `Leave out one of them: bk-stack status ${stackName} --json`,
      });
    }
    const aws = await this.connect(flags);
    const { requireStackFacts } = await import('../stack/facts/stack-facts.ts');
    const { describeStack } = await import('../stack/status/describe-stack.ts');
    const { statusText } = await import('../stack/status/status-text.ts');
    if (flags.watch) {
      await this.watch(flags.interval, async () =>
        this.here(statusText(await describeStack(await requireStackFacts(aws, stackName)), outTheme)),
      );
      return undefined;
    }
    const stack = flags.wait ? await this.wait(aws, stackName, flags) : stackName;
    const status = await describeStack(await requireStackFacts(aws, stack));
    this.log(statusText(status, outTheme));
    return status;
  }

  /** @returns what the stack is found by then: one that has been deleted meanwhile has no name any more */
  private async wait(
    aws: AwsContext,
    stackName: string,
    flags: { readonly debug: boolean },
  ): Promise<string> {
    const { watchStack } = await import('../stack/status/watch-stack.ts');
    const observer = await this.display(aws, flags);
    const watched = await watchStack(aws, stackName, { signal: this.signal, observer });
    const { awaitUpdate } = await import('../stack/update/execution/journal/active-update.ts');
    const { retryClockOf } = await import('../aws/retry.ts');
    await awaitUpdate(aws, stackName, retryClockOf(aws, this.signal), (line) => {
      this.progress(this.repaints(flags) ? line : logLine(new Date(), line));
    });
    return watched?.stackId ?? stackName;
  }

  private async watch(every: number, read: () => Promise<string>): Promise<void> {
    const { watchStatus } = await import('../stack/status/watch-status.ts');
    const { LiveRegion } = await import('../terminal/progress/live-region.ts');
    // What is wrong from the start is an error, and not something to be looked at again and again.
    await read();
    const live = process.stdout.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
    await watchStatus(
      live
        ? { live, region: new LiveRegion(process.stdout) }
        : {
            live: false,
            write: (text) => {
              print(process.stdout, screen(text));
            },
          },
      {
        ...{ every, read, signal: this.signal },
        failed: (error) =>
          outTheme.busy(
            `It cannot be read now (${asFailure(error).message}). The next look comes all the same.`,
          ),
      },
    );
  }
}
