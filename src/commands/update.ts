import { text } from 'node:stream/consumers';
import * as Flags from '@oclif/core/flags';
import { stackNameArg } from '../cli/base-command.ts';
import { deploymentFlags, rolloutFlags } from '../cli/deployment-flags.ts';
import { UpdateCommand } from '../cli/update-command.ts';
import type { AwsContext } from '../aws/context.ts';
import { ExitCode, UsageError } from '../errors.ts';
import type { Template } from '../stack/parameters/index.ts';
import { outTheme } from '../terminal/theme.ts';

/** What has no meaning where an update is only watched or taken back. */
const OTHERS = [
  'config',
  'param',
  'tag',
  'template',
  'interactive',
  'keep-template',
  'keep-image',
  'dry-run',
  'detect',
  'allow-replacement',
];

export default class Update extends UpdateCommand {
  static override summary = 'Update a stack without interrupting a job';
  static override description =
    'What is not named keeps its value; the template becomes the one of this bk-stack. What would change is shown first, ' +
    'computed by CloudFormation, and what would take data away is refused. Then instances are replaced as their jobs finish, ' +
    'and if new ones do not come up, everything is taken back. Where nobody can be asked (no terminal, --json, --no-input), it ' +
    'goes ahead. Ctrl-C stops the watching: --resume goes on, --cancel takes it back.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --param InstanceTypes=m7i.large,m6i.large --dry-run',
    '<%= config.bin %> <%= command.id %> my-stack --config stack.yml --yes --checkpoint 10',
    '<%= config.bin %> <%= command.id %> my-stack --strategy drain --drain-timeout 3600',
    '<%= config.bin %> <%= command.id %> my-stack --resume',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    ...deploymentFlags,
    ...rolloutFlags,
    'keep-template': Flags.boolean({
      description: 'change parameters alone, and keep the template that the stack has',
      exclusive: ['template'],
    }),
    'keep-image': Flags.boolean({
      description: 'keep the image that instances are launched from, also where there is a newer one',
    }),
    interactive: Flags.boolean({
      char: 'i',
      description: "be asked for the parameters, starting from today's values",
    }),
    detect: Flags.boolean({
      description: 'check only; exit 3 if changes exist',
      exclusive: ['dry-run'],
    }),
    resume: Flags.boolean({
      description: 'go on with an update that nobody watches any more',
      exclusive: [...OTHERS, 'cancel'],
    }),
    cancel: Flags.boolean({
      description: 'take an update back that is under way, or go on with a roll-back that failed',
      exclusive: OTHERS,
    }),
    forget: Flags.boolean({
      description: 'drop an update that can neither go on nor be taken back; the stack stays as it is',
      exclusive: [...OTHERS, 'resume', 'cancel'],
    }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Update);
    const stackName = this.requireName(args.name);
    const { cancelUpdate, dropUpdate, endText, droppedText, gatherUpdate, resumeUpdate, updateStack } =
      await import('../stack/update/index.ts');
    if (flags.forget) {
      const dropped = await dropUpdate(await this.connect(flags), stackName, this.signal);
      this.log(droppedText(dropped, outTheme));
      return dropped;
    }
    if (flags.resume || flags.cancel) {
      const aws = await this.connect(flags);
      const watching = await this.watching(aws, stackName, flags);
      const end = flags.resume
        ? await resumeUpdate(aws, stackName, watching)
        : await cancelUpdate(aws, stackName, watching);
      this.log(endText(end, outTheme));
      return end;
    }
    if (flags.interactive && !this.interactive(flags)) {
      throw new UsageError('--interactive needs a terminal', {
        hint: `Name what changes: bk-stack update ${stackName} --param Key=Value`,
      });
    }
    const request = await gatherUpdate(flags, () => text(process.stdin));
    const aws = await this.connect(flags);
    const options = await this.options(aws, stackName, {
      ...flags,
      'dry-run': flags['dry-run'] || flags.detect,
    });
    const ask = flags.interactive ? await this.asking(aws) : undefined;
    const outcome = await updateStack(
      aws,
      stackName,
      { kind: 'update', request },
      { ...options, ...(ask && { ask }) },
    );
    if (flags.detect && outcome.kind !== 'unchanged') process.exitCode = ExitCode.changesFound;
    return this.tell(outcome);
  }

  private async asking(aws: AwsContext) {
    const { askForChanges, inquirerPrompter, wizardSource } = await import('../stack/wizard/index.ts');
    return (
      template: Template,
      current: ReadonlyMap<string, string | undefined>,
      given: ReadonlySet<string>,
    ) =>
      askForChanges({
        ...{ prompter: inquirerPrompter, source: wizardSource(aws, this.signal), region: aws.region },
        ...{ template, standing: current, given },
      });
  }
}
