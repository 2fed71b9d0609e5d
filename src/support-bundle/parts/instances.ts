import type { Activity } from '@aws-sdk/client-auto-scaling';
import { OperationError } from '../../errors.ts';
import { listInstances } from '../../stack/instances/list.ts';
import { describedGroup } from '../../stack/facts/group/group.ts';
import { groupName, idsOf, outputOf, type Site } from '../site.ts';
import { dataPart, type Part, textPart } from './part.ts';

const MAX_ACTIVITIES = 1000;

/** What Auto Scaling and EC2 know. */
export function instanceParts(site: Site): Part[] {
  const { aws, stackName } = site;
  return [
    dataPart('auto-scaling-group.json', 'the group of the instances, and its instance refreshes', () =>
      group(site),
    ),
    dataPart('activities.json', 'what Auto Scaling did and could not do, newest first', async () => {
      const { activities, cut } = await activitiesOf(site);
      return {
        data: activities,
        note: cut ? `Only the newest ${MAX_ACTIVITIES}; older ones are left out.` : undefined,
      };
    }),
    dataPart('instances.json', 'the instances that there are now', async () => ({
      data: await listInstances(aws, stackName),
    })),
    dataPart('launch-template.json', 'what instances are launched from, without user data', async () => ({
      data: (await launchTemplates(site)).map(({ LaunchTemplateData, ...version }) => ({
        ...version,
        LaunchTemplateData: { ...LaunchTemplateData, UserData: undefined },
      })),
    })),
    textPart('user-data.txt', 'what instances run first when they boot, decoded', async () => {
      const [newest] = await launchTemplates(site);
      const text = newest?.LaunchTemplateData?.UserData;
      if (text === undefined) throw new OperationError('The launch template has no user data');
      return { text: Buffer.from(text, 'base64').toString('utf8') };
    }),
  ];
}

async function group(site: Site): Promise<{ data: unknown }> {
  const { DescribeInstanceRefreshesCommand } = await import('../../aws/sdk/auto-scaling.ts');
  const client = await site.aws.clients.autoScaling();
  const AutoScalingGroupName = await groupName(site);
  const described = await describedGroup(site.aws, AutoScalingGroupName);
  const { InstanceRefreshes } = await client.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }),
  );
  return { data: { group: described, instanceRefreshes: InstanceRefreshes ?? [] } };
}

/** What the group did, newest first. */
export async function activitiesOf(
  site: Site,
): Promise<{ readonly activities: readonly Activity[]; readonly cut: boolean }> {
  const { DescribeScalingActivitiesCommand } = await import('../../aws/sdk/auto-scaling.ts');
  const client = await site.aws.clients.autoScaling();
  const AutoScalingGroupName = await groupName(site);
  const activities: Activity[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: 100, NextToken: token }),
    );
    activities.push(...(page.Activities ?? []));
    token = page.NextToken;
  } while (token !== undefined && activities.length < MAX_ACTIVITIES);
  return { activities, cut: token !== undefined };
}

/** The newest version of the launch template first, then the one that is the default. */
async function launchTemplates(site: Site) {
  const id = outputOf(site.stack, 'LaunchTemplateId') ?? (await idsOf(site, 'AWS::EC2::LaunchTemplate'))[0];
  if (id === undefined) throw new OperationError(`The stack ${site.stackName} has no launch template`);
  const { DescribeLaunchTemplateVersionsCommand } = await import('../../aws/sdk/ec2.ts');
  const client = await site.aws.clients.ec2();
  const { LaunchTemplateVersions } = await client.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ['$Latest', '$Default'] }),
  );
  return (LaunchTemplateVersions ?? []).sort((a, b) => (b.VersionNumber ?? 0) - (a.VersionNumber ?? 0));
}
