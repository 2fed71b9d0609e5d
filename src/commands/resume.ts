import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import type { GroupSize } from '../stack/capacity/group-size.ts';
import { outTheme } from '../terminal/theme.ts';

export default class Resume extends BaseCommand {
  static override summary = 'Give a stack back the size that it had before scale-to-zero';
  static override description =
    'The scaler and scheduled actions work again from then on. Refused where that would end instances with their jobs.';
  static override examples = ['<%= config.bin %> <%= command.id %> my-stack'];
  static override args = { name: stackNameArg };

  async run(): Promise<{ stackName: string; restored: GroupSize | null }> {
    const { args, flags } = await this.parse(Resume);
    const stackName = this.requireName(args.name);
    const aws = await this.connect(flags);
    const { capacityCalls } = await import('../stack/capacity/calls.ts');
    const { requireGroupName } = await import('../stack/facts/stack/values.ts');
    const { rememberedSize, terminatesInstances } = await import('../stack/capacity/group-size.ts');
    const { resumeGroup } = await import('../stack/capacity/scale-to-zero.ts');
    const { requireDraining } = await import('../stack/draining/require.ts');
    const { requireStack } = await import('../stack/facts/stack/find-stack.ts');
    const { requireNoUpdate } = await import('../stack/update/execution/journal/active-update.ts');
    const [stack] = await Promise.all([requireStack(aws, stackName), requireNoUpdate(aws, stackName)]);
    const [calls, group] = [capacityCalls(aws), requireGroupName(stack)];
    const found = await calls.read(group);
    const size = rememberedSize(found);
    // Somebody may have given it more instances meanwhile, past the pause.
    if (size !== undefined && terminatesInstances(found, size))
      await requireDraining(aws, stack, group, 'resume');
    const restored = await resumeGroup(calls, group);
    if (restored === undefined) this.log(`${stackName} is not paused: there is nothing to resume.`);
    else {
      const { min, max, desired } = restored;
      this.log(
        `${outTheme.good('✔')} ${stackName} has its size again: ${desired} desired (${min} to ${max}).`,
      );
    }
    return { stackName, restored: restored ?? null };
  }
}
