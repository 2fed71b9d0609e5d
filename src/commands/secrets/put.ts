import { buffer } from 'node:stream/consumers';
import * as Flags from '@oclif/core/flags';
import { stackNameArg } from '../../cli/base-command.ts';
import { bucketFlag, encryptionFlags, pipelineFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import type { PutReport } from '../../secrets/text/put.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SecretsPut extends SecretsCommand {
  static override summary = 'Give builds a secret';
  static override description =
    'Everything is checked before anything is stored, and stored encrypted by KMS. Values come from files, from stdin or ' +
    'from a prompt, and are never shown. Changing a variable leaves the rest of its file as it is, whoever else changes it ' +
    'at the same time.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack --ssh-key ~/.ssh/ci_key',
    '<%= config.bin %> <%= command.id %> my-stack --pipeline app --generate-ssh-key',
    'printf \'%s\' "$TOKEN" | <%= config.bin %> <%= command.id %> my-stack --set NPM_TOKEN',
    '<%= config.bin %> <%= command.id %> my-stack --pipeline app --env - < app.env',
    '<%= config.bin %> <%= command.id %> my-stack --secret-file DEPLOY_PASSWORD=password.txt',
    '<%= config.bin %> <%= command.id %> my-stack --dir secrets/ --json',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    pipeline: pipelineFlag,
    'ssh-key': Flags.string({
      description: 'a private key for Git, - for stdin',
      helpValue: '<file|->',
      exclusive: ['generate-ssh-key'],
    }),
    'generate-ssh-key': Flags.boolean({
      description: 'make a key, store the private half, print the public one',
    }),
    type: Flags.string({
      description: 'of the key to make; ed25519 by itself',
      options: ['ed25519', 'rsa'],
      dependsOn: ['generate-ssh-key'],
    }),
    set: Flags.string({
      description:
        'set a variable; NAME alone reads the value from stdin, without a last line feed, or asks (repeatable)',
      helpValue: '<NAME[=value]>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    unset: Flags.string({
      description: 'remove a variable (repeatable)',
      helpValue: '<NAME>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    env: Flags.string({
      description: 'a whole file of variables, in place of the one that is there',
      helpValue: '<file|->',
    }),
    'git-credentials': Flags.string({
      description: "a file of Git's credentials, one URL a line",
      helpValue: '<file|->',
    }),
    'secret-file': Flags.string({
      description: 'one variable as a file of its own; NAME alone reads stdin, or asks (repeatable)',
      helpValue: '<NAME[=file]>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    dir: Flags.string({ description: 'a folder laid out as the bucket is', helpValue: '<folder>' }),
    'allow-shell': Flags.boolean({ description: 'store env files that are more than NAME=value' }),
    bucket: bucketFlag,
    ...encryptionFlags,
  };

  async run(): Promise<PutReport> {
    const { args, flags } = await this.parse(SecretsPut);
    const which = this.target(args.name === undefined ? [] : [args.name], flags.bucket);
    const [{ gatherSecrets }, { putSecrets, systemTiming }, { putText }] = await Promise.all([
      import('../../secrets/put/gather.ts'),
      import('../../secrets/put/put.ts'),
      import('../../secrets/text/put.ts'),
    ]);
    const { askHidden } = await import('../../terminal/confirm.ts');
    const order = await gatherSecrets(flags, {
      stdin: () => buffer(process.stdin),
      stdinIsTerminal: process.stdin.isTTY === true,
      ask: this.interactive(flags) ? askHidden : undefined,
    });
    for (const warning of order.warnings) this.warnOf(warning);
    const { objects, place } = await this.openForWriting(await this.connect(flags), which, flags);
    const outcome = await putSecrets(objects, order, systemTiming, this.counter('Stored', flags));
    for (const warning of outcome.warnings) this.warnOf(warning);
    const report: PutReport = {
      name: place.name,
      bucket: place.bucket,
      ...(order.pipeline !== undefined && { pipeline: order.pipeline }),
      written: outcome.written,
      ...(outcome.variables !== undefined && { variables: outcome.variables }),
      dropped: outcome.dropped,
      ...(order.publicKey !== undefined && { publicKey: order.publicKey }),
      warnings: [...order.warnings, ...outcome.warnings],
    };
    this.log(putText(report, outTheme));
    return report;
  }
}
