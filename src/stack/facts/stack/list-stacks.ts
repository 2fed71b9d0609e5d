import type { Stack } from '@aws-sdk/client-cloudformation';
import pLimit from 'p-limit';
import type { AwsContext } from '../../../aws/context.ts';
import { translateAwsError } from '../../../aws/errors.ts';
import { type StackSummary, summaryOf } from './summary.ts';

/** The agent stacks of one or more regions. */
export interface StackList {
  readonly regions: readonly string[];
  readonly stacks: readonly StackSummary[];
  /** Regions that could not be read: what is there is not known. */
  readonly refused: readonly { readonly region: string; readonly reason: string }[];
}

/** What listing needs of AWS. */
export interface StackReader {
  /** Every stack of a region: DescribeStacks without a name, page by page. */
  stacks(region: string): Promise<readonly Stack[]>;
  /** The regions that are enabled for the account. */
  regions(): Promise<readonly string[]>;
}

/** Enough to be quick, few enough not to be throttled: the limits are each region's own. */
const REGIONS_AT_ONCE = 8;

/** The agent stacks of the context's region, or with `allRegions` of every region enabled for the account. */
export function listStacks(aws: AwsContext, options: { allRegions: boolean }): Promise<StackList> {
  return gatherStacks(stackReader(aws), aws.region, options);
}

/** `listStacks`, on any AWS. Alone, a region that refuses is an error; among others, it is reported. */
export async function gatherStacks(
  reader: StackReader,
  region: string,
  { allRegions }: { readonly allRegions: boolean },
): Promise<StackList> {
  if (!allRegions) {
    return { regions: [region], stacks: agentStacks(await reader.stacks(region), region), refused: [] };
  }
  const regions = [...(await reader.regions())].sort();
  const answers = await pLimit(REGIONS_AT_ONCE).map(regions, async (each) => {
    try {
      return { region: each, stacks: agentStacks(await reader.stacks(each), each) };
    } catch (error) {
      return { region: each, reason: (translateAwsError(error) as Error).message };
    }
  });
  return {
    regions,
    stacks: answers.flatMap((answer) => answer.stacks ?? []),
    refused: answers.flatMap(({ region: each, reason }) =>
      reason === undefined ? [] : [{ region: each, reason }],
    ),
  };
}

function agentStacks(stacks: readonly Stack[], region: string): StackSummary[] {
  return stacks
    .map((stack) => summaryOf(stack, region))
    .filter(({ origin }) => origin !== 'other')
    .sort((a, b) => a.stackName.localeCompare(b.stackName));
}

function stackReader(aws: AwsContext): StackReader {
  return {
    async stacks(region) {
      const { DescribeStacksCommand } = await import('../../../aws/sdk/cloudformation.ts');
      const context = region === aws.region ? aws : aws.inRegion(region);
      const client = await context.clients.cloudFormation();
      const stacks: Stack[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(new DescribeStacksCommand({ NextToken: token }));
        stacks.push(...(page.Stacks ?? []));
        token = page.NextToken;
      } while (token !== undefined);
      return stacks;
    },
    async regions() {
      const { DescribeRegionsCommand } = await import('../../../aws/sdk/ec2.ts');
      const client = await aws.clients.ec2();
      // Without AllRegions the answer holds the regions that the account has enabled.
      const { Regions } = await client.send(new DescribeRegionsCommand({}));
      return (Regions ?? []).flatMap(({ RegionName }) => RegionName ?? []);
    },
  };
}
