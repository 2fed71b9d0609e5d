import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import { UsageError } from '../errors.ts';
import { AS_GIVEN } from '../shell/printed.ts';
import type { GroupSize } from '../stack/capacity/group-size.ts';
import { logLine } from '../terminal/log-line.ts';
import { counted } from '../terminal/text.ts';
import { outTheme } from '../terminal/theme.ts';

export default class ScaleToZero extends BaseCommand {
  static override summary = 'Take a stack to zero instances, without losing a job';
  static override description =
    'Each instance finishes its jobs, takes no more, and ends. Until bk-stack resume neither the scaler nor a schedule brings ' +
    'any back; jobs wait in their queue. Refused where instances could not finish their jobs, unless --force ends those. ' +
    'Ctrl-C stops the waiting, not the scaling; the same command picks it up.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --wait --timeout 3600',
    '<%= config.bin %> <%= command.id %> my-stack --force --yes',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    wait: Flags.boolean({
      description: 'wait until no instance is left; on a terminal by itself',
      allowNo: true,
    }),
    timeout: Flags.integer({
      description: 'how long to wait, in seconds',
      helpValue: '<seconds>',
      default: 14_400,
      min: 0,
    }),
    force: Flags.boolean({ description: 'end the instances now, and the jobs on them' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask', dependsOn: ['force'] }),
  };

  async run(): Promise<{ stackName: string; remembered: GroupSize; waited: boolean }> {
    const { args, flags } = await this.parse(ScaleToZero);
    const stackName = this.requireName(args.name);
    const ask = this.interactive(flags) && !flags.yes;
    if (flags.force && !flags.yes && !ask) {
      throw new UsageError('Ending jobs has to be confirmed, and nobody can be asked here', {
        hint: `Confirm it: bk-stack scale-to-zero ${stackName} ${AS_GIVEN} --force --yes`,
      });
    }
    const aws = await this.connect(flags);
    const { capacityCalls } = await import('../stack/capacity/calls.ts');
    const { requireGroupName } = await import('../stack/facts/stack/values.ts');
    const { requireDraining } = await import('../stack/draining/require.ts');
    const { requireStack } = await import('../stack/facts/stack/find-stack.ts');
    const { queueState } = await import('../stack/facts/service/queue.ts');
    const { awaitZero, remainingText } = await import('../stack/capacity/await-zero.ts');
    const { scaleToZero } = await import('../stack/capacity/scale-to-zero.ts');
    const { retryClockOf } = await import('../aws/retry.ts');
    const { requireNoUpdate } = await import('../stack/update/execution/journal/active-update.ts');
    const [stack] = await Promise.all([requireStack(aws, stackName), requireNoUpdate(aws, stackName)]);
    const group = requireGroupName(stack);
    const calls = capacityCalls(aws);
    if (!flags.force) await requireDraining(aws, stack, group, 'scale-to-zero');
    const queue = await queueState(aws, stack);
    const jobs = queue.known ? queue.report.jobs : undefined;
    if (flags.force) {
      const { instances } = await calls.read(group);
      const lost = `${jobs === undefined ? 'the jobs' : counted(jobs.running, 'running job')} on ${counted(instances.length, 'instance')}`;
      if (ask) {
        const { confirmByTyping } = await import('../terminal/confirm.ts');
        this.onInterrupt('Nothing was changed.');
        await confirmByTyping(`This ends ${lost}. Type the name of the stack to go on`, stackName);
      } else this.progress(`This ends ${lost}.`);
    }
    if (queue.known && queue.report.jobs.scheduled > 0) {
      this.progress(
        `${counted(queue.report.jobs.scheduled, 'job')} of the queue ${queue.queue} ${queue.report.jobs.scheduled === 1 ? 'waits' : 'wait'} for an agent, and will until the stack is resumed.`,
      );
    }
    const remembered = await scaleToZero(calls, group);
    this.onInterrupt(
      `The instances go on ending: bk-stack status ${stackName}; to have them back: bk-stack resume ${stackName}`,
    );
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- oclif's types know of no flag that was not given
    const waits = flags.force || (flags.wait ?? process.stderr.isTTY);
    if (waits) {
      const status = await this.statusLine(flags);
      await awaitZero(calls, group, retryClockOf(aws, this.signal), {
        timeoutSeconds: flags.timeout,
        force: flags.force,
        changed: (left) => {
          const line = remainingText(left);
          if (status === undefined) this.progress(logLine(new Date(), line));
          else status.show(line);
        },
        busyAgents: async () => {
          const now = await queueState(aws, stack);
          return now.known ? now.report.agents.busy : undefined;
        },
        sooner: `To end them now, and the jobs on them: bk-stack scale-to-zero ${stackName} ${AS_GIVEN} --force`,
      }).finally(() => status?.settle());
    }
    const { min, max, desired } = remembered;
    this.log(
      `${outTheme.good('✔')} ${stackName} ${waits ? 'is at zero' : 'goes to zero'}. Remembered: ${desired} desired (${min} to ${max}).`,
    );
    this.log(`To have it back: ${outTheme.command(`bk-stack resume ${stackName}`)}`);
    return { stackName, remembered, waited: waits };
  }
}
