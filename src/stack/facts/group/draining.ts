import type {
  AutoScalingGroup,
  LaunchTemplateSpecification,
  LifecycleHook,
} from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../../aws/context.ts';
import { startsHostProgram } from '../../../host/contract/user-data.ts';
import { drainsOnTermination, lifecycleHooks } from './hooks.ts';
import { launchTemplatesOf, launchTemplateVersion } from './launch-template.ts';

/** Whether an instance that its group terminates finishes its jobs first; where not, what it lacks for that. */
export type Draining =
  | { readonly drains: true }
  | { readonly drains: false; readonly lacks: 'host program' | 'hook' | 'launch template' };

/** The user data of a launch template: undefined where it has none, `gone` where the template or its version is gone. */
export type TemplateUserData = string | undefined | { readonly gone: true };

/**
 * Judges a group by what it has, whichever template it was made from and by whatever tool: our terminating hook holds a
 * terminated instance, and our host program on it completes the hook when the last job is done. The hook alone only delays the
 * loss of the jobs until it times out.
 *
 * A launch template that is gone says nothing about the instances launched from it before: the hook then counts as ours, and a
 * group without it lacks the launch template, as it may be anybody's.
 * @param userData of each launch template of the group
 */
export function drainingOf(
  hooks: readonly Pick<LifecycleHook, 'LifecycleHookName'>[],
  userData: readonly TemplateUserData[],
): Draining {
  const found = userData.filter((each) => typeof each !== 'object');
  if (userData.length === 0 || !found.every((each) => each !== undefined && startsHostProgram(each))) {
    return { drains: false, lacks: 'host program' };
  }
  if (drainsOnTermination(hooks)) return { drains: true };
  return { drains: false, lacks: found.length === 0 ? 'launch template' : 'hook' };
}

/**
 * Tells whether the instances of a group drain. Instances are judged by what new ones are launched from.
 * @param versionOf reads the version of a launch template that a group launches from; undefined where it is gone
 */
export async function drainingOfGroup(
  group: AutoScalingGroup,
  readHooks: () => Promise<readonly LifecycleHook[]>,
  versionOf: (template: LaunchTemplateSpecification) => Promise<LaunchTemplateVersion | undefined>,
): Promise<Draining> {
  const [hooks, userData] = await Promise.all([
    readHooks(),
    Promise.all(
      launchTemplatesOf(group).map(async (specification) => {
        const version = await versionOf(specification);
        if (version === undefined) return { gone: true } as const;
        const encoded = version.LaunchTemplateData?.UserData;
        return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
      }),
    ),
  ]);
  return drainingOf(hooks, userData);
}

/** Reads whether the instances of a group drain. */
export function readDraining(aws: AwsContext, group: AutoScalingGroup): Promise<Draining> {
  return drainingOfGroup(
    group,
    () => lifecycleHooks(aws, group.AutoScalingGroupName ?? ''),
    (specification) => launchTemplateVersion(aws, specification),
  );
}
