import * as Flags from '@oclif/core/flags';
import type { AwsContext } from '../aws/context.ts';
import { stackNameArg } from '../cli/base-command.ts';
import { UpdateCommand } from '../cli/update-command.ts';
import { DeclinedError, UsageError } from '../errors.ts';
import type { DifferingLimit, RequestedSize, SizeChange } from '../stack/capacity/scale.ts';
import type { GroupSize } from '../stack/capacity/group-size.ts';
import { outTheme } from '../terminal/theme.ts';

export default class Scale extends UpdateCommand {
  static override summary = "Set the size of a stack's group";
  static override description =
    'At once, and without an update. The scaler goes on within the new limits, and soon wants what the queue needs: to keep ' +
    'instances whatever the queue says, raise --min. Instances finish their jobs first; a smaller size is refused where they ' +
    'could not. Where the parameters of the stack say otherwise, a terminal asks whether they are to change too.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack --max 50',
    '<%= config.bin %> <%= command.id %> my-stack --min 5 --desired 10',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    min: Flags.integer({ description: 'minimum instances', helpValue: '<instances>', min: 0 }),
    max: Flags.integer({ description: 'maximum instances', helpValue: '<instances>', min: 0 }),
    desired: Flags.integer({ description: 'instances now', helpValue: '<instances>', min: 0 }),
  };

  async run(): Promise<SizeChange & { stackName: string }> {
    const { args, flags } = await this.parse(Scale);
    const stackName = this.requireName(args.name);
    const { min, max, desired } = flags;
    if (min === undefined && max === undefined && desired === undefined) {
      throw new UsageError('No size is named', {
        hint: `Name one at least: bk-stack scale ${stackName} --min 1 --max 10 --desired 2`,
      });
    }
    const aws = await this.connect(flags);
    const { capacityCalls } = await import('../stack/capacity/calls.ts');
    const { requireGroupName } = await import('../stack/facts/stack/values.ts');
    const { isSameSize } = await import('../stack/capacity/group-size.ts');
    const { differingLimits, planScale, scaleGroup } = await import('../stack/capacity/scale.ts');
    const { knownToDrain, requireDraining } = await import('../stack/draining/require.ts');
    const { requireStack } = await import('../stack/facts/stack/find-stack.ts');
    const { requireNoUpdate } = await import('../stack/update/execution/journal/active-update.ts');
    const [stack] = await Promise.all([requireStack(aws, stackName), requireNoUpdate(aws, stackName)]);
    const [calls, group] = [capacityCalls(aws), requireGroupName(stack)];
    const requested: RequestedSize = {
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...(desired !== undefined && { desired }),
    };
    const planned = planScale(await calls.read(group), stackName, requested);
    if (planned.ends) await requireDraining(aws, stack, group, 'scale');
    const differing = differingLimits(stack, planned.after);
    // An update of another stack's group is refused.
    const updatable = differing.length > 0 && (await knownToDrain(aws, group));
    const asks = updatable && (min ?? max) !== undefined && this.interactive(flags);
    const lasting = asks && (await this.isToLast(planned.after, differing));
    if (lasting) await this.updateLimits(aws, stackName, differing, flags);
    const { after } = await scaleGroup(calls, stackName, group, requested);
    const { before } = planned;
    this.log(
      isSameSize(before, after)
        ? `${stackName} has that size already: ${sizeText(after)}.`
        : `${outTheme.good('✔')} ${stackName}: ${sizeText(after)}; it was ${sizeText(before)}.`,
    );
    if (differing.length > 0 && !lasting) {
      const params = paramsOf(differing).map((param) => `--param ${param}`);
      this.log(
        `${statedText(differing)}: an update may set that again.${updatable ? ' To make it last:' : ''}`,
      );
      const update = `bk-stack update ${stackName} --keep-template --strategy in-place ${params.join(' ')}`;
      if (updatable) this.log(`  ${outTheme.command(update)}`);
    }
    return { stackName, before, after };
  }

  /** @throws DeclinedError where nothing is to change */
  private async isToLast(after: GroupSize, differing: readonly DifferingLimit[]): Promise<boolean> {
    const { choose } = await import('../terminal/confirm.ts');
    this.onInterrupt(UNCHANGED);
    const answer = await choose(
      `${statedText(differing)}: an update may set that again. What is to be ${after.min} to ${after.max}?`,
      [
        { name: 'The group alone, at once', value: 'group' },
        {
          name: "The stack's parameters too, by an update that touches no instance: it lasts",
          value: 'stack',
        },
        { name: 'Nothing: leave all as it is', value: 'nothing' },
      ],
    );
    if (answer === 'nothing') {
      throw new DeclinedError(UNCHANGED, {
        hint: 'To go ahead, repeat the command and choose what is to change.',
      });
    }
    return answer === 'stack';
  }

  private async updateLimits(
    aws: AwsContext,
    stackName: string,
    differing: readonly DifferingLimit[],
    flags: { readonly debug: boolean; readonly 'no-input': boolean },
  ): Promise<void> {
    const { parametersRequest, updateStack } = await import('../stack/update/index.ts');
    const options = await this.options(aws, stackName, { ...flags, yes: false, 'dry-run': false });
    const request = parametersRequest(paramsOf(differing));
    await this.tell(await updateStack(aws, stackName, { kind: 'update', request }, options));
  }
}

const UNCHANGED = 'Nothing was changed.';

function paramsOf(differing: readonly DifferingLimit[]): string[] {
  return differing.map(({ name, live }) => `${name}=${live}`);
}

function statedText(differing: readonly DifferingLimit[]): string {
  return `The stack's parameters say ${differing.map(({ name, stated }) => `${name}=${stated}`).join(', ')}`;
}

function sizeText({ min, max, desired }: GroupSize): string {
  return `${desired} desired (${min} to ${max})`;
}
