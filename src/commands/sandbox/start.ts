import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import { type SandboxReport, sandboxReport, sandboxText } from '../../cli/sandbox-report.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SandboxStart extends BaseCommand {
  static override summary = 'Start the local AWS and Buildkite';
  static override description =
    'Starts it in the background, on 127.0.0.1 only, with the state that it last had. With --foreground it runs until Ctrl-C.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --speed 60 --port 4566',
    '<%= config.bin %> <%= command.id %> --foreground',
  ];

  static override flags = {
    port: Flags.integer({ description: 'port to listen on', min: 0, max: 65_535 }),
    speed: Flags.integer({
      description: 'how many times faster than real time its clock runs',
      min: 1,
      max: 1000,
    }),
    fail: Flags.string({
      description: 'what shall go wrong (repeatable; docs/sandbox.md lists what can)',
      helpValue: '<fault>',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
    }),
    'enforce-iam': Flags.boolean({
      description:
        'let roles do only what their IAM policies allow; the sandbox’s own keys stay those of an administrator',
    }),
    foreground: Flags.boolean({ description: 'run here, and log each request to stderr' }),
  };

  async run(): Promise<SandboxReport> {
    const { flags } = await this.parse(SandboxStart);
    const { port, speed, fail: faults } = flags;
    const options = {
      faults,
      enforceIam: flags['enforce-iam'],
      ...(port !== undefined && { port }),
      ...(speed !== undefined && { speed }),
    };
    if (flags.foreground) {
      const { runInForeground } = await import('../../sandbox/server/process/foreground.ts');
      await runInForeground(options, {
        signal: this.signal,
        log: (line) => {
          this.progress(line);
        },
      });
      return { running: false };
    }
    const { startInBackground } = await import('../../sandbox/server/process/lifecycle.ts');
    const report = sandboxReport(await startInBackground(options));
    this.log(sandboxText(report, outTheme));
    return report;
  }
}
