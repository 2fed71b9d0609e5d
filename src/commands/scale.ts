import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import { UsageError } from '../errors.ts';
import type { Scaled } from '../stack/capacity/scale.ts';
import type { GroupSize } from '../stack/capacity/scale-to-zero.ts';
import { outTheme } from '../terminal/theme.ts';

export default class Scale extends BaseCommand {
  static override summary = "Set the size of a stack's group";
  static override description =
    'At once, and without an update. The scaler goes on within the new limits, and soon wants what the queue needs: to keep ' +
    'instances whatever the queue says, raise --min. No instance with a job is ended.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack --max 50',
    '<%= config.bin %> <%= command.id %> my-stack --min 5 --desired 10',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    min: Flags.integer({ description: 'fewest instances', helpValue: '<instances>', min: 0 }),
    max: Flags.integer({ description: 'most instances', helpValue: '<instances>', min: 0 }),
    desired: Flags.integer({ description: 'instances now', helpValue: '<instances>', min: 0 }),
  };

  async run(): Promise<Scaled & { stackName: string }> {
    const { args, flags } = await this.parse(Scale);
    const stackName = this.requireName(args.name);
    const { min, max, desired } = flags;
    if (min === undefined && max === undefined && desired === undefined) {
      throw new UsageError('No size is named', {
        hint: `Name one at least: bk-stack scale ${stackName} --min 1 --max 10 --desired 2`,
      });
    }
    const aws = await this.connect(flags);
    const { capacityCalls, groupOf } = await import('../stack/capacity/calls.ts');
    const { scaleGroup } = await import('../stack/capacity/scale.ts');
    const { requireStack } = await import('../stack/reading/find-stack.ts');
    const { requireNoUpdate } = await import('../stack/update/under-way.ts');
    const [stack] = await Promise.all([requireStack(aws, stackName), requireNoUpdate(aws, stackName)]);
    const scaled = await scaleGroup(capacityCalls(aws), stackName, groupOf(stack), {
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...(desired !== undefined && { desired }),
    });
    const { before, after } = scaled;
    this.log(
      before === after || JSON.stringify(before) === JSON.stringify(after)
        ? `${stackName} has that size already: ${sizeText(after)}.`
        : `${outTheme.good('✔')} ${stackName}: ${sizeText(after)}; it was ${sizeText(before)}.`,
    );
    const stated = (key: string) =>
      stack.Parameters?.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue;
    const differing = [
      ...(stated('MinSize') === String(after.min) ? [] : [`--param MinSize=${after.min}`]),
      ...(stated('MaxSize') === String(after.max) ? [] : [`--param MaxSize=${after.max}`]),
    ];
    if (differing.length > 0) {
      this.log(
        `The stack's parameters say ${stated('MinSize') ?? '?'} to ${stated('MaxSize') ?? '?'}: an update may set that again. To make it last:`,
      );
      this.log(
        `  ${outTheme.command(`bk-stack update ${stackName} --strategy in-place ${differing.join(' ')}`)}`,
      );
    }
    return { stackName, ...scaled };
  }
}

function sizeText({ min, max, desired }: GroupSize): string {
  return `${desired} desired (${min} to ${max})`;
}
