import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';

/** What an instance wrote while it booted. */
export interface BootLog {
  readonly instanceId: string;
  /** The last ones, oldest first. */
  readonly lines: readonly string[];
}

const LINES = 10;

/** The last lines of an instance's stream in a log group; empty where there is none. */
export async function bootLogOf(aws: AwsContext, logGroup: string, instanceId: string): Promise<string[]> {
  const { GetLogEventsCommand } = await import('../../../aws/sdk/cloudwatch-logs.ts');
  const client = await aws.clients.cloudWatchLogs();
  try {
    const { events } = await client.send(
      new GetLogEventsCommand({ logGroupName: logGroup, logStreamName: instanceId, limit: LINES }),
    );
    return (events ?? []).map(({ message = '' }) => message.trimEnd());
  } catch (error) {
    if (awsErrorCode(error) !== 'ResourceNotFoundException') throw error;
    return [];
  }
}
