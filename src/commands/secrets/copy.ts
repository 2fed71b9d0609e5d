import * as Flags from '@oclif/core/flags';
import { encryptionFlags, pipelineFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import type { CopyOutcome } from '../../secrets/copy.ts';
import { counted } from '../../terminal/text.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SecretsCopy extends SecretsCommand {
  static override summary = 'Copy the secrets of a stack to another';
  static override description =
    'Everything that builds get is stored on the other side, encrypted as that stack does. What is there already is left ' +
    'alone unless --overwrite is said.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --from my-stack --to my-new-stack',
    '<%= config.bin %> <%= command.id %> --from my-stack --from-region us-east-1 --to my-stack --region eu-west-1',
  ];

  static override flags = {
    from: Flags.string({ description: 'the stack to copy from', helpValue: '<name>', required: true }),
    to: Flags.string({ description: 'the stack to copy to', helpValue: '<name>', required: true }),
    'from-region': Flags.string({ description: 'region of the stack to copy from', helpValue: '<region>' }),
    pipeline: pipelineFlag,
    overwrite: Flags.boolean({ description: 'replace what the other side has; its versions stay' }),
    ...encryptionFlags,
  };

  async run(): Promise<CopyOutcome> {
    const { flags } = await this.parse(SecretsCopy);
    const { checkSlug } = await import('../../secrets/layout/arguments.ts');
    if (flags.pipeline !== undefined) checkSlug(flags.pipeline);
    const aws = await this.connect(flags);
    const { openForReading } = await import('../../secrets/bucket/open.ts');
    const { copySecrets } = await import('../../secrets/copy.ts');
    const there = flags['from-region'] === undefined ? aws : aws.inRegion(flags['from-region']);
    const [source, target] = await Promise.all([
      this.locate(there, { stackName: flags.from }).then((place) => openForReading(there, place)),
      this.openForWriting(aws, { stackName: flags.to }, flags),
    ]);
    const outcome = await copySecrets(source.objects, target.objects, flags, this.counter('Copied', flags));
    const { copied, same, left } = outcome;
    this.log(
      `${outTheme.good('✔')} ${counted(copied.length, 'secret')} copied from ${flags.from} to ${flags.to}`,
    );
    if (same.length > 0) this.log(`${counted(same.length, 'secret')} the same on both sides already`);
    if (left.length > 0) this.warnOf(`Left, as no build reads them: ${left.join(', ')}`);
    return outcome;
  }
}
