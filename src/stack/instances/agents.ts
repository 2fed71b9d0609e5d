import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { queueState } from '../facts/service/queue.ts';

/** The agents of an instance. */
export interface InstanceAgents {
  readonly total: number;
  readonly busy: number;
}

const REST = 'https://api.buildkite.com/v2';
const PAGE = 100;
/** Five thousand agents. */
const MOST_PAGES = 50;
const ANSWER_WITHIN_MS = 10_000;

interface RestAgent {
  readonly meta_data?: readonly string[];
  readonly job?: { readonly state?: string } | null;
}

/**
 * Buildkite's connected agents by the instance they run on. Only its REST API knows them one by one, for which a token with
 * the scope `read_agents` is needed. https://buildkite.com/docs/apis/rest-api/agents
 * @returns undefined where there is no token
 * @throws Error where Buildkite does not answer as it should
 */
export async function agentsByInstance(
  aws: AwsContext,
  stack: Stack,
  token: string | undefined,
): Promise<Map<string, InstanceAgents> | undefined> {
  const base = aws.agentEndpoint === undefined ? REST : aws.agentEndpoint.replace(/\/v3$/, '/v2');
  const bearer = aws.apiToken ?? token;
  if (bearer === undefined) return undefined;
  const queue = await queueState(aws, stack);
  if (!queue.known) throw new Error(queue.why);
  const found = new Map<string, InstanceAgents>();
  const { organization } = queue.report;
  let url: string | undefined =
    `${base}/organizations/${encodeURIComponent(organization)}/agents?per_page=${PAGE}`;
  for (let page = 0; url !== undefined && page < MOST_PAGES; page += 1) {
    const response: Response = await fetch(url, {
      headers: { authorization: `Bearer ${bearer}`, 'user-agent': 'bk-stack' },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!response.ok) throw new Error(`Buildkite's REST API answers ${response.status}`);
    for (const { meta_data = [], job } of (await response.json()) as RestAgent[]) {
      const instanceId = meta_data.find((tag) => tag.startsWith('aws:instance-id='))?.split('=')[1];
      if (instanceId === undefined) continue;
      const { total, busy } = found.get(instanceId) ?? { total: 0, busy: 0 };
      found.set(instanceId, { total: total + 1, busy: busy + (job ? 1 : 0) });
    }
    const next: string | undefined = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    // The token goes to nobody else.
    url = next?.startsWith(`${base}/`) ? next : undefined;
  }
  // An instance whose agents come later would seem to have none.
  if (url !== undefined) throw new Error(`Buildkite has more than ${PAGE * MOST_PAGES} agents`);
  return found;
}
