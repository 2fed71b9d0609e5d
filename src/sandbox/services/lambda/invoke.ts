import type { InvocationRequest, InvocationResponse } from '@aws-sdk/client-lambda';
import { AwsError } from '../../kernel/errors.ts';
import type { RequestContext, Scope, Task, World } from '../../kernel/world.ts';
import { own, put, remove } from '../../kernel/table.ts';
import { checkText, required } from '../common/validation.ts';
import { runningCount } from './execution/pool.ts';
import { checkRunnable, runFunction } from './execution/run.ts';
import { recordThrottle } from './metrics.ts';
import {
  functionArn,
  lambdaState,
  parseFunctionName,
  revisionNamed,
  type PendingEvent,
  type Qualified,
} from './state.ts';

/** The task that runs an asynchronous invocation; its key is `<region>/<request id>`. */
export const EVENT_TASK = 'lambda.event';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, in bytes. */
const LARGEST_PAYLOAD = 6_291_456;
const LARGEST_EVENT = 1_048_576;
const LOG_TAIL = 4096;

const MINUTE = 60_000;
/** After a failure Lambda waits, then tries twice more. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER = [MINUTE, 2 * MINUTE];
const THROTTLED_RETRY = 5000;
const OLDEST_EVENT = 360 * MINUTE;
/** No function runs longer, so that an event that is not done by then was cut off by a restart. */
const LONGEST_RUN = 15 * MINUTE;

async function invoke(input: InvocationRequest, context: RequestContext): Promise<InvocationResponse> {
  const type = input.InvocationType ?? 'RequestResponse';
  checkText(type, 'invocationType', { values: ['Event', 'RequestResponse', 'DryRun'] });
  const given = required(input.FunctionName, 'functionName');
  const target = revisionNamed(context, given, input.Qualifier);
  const event = readPayload(input.Payload, type === 'Event' ? LARGEST_EVENT : LARGEST_PAYLOAD);
  if (type === 'DryRun') return { StatusCode: 204, ExecutedVersion: target.revision.version };
  checkRunnable(target);
  checkActive(context, target);
  if (type === 'Event') {
    acceptEvent(context, target, event);
    return { StatusCode: 202 };
  }
  checkConcurrency(context, target);
  const { outcome, log } = await runFunction(context, target, {
    requestId: context.requestId,
    event,
    ...(input.ClientContext !== undefined && { clientContext: input.ClientContext }),
  });
  return {
    StatusCode: 200,
    ExecutedVersion: target.revision.version,
    Payload: Buffer.from(outcome.payload),
    ...(outcome.failure !== undefined && { FunctionError: 'Unhandled' }),
    ...(input.LogType === 'Tail' && { LogResult: Buffer.from(log).subarray(-LOG_TAIL).toString('base64') }),
  };
}

/** @throws AwsError InvalidRequestContentException, RequestTooLargeException (413) */
function readPayload(payload: Uint8Array | undefined, largest: number): string {
  const text = Buffer.from(payload ?? []).toString('utf8');
  if (text.length === 0) return '{}';
  if ((payload?.length ?? 0) > largest) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${largest} bytes for the InvokeFunction operation`,
      413,
    );
  }
  try {
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

function checkActive({ world }: Scope, { revision }: Qualified): void {
  if (revision.change !== 'create' || world.now() >= revision.readyAt) return;
  throw new AwsError(
    'ResourceConflictException',
    'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    409,
  );
}

/** @throws AwsError TooManyRequestsException (429) when all that is reserved for the function runs */
function checkConcurrency(scope: Scope, { record }: Qualified): void {
  if (record.reservedConcurrency === undefined) return;
  if (runningCount(scope.world, record.arn) < record.reservedConcurrency) return;
  recordThrottle(scope, record.name);
  throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  });
}

function acceptEvent(context: RequestContext, { record, qualifier }: Qualified, payload: string): void {
  const { world, region } = context;
  put(lambdaState(context).events, context.requestId, {
    functionArn: functionArn(context, record.name, qualifier),
    requestId: context.requestId,
    payload,
    acceptedAt: world.now(),
    failures: 0,
  });
  world.wake(EVENT_TASK, `${region}/${context.requestId}`, world.now());
}

/** The events that run in this process, by world: a restart leaves none. */
const running = new WeakMap<World, Set<string>>();

export const runEvent: Task = (world, key) => {
  const [region = '', requestId = ''] = key.split('/');
  const scope = world.scope(region);
  const { events } = lambdaState(scope);
  const event = own(events, requestId);
  if (event === undefined) return;
  const keys = running.get(world) ?? new Set();
  running.set(world, keys);
  world.wake(EVENT_TASK, key, world.now() + LONGEST_RUN);
  if (keys.has(key)) return;
  keys.add(key);
  const attempt = async () => {
    try {
      const next = await attemptEvent(scope, event);
      if (next === undefined) remove(events, requestId);
      else world.wake(EVENT_TASK, key, world.now() + next);
    } finally {
      keys.delete(key);
    }
  };
  world.background(attempt());
};

/** @returns after how many milliseconds to try again; undefined for an event that is done with */
async function attemptEvent(scope: Scope, event: PendingEvent): Promise<number | undefined> {
  const config = own(
    lambdaState(scope).functions,
    parseFunctionName(scope, event.functionArn).name,
  )?.eventConfig;
  const oldest = config?.ageSeconds === undefined ? OLDEST_EVENT : config.ageSeconds * 1000;
  try {
    const target = revisionNamed(scope, event.functionArn);
    checkRunnable(target);
    checkConcurrency(scope, target);
    const run = { requestId: event.requestId, event: event.payload };
    const { outcome } = await runFunction(scope, target, run);
    if (outcome.failure === undefined) return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const young = scope.world.now() - event.acceptedAt < oldest;
    return error.code === 'TooManyRequestsException' && young ? THROTTLED_RETRY : undefined;
  }
  event.failures += 1;
  return event.failures > (config?.attempts ?? RETRY_AFTER.length)
    ? undefined
    : RETRY_AFTER[event.failures - 1];
}

export const invokeOperations = { Invoke: invoke };
