import { setMaxListeners } from 'node:events';
// By its parts: the whole of @oclif/core takes a tenth of a start longer to load.
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import type { Interfaces } from '@oclif/core';
import { AwsContext, resolveRegion } from '../aws/context.ts';
import { ExitCode, InterruptedError, UsageError } from '../errors.ts';
import type { DeploymentObserver } from '../stack/events/observer.ts';
import type { StatusLine } from '../terminal/progress/status-line.ts';
import { print } from '../terminal/output/print.ts';
import { safeJson, screen } from '../terminal/safe.ts';
import { errTheme } from '../terminal/theme.ts';
import {
  commandsHere,
  connectionOf,
  dataHere,
  GLOBAL,
  type GivenFlag,
  givenFlags,
  type Here,
  isOn,
  type KnownCommand,
} from './commands-here.ts';
import { asFailure, failureLines, failureReport, stackOf } from './failure.ts';
import { sandboxConnection } from './sandbox-connection.ts';

/** The stack's name as the first argument; `BK_STACK_NAME` stands in for it. */
export const stackNameArg = Args.string({
  name: 'name',
  description: "the stack's name (or set BK_STACK_NAME)",
  default: () => Promise.resolve(process.env['BK_STACK_NAME']),
  noCacheDefault: true,
  // oclif would take what is piped in for the name, and secrets come that way.
  ignoreStdin: true,
});

/** What every command has: the shared flags, the connection to AWS or the sandbox, and one way to fail. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    region: Flags.string({ description: 'AWS region', helpGroup: GLOBAL, helpValue: '<region>' }),
    profile: Flags.string({
      description: 'profile of the AWS config files',
      helpGroup: GLOBAL,
      helpValue: '<name>',
    }),
    'no-color': Flags.boolean({ description: 'plain text (also NO_COLOR)', helpGroup: GLOBAL }),
    'no-input': Flags.boolean({
      description: 'never ask; fail where an answer is missing',
      helpGroup: GLOBAL,
    }),
    debug: Flags.boolean({
      description: 'log each AWS request to stderr, and stack traces',
      helpGroup: GLOBAL,
    }),
    sandbox: Flags.boolean({
      description: 'work in the local sandbox instead of AWS (also BK_STACK_SANDBOX=1)',
      helpGroup: GLOBAL,
    }),
  };

  readonly #interruption = interruption();
  /** What Ctrl-C leaves running, and how to pick it up. */
  #resumeHint: string | undefined;
  /** Actions that AWS refused for want of a permission. */
  readonly #denied = new Set<string>();
  #given: readonly GivenFlag[] = [];
  /** The region that is worked in, once that is known. */
  #awsRegion: string | undefined;
  /** Another region than a command has that names none. */
  #chosenRegion: string | undefined;

  /** Whether the result is printed as it is, as it is a log, a secret or other text of somebody else's. */
  protected readonly verbatim: boolean = false;

  /** Aborted by Ctrl-C. Every wait takes it. */
  protected get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  protected override async init(): Promise<void> {
    await super.init();
    // It stays on: a listener that listr2 brings along ends the process as soon as no other is left.
    process.on('SIGINT', () => {
      // Whoever presses it again does not want to wait for the end.
      if (this.#interruption.signal.aborted) process.exit(ExitCode.interrupted);
      const hint = this.#resumeHint;
      this.#interruption.abort(new InterruptedError(hint === undefined ? {} : { hint }));
    });
    // A reader that went away (`| head`) is no failure.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }

  protected override async parse<F extends Named, B extends Named, A extends Named>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    this.#given = givenFlags(parsed.raw, this.#knownFlags);
    return parsed;
  }

  /** For commands that ask where they work. */
  protected workingIn(region: string): void {
    if (region !== this.#awsRegion) this.#chosenRegion = region;
    this.#awsRegion = region;
  }

  /** Completes the commands that are printed, so that they work where this one does. */
  get #here(): Here {
    const named = connectionOf(this.argv, this.#knownFlags);
    return {
      ...named,
      region: this.#chosenRegion ?? named.region,
      awsRegion: this.#awsRegion ?? named.region,
      commands: this.config.commands,
      program: process.env['BK_STACK_PROGRAM'] || undefined,
      running: { id: this.id ?? '', given: this.#given },
    };
  }

  get #knownFlags(): KnownCommand['flags'] {
    return { ...this.ctor.baseFlags, ...this.ctor.flags };
  }

  /** A text whose commands, typed as they are printed, work where this one does. `log` and `progress` see to that themselves. */
  protected here(text: string): string {
    return commandsHere(text, this.#here);
  }

  /** The result for people, on stdout. */
  override log(text = ''): void {
    if (!this.jsonEnabled()) print(process.stdout, screen(`${this.verbatim ? text : this.here(text)}\n`));
  }

  /** JSON, on stdout. */
  override logJson(json: unknown): void {
    print(process.stdout, safeJson(json, '\n'));
  }

  protected override toSuccessJson(result: unknown): unknown {
    return this.verbatim ? result : dataHere(result, this.#here);
  }

  /** From here on Ctrl-C only stops the waiting; `hint` tells how to pick it up. */
  protected onInterrupt(hint: string): void {
    this.#resumeHint = hint;
  }

  /** Whether a person is there to be asked. */
  protected interactive(flags: { readonly 'no-input': boolean }): boolean {
    return this.audience(flags) === 'there';
  }

  /** Who would see a question: a person, one who is there and does not (stdout goes into a pipe), or nobody. */
  protected audience(flags: { readonly 'no-input': boolean }): 'there' | 'unseeing' | 'nobody' {
    const alone = flags['no-input'] || this.jsonEnabled() || Boolean(process.env['CI']);
    if (alone || !process.stdin.isTTY) return 'nobody';
    return process.stdout.isTTY ? 'there' : 'unseeing';
  }

  /** The stack's name, which oclif has taken from the argument or from `BK_STACK_NAME`. */
  protected requireName(name: string | undefined): string {
    if (name !== undefined && name !== '') return name;
    throw new UsageError('No stack is named', {
      hint: `Name it: bk-stack ${this.id?.replaceAll(':', ' ') ?? ''} my-stack (or set BK_STACK_NAME). See bk-stack list.`,
    });
  }

  /** Shows an operation on stderr while it runs: repainted on a terminal, a line for each event elsewhere. */
  protected async display(aws: AwsContext, flags: { readonly debug: boolean }): Promise<DeploymentObserver> {
    const { openDisplay } = await import('../stack/display/open-display.ts');
    return openDisplay({ live: this.repaints(flags), speed: aws.speed });
  }

  /** The last line of stderr, to be painted over; undefined where a log reads it. */
  protected async statusLine(flags: { readonly debug: boolean }): Promise<StatusLine | undefined> {
    if (!this.repaints(flags)) return undefined;
    const { LiveRegion } = await import('../terminal/progress/live-region.ts');
    const { StatusLine } = await import('../terminal/progress/status-line.ts');
    return new StatusLine(new LiveRegion(process.stderr));
  }

  /** Whether what is shown on stderr may be painted over. */
  protected repaints(flags: { readonly debug: boolean }): boolean {
    return (
      process.stderr.isTTY &&
      process.env['TERM'] !== 'dumb' &&
      !process.env['CI'] &&
      !this.jsonEnabled() &&
      !flags.debug
    );
  }

  /** The connection by the shared flags: AWS, or the sandbox when asked for (started if none runs). */
  protected async connect(flags: GlobalFlags): Promise<AwsContext> {
    const sandbox =
      flags.sandbox || isOn(process.env['BK_STACK_SANDBOX'])
        ? await sandboxConnection((line) => {
            this.progress(line);
          })
        : undefined;
    const settings = {
      ...(flags.region !== undefined && { region: flags.region }),
      ...(sandbox === undefined && flags.profile !== undefined && { profile: flags.profile }),
      ...(sandbox !== undefined && { endpoint: sandbox.endpoint, credentials: sandbox.credentials }),
      denied: (action: string) => {
        this.#denied.add(action);
      },
      ...(flags.debug && {
        log: (line: string) => {
          this.progress(errTheme.dim(`· ${line}`));
        },
      }),
    };
    if (sandbox !== undefined) {
      const region =
        flags.region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
      const agentEndpoint = `${sandbox.endpoint}/_buildkite/v3`;
      this.#awsRegion = await resolveRegion({ ...settings, region });
      return new AwsContext(this.#awsRegion, settings, sandbox.speed, agentEndpoint, sandbox.clock);
    }
    this.#awsRegion = await resolveRegion(settings);
    return new AwsContext(this.#awsRegion, settings);
  }

  /** Says what AWS refused although the command went on, with less than it would have shown. */
  protected override async finally(error: Error | undefined): Promise<void> {
    await super.finally(error);
    if (error !== undefined || this.#denied.size === 0) return;
    const actions = [...this.#denied].sort().join(', ');
    this.progress(`${errTheme.busy('!')} Not permitted, so not shown or not taken into account: ${actions}`);
  }

  /** A line for people, on stderr: stdout belongs to the result. */
  protected progress(line: string): void {
    print(process.stderr, screen(`${this.here(line)}\n`));
  }

  protected override catch(error: Error): Promise<void> {
    let failure = asFailure(
      this.signal.aborted && !(error instanceof InterruptedError) ? this.signal.reason : error,
    );
    // At a question Ctrl-C is the prompt's, which knows nothing of what it leaves behind.
    if (failure instanceof InterruptedError && failure.hint === undefined && this.#resumeHint !== undefined) {
      failure = new InterruptedError({ cause: failure.cause, hint: this.#resumeHint });
    }
    process.exitCode = failure.exitCode;
    if (this.jsonEnabled()) this.logJson(dataHere({ error: failureReport(failure) }, this.#here));
    this.progress(failureLines(failure, errTheme));
    if (process.argv.includes('--debug')) this.progress(stackOf((error.cause as Error | undefined) ?? error));
    return Promise.resolve();
  }
}

/** Any number of requests may wait for Ctrl-C at once, of which Node would warn as of a leak. */
function interruption(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** oclif's bound for flags and arguments by their names. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Named = Record<string, any>;

export type GlobalFlags = Interfaces.InferredFlags<(typeof BaseCommand)['baseFlags']>;
