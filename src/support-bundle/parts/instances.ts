import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { OperationError } from '../../errors.ts';
import { listInstances } from '../../stack/instances/list.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';
import { dataPart, type Part, textPart } from './part.ts';

/** What Auto Scaling and EC2 know. */
export function instanceParts(facts: StackFacts): Part[] {
  return [
    dataPart(
      'auto-scaling-group.json',
      'the group of the instances, and its instance refreshes',
      async () => ({
        data: { group: await facts.requireGroup(), instanceRefreshes: await facts.refreshes() },
      }),
    ),
    dataPart('activities.json', 'what Auto Scaling did and could not do, newest first', async () => {
      const { activities, more } = await facts.activityHistory();
      return {
        data: activities,
        note: more ? `Only the newest ${activities.length}; older ones are left out.` : undefined,
      };
    }),
    dataPart('instances.json', 'the instances that there are now', async () => ({
      data: await listInstances(facts),
    })),
    dataPart('launch-template.json', 'what instances are launched from, without user data', async () => ({
      data: (await launchTemplates(facts)).map(({ LaunchTemplateData, ...version }) => ({
        ...version,
        LaunchTemplateData: { ...LaunchTemplateData, UserData: undefined },
      })),
    })),
    textPart('user-data.txt', 'what instances run first when they boot, decoded', async () => {
      const [newest] = await launchTemplates(facts);
      const text = newest?.LaunchTemplateData?.UserData;
      if (text === undefined) throw new OperationError('The launch template has no user data');
      return { text: Buffer.from(text, 'base64').toString('utf8') };
    }),
  ];
}

async function launchTemplates(facts: StackFacts): Promise<readonly LaunchTemplateVersion[]> {
  const versions = await facts.launchTemplates();
  if (versions.length > 0) return versions;
  throw new OperationError(`The stack ${facts.stackName} has no launch template`);
}
