import { AwsError } from '../../../kernel/errors.ts';
import type { Scope, World } from '../../../kernel/world.ts';
import { packageFiles } from '../code.ts';
import { functionArn, type Qualified } from '../state.ts';
import { recordInvocation } from '../metrics.ts';
import type { EnvironmentOptions, ExecutionEnvironment, Outcome } from './environment.ts';
import { LogWriter } from './log.ts';
import { inEnvironment } from './pool.ts';

export interface Run {
  readonly requestId: string;
  /** JSON. */
  readonly event: string;
  readonly clientContext?: string;
}

export interface RunResult {
  readonly outcome: Outcome;
  /** What was logged, from START to REPORT. */
  readonly log: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, in bytes. */
const LARGEST_RESPONSE = 6_291_556;

/** The log stream of an environment, which lasts as long as the environment. */
const streams = new WeakMap<ExecutionEnvironment, string>();

/**
 * Runs a function with its real code, and logs as Lambda does.
 * @throws AwsError InvalidRuntimeException (502) for what does not run on Node.js
 */
export async function runFunction(
  scope: Scope,
  { record, revision, qualifier }: Qualified,
  run: Run,
): Promise<RunResult> {
  const { world } = scope;
  const { settings, version } = revision;
  const claim = { functionArn: record.arn, version, revisionId: revision.revisionId };
  const group = settings.LoggingConfig?.LogGroup ?? `/aws/lambda/${record.name}`;
  const stream = streamName(world, version);
  const options = (): EnvironmentOptions => environmentOptions(scope, { record, revision }, group, stream);
  return inEnvironment(world, claim, options, async (environment) => {
    const ownStream = streams.get(environment) ?? stream;
    streams.set(environment, ownStream);
    const writer = new LogWriter(scope, { group, stream: ownStream, role: settings.Role });
    const lines: string[] = [];
    const write = (line: string) => {
      lines.push(line);
      writer.write(line);
    };
    write(`START RequestId: ${run.requestId} Version: ${version}\n`);
    const invocation = {
      ...run,
      invokedFunctionArn: functionArn(scope, record.name, qualifier),
      clock: { now: world.now(), speed: world.speed },
    };
    const limit = settings.Timeout * 1000;
    const outcome = checkSize(
      await environment.invoke(invocation, limit, (text, level) => {
        const heading = level === undefined ? '' : `${iso(world)}\t${run.requestId}\t${level}\t`;
        write(`${heading}${text}\n`);
      }),
    );
    const { failure, timedOut } = outcome;
    if (timedOut)
      write(`${iso(world)} ${run.requestId} Task timed out after ${seconds(outcome)} seconds\n\n`);
    else if (failure?.errorType === 'Runtime.ExitError')
      write(`${failure.errorMessage}\n${failure.errorType}\n`);
    write(`END RequestId: ${run.requestId}\n`);
    recordInvocation(scope, record.name, outcome);
    write(report(run.requestId, outcome, settings.MemorySize));
    await writer.flushed();
    return { outcome, log: lines.join('') };
  });
}

/** @throws AwsError InvalidRuntimeException (502) */
export function checkRunnable({ record, revision }: Qualified): void {
  const { Runtime } = revision.settings;
  if (revision.code.blob !== undefined && Runtime?.startsWith('nodejs')) return;
  const what = Runtime === undefined ? 'is a container image' : `has the runtime ${Runtime}`;
  throw new AwsError(
    'InvalidRuntimeException',
    `The sandbox runs Node.js functions only: ${record.name} ${what}.`,
    502,
  );
}

function environmentOptions(
  scope: Scope,
  { record, revision }: Pick<Qualified, 'record' | 'revision'>,
  group: string,
  stream: string,
): EnvironmentOptions {
  const { settings, code, version } = revision;
  const { world, region } = scope;
  const roleName = settings.Role.split('/').at(-1) ?? '';
  // Without an end: Lambda renews them for as long as the environment lasts.
  const { accessKeyId, secretAccessKey, sessionToken } = world.keys.session(
    `arn:${scope.partition}:sts::${scope.accountId}:assumed-role/${roleName}/${record.name}`,
    { onSandboxTime: true },
  );
  return {
    files: packageFiles(world.blobs.get(code.blob ?? '')),
    memorySize: settings.MemorySize,
    variables: {
      ...settings.Environment?.Variables,
      ...(process.env['PATH'] !== undefined && { PATH: process.env['PATH'] }),
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${settings.Runtime ?? ''}`,
      AWS_LAMBDA_FUNCTION_NAME: record.name,
      AWS_LAMBDA_FUNCTION_VERSION: version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.MemorySize),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: group,
      AWS_LAMBDA_LOG_STREAM_NAME: stream,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_ENDPOINT_URL: world.endpoint,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      _HANDLER: settings.Handler ?? '',
    },
  };
}

function streamName(world: World, version: string): string {
  const day = new Date(world.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${world.ids.hex('', 32)}`;
}

function iso(world: World): string {
  return new Date(world.now()).toISOString();
}

function seconds({ duration }: Outcome): string {
  return (duration / 1000).toFixed(2);
}

function checkSize(outcome: Outcome): Outcome {
  if (Buffer.byteLength(outcome.payload) <= LARGEST_RESPONSE) return outcome;
  const failure = {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`,
  };
  return { ...outcome, payload: JSON.stringify(failure), failure };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html#node-logs-report-line */
function report(requestId: string, outcome: Outcome, memorySize: number): string {
  const { duration, initDuration, memory = memorySize, failure, timedOut } = outcome;
  const ends = failure?.errorType === 'Runtime.ExitError';
  const status = timedOut
    ? ['Status: timeout']
    : ends
      ? ['Status: error', 'Error Type: Runtime.ExitError']
      : [];
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(duration + (initDuration ?? 0))} ms`,
    `Memory Size: ${memorySize} MB`,
    `Max Memory Used: ${Math.min(memory, memorySize)} MB`,
    ...(initDuration === undefined ? [] : [`Init Duration: ${initDuration.toFixed(2)} ms`]),
    ...status,
  ];
  return `${parts.join('\t')}\t\n`;
}
