import * as Flags from '@oclif/core/flags';
import { bucketFlag, pipelineFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import { DeclinedError, UsageError } from '../../errors.ts';
import type { Removal } from '../../secrets/remove.ts';
import { counted } from '../../terminal/text.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SecretsRm extends SecretsCommand {
  static override summary = 'Remove secrets; their versions stay';
  static override description =
    'Builds no longer get them from their next job on. With --all-versions nothing of them stays. ' +
    'A single variable of an env file is removed by secrets put --unset.';

  static override usage = '<%= command.id %> NAME KEY... [flags]';
  static override strict = false;

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack private_ssh_key --pipeline app',
    '<%= config.bin %> <%= command.id %> my-stack enviroment secret-files/OLD_TOKEN --yes',
    '<%= config.bin %> <%= command.id %> my-stack secret-files/LEAKED_TOKEN --all-versions',
  ];

  static override flags = {
    pipeline: pipelineFlag,
    'all-versions': Flags.boolean({ description: 'delete every version, for good' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
    bucket: bucketFlag,
  };

  async run(): Promise<{ bucket: string; removed: readonly Removal[] }> {
    const { argv, flags } = await this.parse(SecretsRm);
    const { rest, ...which } = this.target(argv as string[], flags.bucket, 1);
    const { keyBelow, someKeys } = await import('../../secrets/layout/arguments.ts');
    const keys = someKeys(rest, 'secrets rm NAME KEY...').map((key) => keyBelow(flags.pipeline, key));
    const ask = this.interactive(flags) && !flags.yes;
    if (!ask && !flags.yes) {
      throw new UsageError('Removing secrets has to be confirmed, and nobody can be asked here', {
        hint: 'Confirm it: --yes',
      });
    }
    const { objects, place } = await this.openForReading(flags, which);
    const { planRemoval, removeSecrets } = await import('../../secrets/remove.ts');
    const plan = await planRemoval(objects, place, keys, flags['all-versions']);
    if (ask) {
      const { confirm } = await import('../../terminal/confirm.ts');
      this.onInterrupt('Nothing was removed.');
      const what = flags['all-versions']
        ? 'Delete for good, with every version'
        : plan.some(({ forGood }) => forGood)
          ? 'Delete for good, as the bucket keeps no versions'
          : 'Remove';
      if (!(await confirm(`${what}: ${keys.join(', ')}?`, false))) {
        throw new DeclinedError('Nothing was removed.');
      }
    }
    await removeSecrets(objects, plan);
    for (const { key, versions, forGood } of plan) {
      const what = forGood ? `deleted with ${counted(versions, 'version')}` : 'removed; its versions stay';
      this.log(`${outTheme.good('✔')} ${key}: ${what}`);
    }
    return { bucket: place.bucket, removed: plan };
  }
}
