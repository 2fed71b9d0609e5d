import type { AwsContext } from '../../../aws/context.ts';
import type { TemplateDocument } from '../../../cfn/document.ts';
import { type Verdict, verdict } from './check.ts';

/**
 * Checks that no log group is in the way of those that the template makes. CloudFormation refuses to make a log group that
 * exists, minutes into the creation. Groups outlive their stack where a resource policy keeps them, or where whoever writes to
 * them may make them again.
 */
export async function checkLogGroups(
  calls: { logGroups(prefix: string): Promise<readonly string[]> },
  { template, stackName, region }: { readonly template: TemplateDocument; stackName: string; region: string },
): Promise<Verdict> {
  const names = logGroupNames(template, stackName);
  if (names.length === 0) return verdict('the template names none');
  const folders = new Set(names.map((name) => name.slice(0, name.lastIndexOf('/') + 1) || name));
  const there = await Promise.all([...folders].map((folder) => calls.logGroups(folder)));
  const existing = names.filter((name) => there.flat().includes(name));
  return verdict('no name is taken', {
    problems: existing.map((name) => ({
      message: `The log group ${name} already exists, and CloudFormation does not take it over`,
      hint: `If its logs are no longer needed: aws logs delete-log-group --log-group-name ${name} --region ${region}`,
    })),
  });
}

/**
 * The names of the log groups that every stack of a template makes, as far as they follow from the stack's name. One with a
 * condition is left out: whether it is made depends on parameters.
 */
export function logGroupNames({ body }: Pick<TemplateDocument, 'body'>, stackName: string): string[] {
  const resources = Object.values((body['Resources'] ?? {}) as Record<string, Resource>);
  return resources
    .filter(({ Type, Condition }) => Type === 'AWS::Logs::LogGroup' && Condition === undefined)
    .flatMap(({ Properties }) => nameIn(Properties?.LogGroupName, stackName) ?? []);
}

interface Resource {
  readonly Type?: unknown;
  readonly Condition?: unknown;
  readonly Properties?: { readonly LogGroupName?: unknown };
}

function nameIn(written: unknown, stackName: string): string | undefined {
  if (typeof written === 'string') return written;
  const text = (written as Record<string, unknown> | undefined)?.['Fn::Sub'];
  if (typeof text !== 'string') return undefined;
  const name = text.replaceAll('${AWS::StackName}', stackName);
  return name.includes('${') ? undefined : name;
}

/** Reads the names of the log groups that begin so. */
export async function logGroupsOf(
  aws: AwsContext,
  logGroupNamePrefix: string,
  abortSignal: AbortSignal,
): Promise<string[]> {
  const { DescribeLogGroupsCommand } = await import('../../../aws/sdk/cloudwatch-logs.ts');
  const client = await aws.clients.cloudWatchLogs();
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }), {
      abortSignal,
    });
    names.push(...(page.logGroups ?? []).map(({ logGroupName = '' }) => logGroupName));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}
