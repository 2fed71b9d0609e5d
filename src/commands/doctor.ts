import * as Flags from '@oclif/core/flags';
import type { AwsContext } from '../aws/context.ts';
import { BaseCommand, stackNameArg } from '../cli/base-command.ts';
import { ExitCode, OperationError, UsageError } from '../errors.ts';
import type { Report } from '../doctor/doctor.ts';
import type { DoctorResult } from '../doctor/report-text.ts';
import type { PolicyDocument } from '../doctor/permissions/document.ts';
import { confirm } from '../terminal/confirm.ts';
import { errTheme, outTheme } from '../terminal/theme.ts';

export default class Doctor extends BaseCommand {
  static override summary = 'Find what is wrong with a stack, or with this machine, and what to do about it';
  static override description =
    'Without a name it looks at credentials, permissions, region, clock, quotas and the assets bucket; with one also at the ' +
    'stack: its group, instances, agents, network, scaler, token, queue, secrets bucket and logs. It changes nothing unless ' +
    "--fix is given. With a token of Buildkite's REST API (scope read_agents) in BUILDKITE_API_TOKEN it sees the agents of " +
    'each instance. Exits with 1 where there are errors; warnings alone are no failure.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> my-stack',
    '<%= config.bin %> <%= command.id %> my-stack --fix',
    '<%= config.bin %> <%= command.id %> --print-policy --for status --for "logs tail" > on-call.json',
    '<%= config.bin %> <%= command.id %> --print-policy --part deployer --prefix ci- > deployer.json',
    '<%= config.bin %> <%= command.id %> --print-policy --boundary > boundary.json',
  ];

  static override args = { name: stackNameArg };

  static override flags = {
    fix: Flags.boolean({ description: 'mend what can be mended without risk to a job, after asking' }),
    yes: Flags.boolean({ char: 'y', description: 'with --fix: do not ask', dependsOn: ['fix'] }),
    for: Flags.string({
      description: 'look at the permissions of this command only, or print a policy for it',
      helpValue: '<command>',
      multiple: true,
    }),
    'print-policy': Flags.boolean({
      description: 'print a least-privilege policy for whoever runs bk-stack',
      exclusive: ['fix'],
    }),
    part: Flags.option({
      description:
        'with --print-policy: the operator’s part, for everything but create, update, rollback and delete, or the deployer’s, for those',
      options: ['operator', 'deployer'] as const,
      dependsOn: ['print-policy'],
      exclusive: ['for', 'boundary'],
    })(),
    prefix: Flags.string({
      description: 'with --print-policy: for stacks whose names begin with this',
      helpValue: '<text>',
      dependsOn: ['print-policy'],
      exclusive: ['boundary'],
    }),
    boundary: Flags.boolean({
      description: 'with --print-policy: print the permissions boundary that the deployer’s part asks for',
      dependsOn: ['print-policy'],
      exclusive: ['for'],
    }),
  };

  async run(): Promise<DoctorResult | PolicyDocument> {
    const { args, flags } = await this.parse(Doctor);
    const commands = await knownCommands(flags.for ?? []);
    const fix = flags.fix && this.mayFix(flags);
    const aws = await this.connect(flags);
    if (flags['print-policy']) return this.printPolicy(aws, args.name, commands, flags);
    const { diagnose, findingsOf, repairsOf } = await import('../doctor/doctor.ts');
    const { reportText, resultOf } = await import('../doctor/report-text.ts');
    const look = () =>
      diagnose(aws, args.name, {
        commands,
        signal: this.signal,
        restToken: process.env['BUILDKITE_API_TOKEN'] || undefined,
        style: this.repaints(flags)
          ? { live: true }
          : {
              live: false,
              write: (line) => {
                this.progress(line);
              },
              now: () => new Date(),
            },
      });
    let report = await look();
    this.signal.throwIfAborted();
    const fixed: string[] = [];
    if (fix && repairsOf(report).length > 0) {
      if (!this.jsonEnabled()) this.log(`\n${reportText(report, outTheme)}\n`);
      fixed.push(...(await this.mend(report, flags)));
      if (fixed.length > 0) report = await look();
      else this.progress('Nothing was changed.');
    }
    this.log(`\n${reportText(report, outTheme)}`);
    if (findingsOf(report).some(({ severity }) => severity === 'error')) process.exitCode = ExitCode.failed;
    return resultOf(report, fixed);
  }

  /** @throws UsageError where nobody is there to be asked */
  private mayFix(flags: { readonly yes: boolean; readonly 'no-input': boolean }): true {
    if (flags.yes || this.interactive(flags)) return true;
    throw new UsageError('--fix asks before it changes anything, and nobody is there to be asked', {
      hint: 'Look first, without --fix; then have it done without being asked: --fix --yes',
    });
  }

  /** @returns what was done */
  private async mend(report: Report, flags: { readonly yes: boolean }): Promise<string[]> {
    const { repairsOf } = await import('../doctor/doctor.ts');
    const done: string[] = [];
    for (const { does, carryOut } of repairsOf(report)) {
      if (!flags.yes && !(await confirm(`${does} Do it?`, true))) continue;
      await carryOut().catch((cause: unknown) => {
        throw new OperationError(`Not done: ${does} ${(cause as Error).message}`, {
          cause,
          hint: `What was done before stays done. Look again: bk-stack doctor ${report.stackName ?? ''}`.trimEnd(),
        });
      });
      this.progress(`${errTheme.good('✔')} ${does}`);
      done.push(does);
    }
    return done;
  }

  /** @throws UsageError for a policy to deploy that names neither a stack nor a prefix */
  private async printPolicy(
    aws: AwsContext,
    stackName: string | undefined,
    commands: readonly string[],
    { part, prefix, boundary }: PolicyFlags,
  ): Promise<PolicyDocument> {
    const { policyFor, policyPlace } = await import('../doctor/permissions/policy.ts');
    const { policyNotes } = await import('../doctor/permissions/notes.ts');
    const { commandsOf } = await import('../doctor/permissions/parts.ts');
    if (boundary) {
      const { boundaryPolicy } = await import('../doctor/permissions/boundary.ts');
      const document = boundaryPolicy();
      this.log(JSON.stringify(document, undefined, 2));
      return document;
    }
    if (prefix !== undefined && stackName !== undefined) {
      throw new UsageError('--prefix is for any stack whose name begins so; a stack is named already');
    }
    const asked = commandsOf(commands, part, stackName ?? prefix);
    const place = await policyPlace(aws, stackName, prefix);
    const document = policyFor(asked, place);
    this.log(JSON.stringify(document, undefined, 2));
    for (const note of policyNotes(document, asked, place)) this.progress(`${errTheme.busy('!')} ${note}`);
    return document;
  }
}

interface PolicyFlags {
  readonly part?: 'operator' | 'deployer' | undefined;
  readonly prefix?: string | undefined;
  readonly boundary: boolean;
}

/** @throws UsageError for a name that is no command's */
async function knownCommands(names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const { CALLS } = await import('../doctor/permissions/calls.ts');
  const known = Object.keys(CALLS);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return [...new Set(names)];
  const { nearestNames } = await import('../terminal/nearest.ts');
  const near = nearestNames(wrong, known);
  throw new UsageError(`--for ${wrong}: there is no such command that asks anything of AWS`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `They are: ${known.join(', ')}`,
  });
}
