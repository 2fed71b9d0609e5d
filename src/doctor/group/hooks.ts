import type { LifecycleHook } from '@aws-sdk/client-auto-scaling';
import { LAUNCHING_HOOK, TERMINATING_HOOK } from '../../host/lifecycle/hooks.ts';
import { type Check, examined, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

export type HookFacts = Pick<LifecycleHook, 'LifecycleHookName' | 'LifecycleTransition'>;

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

/** Whether an instance that is to end is held until its jobs are done. */
export function holdsJobs(hooks: readonly HookFacts[]): boolean {
  return hooks.some(({ LifecycleTransition }) => LifecycleTransition === TERMINATING);
}

/** Whether instances are held at both ends of their life. */
export function hooksCheck(patient: Patient): Check {
  return {
    title: 'Lifecycle hooks',
    look: async () => {
      const group = await patient.group();
      if (group === undefined) return examined('no group to have any');
      const name = group.AutoScalingGroupName ?? '';
      const hooks = await patient.hooks(name);
      const put = async (hook: OwnHook) => {
        const { PutLifecycleHookCommand } = await import('../../aws/sdk/auto-scaling.ts');
        const client = await patient.aws.clients.autoScaling();
        await client.send(new PutLifecycleHookCommand({ AutoScalingGroupName: name, ...hook }));
      };
      return examined(
        hooks.map(({ LifecycleHookName = '' }) => LifecycleHookName).join(', '),
        ...judgeHooks(hooks, { ...patient, group: name, region: patient.region }, put),
      );
    },
  };
}

export function judgeHooks(
  hooks: readonly HookFacts[],
  { origin, group, region }: Pick<Patient, 'origin' | 'region'> & { readonly group: string },
  put: (hook: OwnHook) => Promise<void>,
): Finding[] {
  if (origin === 'elastic-ci-stack') {
    // Its own hook, which lifecycled serves, is made with the group under a name that the template does not fix.
    if (holdsJobs(hooks)) return [];
    return [
      {
        ...missingTerminating,
        message: 'The group has no lifecycle hook for instances that end',
        fix: 'Update the stack with its own template: the hook is part of its group.',
      },
    ];
  }
  return OURS.filter(
    (own) => !hooks.some(({ LifecycleHookName }) => LifecycleHookName === own.LifecycleHookName),
  ).map((hook) => ({
    ...(hook.LifecycleTransition === TERMINATING ? missingTerminating : missingLaunching),
    message: `The group lacks its lifecycle hook ${hook.LifecycleHookName}`,
    fix: `aws autoscaling put-lifecycle-hook --auto-scaling-group-name ${group} --lifecycle-hook-name ${hook.LifecycleHookName} --lifecycle-transition ${hook.LifecycleTransition} --heartbeat-timeout ${hook.HeartbeatTimeout} --default-result ${hook.DefaultResult} --region ${region}`,
    repair: {
      does: `Gives ${group} its lifecycle hook ${hook.LifecycleHookName} again.`,
      carryOut: () => put(hook),
    },
  }));
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
