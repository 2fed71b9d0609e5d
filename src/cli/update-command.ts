import type { AwsContext } from '../aws/context.ts';
import { UsageError } from '../errors.ts';
import { terminalColumns } from '../terminal/columns.ts';
import { confirm } from '../terminal/confirm.ts';
import { logLine } from '../terminal/log-line.ts';
import { wrapped } from '../terminal/wrap.ts';
import { outTheme } from '../terminal/theme.ts';
import type { UpdateOutcome, UpdatePreview } from '../stack/update/index.ts';
import { BaseCommand } from './base-command.ts';

interface UpdateFlags {
  readonly debug: boolean;
  readonly 'no-input': boolean;
  readonly yes: boolean;
  readonly 'dry-run': boolean;
}

/** What the commands have in common that change a stack as a whole. */
export abstract class UpdateCommand extends BaseCommand {
  /** How an update is shown while it goes on. */
  protected async watching(
    aws: AwsContext,
    stackName: string,
    flags: { readonly debug: boolean; readonly 'no-input': boolean; readonly yes?: boolean },
  ) {
    const { openProgress } = await import('../stack/update/index.ts');
    const status = await this.statusLine(flags);
    return {
      signal: this.signal,
      observer: openProgress({
        ...(status && { status }),
        write: (line) => {
          this.progress(line);
        },
        now: await aws.clock(),
        display: () => this.display(aws, flags),
        ...(this.interactive(flags) &&
          flags.yes !== true && {
            longer: () => confirm('Jobs still run. Wait as long again? (No: nothing is updated)', true),
          }),
      }),
      begun: () => {
        this.onInterrupt(
          [
            'AWS goes on with what it was told. To go on watching, and with what comes after:',
            `bk-stack update ${stackName} --resume`,
            `Or take the update back: bk-stack update ${stackName} --cancel`,
          ].join('\n'),
        );
      },
    };
  }

  /** How a new update is shown, agreed to and watched. */
  protected async options(aws: AwsContext, stackName: string, flags: UpdateFlags) {
    const { previewText } = await import('../stack/update/index.ts');
    const live = this.repaints(flags);
    const ask = this.interactive(flags) && !flags.yes;
    // Whose stdout goes into a pipe did not mean to be left out.
    if (this.audience(flags) === 'unseeing' && !flags.yes && !flags['dry-run']) throw unseen(stackName);
    const say = (line: string) => {
      this.progress(live ? line : logLine(new Date(), line.trim()));
    };
    this.onInterrupt('Nothing was changed.');
    return {
      ...(await this.watching(aws, stackName, flags)),
      style: live
        ? { live }
        : {
            live,
            write: (line: string) => {
              this.progress(line);
            },
            now: () => new Date(),
          },
      say,
      preview: (preview: UpdatePreview) => {
        // Where it is no terminal, each line stays whole: logs are searched.
        this.log(`\n${wrapped(previewText(preview, outTheme), terminalColumns() ?? Infinity)}\n`);
      },
      agreed: () => (ask ? confirm(`Update ${stackName}?`, true) : Promise.resolve(true)),
      dryRun: flags['dry-run'],
    };
  }

  /** Tells the end. */
  protected async tell(outcome: UpdateOutcome): Promise<UpdateOutcome> {
    if (outcome.kind === 'unchanged') {
      this.log(`There is nothing to do: ${outcome.stackName} is as it should be.`);
    } else if (outcome.kind === 'updated') {
      const { endText } = await import('../stack/update/index.ts');
      this.log(endText(outcome, outTheme));
    }
    return outcome;
  }
}

function unseen(stackName: string): UsageError {
  return new UsageError(`The update of ${stackName} is asked for on stdout, which is no terminal here`, {
    hint: 'Nothing was changed. Leave out the pipe, or agree beforehand: --yes. To see what would change: --dry-run',
  });
}
