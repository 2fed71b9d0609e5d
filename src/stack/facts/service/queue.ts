import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../../aws/context.ts';
import { type QueueReport, readQueue } from '../../../scaler/queue.ts';
import { BUILDKITE } from '../../../buildkite/agent-metrics.ts';

/** What Buildkite says of a stack's queue; or why that is not known. */
export type QueueState =
  | { readonly known: true; readonly queue: string; readonly report: Omit<QueueReport, 'pollMs'> }
  | { readonly known: false; readonly why: string };

/** Asks Buildkite about a stack's queue, with the agents' token: whoever has it may. Never throws. */
export async function queueState(aws: AwsContext, stack: Pick<Stack, 'Parameters'>): Promise<QueueState> {
  const parameter = (key: string) =>
    stack.Parameters?.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue || undefined;
  const queue = parameter('BuildkiteQueue');
  const path = parameter('BuildkiteAgentTokenParameterStorePath');
  if (queue === undefined) return { known: false, why: 'the stack names no queue' };
  if (path === undefined) return { known: false, why: 'the stack names no SSM parameter of its agent token' };
  const endpoint = parameter('AgentEndpoint') ?? aws.agentEndpoint ?? BUILDKITE;
  try {
    const { GetParameterCommand } = await import('../../../aws/sdk/ssm.ts');
    const client = await aws.clients.ssm();
    const { Parameter } = await client.send(new GetParameterCommand({ Name: path, WithDecryption: true }));
    const { pollMs: _, ...report } = await readQueue(
      endpoint.replace(/\/+$/, ''),
      queue,
      (Parameter?.Value ?? '').trim(),
    );
    return { known: true, queue, report };
  } catch (error) {
    return { known: false, why: (error as Error).message };
  }
}
