import { agentMetrics, reasonOf } from '../../buildkite/agent-metrics.ts';
import type { MetricsAnswer } from '../../buildkite/agent-metrics.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import { agentEndpointOf } from '../../stack/facts/service/queue.ts';
import { tokenPathOf } from '../../stack/facts/stack/values.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** Where the agents' token lies, and what Buildkite says to it. It is never part of what is told. */
export interface TokenFacts {
  readonly path: string;
  /** Whether the stack was told of it, and did not make it itself: CloudFormation cannot make a SecureString. */
  readonly given: boolean;
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
      const path = await facts.tokenPath();
      if (path === undefined) return examined('not in the Parameter Store');
      const endpoint = agentEndpointOf(facts.aws, facts.stack);
      const stored = await facts.token(path);
      const answer: TokenFacts['answer'] =
        stored === undefined
          ? ''
          : await agentMetrics(endpoint, stored.value, signal).catch((error: unknown) => reasonOf(error));
      const token = {
        path,
        given: tokenPathOf(facts.stack) !== undefined,
        type: stored?.type,
        endpoint,
        answer,
      };
      const foreign = await facts.isForeign();
      return examined(`accepted by ${new URL(endpoint).host}`, ...judgeToken(token, facts, foreign));
    },
  };
}

export function judgeToken(
  { path, given, type, endpoint, answer }: TokenFacts,
  { target, region }: Pick<StackFacts, 'target' | 'region'>,
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
  if (type !== 'SecureString' && given) {
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
