import type { Hook } from '@oclif/core';
import { commandsHere, connectionOf, type KnownCommand } from '../cli/commands-here.ts';
import { failureLines } from '../cli/failure.ts';
import { ExitCode, UsageError } from '../errors.ts';
import { nearestNames } from '../terminal/nearest.ts';
import { print } from '../terminal/output/print.ts';
import { screen } from '../terminal/safe.ts';
import { errTheme } from '../terminal/theme.ts';

/** Names the commands that are spelt like the one that does not exist. */
const commandNotFound: Hook.CommandNotFound = ({ argv = [], config, id }) => {
  const typed = id.replaceAll(':', ' ');
  const names = config.commandIDs.map((known) => known.replaceAll(':', ' '));
  const [nearest] = nearestNames(typed, names, 1);
  const hint =
    nearest === undefined ? 'bk-stack --help lists the commands.' : `Did you mean: bk-stack ${nearest}`;
  const lines = failureLines(new UsageError(`There is no command "${typed}"`, { hint }), errTheme);
  const commands = config.commands as readonly KnownCommand[];
  print(process.stderr, screen(`${commandsHere(lines, { ...connectionOf(argv, undefined), commands })}\n`));
  process.exit(ExitCode.usage);
};

export default commandNotFound;
