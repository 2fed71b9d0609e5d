import type { Hook } from '@oclif/core';
import { failureLines } from '../cli/failure.ts';
import { ExitCode, UsageError } from '../errors.ts';
import { nearestNames } from '../terminal/nearest.ts';
import { errTheme } from '../terminal/theme.ts';

/** Names the commands that are spelt like the one that does not exist. */
const commandNotFound: Hook.CommandNotFound = async ({ config, id }) => {
  const typed = id.replaceAll(':', ' ');
  const names = config.commandIDs.map((known) => known.replaceAll(':', ' '));
  const [nearest] = nearestNames(typed, names, 1);
  const hint =
    nearest === undefined ? 'bk-stack --help lists the commands.' : `Did you mean: bk-stack ${nearest}`;
  process.stderr.write(
    `${failureLines(new UsageError(`There is no command "${typed}"`, { hint }), errTheme)}\n`,
  );
  process.exit(ExitCode.usage);
};

export default commandNotFound;
