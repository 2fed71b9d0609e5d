import { UsageError } from '../../errors.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import { BUILDKITE } from '../../buildkite/agent-metrics.ts';
import type { ParameterDefinition } from '../parameters/index.ts';
import type { TokenSource } from '../preflight/index.ts';
import { tokenParameter } from '../naming/parameters.ts';
import { type TokenRecord } from '../token/token.ts';
import type { Tags } from '../naming/tags.ts';

export const TOKEN_PARAMETER = 'BuildkiteAgentToken';
export const TOKEN_PATH_PARAMETER = 'BuildkiteAgentTokenParameterStorePath';
const TOKEN_KEY_PARAMETER = 'BuildkiteAgentTokenParameterStoreKMSKey';
export const ENDPOINT_PARAMETER = 'AgentEndpoint';

/** The side that the stack is made on. */
export interface Target {
  readonly region: string;
  /** Where its Agent API is; undefined for Buildkite's own. */
  readonly agentEndpoint?: string | undefined;
}

/** The Agent API that the agents will talk to. */
export function endpointOf(parameters: ReadonlyMap<string, string>, { agentEndpoint }: Target): string {
  return parameters.get(ENDPOINT_PARAMETER) || agentEndpoint || BUILDKITE;
}

/** Decides where the token lies, and writes that into the parameters. */
export function assignTokenParameter(
  { stackName, token }: { readonly stackName: string; readonly token?: string },
  declared: ReadonlyMap<string, ParameterDefinition>,
  given: Map<string, string>,
  tags: Tags,
): { source?: TokenSource; record?: TokenRecord } {
  const path = given.get(TOKEN_PATH_PARAMETER) || declared.get(TOKEN_PATH_PARAMETER)?.preset;
  if (token === undefined && path) {
    // The path wins, and what nobody reads need not be sent.
    given.delete(TOKEN_PARAMETER);
    return { source: { kind: 'path', path } };
  }
  const value = token ?? given.get(TOKEN_PARAMETER);
  if (declared.has(TOKEN_PATH_PARAMETER)) {
    if (!value) throw missingToken(stackName);
    const kmsKey = given.get(TOKEN_KEY_PARAMETER);
    const name = tokenParameter(stackName);
    given.delete(TOKEN_PARAMETER);
    given.set(TOKEN_PATH_PARAMETER, name);
    return {
      source: { kind: 'value', token: value },
      record: { name, token: value, tags, ...(kmsKey && { kmsKey }) },
    };
  }
  if (!declared.has(TOKEN_PARAMETER)) return {};
  if (!value) throw missingToken(stackName);
  given.set(TOKEN_PARAMETER, value);
  return { source: { kind: 'value', token: value } };
}

function missingToken(stackName: string): UsageError {
  return new UsageError('The agents need an agent token, and none is given', {
    hint: [
      'Make one in Buildkite under Agents, your cluster, Agent Tokens, and pass it on stdin or as BUILDKITE_AGENT_TOKEN:',
      `bk-stack create ${stackName} ${AS_GIVEN} --token-stdin < token.txt`,
    ].join('\n'),
  });
}
