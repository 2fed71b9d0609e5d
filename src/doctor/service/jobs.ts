import { groupState } from '../../stack/facts/group/state.ts';
import { type UntakenJobs, untakenJobs, untakenText } from '../../stack/facts/service/untaken-jobs.ts';
import { counted } from '../../terminal/text.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import { agentsPerInstanceOf } from '../../stack/facts/stack/values.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** Whether jobs wait that no agent takes. */
export function jobsCheck(facts: StackFacts): Check {
  return {
    title: 'Jobs',
    run: async () => {
      const [group, queue] = await Promise.all([facts.group(), facts.queue()]);
      // Why Buildkite is not known to say anything is told by the check of the token.
      if (group === undefined || !queue.known) return examined('not known');
      const { scheduled, running } = queue.report.jobs;
      const untaken = untakenJobs(groupState(group, []), queue, agentsPerInstanceOf(facts.stack));
      return examined(
        `${counted(running, 'job')} running, ${scheduled} scheduled`,
        untaken && judgeUntaken(untaken, facts),
      );
    },
  };
}

export function judgeUntaken(untaken: UntakenJobs, { target }: Pick<StackFacts, 'target'>): Finding {
  return {
    code: 'jobs-untaken',
    severity: 'warning',
    message: untakenText(untaken),
    meaning:
      'They wait for an agent with the tags that they ask for. The scaler launches one instance for them from time to time, in case that helps.',
    fix: `Compare the agent tags that the jobs ask for with BuildkiteAgentTags: bk-stack params ${target}`,
  };
}
