import type { Stack } from '@aws-sdk/client-cloudformation';
import pLimit from 'p-limit';
import type { AwsContext } from '../aws/context.ts';
import { awsErrorCode } from '../aws/errors.ts';
import { type RetryClock, withRetry } from '../aws/retry.ts';
import { groupNameOf } from '../stack/facts/stack/values.ts';
import { instancesOfGroup } from '../stack/facts/group/group.ts';
import type { LogCalls } from './calls.ts';
import type { GroupTarget, TailedEvent } from './event.ts';

const ASKED_AT_ONCE = 4;

/** The instances that a stack's group has now, in its warm pool too. */
export async function instancesOfStack(aws: AwsContext, stack: Stack): Promise<readonly string[]> {
  const name = groupNameOf(stack);
  return name === undefined ? [] : instancesOfGroup(aws, name);
}

/** Of these instances, those of whose boot nothing has reached CloudWatch. */
export async function instancesWithoutBootLog(
  calls: LogCalls,
  retry: RetryClock,
  targets: readonly GroupTarget[],
  ids: readonly string[],
): Promise<readonly string[]> {
  const heard = await pLimit(ASKED_AT_ONCE).map(ids, async (id) => {
    for (const target of targets) {
      const { streams } = await withRetry(retry, () => calls.streams(target, id));
      if (streams.some(({ stream, firstEvent }) => stream === id && firstEvent !== undefined)) return true;
    }
    return false;
  });
  return ids.filter((_, index) => heard[index] === false);
}

/**
 * What an instance has written to its console, as EC2 keeps it: the last 64 KB, also for a while after its end. Nothing where
 * EC2 has none, or knows no such instance any more. EC2 tells one time for all of it.
 * @param groupName the name of the log group that it stands in for
 */
export async function consoleOutput(
  aws: AwsContext,
  instanceId: string,
  groupName: string,
  say: (line: string) => void,
): Promise<readonly TailedEvent[]> {
  const { GetConsoleOutputCommand } = await import('../aws/sdk/ec2.ts');
  const client = await aws.clients.ec2();
  const answer = await client
    .send(new GetConsoleOutputCommand({ InstanceId: instanceId }))
    .catch((error: unknown) => {
      if (awsErrorCode(error)?.startsWith('InvalidInstanceID') === true) return undefined;
      throw error;
    });
  const text = Buffer.from(answer?.Output ?? '', 'base64')
    .toString('utf8')
    .trimEnd();
  if (text === '') {
    say(`${instanceId} has written no boot log, and EC2 has no console output of it (yet).`);
    return [];
  }
  say(`${instanceId} has written no boot log: this is its console, as EC2 has it.`);
  const timestamp = answer?.Timestamp?.getTime() ?? 0;
  return text.split(/\r*\n/).map((message, index): TailedEvent => ({
    id: `console-${index}`,
    group: 'boot',
    groupName,
    stream: instanceId,
    timestamp,
    ingestedAt: timestamp,
    message,
    console: true,
  }));
}
