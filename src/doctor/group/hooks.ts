import type { LifecycleHook } from '@aws-sdk/client-auto-scaling';
import { LAUNCHING_HOOK, TERMINATING_HOOK } from '../../host/contract/hooks.ts';
import type { Draining } from '../../stack/facts/group/draining.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

const TERMINATING = 'autoscaling:EC2_INSTANCE_TERMINATING';
const LAUNCHING = 'autoscaling:EC2_INSTANCE_LAUNCHING';

/** For how long the launching hook waits for an instance to come up. */
export const LONGEST_BOOT_SECONDS = 780;

/** As template/bk-stack.yml has them. */
const OURS = [
  {
    LifecycleHookName: TERMINATING_HOOK,
    LifecycleTransition: TERMINATING,
    HeartbeatTimeout: 900,
    DefaultResult: 'CONTINUE',
  },
  {
    LifecycleHookName: LAUNCHING_HOOK,
    LifecycleTransition: LAUNCHING,
    HeartbeatTimeout: LONGEST_BOOT_SECONDS,
    DefaultResult: 'ABANDON',
  },
] as const;

type OwnHook = (typeof OURS)[number];

/** The changes that `--fix` may make to hooks. */
export interface HookRepairs {
  put(hook: OwnHook): Promise<void>;
  remove(name: string): Promise<void>;
}

/** The facts that tell whether a group has the hooks that its instances serve. */
export interface HooksFacts {
  readonly group: string;
  readonly region: string;
  readonly hooks: readonly Pick<LifecycleHook, 'LifecycleHookName'>[];
  readonly draining: Draining;
  /** The lifecycle states of the group's instances. */
  readonly states: readonly string[];
}

/** Whether instances are held at both ends of their life, by hooks that their own program completes. */
export function hooksCheck(facts: StackFacts): Check {
  return {
    title: 'Lifecycle hooks',
    run: async () => {
      const group = await facts.group();
      if (group === undefined) return examined('no group to have any');
      const name = group.AutoScalingGroupName ?? '';
      const [hooks, draining] = await Promise.all([facts.hooks(), facts.draining(group)]);
      const states = (group.Instances ?? []).map(({ LifecycleState = '' }) => LifecycleState);
      const load = async () => ({
        sdk: await import('../../aws/sdk/auto-scaling.ts'),
        client: await facts.aws.clients.autoScaling(),
      });
      const served = { group: name, region: facts.region, hooks, draining, states };
      const findings = judgeHooks(served, {
        async put(hook) {
          const { sdk, client } = await load();
          await client.send(new sdk.PutLifecycleHookCommand({ AutoScalingGroupName: name, ...hook }));
        },
        async remove(LifecycleHookName) {
          const { sdk, client } = await load();
          await client.send(
            new sdk.DeleteLifecycleHookCommand({ AutoScalingGroupName: name, LifecycleHookName }),
          );
        },
      });
      const names = hooks.map(({ LifecycleHookName = '' }) => LifecycleHookName).join(', ') || 'none';
      const foreign = await facts.isForeign();
      return examined(
        foreign ? `${names}; bk-stack terminates no instance of this stack` : names,
        ...findings,
      );
    },
  };
}

export function judgeHooks(facts: HooksFacts, repairs: HookRepairs): Finding[] {
  const { group, region, hooks, draining } = facts;
  const has = ({ LifecycleHookName: name }: OwnHook) =>
    hooks.some(({ LifecycleHookName }) => LifecycleHookName === name);
  if (!draining.drains && draining.lacks === 'host program') {
    return OURS.filter(has).map((hook) => unserved(facts, hook, repairs));
  }
  // The group may be anybody's, and instances that don't complete the hooks would lose their jobs.
  if (!draining.drains && draining.lacks === 'launch template') return [];
  return OURS.filter((hook) => !has(hook)).map((hook) => ({
    ...(hook.LifecycleTransition === TERMINATING ? missingTerminating : missingLaunching),
    message: `The group lacks its lifecycle hook ${hook.LifecycleHookName}`,
    fix: `aws autoscaling put-lifecycle-hook --auto-scaling-group-name ${group} --lifecycle-hook-name ${hook.LifecycleHookName} --lifecycle-transition ${hook.LifecycleTransition} --heartbeat-timeout ${hook.HeartbeatTimeout} --default-result ${hook.DefaultResult} --region ${region}`,
    repair: {
      does: `Gives ${group} its lifecycle hook ${hook.LifecycleHookName} again.`,
      carryOut: () => repairs.put(hook),
    },
  }));
}

/**
 * One of our hooks on instances that don't complete it. Its removal completes what it holds: with ABANDON for an instance that is
 * launched, with CONTINUE for one that is terminated. Either ends the instance.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteLifecycleHook.html
 */
function unserved({ group, region, states }: HooksFacts, hook: OwnHook, repairs: HookRepairs): Finding {
  const { LifecycleHookName: name, LifecycleTransition: transition, HeartbeatTimeout: seconds } = hook;
  const [held, meaning] =
    transition === TERMINATING
      ? [
          'Terminating:Wait',
          `An instance that is terminated stays for ${seconds / 60} minutes, and then its jobs are lost.`,
        ]
      : [
          'Pending:Wait',
          `Each new instance is terminated after ${seconds / 60} minutes, and the jobs on it are lost.`,
        ];
  const holds = states.includes(held);
  const remove = `aws autoscaling delete-lifecycle-hook --auto-scaling-group-name ${group} --lifecycle-hook-name ${name} --region ${region}`;
  return {
    code: 'hook-unserved',
    severity: 'error',
    message: `Nothing on the instances completes the lifecycle hook ${name}: they don't run bk-stack's host program`,
    meaning,
    fix: holds ? `When no instance is in ${held}, which its removal would end: ${remove}` : remove,
    ...(!holds && {
      repair: {
        does: `Removes the lifecycle hook ${name} from ${group}.`,
        carryOut: () => repairs.remove(name),
      },
    }),
  };
}

const missingTerminating = {
  code: 'terminating-hook-missing',
  severity: 'error',
  meaning: 'An instance that is replaced or no longer wanted is ended at once, and its jobs are lost.',
} as const;

const missingLaunching = {
  code: 'launching-hook-missing',
  severity: 'error',
  meaning: 'An instance whose boot fails counts as in service, costs money and runs no jobs.',
} as const;
