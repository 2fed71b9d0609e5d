import type { AutoScalingGroup, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
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

/** The version of a launch template that a group launches from; undefined where it is gone. */
export async function launchTemplateVersion(
  aws: AwsContext,
  { LaunchTemplateId, LaunchTemplateName, Version = '$Default' }: LaunchTemplateSpecification,
): Promise<LaunchTemplateVersion | undefined> {
  const { DescribeLaunchTemplateVersionsCommand } = await import('../../../aws/sdk/ec2.ts');
  const client = await aws.clients.ec2();
  try {
    const { LaunchTemplateVersions } = await client.send(
      new DescribeLaunchTemplateVersionsCommand({
        // Auto Scaling tells both, and EC2 takes one of them.
        ...(LaunchTemplateId === undefined ? { LaunchTemplateName } : { LaunchTemplateId }),
        Versions: [Version],
        ResolveAlias: true,
      }),
    );
    return LaunchTemplateVersions?.[0];
  } catch (error) {
    if (/^InvalidLaunchTemplate(Id|Name)/.test(awsErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
