import type { AutoScalingGroup, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateVersion, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';

/** The launch template of a group, then those that single instance types have of their own. */
export function launchTemplatesOf({
  MixedInstancesPolicy,
  LaunchTemplate,
}: AutoScalingGroup): LaunchTemplateSpecification[] {
  const { LaunchTemplateSpecification: policy, Overrides = [] } = MixedInstancesPolicy?.LaunchTemplate ?? {};
  return [policy ?? LaunchTemplate, ...Overrides.map((each) => each.LaunchTemplateSpecification)].flatMap(
    (each) => each ?? [],
  );
}

/** Reads the version of a launch template that a group launches from; undefined where it is gone. */
export async function launchTemplateVersion(
  aws: AwsContext,
  template: LaunchTemplateSpecification,
): Promise<LaunchTemplateVersion | undefined> {
  return (await launchTemplateVersions(aws, template, [template.Version ?? '$Default']))[0];
}

/** Reads versions of a launch template by their numbers, `$Latest` or `$Default`; none where it or one of them is gone. */
export async function launchTemplateVersions(
  aws: AwsContext,
  { LaunchTemplateId, LaunchTemplateName }: LaunchTemplateSpecification,
  versions: readonly string[],
): Promise<readonly LaunchTemplateVersion[]> {
  const { DescribeLaunchTemplateVersionsCommand } = await import('../../../aws/sdk/ec2.ts');
  const client = await aws.clients.ec2();
  try {
    const { LaunchTemplateVersions } = await client.send(
      new DescribeLaunchTemplateVersionsCommand({
        // Auto Scaling tells both, and EC2 takes one of them.
        ...(LaunchTemplateId === undefined ? { LaunchTemplateName } : { LaunchTemplateId }),
        Versions: [...versions],
        ResolveAlias: true,
      }),
    );
    return LaunchTemplateVersions ?? [];
  } catch (error) {
    if (/^InvalidLaunchTemplate(Id|Name)/.test(awsErrorCode(error) ?? '')) return [];
    throw error;
  }
}

/** What instances are launched from. */
export interface Launch {
  readonly version: string;
  readonly data: ResponseLaunchTemplateData;
  /** The types that the group may launch, in its order. */
  readonly types: readonly string[];
}

/** What a group launches by a version of its launch template. */
export function launchOf(
  { MixedInstancesPolicy }: Pick<AutoScalingGroup, 'MixedInstancesPolicy'>,
  { LaunchTemplateData: data, VersionNumber }: LaunchTemplateVersion,
): Launch | undefined {
  if (data === undefined) return undefined;
  const overrides = (MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? []).flatMap(
    ({ InstanceType }) => InstanceType ?? [],
  );
  return {
    version: String(VersionNumber ?? ''),
    data,
    types: overrides.length > 0 || data.InstanceType === undefined ? overrides : [data.InstanceType],
  };
}
