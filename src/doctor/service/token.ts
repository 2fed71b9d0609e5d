import { awsErrorCode } from '../../aws/errors.ts';
import { agentMetrics, BUILDKITE, reasonOf } from '../../buildkite/agent-metrics.ts';
import type { MetricsAnswer } from '../../buildkite/agent-metrics.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** Where the agents' token lies, and what Buildkite says to it. It is never part of what is told. */
export interface TokenFacts {
  readonly path: string;
  /** Undefined where there is no such parameter. */
  readonly type: string | undefined;
  readonly endpoint: string;
  /** A text says why there was no answer. */
  readonly answer: MetricsAnswer | string;
}

/** Whether agents, and the scaler, get in at Buildkite. */
export function tokenCheck(facts: StackFacts, signal: AbortSignal): Check {
  return {
    title: 'Agent token',
    run: async () => {
      // The official template keeps a token that was passed as a parameter in the Parameter Store as well.
      const path =
        facts.parameter('BuildkiteAgentTokenParameterStorePath') ??
        (await facts.physicalIds('AWS::SSM::Parameter'))[0];
      if (path === undefined) return examined('not in the Parameter Store');
      const endpoint = facts.parameter('AgentEndpoint') ?? facts.aws.agentEndpoint ?? BUILDKITE;
      const stored = await storedToken(facts, path);
      const answer: TokenFacts['answer'] =
        stored === undefined
          ? ''
          : await agentMetrics(endpoint, stored.value, signal).catch((error: unknown) => reasonOf(error));
      const token = { path, type: stored?.type, endpoint, answer };
      const foreign = await facts.isForeign();
      return examined(`accepted by ${new URL(endpoint).host}`, ...judgeToken(token, facts, foreign));
    },
  };
}

async function storedToken(
  { aws }: StackFacts,
  Name: string,
): Promise<{ readonly type: string; readonly value: string } | undefined> {
  const { GetParameterCommand } = await import('../../aws/sdk/ssm.ts');
  const client = await aws.clients.ssm();
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return { type: Parameter?.Type ?? '', value: (Parameter?.Value ?? '').trim() };
  } catch (error) {
    if (awsErrorCode(error) === 'ParameterNotFound') return undefined;
    throw error;
  }
}

export function judgeToken(
  { path, type, endpoint, answer }: TokenFacts,
  { target, region, origin }: Pick<StackFacts, 'target' | 'region' | 'origin'>,
  foreign: boolean,
): Finding[] {
  const { host } = new URL(endpoint);
  const rotate = `bk-stack token rotate ${target}${foreign ? ' --no-roll' : ''}`;
  if (type === undefined) {
    return [
      {
        code: 'token-missing',
        severity: 'error',
        message: `${region} has no SSM parameter ${path}, where the stack says the agent token is`,
        meaning: 'No agent can start, and the scaler sees no jobs.',
        fix: `aws ssm put-parameter --type SecureString --name ${path} --region ${region} --value file://token.txt`,
      },
    ];
  }
  const findings: Finding[] = [];
  // The official template cannot make a SecureString of a parameter.
  if (type !== 'SecureString' && origin === 'bk-stack') {
    findings.push({
      code: 'token-plain',
      severity: 'warning',
      message: `The agent token in ${path} is not encrypted: it is a ${type}`,
      meaning: 'Whoever may read parameters can start agents that get your jobs and their secrets.',
      fix: `Store another in its place, encrypted: aws ssm delete-parameter --name ${path} --region ${region}, then aws ssm put-parameter --type SecureString --name ${path} --region ${region} --value file://token.txt`,
    });
  }
  if (typeof answer === 'string' || answer.status >= 500 || answer.status === 429) {
    findings.push({
      code: 'buildkite-unreachable',
      severity: 'warning',
      message: `${host} ${typeof answer === 'string' ? `did not answer (${answer})` : `answers with HTTP ${answer.status}`}`,
      meaning:
        'From here it cannot be told whether Buildkite takes the token; the instances may fare better.',
      fix: 'Look at https://www.buildkitestatus.com, then again.',
    });
  } else if (answer.status !== 200) {
    findings.push({
      code: 'token-refused',
      severity: 'error',
      message: `Buildkite (${host}) does not accept the agent token in ${path}`,
      meaning: 'No new agent can start, and the scaler sees no jobs.',
      fix: `Make one in Buildkite under Agents, your cluster, Agent Tokens. Then: ${rotate}`,
    });
  }
  return findings;
}
