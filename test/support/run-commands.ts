/**
 * Runs commands of the source one after the other in this process, and prints what each of them printed, as JSON. It is a process
 * of its own as colours are decided when a process begins (FORCE_COLOR, NO_COLOR), and one for all as each has to read the source.
 */
import type { Config } from '@oclif/core';
import { knownCommands, type SourceCommand } from './known-commands.ts';

/** A command line, and what it printed. */
export interface Printed {
  readonly argv: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
}

const commands = await knownCommands();
const config = {
  ...{ bin: 'bk-stack', commands, userAgent: 'test' },
  runHook: () => Promise.resolve({ successes: [], failures: [] }),
  scopedEnvVarKey: (name: string) => `BK_STACK_${name}`,
} as unknown as Config;

async function printed(argv: readonly string[]): Promise<Printed> {
  const output = { stdout: '', stderr: '' };
  const restore = (['stdout', 'stderr'] as const).map((stream) => {
    const write = process[stream].write.bind(process[stream]);
    process[stream].write = (text: string | Uint8Array) => {
      output[stream] += typeof text === 'string' ? text : Buffer.from(text).toString();
      return true;
    };
    return () => (process[stream].write = write);
  });
  try {
    const depth = commandOf(argv, 2) === undefined ? 1 : 2;
    const command = commandOf(argv, depth);
    if (command === undefined) throw new Error(`no command: ${argv.join(' ')}`);
    await new command.Class(argv.slice(depth), config)._run();
  } finally {
    for (const each of restore) each();
  }
  return { argv, ...output };
}

function commandOf(argv: readonly string[], depth: number): SourceCommand | undefined {
  return commands.find(({ id }) => id === argv.slice(0, depth).join(':'));
}

const all: Printed[] = [];
for (const argv of JSON.parse(process.env['COMMAND_LINES'] ?? '[]') as string[][])
  all.push(await printed(argv));
process.stdout.write(JSON.stringify(all), () => process.exit(0));
