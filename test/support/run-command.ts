import { Readable } from 'node:stream';
import type { Config } from '@oclif/core';
import type { AwsContext } from '../../src/aws/context.ts';
import type { BaseCommand } from '../../src/cli/base-command.ts';
import type { KnownFailure } from '../../src/errors.ts';

/** How a command ended that was run in this process. */
export interface RanCommand {
  readonly exitCode: number;
  /** What it has said, on stdout and stderr. */
  readonly said: string;
  /** The failure and its hint; empty where it succeeded. */
  readonly failure: string;
  /** What `--json` would print; undefined where it failed. */
  readonly result?: unknown;
}

type CommandClass = new (argv: string[], config: Config) => BaseCommand;
/** A command without its protection: what a test puts in its place. */
interface Opened {
  connect(): Promise<AwsContext>;
  log(line?: string): void;
  progress(line: string): void;
  run(): Promise<unknown>;
}

/** All that a command asks of it. */
const CONFIG = { runHook: () => Promise.resolve({ successes: [], failures: [] }) } as unknown as Config;

/** Runs a command in this process, without a terminal, on an AWS of the test's own. */
export async function runCommand(
  Command: CommandClass,
  argv: readonly string[],
  aws: AwsContext,
  stdin = '',
): Promise<RanCommand> {
  const command = new Command([...argv], CONFIG) as unknown as Opened;
  const said: string[] = [];
  const say = (line = '') => void said.push(line);
  Object.assign(command, { connect: () => Promise.resolve(aws), log: say, progress: say });
  const exitCode = process.exitCode;
  const real = Object.getOwnPropertyDescriptor(process, 'stdin');
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([stdin]) });
  try {
    const result = await command.run();
    return { exitCode: 0, said: said.join('\n'), failure: '', result };
  } catch (error) {
    // By its members: mocha requires this file, so that what a command imports later has error classes of its own.
    const { exitCode: code = 1, message, hint = '' } = error as Partial<KnownFailure> & Error;
    return { exitCode: code, said: said.join('\n'), failure: `${message}\n${hint}` };
  } finally {
    process.exitCode = exitCode;
    if (real !== undefined) Object.defineProperty(process, 'stdin', real);
  }
}
