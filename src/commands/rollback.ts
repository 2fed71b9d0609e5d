import { stackNameArg } from '../cli/base-command.ts';
import { rolloutFlags } from '../cli/deployment-flags.ts';
import { UpdateCommand } from '../cli/update-command.ts';

export default class Rollback extends UpdateCommand {
  static override summary = 'Make a stack what it was before its last update';
  static override description =
    'The template and the parameters become those before the last update that bk-stack has carried out, by an update like any ' +
    'other: shown first, without interrupting a job. Repeated, it goes forward again.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack --dry-run',
    '<%= config.bin %> <%= command.id %> my-stack --yes',
  ];

  static override args = { name: stackNameArg };
  static override flags = rolloutFlags;

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Rollback);
    const stackName = this.requireName(args.name);
    const { rolloutOptions, updateStack } = await import('../stack/update/index.ts');
    const rollout = rolloutOptions(flags);
    const aws = await this.connect(flags);
    const options = await this.options(aws, stackName, flags);
    return this.tell(await updateStack(aws, stackName, { kind: 'rollback', options: rollout }, options));
  }
}
