import { UsageError } from '../errors.ts';
import { nearestNames } from '../terminal/nearest.ts';
import { LOG_GROUPS, type LogGroup } from './event.ts';
import { instanceIn, isLogGroup } from './targets.ts';

/** @throws UsageError for a group that no stack has */
export function chosenGroups(given: readonly string[] | undefined): readonly LogGroup[] {
  if (given === undefined || given.length === 0) return LOG_GROUPS;
  return given.map((text) => {
    const name = text.trim();
    if (isLogGroup(name)) return name;
    const [near] = nearestNames(name, LOG_GROUPS, 1);
    throw new UsageError(`--group: there is no log group "${name}"`, {
      hint: `${near === undefined ? '' : `Did you mean ${near}? `}There are ${LOG_GROUPS.join(', ')}.`,
    });
  });
}

/** @returns the ids of the instances that were named, or undefined where all are meant */
export function chosenInstances({
  instance,
  agent,
}: {
  readonly instance?: readonly string[] | undefined;
  readonly agent?: string | undefined;
}): readonly string[] | undefined {
  const given = agent === undefined ? instance : [agent];
  if (given === undefined || given.length === 0) return undefined;
  return given.map((text) => {
    const id = instanceIn(text);
    if (id !== undefined) return id;
    throw new UsageError(`"${text}" names no instance`, {
      hint: "An instance's id looks like i-0123456789abcdef0, and an agent's name has it in it. See bk-stack status.",
    });
  });
}

/** @throws UsageError for what is no regular expression */
export function chosenPattern(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw new UsageError(`--grep: ${(error as Error).message}`, {
      cause: error,
      hint: 'It is a regular expression of JavaScript; to search for a sign such as ( as it is, put a backslash before it.',
    });
  }
}

/**
 * Whether a tail goes on with what comes.
 * @throws UsageError for flags that contradict each other
 */
export function chosenFollowing(
  {
    follow,
    interleave,
    live,
    until,
  }: {
    readonly follow?: boolean | undefined;
    readonly interleave: boolean;
    readonly live: boolean;
    readonly until?: string | undefined;
  },
  watched: boolean,
): boolean {
  if (!interleave && (follow === true || live)) {
    throw new UsageError(
      `--no-interleave shows what is there: it cannot be had with --${live ? 'live' : 'follow'}`,
      {
        hint: 'Leave one of them out. What comes is shown in the order in which it comes.',
      },
    );
  }
  if (live && follow === false) {
    throw new UsageError('--live is a way to follow: it cannot be had with --no-follow', {
      hint: 'Leave one of them out.',
    });
  }
  return follow ?? (live || (watched && until === undefined && interleave));
}
