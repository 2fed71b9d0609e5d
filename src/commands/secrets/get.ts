import { print, printBytes } from '../../terminal/output/print.ts';
import { screen } from '../../terminal/safe.ts';
import * as Flags from '@oclif/core/flags';
import { bucketFlag, pipelineFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import { OperationError, UsageError } from '../../errors.ts';
import { word } from '../../shell/quoted.ts';

export default class SecretsGet extends SecretsCommand {
  static override summary = 'Read a secret';
  static override description =
    'To a file that only you can read, or to a pipe. On a terminal nothing is shown without --reveal.';

  static override usage = '<%= command.id %> NAME KEY [flags]';
  static override strict = false;

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack env --output env.txt',
    '<%= config.bin %> <%= command.id %> my-stack secret-files/NPM_TOKEN --pipeline app | wc -c',
    '<%= config.bin %> <%= command.id %> my-stack env --version VERSION --reveal',
  ];

  static override flags = {
    pipeline: pipelineFlag,
    output: Flags.string({
      char: 'o',
      description: 'write it to this file, with mode 600',
      helpValue: '<file>',
    }),
    force: Flags.boolean({ description: 'replace the file if it is there', dependsOn: ['output'] }),
    version: Flags.string({ description: 'an older version, as history lists them', helpValue: '<id>' }),
    reveal: Flags.boolean({ description: 'show it on the terminal' }),
    bucket: bucketFlag,
  };

  protected override readonly verbatim = true;

  async run(): Promise<{ key: string; versionId: string; bytes: number; file?: string; value?: string }> {
    const { argv, flags } = await this.parse(SecretsGet);
    const { rest, ...which } = this.target(argv as string[], flags.bucket, 1);
    const { keyBelow, oneKey } = await import('../../secrets/layout/arguments.ts');
    const key = keyBelow(flags.pipeline, oneKey(rest, 'secrets get NAME KEY'));
    if (flags.output === undefined && process.stdout.isTTY && !flags.reveal) {
      throw new UsageError('A secret is not shown on a terminal without being asked for', {
        hint: `Write it to a file (--output FILE), or show it: bk-stack secrets get ${'stackName' in which ? which.stackName : `--bucket ${which.bucket}`} ${word(key)} --reveal`,
      });
    }
    const { requireFree, writeNamedFile } = await import('../../terminal/output/named-file.ts');
    const file =
      flags.output === undefined
        ? undefined
        : { path: flags.output, option: '--output', force: flags.force, secret: true };
    if (file !== undefined) requireFree(file);
    const { objects, place } = await this.openForReading(flags, which);
    const secret = await objects.read(key, flags.version);
    if (secret === undefined) {
      const { bucketArguments } = await import('../../secrets/bucket/location.ts');
      const there = bucketArguments(place);
      const of = flags.version === undefined ? '' : ` of the version ${flags.version}`;
      throw new OperationError(`There is no ${key}${of} in ${place.bucket}`, {
        hint: `See what there is: bk-stack secrets list ${there}; what there was: bk-stack secrets history ${there} ${word(key)}`,
      });
    }
    const facts = { key, versionId: secret.versionId, bytes: secret.body.length };
    if (file !== undefined) {
      writeNamedFile(file, secret.body);
      this.progress(`${key} is in ${file.path}, readable by you alone`);
      return { ...facts, file: file.path };
    }
    if (!this.jsonEnabled()) this.printSecret(secret.body);
    return { ...facts, value: secret.body.toString('utf8') };
  }

  /** Byte for byte into a file or a pipe; on a terminal as text that can only be read. */
  private printSecret(body: Buffer): void {
    if (process.stdout.isTTY) print(process.stdout, screen(body.toString('utf8')));
    else printBytes(process.stdout, body);
  }
}
