import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../src/aws/context.ts';
import type { FactSource } from '../../src/stack/facts/source.ts';
import { StackFacts } from '../../src/stack/facts/stack-facts.ts';

/** A stack that has nothing but its name. */
export const BARE: Stack = {
  StackName: 'ci',
  StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/ci/1',
  CreationTime: new Date(0),
  StackStatus: 'CREATE_COMPLETE',
};

/** A stack whose outputs name its group. */
export const GROUPED: Stack = {
  ...BARE,
  Outputs: [{ OutputKey: 'AutoScalingGroupName', OutputValue: 'ci-Group' }],
};

/**
 * The facts about a stack as plain data: whatever is not given is not there.
 * @returns them with the requests that were made for them, in their order
 */
export function plainFacts(
  stack: Stack,
  given: Partial<FactSource> = {},
): { readonly facts: StackFacts; readonly asked: string[] } {
  const asked: string[] = [];
  const noted =
    <Args extends readonly unknown[], Fact>(name: string, ask: (...args: Args) => Promise<Fact>) =>
    (...args: Args): Promise<Fact> => {
      asked.push(`${name} ${String(args[0])}`);
      return ask(...args);
    };
  const nothing: FactSource = {
    template: () => Promise.resolve(''),
    resources: () => Promise.resolve([]),
    group: () => Promise.resolve(undefined),
    hooks: () => Promise.resolve([]),
    activities: () => Promise.resolve({ activities: [], more: false }),
    refreshes: () => Promise.resolve([]),
    warmPool: () => Promise.resolve([]),
    launchTemplates: () => Promise.resolve([]),
    token: () => Promise.resolve(undefined),
  };
  const source = { ...nothing, ...given };
  const aws = { region: 'us-east-1' } as AwsContext;
  return {
    facts: new StackFacts(aws, stack, {
      template: noted('template', source.template),
      resources: noted('resources', source.resources),
      group: noted('group', source.group),
      hooks: noted('hooks', source.hooks),
      activities: noted('activities', source.activities),
      refreshes: noted('refreshes', source.refreshes),
      warmPool: noted('warm pool', source.warmPool),
      launchTemplates: (template, versions) => {
        asked.push(`launch template ${template.LaunchTemplateId ?? ''} ${versions.join()}`);
        return source.launchTemplates(template, versions);
      },
      token: noted('token', source.token),
    }),
    asked,
  };
}
