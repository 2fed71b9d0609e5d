import { bucketFlag, pipelineFlag, SecretsCommand } from '../../cli/secrets-command.ts';
import { UsageError } from '../../errors.ts';
import { quoted } from '../../shell/quoted.ts';

export default class SecretsRun extends SecretsCommand {
  static override summary = "Run a command with a build's secrets in its environment";
  static override description =
    'Env files are run by bash, keys go to an ssh-agent of its own, and Git asks for credentials, all as for a build on an ' +
    'instance. Exits as the command does.';

  static override usage = '<%= command.id %> NAME [flags] -- COMMAND...';
  static override strict = false;
  static override enableJsonFlag = false;

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack --pipeline app -- git ls-remote git@github.com:org/app.git',
    '<%= config.bin %> <%= command.id %> my-stack --pipeline app -- ./deploy.sh --dry-run',
  ];

  static override flags = { pipeline: pipelineFlag, bucket: bucketFlag };

  async run(): Promise<void> {
    const { raw, flags } = await this.parse(SecretsRun);
    const words = raw.flatMap((token) => (token.type === 'arg' ? [token.input] : []));
    const { rest: command, ...which } = this.target(words, flags.bucket, this.#wordsOfCommand(words));
    if (command.length === 0) {
      throw new UsageError('There is no command to run', {
        hint: 'bk-stack secrets run NAME --pipeline SLUG -- COMMAND',
      });
    }
    if (flags.pipeline !== undefined)
      (await import('../../secrets/layout/arguments.ts')).checkSlug(flags.pipeline);
    const { aws, objects, place } = await this.openForReading(flags, which);
    const { runWithSecrets } = await import('../../secrets/run.ts');
    const helper = [
      process.execPath,
      process.argv[1] ?? '',
      ...['secrets', 'git-credential', '--bucket', place.bucket, '--region', aws.region],
      ...(flags.pipeline === undefined ? [] : ['--pipeline', flags.pipeline]),
      ...(flags.profile === undefined ? [] : ['--profile', flags.profile]),
      ...(flags.sandbox ? ['--sandbox'] : []),
    ];
    // The command gets Ctrl-C as well, and decides what it means.
    process.on('SIGINT', () => undefined);
    const { exitCode } = await runWithSecrets(
      objects,
      { pipeline: flags.pipeline, command, credentialHelper: `!${helper.map(quoted).join(' ')}` },
      (line) => {
        this.warnOf(line);
      },
    );
    process.exitCode = exitCode;
  }

  /** How many words stand behind `--`: with all of them there, the stack is named by BK_STACK_NAME. */
  #wordsOfCommand(words: readonly string[]): number {
    const dashes = this.argv.indexOf('--');
    return dashes < 0 ? 0 : Math.min(words.length, this.argv.length - dashes - 1);
  }
}
