import { awsErrorCode } from '../../../aws/errors.ts';
import { type MetricsAnswer, reasonOf } from '../../../buildkite/agent-metrics.ts';
import { isDenied } from '../../../aws/errors.ts';
import { type Verdict, verdict } from './check.ts';

/** Where the agents' token comes from. */
export type TokenSource =
  /** It is to be stored by us. */
  | { readonly kind: 'value'; readonly token: string }
  /** It lies in an SSM parameter already. */
  | { readonly kind: 'path'; readonly path: string };

/** What checking a token needs. */
export interface TokenCalls {
  /** The decrypted value of an SSM parameter. */
  readParameter(name: string): Promise<string>;
  /** `GET <endpoint>/metrics` with the token. Throws where there is no answer. */
  metrics(endpoint: string, token: string): Promise<MetricsAnswer>;
}

/**
 * Judges whether Buildkite takes the token: only a 401 says that it does not. `/metrics` is the one public call of the
 * Agent API: https://buildkite.com/docs/apis/agent-api/metrics. No finding ever holds the token.
 */
export async function checkToken(
  calls: TokenCalls,
  source: TokenSource,
  endpoint: string,
  region: string,
): Promise<Verdict> {
  const read = source.kind === 'value' ? source.token : await readToken(calls, source.path, region);
  if (typeof read !== 'string') return read;
  let answer: MetricsAnswer;
  try {
    answer = await calls.metrics(endpoint, read);
  } catch (error) {
    return unknown(`${new URL(endpoint).host} did not answer (${reasonOf(error)})`);
  }
  const { status, body } = answer;
  if (status === 401 || status === 403) return refused(source, endpoint);
  if (status !== 200) return unknown(`${new URL(endpoint).host} answered with HTTP ${status}`);
  const organization = (body as { organization?: { slug?: unknown } } | undefined)?.organization?.slug;
  return verdict(
    typeof organization === 'string' ? `accepted by the organization ${organization}` : 'accepted',
  );
}

async function readToken(calls: TokenCalls, path: string, region: string): Promise<string | Verdict> {
  try {
    return (await calls.readParameter(path)).trim();
  } catch (error) {
    if (awsErrorCode(error) === 'ParameterNotFound') {
      const message = `${region} has no SSM parameter ${path}, where BuildkiteAgentTokenParameterStorePath says the token is`;
      const hint = 'Name another, or leave it out and let bk-stack store the token: --token-stdin';
      return verdict('', { problems: [{ message, hint }] });
    }
    if (isDenied(error)) return unknown(`the identity in use may not read ${path}`);
    throw error;
  }
}

function refused(source: TokenSource, endpoint: string): Verdict {
  const which = source.kind === 'value' ? 'the agent token' : `the agent token in ${source.path}`;
  return verdict('', {
    problems: [
      {
        message: `Buildkite (${new URL(endpoint).host}) does not accept ${which}`,
        hint: 'Make one in Buildkite under Agents, your cluster, Agent Tokens. It is no API access token (bkua_...).',
      },
    ],
  });
}

function unknown(why: string): Verdict {
  return verdict('', {
    warnings: [{ message: `Whether Buildkite accepts the agent token could not be checked: ${why}` }],
  });
}
