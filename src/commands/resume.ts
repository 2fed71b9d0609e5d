import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import type { GroupSize } from '../stack/capacity/scale-to-zero.ts';
import { outTheme } from '../terminal/theme.ts';

export default class Resume extends BaseCommand {
  static override summary = 'Give a stack back the size that it had before scale-to-zero';
  static override description = 'The scaler and scheduled actions work again from then on.';
  static override examples = ['<%= config.bin %> <%= command.id %> my-stack'];
  static override args = { name: stackNameArg };

  async run(): Promise<{ stackName: string; restored: GroupSize | null }> {
    const { args, flags } = await this.parse(Resume);
    const stackName = this.requireName(args.name);
    const aws = await this.connect(flags);
    const { capacityCalls, requireGroup } = await import('../stack/capacity/calls.ts');
    const { resumeGroup } = await import('../stack/capacity/scale-to-zero.ts');
    const { requireNoUpdate } = await import('../stack/update/under-way.ts');
    await requireNoUpdate(aws, stackName);
    const restored = await resumeGroup(capacityCalls(aws), await requireGroup(aws, stackName));
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
