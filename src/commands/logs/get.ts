import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../../cli/base-command.ts';
import { logFlags, sinceFlag, untilFlag } from '../../cli/log-flags.ts';
import type { SavedLogs } from '../../logs/saving/save-logs.ts';

export default class LogsGet extends BaseCommand {
  static override summary = 'Save the logs of a stack to files';
  static override description =
    'A file for each stream, in a folder for each group. What is cut short (Ctrl-C, a lost connection) goes on with --resume ' +
    'where it was. Nothing is ever written over.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack --since 1d --output ./night',
    '<%= config.bin %> <%= command.id %> my-stack --output ./night --resume',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    output: Flags.string({
      description: 'directory to write to; new, or empty',
      helpValue: '<directory>',
      required: true,
    }),
    ...logFlags,
    since: sinceFlag('1h'),
    until: untilFlag(),
    filter: Flags.string({
      description: "a pattern in CloudWatch's syntax, applied there",
      helpValue: '<pattern>',
    }),
    format: Flags.string({
      description: 'of the files: text as it was written, after its time; or a JSON document a line',
      options: ['text', 'json'],
      default: 'text',
    }),
    resume: Flags.boolean({
      description: 'go on with what a run that was cut short has left',
      exclusive: ['group', 'instance', 'agent', 'since', 'until', 'filter', 'format'],
    }),
  };

  async run(): Promise<SavedLogs> {
    const { args, flags } = await this.parse(LogsGet);
    const stackName = this.requireName(args.name);
    const { chosenGroups, chosenInstances } = await import('../../logs/choice.ts');
    const groups = chosenGroups(flags.group);
    const instances = chosenInstances(flags);
    const { checkWindow, windowOf } = await import('../../logs/period.ts');
    checkWindow(flags);
    const directory = flags.output;
    const journal = await import('../../logs/saving/journal.ts');
    if (flags.resume) journal.planToResume(directory, stackName);
    else journal.requireUnusedDirectory(directory);
    const aws = await this.connect(flags);
    const goOn = `Go on with it: ${journal.resumeCommand(stackName, directory)}`;
    this.onInterrupt(goOn);
    const now = (await aws.clock())();
    const { resumeSaving, saveLogs } = await import('../../logs/saving/save-logs.ts');
    const { progressText, savedText } = await import('../../logs/saving/text.ts');
    const { ProgressLine } = await import('../../terminal/progress/progress-line.ts');
    const line = new ProgressLine(process.stderr, this.repaints(flags));
    const surroundings = {
      signal: this.signal,
      progress: (progress: Parameters<typeof progressText>[0]) => {
        line.show(progressText(progress));
      },
    };
    const order = {
      ...{ until: now, ...windowOf(flags, now), stackName, directory, groups, instances },
      pattern: flags.filter,
      format: flags.format as 'text' | 'json',
    };
    const saving = flags.resume ? resumeSaving(aws, order, surroundings) : saveLogs(aws, order, surroundings);
    const saved = await saving
      .catch((error: unknown) => {
        if (!this.signal.aborted && journal.isUnfinished(directory)) this.progress(goOn);
        throw error;
      })
      .finally(() => {
        line.end();
      });
    this.log(savedText(saved));
    return saved;
  }
}
