import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../aws/context.ts';
import { OperationError } from '../errors.ts';
import { instancesOfGroup } from '../stack/facts/group/group.ts';
import { logGroupsOf } from '../stack/facts/service/log-groups.ts';
import { type GroupTarget, LOG_GROUPS, type LogGroup } from './event.ts';

/** Where a stack's logs are. */
export interface LogTargets {
  readonly targets: readonly GroupTarget[];
  /** The group whose instances' streams are meant, where other stacks write to the same log groups. */
  readonly sharedBy?: string;
}

/**
 * The log groups of a stack.
 * @throws OperationError for a stack that has to do with no agents
 */
export function logTargets(stack: Stack, wanted: readonly LogGroup[]): LogTargets {
  const groups = logGroupsOf(stack);
  if (groups === undefined) {
    throw new OperationError(
      `${stack.StackName ?? 'The stack'} is no stack of Buildkite agents, and has no logs of theirs`,
      {
        hint: 'See bk-stack list.',
      },
    );
  }
  const { names, sharedBy } = groups;
  return {
    targets: wanted.flatMap((group) => names[group].map((name) => ({ group, name }))),
    ...(sharedBy !== undefined && { sharedBy }),
  };
}

/** Milliseconds. */
const LOOK_AGAIN = 30_000;

/** The instances that a group has, or had since the tail began, looked up now and then. */
export function instancesOf(aws: AwsContext, group: string): () => Promise<readonly string[]> {
  const known = new Set<string>();
  let lookedAt = -Infinity;
  return async () => {
    if (Date.now() - lookedAt > LOOK_AGAIN) {
      lookedAt = Date.now();
      for (const instanceId of await instancesOfGroup(aws, group)) known.add(instanceId);
    }
    return [...known];
  };
}

/** An instance in what was given: its id, or an agent's name, which has the id in it. */
export function instanceIn(text: string): string | undefined {
  return /\bi-[0-9a-f]{8,17}\b/.exec(text)?.[0];
}

export function isLogGroup(text: string): text is LogGroup {
  return LOG_GROUPS.some((group) => group === text);
}
