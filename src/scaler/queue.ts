import type { QueueMetrics } from './sizing/observation.ts';

/** What one look at Buildkite gave. */
export interface QueueReport extends QueueMetrics {
  readonly organization: string;
  /** Before which Buildkite does not want to be asked again, in milliseconds. */
  readonly pollMs: number;
}

/** Buildkite refuses the token. */
export class TokenRefused extends Error {}

/** Buildkite asks to be left alone for a while. */
export class Throttled extends Error {
  constructor(
    message: string,
    /** In milliseconds. */
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 5_000;
/** What Buildkite allows where it says nothing. */
const USUAL_POLL_MS = 10_000;

/**
 * Asks for the metrics of a queue. https://buildkite.com/docs/apis/agent-api/metrics
 * @throws TokenRefused, Throttled, and Error for everything else that is no usable answer
 */
export async function readQueue(
  endpoint: string,
  queue: string,
  token: string,
  ask: typeof fetch = fetch,
): Promise<QueueReport> {
  const response = await ask(`${endpoint}/metrics/queue?name=${encodeURIComponent(queue)}`, {
    headers: { authorization: `Token ${token}`, 'user-agent': 'bk-stack-scaler' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 401 || response.status === 403) {
    throw new TokenRefused(`Buildkite refuses the agent token: ${response.status}`);
  }
  if (response.status === 429) {
    const seconds = Number(response.headers.get('retry-after'));
    throw new Throttled('Buildkite throttles', seconds > 0 ? seconds * 1000 : USUAL_POLL_MS);
  }
  if (!response.ok) throw new Error(`Buildkite answers ${response.status}`);
  const pollSeconds = Number(response.headers.get('buildkite-agent-metrics-poll-duration'));
  return {
    ...metricsOf(await response.json()),
    pollMs: pollSeconds > 0 ? pollSeconds * 1000 : USUAL_POLL_MS,
  };
}

/** @throws Error for a body that is not what Buildkite documents */
function metricsOf(body: unknown): QueueMetrics & { readonly organization: string } {
  const { jobs, agents, organization } = (body ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const count = (what: string, value: unknown) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    throw new Error(`Buildkite's answer has no count of ${what}`);
  };
  return {
    jobs: {
      scheduled: count('scheduled jobs', jobs?.['scheduled']),
      running: count('running jobs', jobs?.['running']),
      waiting: count('waiting jobs', jobs?.['waiting'] ?? 0),
    },
    agents: {
      idle: count('idle agents', agents?.['idle']),
      busy: count('busy agents', agents?.['busy']),
      total: count('agents', agents?.['total']),
    },
    organization: typeof organization?.['slug'] === 'string' ? organization['slug'] : '',
  };
}
