import { describeJobs, finishJobs, type JobRequest, pushJob } from '../buildkite/jobs.ts';
import { revokeToken } from '../buildkite/tokens.ts';
import { faultsOf, parseFault, setFaults } from '../faults/index.ts';
import type { Scope, World } from '../kernel/world.ts';
import { metadataEndpoint } from '../machines/metadata.ts';
import { takeMachine } from '../machines/power.ts';
import { interruptInstance } from '../services/ec2/compute/lifecycle.ts';
import type { WireRequest, WireResponse } from '../wire/index.ts';

/** What the control API can ask of the server. */
export interface Controls {
  readonly speed: number;
  readonly world: World;
  reset(): void;
  stop(): void;
}

/** Answers bk-stack's own requests to the sandbox, below `/_sandbox/`. They have shown the owner's secret. */
export function control(request: WireRequest, controls: Controls): WireResponse {
  const { world, speed } = controls;
  switch (`${request.method} ${request.path}`) {
    case 'GET /_sandbox/status':
      return json(200, {
        pid: process.pid,
        speed,
        now: new Date(world.now()).toISOString(),
        faults: faultsOf(world),
      });
    case 'PUT /_sandbox/faults':
      return takeFaults(request, world);
    case 'GET /_sandbox/jobs':
      return json(200, { jobs: describeJobs(world) });
    case 'POST /_sandbox/jobs':
      return takeJob(request, world);
    case 'POST /_sandbox/tokens/revoke':
      return takeRevocation(request, world);
    case 'POST /_sandbox/jobs/finish':
      return json(200, { finished: finishJobs(world) });
    case 'POST /_sandbox/machines/take':
      return onMachine(request, world, (scope, instanceId) =>
        takeMachine(scope, instanceId)
          ? { metadataEndpoint: metadataEndpoint(scope, instanceId) }
          : undefined,
      );
    case 'POST /_sandbox/machines/interrupt':
      return onMachine(request, world, (scope, instanceId, { seconds = SPOT_NOTICE_SECONDS }) =>
        interruptInstance(scope, instanceId, seconds) ? {} : undefined,
      );
    case 'POST /_sandbox/reset':
      controls.reset();
      return json(200, {});
    case 'POST /_sandbox/stop':
      controls.stop();
      return json(202, {});
    default:
      return json(404, { message: 'There is nothing here.' });
  }
}

function takeFaults({ body }: WireRequest, world: World): WireResponse {
  try {
    const faults = JSON.parse(body.toString('utf8')) as string[];
    setFaults(world, faults.map(parseFault));
    return json(200, { faults: faultsOf(world) });
  } catch (error) {
    return json(400, { message: (error as Error).message });
  }
}

function takeJob({ body }: WireRequest, world: World): WireResponse {
  const { queue, ...rest } = JSON.parse(body.toString('utf8')) as Partial<JobRequest>;
  if (queue === undefined) return json(400, { message: 'A job needs a queue.' });
  return json(201, { id: pushJob(world, { queue, ...rest }).id });
}

function takeRevocation({ body }: WireRequest, world: World): WireResponse {
  const { token } = JSON.parse(body.toString('utf8')) as { token?: string };
  if (token === undefined) return json(400, { message: 'A token is needed.' });
  revokeToken(world, token);
  return json(200, {});
}

/** What EC2 gives a spot instance. */
const SPOT_NOTICE_SECONDS = 120;

interface MachineRequest {
  readonly region?: string;
  readonly instanceId?: string;
  readonly seconds?: number;
}

function onMachine(
  { body }: WireRequest,
  world: World,
  action: (scope: Scope, instanceId: string, request: MachineRequest) => object | undefined,
): WireResponse {
  const request = JSON.parse(body.toString('utf8')) as MachineRequest;
  const { region = '', instanceId = '' } = request;
  const done = action(world.scope(region), instanceId, request);
  return done !== undefined
    ? json(200, done)
    : json(409, { message: `${instanceId} in ${region} is no instance that this can be done with.` });
}

function json(status: number, body: object): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
