import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import { sandboxConnection } from '../../cli/sandbox-connection.ts';
import { type EnvironmentChange, type Shell, shellLines, SHELLS } from '../../cli/shell-environment.ts';

export default class SandboxEnv extends BaseCommand {
  static override summary = 'Environment variables that point any AWS tool at the sandbox';
  static override description =
    'Prints lines for a shell to evaluate, and starts the sandbox if none runs. With --json: the variables, null for one to remove.';

  static override examples = [
    'eval "$(<%= config.bin %> <%= command.id %>)"',
    '<%= config.bin %> <%= command.id %> --shell fish | source',
    '<%= config.bin %> <%= command.id %> --shell powershell | Out-String | Invoke-Expression',
  ];

  static override flags = {
    shell: Flags.option({
      description: 'whose syntax',
      options: SHELLS,
      default: 'sh' as Shell,
    })(),
  };

  async run(): Promise<Record<string, string | null>> {
    const { flags } = await this.parse(SandboxEnv);
    const { endpoint, credentials } = await sandboxConnection((line) => {
      this.progress(line);
    });
    const region = flags.region ?? process.env['AWS_REGION'] ?? 'us-east-1';
    const change: EnvironmentChange = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      // Version 1 of the AWS CLI reads only this one.
      AWS_DEFAULT_REGION: region,
      BK_STACK_SANDBOX: '1',
      // Both would win over the keys above.
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
    };
    this.log(shellLines(change, flags.shell));
    return Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value ?? null]));
  }
}
