import * as Flags from '@oclif/core/flags';
import type { AwsContext } from '../aws/context.ts';
import type { BucketLocation } from '../secrets/bucket/location.ts';
import type { EncryptionOptions, OpenBucket } from '../secrets/bucket/open.ts';
import { logLine } from '../terminal/log-line.ts';
import { errTheme } from '../terminal/theme.ts';
import { BaseCommand, type GlobalFlags } from './base-command.ts';
import { printBytes } from '../terminal/output/print.ts';
import { screen } from '../terminal/safe.ts';

export const bucketFlag = Flags.string({
  description: 'a bucket by its own name, in place of a stack',
  helpValue: '<name>',
});

export const pipelineFlag = Flags.string({
  description: 'for one pipeline, by its slug; without it, for all',
  helpValue: '<slug>',
});

export const encryptionFlags = {
  'kms-key': Flags.string({
    description:
      "KMS key to encrypt with; by default the stack's, else the bucket's, else the account's for S3",
    helpValue: '<arn|id|alias>',
    exclusive: ['no-encrypt'],
  }),
  'no-encrypt': Flags.boolean({ description: 'store as the bucket does by itself, without asking for KMS' }),
};

/** The bucket that a command is about: a stack's, or one by its own name. */
export type BucketChoice = { readonly stackName: string } | { readonly bucket: string };

/** What the commands on a secrets bucket share: which bucket is meant, and how it is opened. */
export abstract class SecretsCommand extends BaseCommand {
  /**
   * Takes the stack's name off the arguments, unless a bucket is named.
   * @param rest how many more there have to be; with as many as that, `BK_STACK_NAME` is the name
   */
  protected target(
    argv: readonly string[],
    bucket: string | undefined,
    rest = 0,
  ): BucketChoice & { rest: string[] } {
    if (bucket !== undefined) return { bucket, rest: [...argv] };
    const preset = process.env['BK_STACK_NAME'];
    if (preset !== undefined && preset !== '' && argv.length <= rest)
      return { stackName: preset, rest: [...argv] };
    const [name, ...others] = argv;
    return { stackName: this.requireName(name), rest: others };
  }

  /** Finds a bucket, and loads what is needed next while AWS answers. */
  protected async locate(aws: AwsContext, choice: BucketChoice): Promise<BucketLocation> {
    const { bucketByName, bucketOfStack } = await import('../secrets/bucket/location.ts');
    const preloaded = import('../aws/sdk/s3.ts');
    if ('bucket' in choice) {
      const [location] = await Promise.all([bucketByName(aws, choice.bucket), preloaded]);
      return location;
    }
    const { requireStack } = await import('../stack/facts/stack/find-stack.ts');
    const [stack] = await Promise.all([requireStack(aws, choice.stackName), preloaded]);
    return bucketOfStack(stack, aws.region);
  }

  protected async openForReading(flags: GlobalFlags, choice: BucketChoice): Promise<OpenBucket> {
    const aws = await this.connect(flags);
    const { openForReading } = await import('../secrets/bucket/open.ts');
    return openForReading(aws, await this.locate(aws, choice));
  }

  protected async openForWriting(
    aws: AwsContext,
    choice: BucketChoice,
    flags: { readonly 'kms-key'?: string | undefined; readonly 'no-encrypt': boolean },
  ): Promise<OpenBucket> {
    const { openForWriting } = await import('../secrets/bucket/open.ts');
    const encryption: EncryptionOptions = { kmsKey: flags['kms-key'], encrypt: !flags['no-encrypt'] };
    const open = await openForWriting(aws, await this.locate(aws, choice), encryption);
    for (const warning of open.warnings) this.warnOf(warning);
    return open;
  }

  /** Something that went well, and may still not be what was meant. On stderr. */
  protected warnOf(message: string): void {
    this.progress(`${errTheme.busy('!')} ${message}`);
  }

  /** Counts on stderr: painted over on a terminal, a line now and then elsewhere. Quiet for what is done at once. */
  protected counter(what: string, flags: { readonly debug: boolean }): (done: number, all: number) => void {
    const live = this.repaints(flags);
    return (done, all) => {
      if (all < 20) return;
      if (live)
        printBytes(
          process.stderr,
          `\r${screen(what)} ${done} of ${all}\x1b[K${done === all ? '\r\x1b[K' : ''}`,
        );
      else if (done === all || done % Math.ceil(all / 10) === 0) {
        this.progress(logLine(new Date(), `${what} ${done} of ${all}`));
      }
    };
  }
}
