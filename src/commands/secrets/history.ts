import { bucketFlag, pipelineFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import { OperationError } from '../../errors.ts';
import type { SecretVersion } from '../../secrets/bucket/objects.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SecretsHistory extends SecretsCommand {
  static override summary = 'The versions of a secret, the newest first';
  static override usage = '<%= command.id %> NAME KEY [flags]';
  static override strict = false;

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack env',
    '<%= config.bin %> <%= command.id %> my-stack private_ssh_key --pipeline app --json',
  ];

  static override flags = { pipeline: pipelineFlag, bucket: bucketFlag };

  async run(): Promise<{ key: string; versions: readonly SecretVersion[] }> {
    const { argv, flags } = await this.parse(SecretsHistory);
    const { rest, ...which } = this.target(argv as string[], flags.bucket, 1);
    const { keyBelow, oneKey } = await import('../../secrets/layout/arguments.ts');
    const key = keyBelow(flags.pipeline, oneKey(rest, 'secrets history NAME KEY'));
    const { aws, objects, place } = await this.openForReading(flags, which);
    const versions = (await objects.versions(key)).filter((version) => version.key === key);
    if (versions.length === 0) {
      const { bucketArguments } = await import('../../secrets/bucket/location.ts');
      throw new OperationError(`There is no ${key} in ${place.bucket}, and there never was`, {
        hint: `See what there is: bk-stack secrets list ${bucketArguments(place)}`,
      });
    }
    const { historyText } = await import('../../secrets/text/list.ts');
    this.log(historyText(versions, new Date((await aws.clock())()), outTheme));
    return { key, versions };
  }
}
