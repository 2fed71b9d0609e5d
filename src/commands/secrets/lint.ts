import * as Flags from '@oclif/core/flags';
import { stackNameArg } from '../../cli/base-command.ts';
import { bucketFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import { ExitCode } from '../../errors.ts';
import type { LintFinding } from '../../secrets/read/lint.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SecretsLint extends SecretsCommand {
  static override summary = 'Look for what is wrong with the secrets of a stack';
  static override description =
    'Looks through the whole bucket: what is not encrypted by KMS, open to others, misspelt, read by no build, broken or old. ' +
    'Exits with 1 where there are errors.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> --bucket my-secrets --max-age 90 --json',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    'max-age': Flags.integer({
      description: 'days after which a secret counts as old',
      helpValue: '<days>',
      default: 365,
      min: 1,
    }),
    bucket: bucketFlag,
  };

  async run(): Promise<{ bucket: string; secrets: number; findings: readonly LintFinding[] }> {
    const { args, flags } = await this.parse(SecretsLint);
    const which = this.target(args.name === undefined ? [] : [args.name], flags.bucket);
    const open = await this.openForReading(flags, which);
    const { lintSecrets } = await import('../../secrets/read/lint.ts');
    const { lintText } = await import('../../secrets/text/list.ts');
    const { secrets, findings } = await lintSecrets(open, {
      maxAgeDays: flags['max-age'],
      now: new Date((await open.aws.clock())()),
    });
    this.log(lintText(secrets, findings, outTheme));
    if (findings.some(({ severity }) => severity === 'error')) process.exitCode = ExitCode.failed;
    return { bucket: open.place.bucket, secrets, findings };
  }
}
