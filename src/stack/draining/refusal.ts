import { UsageError } from '../../errors.ts';
import { TERMINATING_HOOK } from '../../host/contract/hooks.ts';
import { counted } from '../../terminal/text.ts';
import { protectionCommands } from '../facts/group/protection.ts';
import type { QueueState } from '../facts/service/queue.ts';
import type { Draining } from '../facts/group/draining.ts';

/** An operation that terminates instances. */
export type EndingOperation =
  | 'update'
  | 'update --cancel'
  | 'rollback'
  | 'scale-to-zero'
  | 'scale'
  | 'resume'
  | 'instances stop'
  | 'token rotate';

/** A stack whose instances lose their jobs when they are terminated. */
export interface UndrainedStack {
  readonly stackName: string;
  readonly region: string;
  readonly group: string;
  readonly minSize: number;
  readonly lacks: Extract<Draining, { drains: false }>['lacks'];
  readonly queue: QueueState;
  /** The EventBridge rule that starts its scaler, where that is known. */
  readonly scalerRule?: string;
  /** Instances that scale-in would terminate. */
  readonly unprotected: readonly string[];
}

/** Why jobs end with their instances, by what the group lacks. */
export const LACKS = {
  'host program': "its instances don't run bk-stack's host program, so nothing lets their jobs finish",
  hook: `its group lacks the lifecycle hook ${TERMINATING_HOOK}, which holds an instance until its jobs are done`,
  'launch template':
    'its launch template is gone, so nothing tells whether its instances finish their jobs first',
} as const;

/** The refusal of an operation that would lose jobs: the reason, how many run, and what to do by hand. */
export function undrainedError(
  stack: UndrainedStack,
  operation: EndingOperation,
  because?: string,
): UsageError {
  const { stackName, region, group, lacks, queue } = stack;
  const told = because === undefined ? '' : ` (${because})`;
  return new UsageError(
    `${operation} would terminate instances of ${stackName} with the jobs on them${told}: ${LACKS[lacks]}. ${jobsText(queue)}`,
    {
      hint: ['Nothing was changed.', ...remedy(stack, operation)].join('\n'),
      details: {
        ...{ stackName, region, group, lacks },
        ...(queue.known && { runningJobs: queue.report.jobs.running }),
      },
    },
  );
}

function jobsText(queue: QueueState): string {
  if (!queue.known) return `How many jobs are running is unknown: ${queue.why}.`;
  const { running } = queue.report.jobs;
  if (running === 0)
    return `No job of the queue ${queue.queue} is running now, but one may start at any time.`;
  return `${counted(running, 'job')} of the queue ${queue.queue} ${running === 1 ? 'is' : 'are'} running.`;
}

function remedy(stack: UndrainedStack, operation: EndingOperation): string[] {
  const { stackName, region, unprotected } = stack;
  if (stack.lacks === 'hook') {
    return [`Put the hook back, then repeat the command: bk-stack doctor ${stackName} --fix`];
  }
  if (stack.lacks === 'launch template') {
    return ['Give the group a launch template that exists, then repeat the command.'];
  }
  switch (operation) {
    case 'instances stop':
      return [
        'In Buildkite, stop the agents of the instance (Agents, the agent, Stop): they finish their jobs, and then an',
        "instance of Buildkite's official template terminates itself.",
      ];
    case 'token rotate':
      return [
        `Store the token without replacing instances: bk-stack token rotate ${stackName} --no-roll --token-stdin < new-token.txt`,
        'New instances use it. Revoke the earlier token once no instance from before is left:',
        `bk-stack instances ${stackName}`,
      ];
    case 'scale':
    case 'resume':
      return [
        'Protect the instances from scale-in, then repeat the command. They end by themselves when they are idle:',
        ...protectionCommands(stack.group, unprotected, region, '--protected-from-scale-in'),
      ];
    case 'update --cancel':
      return [
        `${pausing(stack.queue)}, and wait until none of its agents is busy: bk-stack status ${stackName}`,
        `Then cancel the update with CloudFormation: aws cloudformation cancel-update-stack --stack-name ${stackName} --region ${region}`,
        `Where it is in UPDATE_ROLLBACK_FAILED: aws cloudformation continue-update-rollback --stack-name ${stackName} --region ${region}`,
      ];
    case 'update':
    case 'rollback':
    case 'scale-to-zero':
      return byHand(stack, operation);
  }
}

/** https://buildkite.com/docs/agent/queues/managing#pause-and-resume-a-queue */
function pausing(queue: QueueState): string {
  return `In Buildkite, pause the queue${queue.known ? ` ${queue.queue}` : ''} (Agents, your cluster, the queue)`;
}

/**
 * How to empty the group without losing a job: instances of the official template terminate themselves when they have been idle
 * for its ScaleInIdlePeriod, and lower the desired capacity, which AWS allows down to the group's minimum. Then no scaler may
 * raise it, and no queue bring new jobs.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html
 */
function byHand(
  { stackName, region, group, minSize, queue, scalerRule }: UndrainedStack,
  operation: 'update' | 'rollback' | 'scale-to-zero',
): string[] {
  const resize = (min: number) =>
    `aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${group} --min-size ${min} --region ${region}`;
  const rule = (verb: 'disable' | 'enable') =>
    scalerRule === undefined ? [] : [`aws events ${verb}-rule --name ${scalerRule} --region ${region}`];
  const [disable = 'Stop whatever else raises its desired capacity.'] = rule('disable');
  const update = `Update it with CloudFormation: aws cloudformation update-stack --stack-name ${stackName} --region ${region} ...`;
  const done = operation === 'scale-to-zero' ? [] : [update];
  const steps = [
    `${pausing(queue)}, so that no job starts.`,
    scalerRule === undefined ? disable : `Stop the scaler: ${disable}`,
    `Let the group become empty: ${resize(0)}`,
    `Wait until no instance is left; those of the official template end when they are idle: bk-stack instances ${stackName}`,
    ...done,
    `To have instances again, undo steps 3 to 1: ${[resize(minSize), ...rule('enable')].join('; ')}; resume the queue.`,
  ];
  return [
    'By hand, without losing a job (docs/updates.md):',
    ...steps.map((step, index) => `${index + 1}. ${step}`),
  ];
}
