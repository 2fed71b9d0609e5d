import * as Flags from '@oclif/core/flags';
import { stackNameArg } from '../../cli/base-command.ts';
import { bucketFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import type { EffectiveSecrets } from '../../secrets/read/effective.ts';
import type { ListedSecret } from '../../secrets/read/list.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SecretsList extends SecretsCommand {
  static override summary = 'What is in the secrets bucket, without any of it';
  static override description =
    'Names, sizes, age, encryption and versions. With --effective it tells what a build of a pipeline gets, and which file ' +
    'wins where several say something.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --effective app',
    '<%= config.bin %> <%= command.id %> my-stack --json | jq -r .secrets[].key',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    pipeline: Flags.string({
      description: 'only what a pipeline reads, by its slug',
      helpValue: '<slug>',
      exclusive: ['effective'],
    }),
    effective: Flags.string({ description: 'what a build of this pipeline gets', helpValue: '<slug>' }),
    bucket: bucketFlag,
  };

  async run(): Promise<{ bucket: string; secrets: readonly ListedSecret[] } | EffectiveSecrets> {
    const { args, flags } = await this.parse(SecretsList);
    const which = this.target(args.name === undefined ? [] : [args.name], flags.bucket);
    const { checkSlug } = await import('../../secrets/layout/arguments.ts');
    for (const slug of [flags.pipeline, flags.effective]) if (slug !== undefined) checkSlug(slug);
    const { aws, objects, place } = await this.openForReading(flags, which);
    const { effectiveText, listText } = await import('../../secrets/text/list.ts');
    if (flags.effective !== undefined) {
      const { effectiveSecrets } = await import('../../secrets/read/effective.ts');
      const effective = await effectiveSecrets(objects, flags.effective);
      this.log(effectiveText(effective, outTheme));
      return effective;
    }
    const { listSecrets } = await import('../../secrets/read/list.ts');
    const secrets = await listSecrets(objects, { pipeline: flags.pipeline });
    this.log(listText(secrets, place, new Date((await aws.clock())()), outTheme));
    return { bucket: place.bucket, secrets };
  }
}
