/**
 * The program of the process that a function runs in: loads the function once, then answers invocations, one at a time.
 * It is told what to run in the environment variables that Lambda gives its runtimes.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { rmSync } from 'node:fs';
import { format, types } from 'node:util';
import { setClock } from './clock.ts';
import { loadHandler, StartFailure, type Handler } from './handler.ts';
import type { FromRunner, FunctionFailure, Invocation } from './messages.ts';

const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

/** What Lambda ends a process with in which an error was not caught. */
const UNCAUGHT = 129;

const { LAMBDA_TASK_ROOT: root = '', _HANDLER: handlerName = '' } = process.env;
const [, program = '', folder = ''] = process.argv;

/** Ends the invocation that is under way; later answers of the same one do nothing. */
let finish: ((message: FromRunner) => void) | undefined;
/** What the callback was given, while Lambda waits until nothing is left to do. */
let held: FromRunner | undefined;

function tell(message: FromRunner): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else {
      process.send(message, () => {
        resolve();
      });
    }
  });
}

function memory(): number {
  return Math.ceil(process.memoryUsage().rss / 1024 / 1024);
}

/** Paths as they are in Lambda. */
function shown(text: string): string {
  return text.replaceAll(root, '/var/task').replaceAll(program, '/var/runtime/index.mjs');
}

function failureOf(error: unknown): FunctionFailure {
  if (!types.isNativeError(error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return {
    errorType: error.name,
    errorMessage: shown(error.message),
    trace: shown(error.stack ?? '').split('\n'),
  };
}

function log(level: string, text: string): void {
  void tell({ kind: 'log', level, text: shown(text) });
}

/** Logs an error as Lambda does, with what it carries beside its message. */
function logError(title: string, error: unknown): void {
  const { errorType, errorMessage, trace = [] } = failureOf(error);
  const more = types.isNativeError(error) ? Object.fromEntries(Object.entries(error)) : {};
  let document = JSON.stringify({ errorType, errorMessage, stack: trace });
  try {
    document = JSON.stringify({ errorType, errorMessage, ...more, stack: trace });
  } catch {
    // What it carries is no JSON.
  }
  log('ERROR', `${title} \t${document}`);
}

function takeOutput(): void {
  for (const [name, level] of Object.entries(LEVELS)) {
    Reflect.set(console, name, (...values: unknown[]) => {
      log(level, format(...values));
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const text = Buffer.from(chunk as Uint8Array)
        .toString()
        .replace(/\n$/, '');
      void tell({ kind: 'log', text: shown(text) });
      const done = rest.at(-1);
      if (typeof done === 'function') queueMicrotask(done as () => void);
      return true;
    };
  }
}

async function endWith(title: string, error: unknown): Promise<never> {
  logError(title, error);
  await tell({ kind: 'failure', failure: failureOf(error), fatal: true, memory: memory() });
  process.exit(UNCAUGHT);
}

function contextOf({ requestId, invokedFunctionArn, deadline, clientContext }: Invocation) {
  const { env } = process;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    clientContext: clientContext && (JSON.parse(Buffer.from(clientContext, 'base64').toString()) as unknown),
    identity: undefined,
    invokedFunctionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    succeed(result?: unknown) {
      finish?.(resultOf(result));
    },
    fail(error?: unknown) {
      fail(error);
    },
    done(error?: unknown, result?: unknown) {
      if (error === undefined || error === null) context.succeed(result);
      else fail(error);
    },
  };
  return context;
}

function resultOf(result: unknown): FromRunner {
  try {
    // A function, a symbol and undefined have no JSON.
    const payload = (JSON.stringify(result) as string | undefined) ?? 'null';
    return { kind: 'result', payload, memory: memory() };
  } catch {
    return failed(new Error('Unable to stringify response body'));
  }
}

function failed(error: unknown): FromRunner {
  return { kind: 'failure', failure: failureOf(error), fatal: false, memory: memory() };
}

function fail(error: unknown): void {
  if (finish === undefined) return;
  logError('Invoke Error', error);
  finish(failed(error));
}

function invoke(handler: Handler, invocation: Invocation): void {
  held = undefined;
  setClock(invocation.clock);
  finish = (message) => {
    finish = undefined;
    process.channel?.ref();
    void tell(message);
  };
  // While the function runs, only its own work keeps the process from having nothing left to do.
  process.channel?.unref();
  const context = contextOf(invocation);
  const callback = (error?: unknown, result?: unknown): void => {
    if (finish === undefined) return;
    if (error !== undefined && error !== null) fail(error);
    else if (context.callbackWaitsForEmptyEventLoop) held ??= resultOf(result);
    else finish(resultOf(result));
  };
  try {
    const result = handler(JSON.parse(invocation.event), context, callback);
    if (isThenable(result))
      result.then((value) => {
        context.succeed(value);
      }, fail);
  } catch (error) {
    fail(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}

takeOutput();
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
process.on('beforeExit', () => {
  finish?.(held ?? resultOf(null));
});
process.on('uncaughtException', (error) => {
  void endWith('Uncaught Exception', error);
});
process.on('unhandledRejection', (reason) => {
  const stack = types.isNativeError(reason) ? reason.stack : undefined;
  void endWith(
    'Unhandled Promise Rejection',
    new StartFailure('Runtime.UnhandledPromiseRejection', String(reason), stack),
  );
});

try {
  const handler = await loadHandler(root, handlerName);
  process.on('message', (invocation: Invocation) => {
    invoke(handler, invocation);
  });
  await tell({ kind: 'ready' });
} catch (error) {
  await endWith('Uncaught Exception', error);
}
