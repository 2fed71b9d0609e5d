interface Middleware {
  add(
    handler: (
      next: (args: unknown) => Promise<{ response: unknown; output?: unknown }>,
      context: { commandName?: string },
    ) => (args: unknown) => Promise<{ response: unknown; output?: unknown }>,
    options: { step: 'deserialize'; name: string; priority: 'low' },
  ): void;
}

/**
 * Writes one line for each attempt of a request: what, the answer's status, how long in milliseconds, the request id.
 * Headers and bodies are never written, since they may hold secrets.
 */
export function watchRequests<Client extends { middlewareStack: unknown }>(
  client: Client,
  service: string,
  log: ((line: string) => void) | undefined,
): Client {
  if (log === undefined) return client;
  (client.middlewareStack as Middleware).add(
    (next, context) => async (args) => {
      const started = performance.now();
      const line = (outcome: string) =>
        log(
          `${service} ${context.commandName?.replace(/Command$/, '') ?? '?'} ${outcome} ${Math.round(performance.now() - started)} ms`,
        );
      try {
        const result = await next(args);
        const { statusCode, headers } = result.response as {
          statusCode?: number;
          headers?: Record<string, string>;
        };
        const id = headers?.['x-amzn-requestid'] ?? headers?.['x-amz-request-id'];
        line(`${statusCode ?? '?'}${id === undefined ? '' : ` ${id}`}`);
        return result;
      } catch (error) {
        line(error instanceof Error ? error.name : 'failed');
        throw error;
      }
    },
    { step: 'deserialize', name: 'bkStackRequestLog', priority: 'low' },
  );
  return client;
}
