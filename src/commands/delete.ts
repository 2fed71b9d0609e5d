import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import { UsageError } from '../errors.ts';
import { AS_GIVEN } from '../shell/printed.ts';
import type { DeletionPlan, DeletionResult } from '../stack/deletion/index.ts';
import { logLine } from '../terminal/log-line.ts';
import { errTheme, outTheme } from '../terminal/theme.ts';

export default class Delete extends BaseCommand {
  static override summary = 'Delete a stack, and keep its secrets bucket';
  static override description =
    'Shows what goes and what stays, and asks for the name to be typed. Where nobody can be asked, --yes is needed. ' +
    'Each instance finishes its jobs first, and nothing launches any more; --force ends them at once. The command waits for ' +
    'the end, as only an empty group is deleted in seconds. Ctrl-C stops the waiting, not the deletion; the same command picks ' +
    'it up, also after a failure.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --yes',
    '<%= config.bin %> <%= command.id %> my-stack --delete-secrets',
    '<%= config.bin %> <%= command.id %> my-stack --force --yes',
    '<%= config.bin %> <%= command.id %> my-stack --retain Vpc --yes',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
    force: Flags.boolean({ description: 'end the instances now, and the jobs on them' }),
    'drain-timeout': Flags.integer({
      description: 'how long jobs may take, in seconds; then the stack stays, paused',
      helpValue: '<seconds>',
      default: 14_400,
      min: 0,
      exclusive: ['force'],
    }),
    'delete-secrets': Flags.boolean({
      description: 'delete the secrets bucket and its log bucket too, with every version of every object',
    }),
    retain: Flags.string({
      description: 'after a failed deletion: leave this resource, and let the rest go (repeatable)',
      helpValue: '<LogicalId>',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
    }),
    'disable-termination-protection': Flags.boolean({
      description: 'delete it although it is protected from that',
    }),
  };

  async run(): Promise<DeletionResult> {
    const { args, flags } = await this.parse(Delete);
    const stackName = this.requireName(args.name);
    const ask = this.interactive(flags) && !flags.yes;
    if (!ask && !flags.yes) {
      throw new UsageError(
        `Can't ask for confirmation to delete ${stackName}: this session isn't interactive`,
        {
          hint: `Pass --yes: bk-stack delete ${stackName} ${AS_GIVEN} --yes`,
        },
      );
    }
    const aws = await this.connect(flags);
    const { deleteStack, planDeletion, retainable, surveyForDeletion } =
      await import('../stack/deletion/index.ts');
    const { confirmDeletion, confirmRetaining } = await import('../stack/deletion/confirmation.ts');
    const { remainingText } = await import('../stack/capacity/await-zero.ts');
    const { deletionText, planText } = await import('../stack/deletion/text.ts');
    const wishes = {
      deleteSecrets: flags['delete-secrets'],
      disableTerminationProtection: flags['disable-termination-protection'],
      force: flags.force,
    };
    const plan = async (retain: readonly string[]) =>
      planDeletion(await surveyForDeletion(aws, stackName), { ...wishes, retain });
    const status = await this.statusLine(flags);
    const carryOut = (agreed: DeletionPlan) =>
      deleteStack(aws, agreed, {
        signal: this.signal,
        observer: () => {
          status?.settle();
          return this.display(aws, flags);
        },
        draining: (left) => {
          if (status === undefined) this.progress(logLine(new Date(), remainingText(left)));
          else status.show(remainingText(left));
        },
        drainSeconds: flags['drain-timeout'],
      }).finally(() => status?.settle());

    const first = await plan(flags.retain);
    this.progress(planText(first, errTheme));
    if (ask) {
      this.onInterrupt('Nothing was changed.');
      await confirmDeletion(first);
      this.onInterrupt(
        `What has begun goes on. The same command picks it up: bk-stack delete ${stackName} ${AS_GIVEN}`,
      );
    }
    const result = await carryOut(first).catch(async (error: unknown) => {
      const inTheWay = retainable(error);
      if (!ask || inTheWay.length === 0) throw error;
      this.progress(`${errTheme.bad('✖')} ${(error as Error).message}`);
      if (!(await confirmRetaining(inTheWay))) throw error;
      return carryOut(await plan(inTheWay));
    });
    this.log(deletionText(result, outTheme));
    return result;
  }
}
