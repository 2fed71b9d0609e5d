import { bucketFlag, encryptionFlags, pipelineFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import { OperationError, UsageError } from '../../errors.ts';
import type { Written } from '../../secrets/bucket/objects.ts';
import { word } from '../../shell/quoted.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SecretsRestore extends SecretsCommand {
  static override summary = 'Make an older version of a secret the one that builds get';
  static override description =
    'The older content is stored once more, as the newest version, so that nothing is lost. Removed secrets come back too.';

  static override usage = '<%= command.id %> NAME KEY VERSION [flags]';
  static override strict = false;

  static override examples = ['<%= config.bin %> <%= command.id %> my-stack env 3HL4kqtJlcpXroDTDmJ'];

  static override flags = { pipeline: pipelineFlag, bucket: bucketFlag, ...encryptionFlags };

  async run(): Promise<Written> {
    const { argv, flags } = await this.parse(SecretsRestore);
    const { rest, ...which } = this.target(argv as string[], flags.bucket, 2);
    const [name, version, ...more] = rest;
    if (name === undefined || version === undefined || more.length > 0) {
      throw new UsageError('A key and one of its versions are needed', {
        hint: 'bk-stack secrets restore NAME KEY VERSION; to list the versions: bk-stack secrets history NAME KEY',
      });
    }
    const { keyBelow } = await import('../../secrets/layout/arguments.ts');
    const key = keyBelow(flags.pipeline, name);
    const { objects, place } = await this.openForWriting(await this.connect(flags), which, flags);
    const older = await objects.read(key, version);
    if (older === undefined) {
      const { bucketArguments } = await import('../../secrets/bucket/location.ts');
      throw new OperationError(`${key} in ${place.bucket} has no version ${version} with any content`, {
        hint: `See its versions: bk-stack secrets history ${bucketArguments(place)} ${word(key)}`,
      });
    }
    const written = await objects.write(key, older.body, 'any');
    this.log(`${outTheme.good('✔')} ${key} is again as in ${version}`);
    return written;
  }
}
