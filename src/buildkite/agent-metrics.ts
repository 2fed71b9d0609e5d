/** Buildkite's own Agent API, where a stack names no other. */
export const BUILDKITE = 'https://agent.buildkite.com/v3';

/** The Agent API's answer to a token. */
export interface MetricsAnswer {
  readonly status: number;
  /** The body, where it is JSON. */
  readonly body: unknown;
}

const ANSWER_WITHIN_MS = 10_000;

/**
 * `GET <endpoint>/metrics` with an agent token: what Buildkite answers to whoever has one.
 * https://buildkite.com/docs/apis/agent-api/metrics
 * @throws Error where there is no answer within ten seconds
 */
export async function agentMetrics(
  endpoint: string,
  token: string,
  signal: AbortSignal,
): Promise<MetricsAnswer> {
  const response = await fetch(`${endpoint.replace(/\/+$/, '')}/metrics`, {
    headers: { Authorization: `Token ${token}`, 'User-Agent': 'bk-stack' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  });
  const body: unknown = await response.json().catch(() => undefined);
  return { status: response.status, body };
}

/** Why there was no answer. Node's fetch hides the reason in the cause. */
export function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'timed out';
  return typeof cause?.code === 'string' ? cause.code : message;
}
