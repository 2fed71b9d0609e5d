import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** A log group that the stack ought to have. */
export interface LogGroupFacts {
  readonly name: string;
  readonly there: boolean;
  /** Undefined for ever. */
  readonly retentionDays?: number | undefined;
}

/** Whether what happens on the instances is written down, and not kept for ever. */
export function logsCheck(facts: StackFacts): Check {
  return {
    title: 'Log groups',
    run: async () => {
      const { logGroups } = facts;
      if (logGroups === undefined) return examined('not known');
      const there = await groupsThere(facts);
      const groups = Object.values(logGroups.names)
        .flat()
        .map((name): LogGroupFacts => {
          const found = there.get(name);
          return { name, there: found !== undefined, retentionDays: found?.retentionInDays };
        });
      const days = facts.parameter('EC2LogRetentionDays') ?? '7';
      return examined(
        `${groups.length}, with a retention`,
        ...judgeLogs(groups, { own: logGroups.own, region: facts.region }, days),
      );
    },
  };
}

async function groupsThere({
  aws,
}: StackFacts): Promise<Map<string, { readonly retentionInDays?: number | undefined }>> {
  const { DescribeLogGroupsCommand } = await import('../../aws/sdk/cloudwatch-logs.ts');
  const client = await aws.clients.cloudWatchLogs();
  const found = new Map<string, { readonly retentionInDays?: number | undefined }>();
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: '/buildkite/', nextToken }),
    );
    for (const group of page.logGroups ?? []) found.set(group.logGroupName ?? '', group);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

export function judgeLogs(
  groups: readonly LogGroupFacts[],
  { own, region }: { readonly own: boolean; readonly region: string },
  days: string,
): Finding[] {
  // The agents of the official stack make their groups as they come to need them.
  const missing = own ? groups.filter(({ there }) => !there) : [];
  const endless = groups.filter(({ there, retentionDays }) => there && retentionDays === undefined);
  const each = (some: readonly LogGroupFacts[], command: (name: string) => string) =>
    some.map(({ name }) => `${command(name)} --region ${region}`).join('\n');
  const put = (name: string) =>
    `aws logs put-retention-policy --log-group-name ${name} --retention-in-days ${days}`;
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            code: 'log-group-missing',
            severity: 'error',
            message: `${missing.map(({ name }) => name).join(', ')} ${missing.length === 1 ? 'is' : 'are'} gone`,
            meaning: 'What happens there is written nowhere, and nobody can see why something fails.',
            fix: each(missing, (name) => `aws logs create-log-group --log-group-name ${name}`),
          } as const,
        ]),
    ...(endless.length === 0
      ? []
      : [
          {
            code: 'logs-kept-forever',
            severity: 'warning',
            message: `${endless.map(({ name }) => name).join(', ')} ${endless.length === 1 ? 'keeps its' : 'keep their'} events for ever`,
            meaning: 'They cost more every month.',
            fix: each(endless, put),
          } as const,
        ]),
  ];
}
