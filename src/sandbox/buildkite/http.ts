import { gunzipSync } from 'node:zlib';
import type { World } from '../kernel/world.ts';
import { agentOfToken, disconnectAgent, registerAgent } from './agents.ts';
import { assign, dispatchSoon, finishJob, nextJobFor } from './dispatch.ts';
import { answerMetaData } from './meta-data.ts';
import { allMetrics, queueMetrics } from './metrics.ts';
import { buildkiteState, jobOf, type AgentRecord, type JobRecord } from './state.ts';
import { isRefusedToken, opensRegistration } from './tokens.ts';

/** A request to one of Buildkite's APIs. */
export interface BuildkiteRequest {
  readonly method: string;
  /** Below the API's prefix: `/register`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface BuildkiteResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What goes out as JSON. */
  readonly body: unknown;
}

/** How often, in seconds, the metrics want to be asked for. */
const METRICS_POLL_SECONDS = '10';

const UNAUTHORIZED = answer(401, { message: 'Invalid access token' });
const NOT_FOUND = answer(404, { message: 'Not found' });

/** Answers the Agent API as the open-source agent and the metrics tools of Buildkite speak it. */
export function handleBuildkite(world: World, request: BuildkiteRequest): BuildkiteResponse {
  const token = /^Token\s+(?:token=)?"?([^"\s]+)"?$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (token === undefined) return UNAUTHORIZED;
  const { method, path } = request;
  const route = `${method} ${path}`;
  if (route === 'POST /register' || path.startsWith('/metrics')) {
    if (path === '/register') {
      return opensRegistration(world, token) ? register(world, request) : UNAUTHORIZED;
    }
    if (isRefusedToken(world, token)) return UNAUTHORIZED;
    if (method === 'GET') return metrics(world, request);
    return NOT_FOUND;
  }
  const agent = agentOfToken(world, token);
  if (agent === undefined) return UNAUTHORIZED;
  agent.lastSeenAt = world.now();
  return asAgent(world, agent, request, route);
}

function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): BuildkiteResponse {
  return { status, headers, body };
}

function metrics(world: World, { path, query }: BuildkiteRequest): BuildkiteResponse {
  const state = buildkiteState(world);
  const headers = { 'Buildkite-Agent-Metrics-Poll-Duration': METRICS_POLL_SECONDS };
  if (path === '/metrics') return answer(200, allMetrics(state), headers);
  if (path !== '/metrics/queue') return NOT_FOUND;
  const name = query.get('name');
  return name === null || name === ''
    ? answer(422, { message: 'name is missing' })
    : answer(200, queueMetrics(state, name), headers);
}

function register(world: World, request: BuildkiteRequest): BuildkiteResponse {
  const body = json(request);
  const tags = Array.isArray(body['meta_data']) ? body['meta_data'].map(String) : [];
  const agent = registerAgent(world, {
    name: textOf(body, 'name') ?? textOf(body, 'hostname') ?? 'agent',
    hostname: textOf(body, 'hostname') ?? '',
    tags,
  });
  return answer(200, {
    id: agent.id,
    uuid: agent.id,
    name: agent.name,
    access_token: agent.accessToken,
    connection_state: 'never_connected',
    ping_interval: 1,
    job_status_interval: 1,
    heartbeat_interval: 60,
    meta_data: agent.tags,
  });
}

function asAgent(
  world: World,
  agent: AgentRecord,
  request: BuildkiteRequest,
  route: string,
): BuildkiteResponse {
  switch (route) {
    case 'POST /connect':
      return answer(200, { id: agent.id, connection_state: 'connected' });
    case 'POST /heartbeat': {
      const received_at = new Date(world.now()).toISOString();
      return answer(200, { sent_at: json(request)['sent_at'] ?? received_at, received_at });
    }
    case 'GET /ping':
      return ping(world, agent);
    case 'POST /stop':
      agent.stopping = true;
      return answer(200, {});
    case 'POST /disconnect':
      disconnectAgent(world, agent);
      return answer(200, { id: agent.id, connection_state: 'disconnected' });
    default:
      return ofJob(world, agent, request);
  }
}

function ping(world: World, agent: AgentRecord): BuildkiteResponse {
  const state = buildkiteState(world);
  const held = state.jobs[agent.jobId ?? ''];
  const job = held ?? nextJobFor(state, agent);
  if (job === undefined) return answer(200, agent.stopping ? { action: 'disconnect' } : { action: 'idle' });
  if (held === undefined) assign(job, agent);
  return answer(200, { job: described(world, job) });
}

/** A job's own calls, which only the agent that has it may make. */
function ofJob(world: World, agent: AgentRecord, request: BuildkiteRequest): BuildkiteResponse {
  const [, id = '', step] = /^\/jobs\/([^/]+)(?:\/([a-z_]+(?:\/[a-z]+)?))?$/.exec(request.path) ?? [];
  const job = jobOf(buildkiteState(world), id);
  if (job === undefined) return NOT_FOUND;
  if (request.method === 'GET' && step === undefined) return answer(200, described(world, job));
  if (job.agentId !== agent.id) return answer(422, { message: 'This job is not assigned to this agent' });
  switch (`${request.method} ${step ?? ''}`) {
    case 'PUT accept':
      job.state = 'accepted';
      return answer(200, described(world, job));
    case 'PUT start':
      job.state = 'running';
      job.startedAt = world.now();
      return answer(200, described(world, job));
    case 'PUT finish':
      finishJob(world, job, textOf(json(request), 'exit_status') ?? '0');
      dispatchSoon(world, job.queue);
      return answer(200, described(world, job));
    case 'POST chunks':
      job.log[request.query.get('sequence') ?? String(Object.keys(job.log).length + 1)] = world.blobs.put(
        content(request),
      );
      return answer(201, {});
    case 'POST header_times':
      return answer(200, {});
    case 'POST data/set':
    case 'POST data/get':
    case 'POST data/exists':
      return metaData(world, job, request);
    default:
      return NOT_FOUND;
  }
}

function metaData(world: World, job: JobRecord, request: BuildkiteRequest): BuildkiteResponse {
  const body = json(request);
  const key = textOf(body, 'key');
  if (key === undefined) return answer(422, { message: 'key is missing' });
  const call = request.path.slice(request.path.lastIndexOf('/') + 1);
  const found = answerMetaData(buildkiteState(world), job, call, { key, value: textOf(body, 'value') });
  return found === undefined ? NOT_FOUND : answer(200, found);
}

/** What a job learns of the agent that has it. https://buildkite.com/docs/pipelines/configure/environment-variables */
function environmentOf({ id, name, tags }: AgentRecord): Record<string, string> {
  const metaData = tags.map((tag) => {
    const at = tag.indexOf('=');
    const key = tag
      .slice(0, at)
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '_');
    return [`BUILDKITE_AGENT_META_DATA_${key}`, tag.slice(at + 1)] as const;
  });
  return { ...Object.fromEntries(metaData), BUILDKITE_AGENT_ID: id, BUILDKITE_AGENT_NAME: name };
}

function described(world: World, job: JobRecord) {
  const agent = buildkiteState(world).agents[job.agentId ?? ''];
  return {
    id: job.id,
    state: job.state === 'lost' ? 'finished' : job.state,
    env: { ...job.env, ...(agent !== undefined && environmentOf(agent)) },
    endpoint: null,
    exit_status: job.exitStatus ?? '',
    chunks_max_size_bytes: 102_400,
    chunks_interval_seconds: 1,
    log_max_size_bytes: 104_857_600,
    ...(job.startedAt !== undefined && { started_at: new Date(job.startedAt).toISOString() }),
    ...(job.finishedAt !== undefined && { finished_at: new Date(job.finishedAt).toISOString() }),
  };
}

function content({ headers, body }: BuildkiteRequest): Uint8Array {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** The body as an object; empty for one that is none. */
function textOf(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function json(request: BuildkiteRequest): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(content(request)).toString() || '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
