import { text } from 'node:stream/consumers';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { pipelineFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import { printBytes } from '../../terminal/output/print.ts';

export default class SecretsGitCredential extends SecretsCommand {
  static override summary = 'Answer Git, for secrets run';
  static override hidden = true;
  static override enableJsonFlag = false;

  static override args = { action: Args.string({ required: true }) };
  static override flags = { pipeline: pipelineFlag, bucket: Flags.string({ required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SecretsGitCredential);
    if (args.action !== 'get') return;
    const request = await text(process.stdin);
    const { objects } = await this.openForReading(flags, { bucket: flags.bucket });
    const { answerGit } = await import('../../secrets/job/git-credentials.ts');
    const { readGitCredentials } = await import('../../secrets/job/read.ts');
    const { storeOf } = await import('../../secrets/read/effective.ts');
    // Git reads it.
    printBytes(
      process.stdout,
      answerGit(await readGitCredentials(storeOf(objects), flags.pipeline), request),
    );
  }
}
