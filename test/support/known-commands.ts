import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Command, Config } from '@oclif/core';
import type { KnownCommand } from '../../src/cli/commands-here.ts';
import { root } from './process.ts';

/** No command is abstract, and what the oclif program calls is protected. */
type CommandClass = Omit<typeof Command, 'prototype'> &
  (new (argv: string[], config: Config) => { _run(): Promise<unknown> });

/** A command of the source, with what the manifest will say of it. */
export interface SourceCommand extends KnownCommand {
  readonly Class: CommandClass;
}

/** All commands of the source, without a build. */
export async function knownCommands(): Promise<SourceCommand[]> {
  const folder = join(root, 'src/commands');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Promise.all(
    files
      .filter((file) => file.endsWith('.ts'))
      .map(async (file) => {
        const { default: Class } = (await import(join(folder, file))) as { default: CommandClass };
        const words = file.replace(/\.ts$/, '').split(sep);
        const id = words.filter((word) => word !== 'index').join(':');
        // As oclif does when it loads a class.
        Class.id = id;
        const json: KnownCommand['flags'] = Class.enableJsonFlag ? { json: { type: 'boolean' } } : {};
        const flags = { ...json, ...(Class.baseFlags as KnownCommand['flags']), ...Class.flags };
        return { id, strict: Class.strict, args: Class.args, flags, Class };
      }),
  );
}
