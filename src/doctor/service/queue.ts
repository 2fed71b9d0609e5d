import { listStacks } from '../../stack/facts/stack/list-stacks.ts';
import type { StackSummary } from '../../stack/facts/stack/summary.ts';
import { type Check, examined, type Finding } from '../finding.ts';
import type { Changing, StackFacts } from '../../stack/facts/stack-facts.ts';

/** Whether the queue is this stack's alone, and its agents serve no other. */
export function queueCheck(patient: StackFacts): Check {
  return {
    title: 'Queue',
    look: async () => {
      const queue = patient.parameter('BuildkiteQueue');
      if (queue === undefined) return examined('the stack names none');
      const { stacks } = await listStacks(patient.aws, { allRegions: false });
      const facts = {
        queue,
        tags: patient.parameter('BuildkiteAgentTags') ?? '',
        others: othersOn(queue, stacks, patient.stack.StackId),
      };
      return examined(
        `${queue}, which no other stack of ${patient.region} serves`,
        ...judgeQueue(facts, patient, await patient.changing()),
      );
    },
  };
}

function othersOn(queue: string, stacks: readonly StackSummary[], own: string | undefined): string[] {
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
  { place }: Pick<StackFacts, 'place'>,
  changing: Changing,
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
            fix: `Take it out of BuildkiteAgentTags, and set BuildkiteQueue to the queue that is meant. See bk-stack params ${place}`,
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
            fix: `Give one of them a queue of its own: ${changing('BuildkiteQueue=...')}`,
          } as const,
        ]),
  ];
}
