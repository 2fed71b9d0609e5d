import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../../aws/context.ts';
import { type QueueReport, readQueue } from '../../../scaler/queue.ts';
import { BUILDKITE } from '../../../buildkite/agent-metrics.ts';
import { parameterOf, tokenPathOf } from '../stack/values.ts';
import { readToken, type StoredToken } from './token.ts';

/** What Buildkite says of a stack's queue; or why that is not known. */
export type QueueState =
  | { readonly known: true; readonly queue: string; readonly report: Omit<QueueReport, 'pollMs'> }
  | { readonly known: false; readonly why: string };

/**
 * Asks Buildkite about a stack's queue, with the agents' token: whoever has it may. Never throws.
 * @param token reads the token that an SSM parameter holds
 */
export async function queueState(
  aws: AwsContext,
  stack: Pick<Stack, 'Parameters'>,
  path = tokenPathOf(stack),
  token: (path: string) => Promise<StoredToken | undefined> = (name) => readToken(aws, name),
): Promise<QueueState> {
  const queue = parameterOf(stack, 'BuildkiteQueue');
  if (queue === undefined) return { known: false, why: 'the stack names no queue' };
  if (path === undefined) return { known: false, why: 'the stack names no SSM parameter of its agent token' };
  try {
    const stored = await token(path);
    if (stored === undefined) return { known: false, why: `there is no SSM parameter ${path}` };
    const endpoint = agentEndpointOf(aws, stack).replace(/\/+$/, '');
    const { pollMs: _, ...report } = await readQueue(endpoint, queue, stored.value);
    return { known: true, queue, report };
  } catch (error) {
    return { known: false, why: (error as Error).message };
  }
}

/** Buildkite's Agent API that a stack's agents and its scaler use. */
export function agentEndpointOf(
  { agentEndpoint }: Pick<AwsContext, 'agentEndpoint'>,
  stack: Pick<Stack, 'Parameters'>,
): string {
  return parameterOf(stack, 'AgentEndpoint') ?? agentEndpoint ?? BUILDKITE;
}
