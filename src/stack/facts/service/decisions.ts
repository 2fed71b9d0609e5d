import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';
import { isDenied } from '../../../aws/errors.ts';
import { logGroupsOf } from './log-groups.ts';

/** Something that the scaler did, or could not do. */
export interface ScalerEvent {
  readonly at: string;
  readonly event: 'scaled' | 'failed' | 'launch-failed' | 'spot-shortage' | 'purchase';
  /** Of the desired capacity, where it was decided on. */
  readonly from?: number;
  readonly to?: number;
  readonly reason: string;
}

const LOOK_BACK_MS = 60 * 60 * 1000;
const MOST = 3;
/** Finds them among all that a scaler writes, in CloudWatch's syntax. */
export const SCALER_EVENTS =
  '{ ($.event = "scaled") || ($.event = "failed") || ($.event = "launch-failed") || ($.event = "spot-shortage") || ($.event = "purchase") }';

/**
 * The last things that a stack's scaler did within an hour, newest first. None for a stack without our scaler, or whose logs
 * the caller may not read.
 */
export async function scalerEvents(aws: AwsContext, stack: Stack): Promise<ScalerEvent[]> {
  const logGroupName = logGroupsOf(stack)?.names.scaler[0];
  if (logGroupName === undefined) return [];
  const { FilterLogEventsCommand } = await import('../../../aws/sdk/cloudwatch-logs.ts');
  const client = await aws.clients.cloudWatchLogs();
  const now = await aws.clock();
  const events: ScalerEvent[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await client.send(
        new FilterLogEventsCommand({
          logGroupName,
          startTime: Math.floor(now() - LOOK_BACK_MS),
          filterPattern: SCALER_EVENTS,
          nextToken: token,
        }),
      );
      events.push(
        ...(page.events ?? []).flatMap(({ message = '', timestamp = 0 }) => scalerEvent(message, timestamp)),
      );
      token = page.nextToken;
    } while (token !== undefined);
  } catch (error) {
    if (!isDenied(error) && awsErrorCode(error) !== 'ResourceNotFoundException') throw error;
  }
  return events.slice(-MOST).reverse();
}

/** What a line of a scaler's log tells; nothing for one of another kind. */
export function scalerEvent(message: string, timestamp: number): ScalerEvent[] {
  try {
    const { event, from, to, reason } = JSON.parse(message) as Partial<ScalerEvent>;
    if (event === undefined) return [];
    return [
      {
        at: new Date(timestamp).toISOString(),
        event,
        ...(from !== undefined && to !== undefined && { from, to }),
        reason: reason ?? '',
      },
    ];
  } catch {
    return [];
  }
}
