import { BaseCommand } from '../../cli/base-command.ts';
import { type SandboxReport, sandboxReport, sandboxText } from '../../cli/sandbox-report.ts';
import { findSandbox } from '../../sandbox/server/process/discovery.ts';
import { outTheme } from '../../terminal/theme.ts';

export default class SandboxStatus extends BaseCommand {
  static override summary = 'Whether the sandbox runs, and where';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json | jq -r .endpoint',
  ];

  async run(): Promise<SandboxReport> {
    await this.parse(SandboxStatus);
    const report = sandboxReport(findSandbox());
    this.log(sandboxText(report, outTheme));
    return report;
  }
}
