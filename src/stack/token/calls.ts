import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { redactedRequest } from '../../aws/redacted-request.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { OperationError } from '../../errors.ts';
import { agentMetrics } from '../../buildkite/agent-metrics.ts';
import { agentEndpointOf } from '../facts/service/queue.ts';
import { parameterOf, requireGroupName, tokenPathOf } from '../facts/stack/values.ts';
import type { RotationRequest } from './next.ts';
import type { RotationCalls } from './rotate.ts';

/**
 * Where a stack keeps its agent token, and who reads it.
 * @throws OperationError for a stack that has its token as a plain parameter, or no group
 */
export function rotationTarget(
  aws: AwsContext,
  stack: Stack,
): Omit<RotationRequest, 'token' | 'minHealthy' | 'roll'> {
  const { StackName: stackName = '' } = stack;
  const path = tokenPathOf(stack);
  if (path === undefined) {
    throw new OperationError(
      `The agent token of ${stackName} is a parameter of the stack, and not kept in SSM`,
      {
        hint: 'Keep it in an SSM SecureString, and name that in BuildkiteAgentTokenParameterStorePath by an update of the stack; then it can be rotated.',
      },
    );
  }
  const group = requireGroupName(stack);
  const kmsKey = parameterOf(stack, 'BuildkiteAgentTokenParameterStoreKMSKey');
  return {
    stackName,
    parameter: path,
    ...(kmsKey !== undefined && { kmsKey }),
    endpoint: agentEndpointOf(aws, stack),
    group,
  };
}

/** The same on AWS and Buildkite. */
export function rotationCalls(aws: AwsContext, signal: AbortSignal): RotationCalls {
  const load = async () => ({ sdk: await import('../../aws/sdk/ssm.ts'), client: await aws.clients.ssm() });
  return {
    async read(name) {
      const { sdk, client } = await load();
      try {
        const { Parameter } = await client.send(
          new sdk.GetParameterCommand({ Name: name, WithDecryption: true }),
        );
        return {
          token: (Parameter?.Value ?? '').trim(),
          type: Parameter?.Type === 'String' ? 'String' : 'SecureString',
          version: Parameter?.Version ?? 0,
        };
      } catch (error) {
        if (awsErrorCode(error) !== 'ParameterNotFound') throw error;
        throw new OperationError(
          `There is no SSM parameter ${name} in ${aws.region}, where the stack says its token is`,
          {
            cause: error,
            hint: `Its instances cannot boot either. Put it there: aws ssm put-parameter --name ${name} --type SecureString --value file://token.txt`,
          },
        );
      }
    },
    async write(name, token, { type, kmsKey }) {
      const { sdk, client } = await load();
      const request = new sdk.PutParameterCommand({
        Name: name,
        Value: token,
        Type: type,
        Overwrite: true,
        // Left out, SSM would take the account's default key from now on.
        ...(kmsKey !== undefined && { KeyId: kmsKey }),
      });
      const { Version } = await redactedRequest(token, client.send(request));
      return Version ?? 0;
    },
    metrics: (endpoint, token) => agentMetrics(endpoint, token, signal),
  };
}
