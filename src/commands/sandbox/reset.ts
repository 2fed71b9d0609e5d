import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import { type SandboxReport, sandboxReport } from '../../cli/sandbox-report.ts';
import { UsageError } from '../../errors.ts';
import { findSandbox } from '../../sandbox/server/process/discovery.ts';

export default class SandboxReset extends BaseCommand {
  static override summary = 'Throw away all that is in the sandbox';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --yes',
  ];

  static override flags = { yes: Flags.boolean({ char: 'y', description: 'do not ask' }) };

  async run(): Promise<SandboxReport> {
    const { flags } = await this.parse(SandboxReset);
    if (!flags.yes && !(await this.#agreed(flags))) {
      this.log('Nothing was thrown away.');
      return sandboxReport(findSandbox());
    }
    const { resetSandbox } = await import('../../sandbox/server/process/lifecycle.ts');
    const report = sandboxReport(await resetSandbox());
    this.log('The sandbox is empty.');
    return report;
  }

  async #agreed(flags: { readonly 'no-input': boolean }): Promise<boolean> {
    if (!this.interactive(flags)) {
      throw new UsageError('Throwing the sandbox away has to be confirmed, and nobody can be asked here', {
        hint: 'Confirm it: bk-stack sandbox reset --yes',
      });
    }
    const { confirm } = await import('../../terminal/confirm.ts');
    return confirm('Throw away every stack, bucket and parameter in the sandbox?', false);
  }
}
