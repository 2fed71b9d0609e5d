import type {
  AutoScalingGroup,
  InstanceRefresh,
  LaunchTemplateSpecification,
  LifecycleHook,
} from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../aws/context.ts';
import { type GroupActivities, readActivities } from './group/activities.ts';
import { describedGroup } from './group/group.ts';
import { lifecycleHooks } from './group/hooks.ts';
import { launchTemplateVersions } from './group/launch-template.ts';
import { readRefreshes } from './group/refreshes.ts';
import { type WarmInstance, warmInstances } from './group/warm-pool.ts';
import { readToken, type StoredToken } from './service/token.ts';
import { type ResourceLister, resourceLister } from './stack/resources.ts';
import { readTemplate } from './stack/template.ts';

/** The requests behind the facts about a stack. Stacks are named by their ids, groups by their names. */
export interface FactSource {
  readonly template: (stackId: string) => Promise<string>;
  readonly resources: ResourceLister;
  readonly group: (name: string) => Promise<AutoScalingGroup | undefined>;
  readonly hooks: (group: string) => Promise<readonly LifecycleHook[]>;
  readonly activities: (group: string, most: number) => Promise<GroupActivities>;
  readonly refreshes: (group: string) => Promise<readonly InstanceRefresh[]>;
  readonly warmPool: (group: string) => Promise<readonly WarmInstance[]>;
  /** None where the template or one of these versions is gone. */
  readonly launchTemplates: (
    template: LaunchTemplateSpecification,
    versions: readonly string[],
  ) => Promise<readonly LaunchTemplateVersion[]>;
  /** The agent token in an SSM parameter; undefined where there is no such parameter. */
  readonly token: (path: string) => Promise<StoredToken | undefined>;
}

/** The requests to AWS. */
export function awsFacts(aws: AwsContext): FactSource {
  return {
    template: (stackId) => readTemplate(aws, stackId),
    resources: resourceLister(aws),
    group: (name) => describedGroup(aws, name),
    hooks: (group) => lifecycleHooks(aws, group),
    activities: (group, most) => readActivities(aws, group, { most }),
    refreshes: (group) => readRefreshes(aws, group),
    warmPool: (group) => warmInstances(aws, group),
    launchTemplates: (template, versions) => launchTemplateVersions(aws, template, versions),
    token: (path) => readToken(aws, path),
  };
}
