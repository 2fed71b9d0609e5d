import type { World } from '../kernel/world.ts';
import type { BuildkiteRequest, BuildkiteResponse } from './http.ts';
import { type AgentRecord, buildkiteState, ORGANIZATION } from './state.ts';

const MOST_A_PAGE = 100;
const USUAL_PAGE = 30;

/** Answers what bk-stack asks of Buildkite's REST API, whose API token is the owner's secret: the connected agents. https://buildkite.com/docs/apis/rest-api/agents */
export function handleRest(world: World, { method, path, query }: BuildkiteRequest): BuildkiteResponse {
  if (method !== 'GET' || path !== `/organizations/${ORGANIZATION}/agents`) {
    return { status: 404, headers: {}, body: { message: 'Not Found' } };
  }
  const size = Math.min(MOST_A_PAGE, Number(query.get('per_page') ?? USUAL_PAGE) || USUAL_PAGE);
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const { agents, jobs } = buildkiteState(world);
  const all = Object.values(agents);
  const shown = all.slice((page - 1) * size, page * size).map((agent) => described(agent, jobs));
  const next: Record<string, string> =
    page * size < all.length
      ? {
          link: `<${world.endpoint}/_buildkite/v2${path}?page=${page + 1}&per_page=${size}>; rel="next"`,
        }
      : {};
  return { status: 200, headers: next, body: shown };
}

function described(
  { id, name, hostname, tags, stopping, jobId }: AgentRecord,
  jobs: ReturnType<typeof buildkiteState>['jobs'],
): object {
  const job = jobId === undefined ? undefined : jobs[jobId];
  return {
    id,
    name,
    hostname,
    connection_state: stopping ? 'stopping' : 'connected',
    meta_data: tags,
    job: job === undefined ? null : { id: job.id, type: 'script', state: job.state },
  };
}
