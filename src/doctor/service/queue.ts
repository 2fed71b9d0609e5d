import { listStacks } from '../../stack/facts/stack/list-stacks.ts';
import type { StackSummary } from '../../stack/facts/stack/summary.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { ChangeAdvice, StackFacts } from '../../stack/facts/stack-facts.ts';

/** Whether the queue is this stack's alone, and its agents serve no other. */
export function queueCheck(facts: StackFacts): Check {
  return {
    title: 'Queue',
    run: async () => {
      const queue = facts.parameter('BuildkiteQueue');
      if (queue === undefined) return examined('the stack names none');
      const { stacks } = await listStacks(facts.aws, { allRegions: false });
      const served = {
        queue,
        tags: facts.parameter('BuildkiteAgentTags') ?? '',
        others: othersOn(queue, stacks, facts.stack.StackId),
      };
      return examined(
        `${queue}, which no other stack of ${facts.region} serves`,
        ...judgeQueue(served, facts, await facts.changeAdvice()),
      );
    },
  };
}

/** The other stacks whose agents wait on a queue; those that are being deleted soon have none. */
export function othersOn(queue: string, stacks: readonly StackSummary[], own: string | undefined): string[] {
  return stacks
    .filter((stack) => stack.queue === queue && stack.stackId !== own && !stack.status.startsWith('DELETE'))
    .map(({ stackName }) => stackName);
}

export function judgeQueue(
  {
    queue,
    tags,
    others,
  }: { readonly queue: string; readonly tags: string; readonly others: readonly string[] },
  { target }: Pick<StackFacts, 'target'>,
  changeAdvice: ChangeAdvice,
): Finding[] {
  const tagged = /(?:^|,)\s*queue\s*=\s*([^,]*)/.exec(tags)?.[1];
  return [
    ...(tagged === undefined
      ? []
      : [
          {
            code: 'queue-in-tags',
            severity: 'error',
            message: `BuildkiteAgentTags has queue=${tagged}, beside BuildkiteQueue=${queue}`,
            meaning: `Agents wait on ${tagged}, and the scaler looks at ${queue}: jobs of one of them never get an agent.`,
            fix: `Take it out of BuildkiteAgentTags, and set BuildkiteQueue to the queue that is meant. See bk-stack params ${target}`,
          } as const,
        ]),
    ...(others.length === 0
      ? []
      : [
          {
            code: 'queue-shared',
            severity: 'warning',
            message: `The queue ${queue} is served by ${others.join(', ')} as well`,
            meaning:
              'Each stack grows for the same jobs, so that there are twice as many instances as needed.',
            fix: `Give one of them a queue of its own: ${changeAdvice('BuildkiteQueue=...')}`,
          } as const,
        ]),
  ];
}
