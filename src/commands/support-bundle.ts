import * as Flags from '@oclif/core/flags';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import { UsageError } from '../errors.ts';
import type { Manifest } from '../support-bundle/manifest.ts';

/** What the command found out, for `--json`. */
interface BundleResult extends Manifest {
  /** `-` for stdout. */
  readonly path: string;
  readonly archiveBytes: number;
}

interface BundlePreview {
  readonly path: string;
  readonly window: { readonly since: string; readonly until: string };
  readonly files: readonly { readonly name: string; readonly what: string }[];
}

export default class SupportBundle extends BaseCommand {
  static override summary = 'One archive with all that support needs, without secrets';
  static override description =
    "Parameters, template, history, Auto Scaling's activities, the scaler's decisions, the logs of a time, and versions, in a " +
    'zip with a manifest. Secrets are taken out: tokens, keys and passwords by their shape and name, and the very values of the ' +
    'agent token and of the secrets bucket, which are read for that alone. What may not be read is told in the manifest.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --since 6h --max-log-mb 50 --output for-support.zip',
    '<%= config.bin %> <%= command.id %> my-stack --since 2026-11-24T01:00:00Z --until 2026-11-24T02:00:00Z',
    '<%= config.bin %> <%= command.id %> my-stack --dry-run',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    since: Flags.string({
      description: 'logs and decisions from when on: 30m, 6h, or a time',
      helpValue: '<time>',
      default: '2h',
    }),
    until: Flags.string({ description: 'until when; now by itself', helpValue: '<time>' }),
    'max-log-mb': Flags.integer({
      description: 'at most so many megabytes of logs before packing; the newest are kept',
      helpValue: '<MB>',
      default: 20,
      min: 1,
      max: 500,
    }),
    output: Flags.string({
      char: 'o',
      description: 'write it to this file, with mode 600; - for a pipe',
      helpValue: '<file>',
    }),
    force: Flags.boolean({ description: 'replace the file if it is there' }),
    'redact-account': Flags.boolean({ description: "take out the account's id too" }),
    'read-secrets': Flags.boolean({
      description: "read the stack's secrets, to take out their very values",
      allowNo: true,
      default: true,
    }),
    'dry-run': Flags.boolean({ aliases: ['list'], description: 'only show what would be inside' }),
  };

  async run(): Promise<BundleResult | BundlePreview> {
    const { args, flags } = await this.parse(SupportBundle);
    const stackName = this.requireName(args.name);
    if (flags.output === '') {
      throw new UsageError('--output is empty', { hint: 'Name a file, or leave it out to have one named.' });
    }
    const piped = flags.output === '-';
    if (piped && !flags['dry-run']) this.refuseMixedOutput();
    const { checkWindow, windowOf } = await import('../logs/period.ts');
    checkWindow(flags);
    const aws = await this.connect(flags);
    const now = await aws.clock();
    const begun = now();
    const { since, until } = { until: begun, ...windowOf(flags, begun) };
    const { streamSink } = await import('../support-bundle/archive.ts');
    const { makeBundle, MANIFEST_FILES, planBundle } = await import('../support-bundle/bundle.ts');
    const { openNamedFile, requireFree } = await import('../terminal/output/named-file.ts');
    const { bundleName, bundleText, previewText } = await import('../support-bundle/text.ts');
    const folder = bundleName(stackName, new Date(now()));
    const path = flags.output ?? `${folder}.zip`;
    const file = { path, option: '--output', force: flags.force, secret: true };
    if (!piped && !flags['dry-run']) requireFree(file);
    const order = {
      ...{ stackName, since, until, maxLogBytes: flags['max-log-mb'] * 1_000_000 },
      ...{ redactAccount: flags['redact-account'], readSecrets: flags['read-secrets'] },
    };
    const progress = (line: string) => {
      this.progress(line);
    };
    const plan = await planBundle(aws, order, { now, signal: this.signal, progress });
    if (flags['dry-run']) {
      const files = [...plan.parts, ...MANIFEST_FILES].map(({ name, what }) => ({ name, what }));
      const window = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
      this.log(previewText({ path, window, files }));
      return { path, window, files };
    }
    const sink = piped ? streamSink(process.stdout) : openNamedFile(file);
    let made;
    try {
      made = await makeBundle(plan, folder, sink);
    } catch (error) {
      sink.undo();
      throw error;
    }
    sink.done();
    const text = bundleText(path, made);
    if (piped) this.progress(text);
    else this.log(text);
    return { path, ...made };
  }

  private refuseMixedOutput(): void {
    const reason = this.jsonEnabled()
      ? '--json prints a document on stdout, and --output - the archive'
      : process.stdout.isTTY
        ? 'An archive is not shown on a terminal'
        : undefined;
    if (reason === undefined) return;
    throw new UsageError(reason, { hint: 'Name a file: --output FILE' });
  }
}
