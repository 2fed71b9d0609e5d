import { deniedAction, isDenied } from './errors.ts';
import type { DeserializeStep } from './deserialize-step.ts';

/** Whoever wants to know of requests. */
export interface RequestWatchers {
  /** Gets one line for each request: service, operation, status, milliseconds, request id. Never a body. */
  readonly log?: (line: string) => void;
  /** Gets each action that AWS refused for want of a permission. */
  readonly denied?: (action: string) => void;
}

/**
 * Writes one line for each attempt of a request: what, the answer's status, how long in milliseconds, the request id.
 * Headers and bodies are never written, since they may hold secrets.
 */
export function watchRequests<Client extends { middlewareStack: unknown }>(
  client: Client,
  service: string,
  { log, denied }: RequestWatchers,
): Client {
  const stack = client.middlewareStack as DeserializeStep;
  if (denied !== undefined) {
    stack.add(
      (next, context) => async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const operation = context.commandName?.replace(/Command$/, '') ?? '?';
          if (isDenied(error)) denied(deniedAction(error) ?? `${service}:${operation}`);
          throw error;
        }
      },
      // Outside of what makes an error of an answer.
      { step: 'deserialize', name: 'bkStackDenials', priority: 'high' },
    );
  }
  if (log === undefined) return client;
  stack.add(
    (next, context) => async (args) => {
      const started = performance.now();
      const operation = context.commandName?.replace(/Command$/, '') ?? '?';
      try {
        const result = await next(args);
        log(requestLine(service, operation, result.response as Answer, started));
        return result;
      } catch (error) {
        log(requestLine(service, operation, error instanceof Error ? error.name : 'failed', started));
        throw error;
      }
    },
    { step: 'deserialize', name: 'bkStackRequestLog', priority: 'low' },
  );
  return client;
}

interface Answer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/**
 * What is written of a request.
 * @param outcome the answer, or how it failed
 * @param started by performance.now()
 */
export function requestLine(
  service: string,
  operation: string,
  outcome: Answer | string,
  started: number,
): string {
  const time = `${Math.round(performance.now() - started)} ms`;
  if (typeof outcome === 'string') return `${service} ${operation} ${outcome} ${time}`;
  const { statusCode = '?', headers } = outcome;
  const id = headers?.['x-amzn-requestid'] ?? headers?.['x-amz-request-id'];
  return [service, operation, statusCode, ...(id === undefined ? [] : [id]), time].join(' ');
}
