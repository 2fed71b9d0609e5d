import type { AutoScalingGroup, LifecycleHook } from '@aws-sdk/client-auto-scaling';
import type { AwsContext } from '../../aws/context.ts';
import { startsHostProgram } from '../../host/user-data.ts';
import { drainsOnTermination, lifecycleHooks } from '../reading/hooks.ts';
import { launchTemplatesOf, launchTemplateVersion } from '../reading/launch-template.ts';

/** Whether an instance that its group terminates finishes its jobs first; where not, what it lacks for that. */
export type Draining =
  { readonly drains: true } | { readonly drains: false; readonly lacks: 'host program' | 'hook' };

/**
 * Judges a group by what it has, whichever template it was made from and by whatever tool: our terminating hook holds a
 * terminated instance, and our host program on it completes the hook when the last job is done. The hook alone only delays the
 * loss of the jobs until it times out.
 * @param userData of each launch template of the group; undefined for one that has none
 */
export function drainingOf(
  hooks: readonly Pick<LifecycleHook, 'LifecycleHookName'>[],
  userData: readonly (string | undefined)[],
): Draining {
  if (userData.length === 0 || !userData.every((each) => each !== undefined && startsHostProgram(each))) {
    return { drains: false, lacks: 'host program' };
  }
  return drainsOnTermination(hooks) ? { drains: true } : { drains: false, lacks: 'hook' };
}

/** Reads whether the instances of a group drain. Instances are judged by what new ones are launched from. */
export async function readDraining(aws: AwsContext, group: AutoScalingGroup): Promise<Draining> {
  const [hooks, userData] = await Promise.all([
    lifecycleHooks(aws, group.AutoScalingGroupName ?? ''),
    Promise.all(
      launchTemplatesOf(group).map(async (specification) => {
        const version = await launchTemplateVersion(aws, specification);
        const encoded = version?.LaunchTemplateData?.UserData;
        return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
      }),
    ),
  ]);
  return drainingOf(hooks, userData);
}
