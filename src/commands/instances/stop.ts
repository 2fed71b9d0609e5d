import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import { UsageError } from '../../errors.ts';
import type { StoppedInstance } from '../../stack/instances/stop.ts';
import { outTheme } from '../../terminal/theme.ts';

const SAYS: Readonly<Record<StoppedInstance['outcome'], string>> = {
  ending: 'ends when its jobs are done',
  replaced: 'ends when its jobs are done, and another is launched for it',
  'ending already': 'is ending already',
};

export default class InstancesStop extends BaseCommand {
  static override summary = 'End instances, each when its jobs are done';
  static override description =
    'They take no more jobs. The group wants one less for each, unless it is at its minimum; then, or with --replace, another ' +
    'is launched. Only instances of agent stacks are ended, and none that could not finish its jobs.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> i-0123456789abcdef0',
    '<%= config.bin %> <%= command.id %> i-0123456789abcdef0 i-0fedcba9876543210 --replace',
  ];

  static override strict = false;
  static override args = {
    ids: Args.string({ description: 'ids of instances', ignoreStdin: true }),
  };

  static override flags = {
    replace: Flags.boolean({ description: 'launch another for each' }),
  };

  async run(): Promise<{ instances: readonly StoppedInstance[] }> {
    const { argv, flags } = await this.parse(InstancesStop);
    const ids = [...new Set(argv.map(String))];
    if (ids.length === 0) {
      throw new UsageError('No instance is named', {
        hint: 'Name them by their ids: bk-stack instances stop i-0123456789abcdef0. See bk-stack instances my-stack.',
      });
    }
    const aws = await this.connect(flags);
    const { requireInstances } = await import('../../stack/instances/list.ts');
    const { stopInstances } = await import('../../stack/instances/stop.ts');
    const instances = await stopInstances(aws, await requireInstances(aws, ids), flags.replace);
    for (const { instanceId, outcome } of instances) {
      this.log(`${outTheme.good('✔')} ${instanceId} ${SAYS[outcome]}`);
    }
    return { instances };
  }
}
