import { BaseCommand } from '../../cli/base-command.ts';
import { type SandboxReport } from '../../cli/sandbox-report.ts';

export default class SandboxStop extends BaseCommand {
  static override summary = 'Stop the sandbox, and keep its state';
  static override examples = ['<%= config.bin %> <%= command.id %>'];

  async run(): Promise<SandboxReport> {
    await this.parse(SandboxStop);
    const { stopSandbox } = await import('../../sandbox/server/process/lifecycle.ts');
    const stopped = await stopSandbox();
    this.log(
      stopped === undefined
        ? 'No sandbox runs.'
        : 'The sandbox is stopped. What is in it stays; it goes on where it was with bk-stack sandbox start.',
    );
    return { running: false };
  }
}
